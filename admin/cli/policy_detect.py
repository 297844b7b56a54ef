"""`naru policy detect`: what is sensitive in texts, line by line.

Its own module, because other programs start it for a few texts at a time: it loads the detectors and the policy, and
neither the database nor the models.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.policy import detect as detectors
from bot.policy.policy_file import load_rules
from bot.policy.rules import Rules
from retrieval.label import Level

PolicyOption = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="Another policy.toml than the configured one.")
]

alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
group = typer.Typer()
alone.add_typer(group, name="policy")


@alone.callback()
def _naru() -> None: ...


@group.callback()
def _policy() -> None: ...


def detect(policy: PolicyOption = None) -> None:
    """Read JSON lines {"id", "text"} and write {"id", "level", "findings": [{"kind", "start", "end", "score"}]}.

    In order, each as soon as its line is read. A line that is no such object becomes {"id": null, "error": ...}, and
    the exit status is 1 at the end. start and end count characters. No text is ever written. Names that the company
    lists are not looked for.
    """
    from bot.settings import policy_path

    rules = load_rules(policy or policy_path())
    bad = False
    for found in detected(sys.stdin.buffer, rules):
        bad = bad or "error" in found
        sys.stdout.write(json.dumps(found, ensure_ascii=True) + "\n")
        sys.stdout.flush()
    raise typer.Exit(int(bad))


group.command("detect")(detect)


def detected(lines: Iterable[bytes], rules: Rules) -> Iterator[dict[str, Any]]:
    """One object for each line that is not empty."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _of(line, rules)
        except ValueError as error:
            yield {"id": None, "line": number, "error": str(error)}


def _of(line: bytes, rules: Rules) -> dict[str, Any]:
    """Raises ValueError with what is wrong with the line, never with what it says."""
    try:
        asked = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON (character {error.pos + 1})") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise ValueError('must be an object with a "text" that is text')
    level, findings = found_in(asked["text"], rules)
    return {"id": asked.get("id"), "level": level.name.lower(), "findings": findings}


def found_in(text: str, rules: Rules) -> tuple[Level, list[dict[str, Any]]]:
    """The level of a text by what is found in it, and where that stands: by start, and never what it is."""
    found = [(rules.kind_level(one.kind), one) for one in detectors.find(text, rules.lists)]
    found = sorted([*found, *rules.terms.found(text)], key=lambda pair: (pair[1].start, pair[1].end, pair[1].kind))
    level = max((its for its, one in found if one.score >= detectors.ROUTE), default=Level.PUBLIC)
    return level, [
        {"kind": one.kind, "start": one.start, "end": one.end, "score": round(one.score, 3)} for _, one in found
    ]
