"""The walls of the house: rules that are a test, because a rule that nothing runs is not one."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("retrieval", "bot", "admin", "migrations", "benchmarks")
MAY_IMPORT = {
    "retrieval": {"retrieval"},
    "bot": {"bot", "retrieval"},
    "admin": {"admin", "bot", "retrieval", "migrations"},
    "migrations": {"migrations", "bot", "retrieval"},
    "benchmarks": {"benchmarks", "admin", "bot", "retrieval", "tests"},
}
PURE = {
    "retrieval/asked.py", "retrieval/generic.py", "retrieval/everyday.py", "retrieval/confidence.py",
    "bot/worth_reading.py", "bot/examples.py", "admin/calibrate.py", "admin/serving/command.py",
    "admin/serving/plan.py", "admin/answer_scores.py", "admin/answer_worth.py", "admin/answer_labels.py",
    "retrieval/label.py", "retrieval/passage.py", "retrieval/text.py", "retrieval/stopwords.py", "retrieval/bm25.py",
    "retrieval/split.py", "retrieval/errors.py", "retrieval/schedule.py", "retrieval/dates.py", "retrieval/in_force.py",
    "retrieval/versions.py", "retrieval/glossary.py", "retrieval/addresses.py", "bot/quantities.py",
    "retrieval/sources/confluence_readers.py", "retrieval/sources/notion_text.py",
    "retrieval/tokenizer.py", "retrieval/term_ids.py", "retrieval/bags.py", "retrieval/duplicates.py",
    "bot/differences.py", "admin/check/finding.py", "admin/check/clocks.py",
    "bot/audit_chain.py", "admin/audit/formats.py",
    "bot/small_talk.py", "bot/why.py", "bot/basis.py", "bot/policy/messages.py",
    "bot/learning.py", "bot/policy/learnt.py",
    "bot/slack/mrkdwn.py", "bot/slack/blocks.py", "bot/slack/feedback_blocks.py", "bot/slack/users.py",
    "bot/slack/review_blocks.py", "bot/words_learning.py",
    "bot/slack/home_blocks.py", "bot/slack/home_words.py", "bot/notice.py", "bot/slack/transcript.py",
    "bot/slack/history_place.py",
    "bot/domain.py", "bot/check.py", "bot/rewrite.py", "bot/words.py", "bot/models/quote.py",
    "bot/directory.py", "bot/unmapped.py",
    "bot/policy/parts.py", "bot/policy/decide.py", "bot/policy/permit.py", "bot/policy/rules.py",
    "bot/policy/profiles.py", "bot/policy/terms.py", "bot/policy/compare.py", "bot/policy/seen.py",
    "bot/policy/optout.py", "bot/policy/conversation.py", "bot/subjects.py",
    "bot/policy/detect/seams.py",
    "bot/policy/detect/finding.py", "bot/policy/detect/normal.py", "bot/policy/detect/segment.py",
    "retrieval/parse/refusals.py", "retrieval/parse/recognise.py", "retrieval/parse/outline.py",
    "retrieval/parse/grid.py", "retrieval/parse/decode.py",
    "bot/policy/detect/ids.py", "bot/policy/detect/contact.py", "bot/policy/detect/secrets.py",
    "bot/policy/detect/korean.py", "bot/policy/detect/banking.py", "bot/policy/detect/american.py",
    "bot/policy/detect/places.py",
    "bot/policy/detect/lists.py", "bot/policy/detect/about.py", "bot/policy/detect/matters.py",
    "bot/policy/detect/directive.py", "bot/policy/detect/phrases.py", "bot/policy/detect/sentences.py",
    "bot/policy/detect/learned.py", "bot/policy/mask.py", "bot/policy/particles.py", "bot/models/restored.py",
    "retrieval/explain.py",
    "bot/cloud_budget.py", "admin/reports/costs.py", "admin/reports/satisfaction.py",
    "admin/reports/period.py", "admin/reports/statement.py", "admin/reports/words.py",
}  # fmt: skip
IO = {
    "os", "io", "socket", "ssl", "subprocess", "shutil", "tempfile", "asyncio", "threading", "logging", "sqlite3",
    "sqlalchemy", "psycopg", "pgvector", "alembic", "httpx2", "openai", "aiohttp", "tenacity", "rich", "typer",
    "pydantic", "random", "secrets", "time", "urllib.request",
}  # fmt: skip
ONLY_IN = {
    "openai": {"bot/models/door.py", "bot/models/embed_door.py", "bot/models/rerank_door.py"},
    "httpx2": {
        "bot/models/door.py",
        "bot/models/embed_door.py",
        "bot/models/rerank_door.py",
        "bot/models/probe.py",
    },
    "onnxruntime": {"retrieval/local_model.py"},
    "tokenizers": {"retrieval/local_model.py"},
    "safetensors": {"retrieval/local_model.py"},
    "onnx": {"retrieval/bert.py"},
    "kiwipiepy": {"retrieval/kiwi.py"},
    "matplotlib": {"admin/answer_plot.py"},
    "numpy": {
        "retrieval/bags.py",
        "retrieval/bert.py",
        "retrieval/binary.py",
        "retrieval/counts.py",
        "retrieval/embed.py",
        "retrieval/local_model.py",
        "retrieval/term_ids.py",
    },
    "tenacity": {"bot/models/endpoint.py", "bot/slack/post.py"},
    "httpcore2": {"retrieval/fetch.py"},
    # Of the parsers only to talk to their own processes.
    "socket": {
        "retrieval/fetch.py",
        "admin/embedded.py",
        "retrieval/parse/fork_server.py",
        "retrieval/parse/workers.py",
    },
    "ssl": {"retrieval/fetch.py", "bot/models/probe.py", "admin/audit/send.py"},
    "fsspec": {"retrieval/sources/remote.py"},
    "paramiko": {"retrieval/sources/remote.py"},
    "protego": {"retrieval/sources/web.py"},
    "idna": {"retrieval/addresses.py"},
    "aiohttp": {
        "admin/audit/send.py",
        "admin/http.py",
        "admin/serving/front.py",
        "admin/serving/adapters.py",
        "bot/slack/app.py",
        "bot/slack/faults.py",
        "bot/slack/files.py",
        "bot/slack/lookup.py",
        "admin/slack.py",
    },
    "slack_sdk": {"bot/slack", "admin/slack.py"},
    "slack_bolt": {"bot/slack/app.py", "admin/slack.py"},
    "cryptography": {"bot/seal.py", "admin/backup/cipher.py"},
    "alembic": {"admin/schema.py", "migrations/env.py", "migrations/versions"},
    "psycopg": {"retrieval/database.py"},
    "procrastinate": {"admin/jobs.py", "migrations/versions"},
    "croniter": {"retrieval/schedule.py"},
    "ahocorasick_rs": {"bot/policy/detect/phrases.py"},
    "pydantic": {
        "bot/config_audit.py",
        "bot/config_budget.py",
        "bot/config_file.py",
        "bot/config_directory.py",
        "bot/config_officer.py",
        "bot/config_reading.py",
        "bot/config_retention.py",
        "bot/config_serving.py",
        "bot/toml_file.py",
        "bot/settings.py",
        "bot/policy/policy_file.py",
        "bot/directory_row.py",
        "bot/directory_table.py",
        "bot/calibration_file.py",
        "bot/glossary_file.py",
        "admin/backup/archive.py",
    },
    "typer": {"admin/cli"},
    "snowballstemmer": {"retrieval/text.py"},
    "markdown_it": {"retrieval/parse/markdown.py"},
    "pypdfium2": {"retrieval/parse/pdf.py"},
    "docx": {"retrieval/parse/docx.py", "retrieval/parse/numbering.py"},
    "pptx": {"retrieval/parse/pptx.py"},
    "openpyxl": {"retrieval/parse/xlsx.py"},
    # Whatever takes apart what others wrote does so in a process that can do little else.
    "lxml": {
        f"retrieval/parse/{family}.py" for family in ("docx", "html", "links", "pptx", "sitemap", "storage", "xlsx")
    },
    "unhwp": {"retrieval/parse/hwp.py"},
    "email": {
        "retrieval/parse/mail.py",
        "retrieval/sources/api.py",
        "retrieval/sources/pages.py",
        "bot/models/probe.py",
        "bot/slack/probe.py",
    },
    "ctypes": {"retrieval/parse/confine.py"},
}
NEVER = {
    "requests", "httpx", "httpcore", "urllib3", "urllib.request", "http.client", "xmlrpc", "websockets", "websocket",
    "smtplib", "ftplib", "telnetlib", "poplib", "imaplib", "nntplib", "grpc", "boto3", "botocore", "pycurl",
    "anthropic", "litellm", "langchain", "google.generativeai", "transformers", "huggingface_hub",
    "sentry_sdk", "opentelemetry", "pickle", "marshal",
}  # fmt: skip
"""No second way out of the building, and nothing that runs what it reads."""
WAYS_OUT = {
    "bot/models/door.py": "the shores' transport, behind the Guard; the second opinion's too",
    "bot/models/embed_door.py": "the embedding server's transport, behind the Guard",
    "bot/models/rerank_door.py": "the re-ranking server's transport, behind the Guard",
    "bot/models/probe.py": "GET /models of the settings' own addresses: no text of anybody's goes along",
    "bot/slack/app.py": "Slack's session, without the environment's proxies",
    "bot/slack/faults.py": "names Slack's errors, opens nothing",
    "bot/slack/lookup.py": "names Slack's errors, opens nothing",
    "bot/slack/post.py": "what Slack is told, over the session of app.py",
    "bot/slack/history.py": "what Slack did not deliver, over the session of app.py",
    "bot/slack/archive.py": "all of a channel, for the source of kind slack, over a session of app.py",
    "bot/slack/files.py": "what people attach, from Slack alone and without redirects, over the session of app.py",
    "bot/slack/probe.py": "the doctor's look at Slack, over a session of app.py",
    "admin/slack.py": "Slack's events come in: Socket Mode, or a server",
    "admin/audit/send.py": "the audit, which holds no text, to the hosts that [audit] declares",
    "admin/http.py": "a server: what others push comes in",
    "admin/serving/adapters.py": "a socket for its owner's commands, and the vLLM that this process started",
    "admin/serving/front.py": "from who asks with the key to the vLLM that this process started, and to nobody else",
    "admin/embedded.py": "whether the database's own socket answers",
    "retrieval/fetch.py": "the fetcher of documents: addresses are checked, a token goes to its own host alone",
    "retrieval/parse/fork_server.py": "pairs of sockets between Naru and its own parsers",
    "retrieval/parse/workers.py": "pairs of sockets between Naru and its own parsers",
    "retrieval/sources/remote.py": "folders elsewhere that naru.toml names: read only",
}
"""Which files may open a connection, or hold one, and what for."""
REACHING = {
    "socket", "ssl", "openai", "httpx2", "httpcore2", "aiohttp", "slack_sdk", "slack_bolt", "fsspec", "paramiko",
    "anyio", "asyncssh", "smbprotocol",
}  # fmt: skip
OPENING = {"open_connection", "create_connection", "open_unix_connection", "create_datagram_endpoint", "urlopen"}


@cache
def sources() -> dict[str, ast.Module]:
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}


@cache
def imports(tree: ast.Module) -> tuple[str, ...]:
    return tuple(_imports(tree))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def under(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


@cache
def calls(tree: ast.Module) -> tuple[tuple[str, ast.Call], ...]:
    return tuple(_calls(tree))


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, node


def test_every_file_named_here_exists() -> None:
    named = PURE | {file for files in ONLY_IN.values() for file in files}
    assert [file for file in sorted(named) if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    wrong = {
        (file, name)
        for file, tree in sources().items()
        for name in imports(tree)
        if file.startswith(f"{package}/")
        and name.partition(".")[0] in {*PACKAGES, "tests"}
        and name.partition(".")[0] not in MAY_IMPORT[package]
    }
    assert wrong == set()


def test_migrations_import_table_metadata_only() -> None:
    wrong = {
        (file, name)
        for file, tree in sources().items()
        if file.startswith("migrations/")
        for name in imports(tree)
        if name.partition(".")[0] in {"bot", "retrieval"} and not re.fullmatch(r"(bot|retrieval)(\.tables)?", name)
    }
    assert wrong == set()


@pytest.mark.parametrize("file", sorted(PURE))
def test_pure_files_import_no_input_or_output(file: str) -> None:
    assert sorted(name for name in imports(sources()[file]) if under(name, IO)) == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_each_library_has_its_door(library: str) -> None:
    users = {file for file, tree in sources().items() if any(under(name, {library}) for name in imports(tree))}
    doors = ONLY_IN[library]
    strangers = {
        file
        for file in users
        if not file.startswith("benchmarks/") and not any(file == d or file.startswith(f"{d}/") for d in doors)
    }
    assert strangers == set()


def test_there_is_no_second_way_out() -> None:
    product = {file: tree for file, tree in sources().items() if not file.startswith("benchmarks/")}
    # Another Python runs it, which knows nothing of ours.
    del product["admin/serving/quantize_weights.py"]
    assert {(f, n) for f, tree in product.items() for n in imports(tree) if under(n, NEVER)} == set()


def test_each_way_out_of_the_process_has_a_reason() -> None:
    product = {file: tree for file, tree in sources().items() if not file.startswith("benchmarks/")}
    reaching = {
        file
        for file, tree in product.items()
        if any(under(name, REACHING) for name in imports(tree)) or any(name in OPENING for name, _ in calls(tree))
    }
    assert reaching == set(WAYS_OUT)


def test_each_shore_has_one_transport_behind_the_guard() -> None:
    """A client that brings a transport of its own would go around the Permit, and through the environment's proxy."""
    made = Counter(
        (file, name)
        for file, tree in sources().items()
        for name, _ in calls(tree)
        if name in ("AsyncHTTPTransport", "HTTPTransport", "Guard", "AsyncClient", "AsyncOpenAI", "OpenAI", "Client")
        and not file.startswith("benchmarks/")
    )
    doors = ("bot/models/door.py", "bot/models/embed_door.py", "bot/models/rerank_door.py")
    each = ("AsyncHTTPTransport", "Guard", "AsyncClient", "AsyncOpenAI")
    probe = {("bot/models/probe.py", name): 1 for name in ("AsyncHTTPTransport", "AsyncClient")}
    assert made == {**{(file, name): 1 for file in doors for name in each}, **probe}
    for file in (*doors, "bot/models/probe.py"):
        for name, call in calls(sources()[file]):
            if name in ("AsyncHTTPTransport", "AsyncClient"):
                trusts = [keyword.value for keyword in call.keywords if keyword.arg == "trust_env"]
                assert [isinstance(value, ast.Constant) and value.value for value in trusts] == [False], file


