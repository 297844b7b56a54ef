"""Sections to pieces of the size that is searched, shown and cited. Pure. Nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from retrieval.parse import Parsed
from retrieval.passage import Place

MIN_CHARS = 200
MAX_CHARS = 1_200
TINY_CHARS = 60
"""What stands on a page or a slide of its own and is no more than a title joins what follows."""
HEADING_SEPARATOR = " › "

_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+|\n")
_TABLE_RULE = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\Z")


@dataclass(frozen=True, slots=True)
class Piece:
    """headings: those that hold for all of the text, outermost first. place: from where to where it stands in the
    file."""

    headings: tuple[str, ...]
    text: str
    place: Place | None = None

    @property
    def heading(self) -> str:
        return HEADING_SEPARATOR.join(self.headings)


def split(parsed: Parsed) -> tuple[Piece, ...]:
    """Pieces of 200 to 1,200 characters where the document's structure allows, in its order."""
    pieces: list[Piece] = []
    for section in parsed.sections:
        texts = list(_pack(block for whole in section.blocks for block in _fit(whole)))
        for piece in (Piece(section.headings, text, section.place) for text in texts or [""]):
            merged = _merge(pieces[-1], piece) if pieces else None
            if merged is None:
                pieces.append(piece)
            else:
                pieces[-1] = merged
    return tuple(_said(piece) for piece in pieces)


def _merge(one: Piece, next_one: Piece) -> Piece | None:
    """Both as one piece, if the first is small and they are siblings or the second is the first's child."""
    if len(one.text) >= (MIN_CHARS if _together(one.place, next_one.place) else TINY_CHARS):
        return None
    common = _common(one.headings, next_one.headings)
    if len(common) < max(len(one.headings), len(next_one.headings)) - 1:
        return None
    text = "\n\n".join(part for piece in (one, next_one) if (part := _below(piece, common)))
    place = one.place.joined(next_one.place) if one.place else None
    if place is None and (one.place or next_one.place):
        return None
    return Piece(common, text, place) if len(text) <= MAX_CHARS else None


def _together(one: Place | None, other: Place | None) -> bool:
    """Whether a citation of both is as good as one of either: a page or a slide is looked up, rows are read through."""
    return one == other or (one is not None and one.kind == "row")


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _below(piece: Piece, common: tuple[str, ...]) -> str:
    own = HEADING_SEPARATOR.join(piece.headings[len(common) :])
    return f"{own}\n{piece.text}".strip("\n") if own else piece.text


def _said(piece: Piece) -> Piece:
    """A heading with nothing under it is still something that the document says."""
    return piece if piece.text else Piece(piece.headings[:-1], piece.headings[-1], piece.place)


def _pack(blocks: Iterable[str]) -> Iterator[str]:
    """Neighbouring blocks joined while they fit."""
    packed = ""
    for block in blocks:
        if packed and len(packed) + 2 + len(block) > MAX_CHARS:
            yield packed
            packed = ""
        packed = f"{packed}\n\n{block}" if packed else block
    if packed:
        yield packed


def _fit(block: str) -> Iterator[str]:
    """The block whole if it fits, else by lines and sentences; each part of a table repeats its header."""
    if len(block) <= MAX_CHARS:
        yield block
        return
    lines = block.split("\n")
    if len(lines) > 2 and "|" in lines[0] and _TABLE_RULE.match(lines[1]):
        header = "\n".join(lines[:2])
        if len(header) < MAX_CHARS // 2:
            room = MAX_CHARS - len(header) - 1
            yield from (f"{header}\n{rows}" for rows in _fill("\n".join(lines[2:]), room))
            return
    yield from _fill(block, MAX_CHARS)


def _fill(text: str, room: int) -> Iterator[str]:
    """Parts of at most `room` characters that end with a sentence or a line; one too long is cut hard."""
    start = end = 0
    for sentence_end in (*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)):
        if sentence_end - start > room:
            if end > start:
                yield text[start:end].strip("\n")
            start = max(start, end)
            while sentence_end - start > room:
                yield text[start : start + room]
                start += room
        end = sentence_end
    if start < len(text) and text[start:].strip():
        yield text[start:].strip("\n")
