"""What goes between Naru and the processes that parse: frames of JSON, because who parses is not trusted. Pure.

A frame is its length in four bytes, most significant first, and as many bytes. A request is two of them, a JSON list of
each document's name, suffix and length, and the documents; its answer is one, that holds a frame for each document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, cast, get_args

from retrieval.label import ImportedLabel
from retrieval.parse import MAX_HEADING, Parsed, Section
from retrieval.parse.labels import is_id
from retrieval.parse.refusals import REFUSALS, Refusal
from retrieval.passage import Place, PlaceKind

LENGTH = Struct("!I")
MAX_ANSWER = 64 * 1024**2
"""Bytes of an answer; the text of a document that is read whole is far below."""

OUT_OF_MEMORY = 77
"""The exit status of a worker that ran into its limit."""

_MAX_NUMBER = 2**31


class WireError(Exception):
    """An answer that is none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one document. memory_mb: of address space. seconds: of wall time, and as many of a processor. max_mb: of the
    file."""

    memory_mb: int = 512
    seconds: float = 10.0
    max_mb: int = 50


def frame(payload: bytes) -> bytes:
    return LENGTH.pack(len(payload)) + payload


@dataclass(frozen=True, slots=True)
class Unread:
    """A document as it is sent. suffix: of its family."""

    name: str
    suffix: str
    content: bytes


def request(documents: Sequence[Unread]) -> bytes:
    head = json.dumps([(one.name, one.suffix, len(one.content)) for one in documents]).encode()
    length = sum(len(one.content) for one in documents)
    return b"".join((frame(head), LENGTH.pack(length), *(one.content for one in documents)))


def requested(head: bytes | bytearray, contents: bytes) -> Iterator[Unread]:
    """The documents of a request's two frames."""
    start = 0
    for name, suffix, length in json.loads(head):
        yield Unread(name, suffix, contents[start : start + length])
        start += length


def answer(outcome: Parsed | Refusal) -> bytes:
    """A frame. Raises Refusal where it would be too large."""
    if isinstance(outcome, Refusal):
        said: dict[str, Any] = {"cause": outcome.cause, "numbers": outcome.numbers}
    else:
        sections = [
            (one.headings, one.blocks, (one.place.kind, one.place.first, one.place.last) if one.place else None)
            for one in outcome.sections
        ]
        said = {
            "title": outcome.title,
            "sections": sections,
            "pictures": outcome.pictures,
            "front": outcome.front,
            "labels": [(one.name, one.id) for one in outcome.labels],
        }
    payload = json.dumps(said, ensure_ascii=False, check_circular=False).encode("utf-8", "replace")
    if LENGTH.size + len(payload) > MAX_ANSWER:
        raise Refusal("too_much_text", mb=MAX_ANSWER // 1024**2)
    return frame(payload)


def answers(payload: bytes, number: int) -> list[bytes]:
    """What is said of each document of a request. Raises WireError where that is not of `number` documents."""
    found: list[bytes] = []
    start = 0
    while start < len(payload):
        begin = start + LENGTH.size
        if begin > len(payload):
            raise WireError("half a length")
        (length,) = LENGTH.unpack_from(payload, start)
        start = begin + length
        found.append(payload[begin:start])
    if start != len(payload) or len(found) != number:
        raise WireError("answers that were not asked for")
    return found


def outcome(payload: bytes) -> Parsed:
    """What an answer says, each value looked at. Raises Refusal, or WireError for anything that no parser says."""
    try:
        said = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError):
        raise WireError("no JSON in UTF-8") from None
    match said:
        case {"cause": str(cause), "numbers": dict(numbers)} if cause in REFUSALS and all(
            map(_is_number, numbers.values())
        ):
            raise _refusal(cause, numbers)
        case {
            "title": str(title),
            "sections": list(sections),
            "pictures": list(pictures),
            "front": str(front),
            "labels": list(labels),
        } if all(map(_is_number, pictures)):
            before = _text(front, MAX_ANSWER) if front else ""
            read = tuple(map(_section, sections))
            return Parsed(_text(title, MAX_HEADING), read, tuple(pictures), before, tuple(map(_label, labels)))
    raise WireError("neither a document nor a refusal")


def _refusal(cause: str, numbers: dict[str, int]) -> Refusal:
    refusal = Refusal(cause, **numbers)
    try:
        refusal.fault("")
    except KeyError:
        raise WireError("a refusal without its numbers") from None
    return refusal


def _section(said: Any) -> Section:
    match said:
        case [list(headings), list(blocks), place] if headings or blocks:
            return Section(
                tuple(_text(heading, MAX_HEADING) for heading in headings),
                tuple(_text(block, MAX_ANSWER) for block in blocks),
                _place(place),
            )
    raise WireError("no section")


def _label(said: Any) -> ImportedLabel:
    match said:
        case [str(name), str(id)] if is_id(id) or (name and not id):
            return ImportedLabel(*(_text(one, MAX_HEADING) if one else "" for one in (name, id)))
    raise WireError("no label")


def _place(said: Any) -> Place | None:
    match said:
        case None:
            return None
        case [str(kind), first, last] if kind in get_args(PlaceKind) and _is_number(first) and _is_number(last):
            return Place(cast(PlaceKind, kind), first, last)
    raise WireError("no place")


def _text(said: Any, longest: int) -> str:
    """What PostgreSQL takes as text."""
    if not isinstance(said, str) or not said or len(said) > longest or "\0" in said or not _encodes(said):
        raise WireError("no text")
    return said


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 < value < _MAX_NUMBER