def test_retrieval_fetches_through_one_door() -> None:
    """Addresses out of content are checked in fetch.py; whatever else opens a connection would go around it."""
    ways_out = {"socket", "ssl", "httpcore2", "httpx2", "aiohttp", "anyio", "urllib3", "ftplib", "telnetlib"}
    opening = {"open_connection", "create_connection", "open_unix_connection", "urlopen", "connect_tcp"}
    found = {
        file
        for file, tree in sources().items()
        if file.startswith("retrieval/")
        and (any(under(name, ways_out) for name in imports(tree)) or any(name in opening for name, _ in calls(tree)))
    }
    # The parsers' processes are talked to over pairs of sockets that lead nowhere else.
    assert found == {"retrieval/fetch.py", "retrieval/parse/fork_server.py", "retrieval/parse/workers.py"}


def test_no_command_reads_a_document_in_naru_itself() -> None:
    """in_thread() parses without limits and beside the keys: for tests and benchmarks."""
    users = {f for f, tree in sources().items() for node in ast.walk(tree) if getattr(node, "id", "") == "in_thread"}
    assert {f for f in users if not f.startswith("benchmarks/")} == set()


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        file
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.ImportFrom) and {a.name for a in node.names} & {"environ", "getenv"})
    }
    assert readers - {file for file in readers if file.startswith("benchmarks/")} <= {"bot/settings.py"}


