"""`naru policy detect`: what is sensitive in texts, line by line.

Its own module, because other programs start it for a few texts at a time: it loads the detectors and the policy, and
neither the database nor the models.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from bot.policy import detect as detectors
from bot.policy.parts import findings
from bot.policy.policy_file import load_rules
from bot.policy.rules import Rules
from retrieval.errors import Fault
from retrieval.label import Level

PolicyOption = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="Another policy.toml than the configured one.")
]


class StdinFault(Fault):
    """Nothing to look at, or nothing that can be read."""


def standard_input() -> str:
    """All of it; raises StdinFault where it is closed or no UTF-8."""
    try:
        return _input().read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StdinFault("Standard input is not UTF-8: nothing of it was looked at.") from None


def _input() -> BinaryIO:
    if sys.stdin is None:  # closed: `<&-`
        raise StdinFault("Standard input is closed: there is nothing to read.")
    return sys.stdin.buffer


alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
group = typer.Typer()
alone.add_typer(group, name="policy")


@alone.callback()
def _naru() -> None: ...


@group.callback()
def _policy() -> None: ...


def detect(policy: PolicyOption = None) -> None:
    """Read JSON lines {"id", "text"} and write {"id", "level", "findings": [{"kind", "start", "end", "score"}]}.

    In order, each as soon as its line is read. A line that is no such object becomes {"id", "line", "error"}, and the
    exit status is 1 at the end. start and end count characters; what is put together from all over a text spans the
    whole of it, with a low score. No text is ever written. Names that the company lists are not looked for.
    """
    from bot.settings import policy_path

    rules = load_rules(policy or policy_path())
    bad = False
    for found in detected(_input(), rules):
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
        id: object = None
        try:
            asked = _object(line)
            id = asked.get("id")
            text = asked.get("text")
            if not isinstance(text, str):
                raise ValueError('must be an object with a "text" that is text')
        except ValueError as error:
            yield {"id": id, "line": number, "error": str(error)}
        else:
            level, findings = found_in(text, rules)
            yield {"id": id, "level": level.name.lower(), "findings": findings}


def _object(line: bytes) -> dict[str, Any]:
    """Raises ValueError with what is wrong with the line, never with what it says."""
    try:
        asked = json.loads(
            line.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number
        )
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON (character {error.pos + 1})") from None
    except _OddError:
        raise
    except ValueError:
        raise ValueError("has a number that is too long") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(asked, dict):
        raise ValueError('must be an object with a "text" that is text')
    return asked


class _OddError(ValueError):
    """What Python's parser takes and no other need."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two texts under one name only one would be looked at, and another program may read the other."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise _OddError("has a key twice")
    return dict(pairs)


def _no_number(name: str) -> None:
    raise _OddError("is not JSON: NaN and Infinity are no numbers in it")


def _number(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise _OddError("has a number that is too long")
    return number


def found_in(text: str, rules: Rules) -> tuple[Level, list[dict[str, Any]]]:
    """The level that a question of this text alone would have by what is found in it, and where that stands: by start,
    and never what it is."""
    found = findings(text, rules)
    level = max((its for its, one in found if one.score >= detectors.ROUTE), default=Level.PUBLIC)
    return level, [
        {"kind": one.kind, "start": one.start, "end": one.end, "score": round(one.score, 3)} for _, one in found
    ]
