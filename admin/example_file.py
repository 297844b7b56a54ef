"""Approved answers from a spreadsheet, as documents that can be pushed: all rows, or every problem with its row."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.learning import LONGEST_ANSWER, LONGEST_QUESTION, cleared, unfit
from retrieval.errors import Fault
from retrieval.label import Level
from retrieval.parse.decode import decode
from retrieval.parse.refusals import Refusal
from retrieval.passage import Principal, Said, principal
from retrieval.sources.push import MOST_READERS, Pushed

COLUMNS = ("question", "answer", "level", "readers")
"""All of them are needed: how sensitive an example is and who may read it is for the company to say."""
MOST_ROWS = 5_000

_SHOWN_PROBLEMS = 20
_FORMULA = ("=", "+", "@", "\t")
_BETWEEN = re.compile(r"[\s,;]+")


class ExampleFault(Fault):
    """Examples that cannot be taken, one line per problem. None of them is."""


@dataclass(frozen=True, slots=True)
class _Row:
    """number: as a spreadsheet counts them; the head is the first."""

    number: int
    cells: Mapping[str, str]


def read_examples(content: bytes, where: str) -> tuple[Pushed, ...]:
    """The examples of a CSV file in UTF-8 or CP949. Raises ExampleFault with each problem, never with what stands
    there. where: the file, in sentences."""
    try:
        rows = list(_rows(decode(content)))
    except Refusal:
        raise ExampleFault(f"{where} is no text: save the spreadsheet as CSV in UTF-8.") from None
    except csv.Error:
        raise ExampleFault(f"{where} is no CSV: a quotation mark is left open, or a cell is too long.") from None
    except ValueError as error:
        raise ExampleFault(f"{where}: {error}") from None
    problems: list[str] = []
    found: dict[str, tuple[int, Pushed]] = {}
    for row in rows:
        try:
            one = _example(row.cells)
        except ValueError as error:
            problems.append(f"{where}, row {row.number}: {error}.")
            continue
        first = found.setdefault(one.uri, (row.number, one))[0]
        if first != row.number:
            problems.append(f"{where}, row {row.number}: it asks what row {first} asks: leave one of them out.")
    if not rows:
        problems.append(f"{where} has no examples: the rows below the head {', '.join(COLUMNS)} are missing.")
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        shown = problems[:_SHOWN_PROBLEMS] + ([f"And {more} more."] if more > 0 else [])
        raise ExampleFault("\n".join([*shown, *(["Nothing was imported."] if rows else [])]))
    return tuple(one for _, one in found.values())


def id_of(question: str) -> str:
    """The same for one question, however it is spelled: imported again, its answer takes the place of the other."""
    spelled = " ".join(unicodedata.normalize("NFKC", question).casefold().split())
    return sha256(spelled.encode()).hexdigest()[:12]


def _rows(text: str) -> Iterator[_Row]:
    """Raises ValueError for a head that is not ours, and csv.Error."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    head = [name.strip().lower() for name in next(lines, [])]
    missing, strange = [c for c in COLUMNS if c not in head], [h for h in head if h not in COLUMNS]
    if missing or strange or len(set(head)) < len(head):
        raise ValueError(
            f"the first row must be {', '.join(COLUMNS)}, each once, in any order and separated by commas."
        )
    for number, cells in enumerate(lines, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if number > MOST_ROWS + 1:
            raise ValueError(f"it has more than {MOST_ROWS:,} rows: split it.")
        if len(cells) > len(head):
            raise ValueError(f"row {number} has more cells than the head: put a text with commas in quotation marks.")
        yield _Row(number, dict(zip(head, [*cells, *[""] * (len(head) - len(cells))], strict=True)))


def _example(cells: Mapping[str, str]) -> Pushed:
    """Raises ValueError with the rest of a sentence."""
    question = " ".join(_text(cells, "question", LONGEST_QUESTION).split())
    answer = _text(cells, "answer", LONGEST_ANSWER)
    try:
        level = Level.named(cells["level"].strip())
    except ValueError:
        raise ValueError("level must be public, internal, confidential or restricted, and has no default") from None
    said = Said(title=question, level=level, readers=_readers(cells["readers"]))
    return Pushed(id_of(question), answer, "text", said)


def _text(cells: Mapping[str, str], column: str, longest: int) -> str:
    written = cells[column]
    if written.startswith(_FORMULA):
        raise ValueError(
            f"the {column} begins with {written[:1]!r}, which a spreadsheet takes for a formula: reword it"
        )
    text = cleared(written)
    if why := unfit(text, column, longest):
        raise ValueError(why)
    return text


def _readers(written: str) -> frozenset[Principal]:
    names = [name for name in _BETWEEN.split(written) if name]
    if not 1 <= len(names) <= MOST_READERS:
        raise ValueError(f"readers must be 1 to {MOST_READERS}, such as everyone or group:hr, and have no default")
    try:
        return frozenset(map(principal, names))
    except ValueError as error:
        raise ValueError(f"each of readers {error}") from None