@pytest.mark.parametrize(("thing", "home"), [("Part", "bot/policy/parts.py"), ("Permit", "bot/policy/permit.py")])
def test_what_the_policy_makes_is_made_in_one_file(thing: str, home: str) -> None:
    makers = {file for file, tree in sources().items() for name, _ in calls(tree) if name == thing}
    assert makers == {home}


def test_our_own_words_are_never_somebody_elses() -> None:
    """instructions() labels a text PUBLIC unread, so only the prompt builder may call it."""
    assert {f for f, tree in sources().items() for name, _ in calls(tree) if name == "instructions"} == {
        "bot/prompt.py"
    }


def test_every_broad_except_is_named_here() -> None:
    broad = {
        file
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    }
    # A detector that fails is a finding, whatever made it fail.
    assert broad == {"bot/worker.py", "bot/policy/detect/__init__.py"}


def test_all_of_a_channel_is_read_in_one_place_and_by_one_reader() -> None:
    """history.py reads what was not delivered, post.py our own posts, around.py the thread that somebody in it asks
    about; the rest leads through what is left out."""
    product = {file: tree for file, tree in sources().items() if not file.startswith("benchmarks/")}
    readers = {
        file
        for file, tree in product.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("conversations_history", "conversations_replies")
    }
    assert readers == {"bot/slack/history.py", "bot/slack/archive.py", "bot/slack/post.py"}
    openers = {file for file, tree in product.items() if under_any(tree, "bot.slack.archive")}
    assert openers == {
        "bot/slack/history_source.py",
        "admin/slack_history.py",
        "bot/slack/around.py",
        "admin/slack.py",
    }


