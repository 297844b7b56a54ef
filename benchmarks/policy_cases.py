"""The project's own policy cases (samples/policy), their templates filled.

A template's {name} or {name:shape} is a value of invented.py in a way of shapes.py; the same template always becomes
the same text, whatever else stands in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from benchmarks import BenchmarkFault
from benchmarks.invented import HARMLESS, RUNS, SENSITIVE
from benchmarks.shapes import SHAPES
from bot.settings import SAMPLE_CONFIG

FOLDER = SAMPLE_CONFIG.parent / "policy"
MATTERS = ("health", "union", "religion", "criminal", "personnel", "harassment", "insider")
_SLOT = re.compile(r"\{([a-z]\w*|X\d+)(?::(\w+))?\}")
_RUN = re.compile(r"([ndxXw])(\d+)")


@dataclass(frozen=True, slots=True)
class Span:
    """What is to be found, and where: offsets in the text. written: as the text has it."""

    kind: str
    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Message:
    """A text and everything in it that is to be found; group: what it is an example of."""

    text: str
    spans: tuple[Span, ...]
    group: str


def filled(template: str, group: str = "", seed: str = "naru") -> Message:
    """Raises BenchmarkFault for a slot that nothing fills: it would be a case that tests nothing."""
    random = Random(f"{seed}:{template}")
    pieces: list[str] = []
    spans: list[Span] = []
    done = length = 0
    for slot in _SLOT.finditer(template):
        kind, value = _value(slot[1], random)
        value = _shaped(value, slot[2])
        before = template[done : slot.start()]
        start = length + len(before)
        pieces += [before, value]
        done, length = slot.end(), start + len(value)
        if kind:
            spans.append(Span(kind, start, length, value))
    return Message("".join([*pieces, template[done:]]), tuple(spans), group)


def _value(name: str, random: Random) -> tuple[str, str]:
    """(kind or "", value)."""
    if name in SENSITIVE:
        kind, make = SENSITIVE[name]
        return kind, make(random)
    if name in HARMLESS:
        return "", HARMLESS[name](random)
    if run := _RUN.fullmatch(name):
        return "", RUNS[run[1]](random, int(run[2]))
    raise BenchmarkFault(f"A template in {FOLDER} names {{{name}}}, which nothing fills: see benchmarks/invented.py.")


def _shaped(value: str, shape: str | None) -> str:
    if shape is None:
        return value
    if shape not in SHAPES:
        raise BenchmarkFault(f"A template in {FOLDER} asks for '{shape}', which is none of {', '.join(SHAPES)}.")
    return SHAPES[shape](value)


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """The lines of a file of samples/policy, as they stand there."""
    for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def messy() -> list[Message]:
    """Messages as people and programs write them; those of the group "harmless" hold nothing."""
    return [filled(row["text"], row["how"]) for row in rows("messy")]


def numbers(name: str, shape: str, of: int = 50) -> list[Message]:
    """So many values of one slot, each alone in a sentence that does not say what it is."""
    slot = f"{{{name}:{shape}}}"
    return [filled(f"{slot} 이거 한 번 봐주시겠어요?", name, seed=f"{name}:{n}") for n in range(of)]


def matters() -> tuple[list[Message], list[Message]]:
    """(sensitive matters, by kind; harmless neighbours, by the kind that they are near to): cases that nobody who wrote
    a table had read, and that no weight was trained on; those are in training/."""
    all_rows = list(rows("matters"))
    return (
        [Message(row["text"], (), row["kind"]) for row in all_rows if "kind" in row],
        [Message(row["text"], (), row["near"]) for row in all_rows if "near" in row],
    )


def routes() -> list[tuple[Message, str]]:
    """(question, "cloud" or "never_cloud"), the group says why."""
    return [(filled(row["text"], row["why"]), row["side"]) for row in rows("routes")]
