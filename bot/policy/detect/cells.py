"""Names and values in the cells of a table: side by side, or a row of names with its values below. Pure.

A table is what people paste: Markdown, a wiki, HTML, cells of a spreadsheet, CSV, or columns of spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.policy.detect.segment import Segment
from bot.policy.detect.values import Assigned, names_a_secret

_SEPARATORS = tuple(re.compile(one) for one in (r"\|{1,2}", r"\t", r"[ ]{2,}", r",", r";"))
_LIST = frozenset((",", ";"))
"""What stands between the words of a sentence too: a name and its value are all there is in such a row."""
_ROW = re.compile(r"<tr\b[^<>]{0,200}>", re.IGNORECASE)
_CELL = re.compile(
    r"<(?:t[hd]|dt|dd|key|string)\b[^<>]{0,200}>(?:<[a-z]{1,10}>){0,2}(?P<cell>[^<>]{0,300})", re.IGNORECASE
)
_AROUND = " \t\r*_`\"'"
_LONGEST_NAME = 40
_NAME = re.compile(r"[\w.\-/ ()]{2,}")
_VALUE = re.compile(r"[!-~]{4,256}")
_ALONE_WITHIN = 6
"""Lines below a name alone on its line: how far a spreadsheet's cells fall apart when they are pasted."""


class _Cell(NamedTuple):
    text: str
    start: int


def tabled(segment: Segment) -> Iterator[Assigned]:
    """Each value that a telling cell stands beside or above."""
    text, lower = segment.text, segment.lower
    if "<t" in lower or "<d" in lower or "<key" in lower:
        yield from _read([list(_tagged(text, start, end)) for start, end in _rows(text)], listed=False)
    for separator in _SEPARATORS:
        if separator.search(text):
            yield from _read(_lines(text, separator), listed=separator.pattern in _LIST)


def _rows(text: str) -> Iterator[tuple[int, int]]:
    starts = [0, *(match.end() for match in _ROW.finditer(text))]
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def _tagged(text: str, start: int, end: int) -> Iterator[_Cell]:
    for match in _CELL.finditer(text, start, end):
        yield _cell(match["cell"], match.start("cell"))


def _lines(text: str, separator: re.Pattern[str]) -> Iterator[list[_Cell]]:
    start = 0
    for line in text.split("\n"):
        cells: list[_Cell] = []
        done = 0
        for match in separator.finditer(line):
            cells.append(_cell(line[done : match.start()], start + done))
            done = match.end()
        yield [*cells, _cell(line[done:], start + done)] if done else []
        start += len(line) + 1


def _cell(raw: str, start: int) -> _Cell:
    bare = raw.lstrip(_AROUND)
    return _Cell(bare.rstrip(_AROUND), start + len(raw) - len(bare))


def _read(rows: Iterable[Sequence[_Cell]], *, listed: bool) -> Iterator[Assigned]:
    above: dict[int, str] = {}
    for row in rows:
        for place, name in above.items():
            if place < len(row):
                yield from _value(name, row[place])
        named = {place: cell.text for place, cell in enumerate(row) if _names(cell.text)}
        for place, name in named.items():
            if place + 1 < len(row) and (not listed or len(row) == 2):
                yield from _value(name, row[place + 1])
        if named or not row:
            above = named


def fallen_apart(segment: Segment) -> Iterator[Assigned]:
    """Each value below a name that has a line of its own."""
    open_until, name, start = -1, "", 0
    for number, line in enumerate(segment.text.split("\n")):
        cell = _cell(line, start)
        start += len(line) + 1
        if number <= open_until and _VALUE.fullmatch(cell.text):
            yield Assigned(name, cell.text, cell.start, quoted=False, prose=True, following="", loose=True)
        if _names(cell.text):
            open_until, name = number + _ALONE_WITHIN, cell.text


def _names(cell: str) -> bool:
    return len(cell) <= _LONGEST_NAME and _NAME.fullmatch(cell) is not None and names_a_secret(cell)


def _value(name: str, cell: _Cell) -> Iterator[Assigned]:
    match = _VALUE.match(cell.text)
    if match:
        following = cell.text[match.end() :]
        value = match[0].rstrip(_AROUND)
        loose = bool(following)
        yield Assigned(name, value, cell.start, quoted=False, prose=True, following=following[:12], loose=loose)