def under_any(tree: ast.Module, module: str) -> bool:
    return any(under(name, {module}) for name in imports(tree))


def test_only_the_owner_of_a_table_writes_it() -> None:
    """Statements that change rows stand in the writing modules and nowhere else."""
    writers = {
        "retrieval/index.py", "retrieval/passages.py", "retrieval/counts.py", "retrieval/runs.py",
        "retrieval/erasures.py", "retrieval/vectors.py", "retrieval/pushed.py",
        "retrieval/catalogue.py", "bot/records.py", "bot/inbox.py", "bot/slack/shared_budget.py", "bot/masks.py",
        "bot/egress.py", "bot/cloud_use.py", "bot/policy_history.py", "retrieval/tombstones.py", "bot/slack/posted.py",
        "bot/feedback.py",
        # These erase from any table and write none (held below).
        "bot/forget/asked.py", "bot/forget/kept.py", "bot/forget/old.py", "bot/forget/replayed.py",
        "bot/forget/reviews.py",
    }  # fmt: skip
    changes = re.compile(r"\b(insert into|update \w+ set|delete from|truncate\b|copy \w+ ?\()", re.IGNORECASE)
    found = {
        file
        for file, tree in sources().items()
        if not file.startswith(("migrations/", "benchmarks/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and changes.search(node.value)
    }
    assert found <= writers


def test_no_command_looks_with_somebodys_eyes_unasked() -> None:
    """Whoever takes --as asks first whether only titles may be shown, which is written down, or whether the eyes are
    their own."""
    looking = {
        file
        for file, tree in sources().items()
        if file.startswith("admin/cli/")
        and any(isinstance(node, ast.arg) and getattr(node.annotation, "id", "") == "As" for node in ast.walk(tree))
    }
    asking = {
        file for file, tree in sources().items() for name, _ in calls(tree) if name in ("titles_only", "own_eyes")
    }
    assert looking
    assert looking - asking == set()


def test_nobody_but_an_explanation_looks_with_the_eyes_of_all_readers() -> None:
    """What is found with them is for no answer, and the command has asked for a role and a reason."""
    using = {file for file, tree in sources().items() for name, _ in calls(tree) if name == "every_reader"}
    assert using == {"admin/explaining.py"}
    asking = {file for file, tree in sources().items() for name in imports(tree) if name == "admin.explaining.why"}
    assert asking == {"admin/cli/search.py"}


def test_what_forgets_only_takes_away() -> None:
    """It deletes rows, or sets a text to null; what it says beside that stands in its own table."""
    said = [
        " ".join(node.value.split())
        for file, tree in sources().items()
        if file in ("bot/forget/asked.py", "bot/forget/kept.py", "bot/forget/old.py", "bot/forget/reviews.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [one for one in said if re.search(r"\binsert into\b", one)] == []
    set_to = [match for one in said for match in re.findall(r"\bset ((?:\w+ = \w+(?:, )?)+)", one)]
    assert set_to
    assert {value for one in set_to for value in re.findall(r"= (\w+)", one)} == {"null"}


def test_no_file_holds_two_nouns() -> None:
    long = {f: n for f in sources() if (n := len((ROOT / f).read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}


def test_the_commands_and_settings_are_documented() -> None:
    from admin.cli.commands import app
    from bot.settings import ONLY_VARIABLES, VARIABLES

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = (ROOT / "naru.toml.example").read_text(encoding="utf-8")
    commands = [c.name or "" for c in app.registered_commands]
    commands += [
        f"{g.name} {c.name}"
        for g in app.registered_groups
        if g.typer_instance
        for c in g.typer_instance.registered_commands
    ]
    assert [c for c in commands if f"naru {c}" not in readme] == []
    assert [v for v in (*VARIABLES, *ONLY_VARIABLES) if v not in readme and v not in example] == []
