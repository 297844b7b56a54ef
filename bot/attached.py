"""Files that come with a question: read as a source's documents are, searched for what was asked, and kept nowhere."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import unicodedata
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.domain import Attached
from bot.words import Language, say, spoken, unread_name
from retrieval.parse import Parse, Parsed, UnreadableFault
from retrieval.parse.families import named
from retrieval.parse.workers import SandboxFault
from retrieval.split import Piece, split
from retrieval.text import document_terms, query_terms

_log = logging.getLogger(__name__)

MOST_FILES = 5
"""Files of one question that are read; each takes a parser and its time."""
_MOST_PIECES = 2_000
"""Of one file, from its beginning: a thousand pages. What is further on is not looked at, and the answer says so."""
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as somebody sent it. content: its bytes; raises UnreadableFault. suffix: of its family, where the name's
    own does not tell. link: where those in the conversation can open it."""

    name: str
    content: Callable[[], Awaitable[bytes]]
    suffix: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Attachments:
    """parse: as for the documents of sources. most_chars: of all files of a question together, in its prompt."""

    parse: Parse
    most_chars: int

    async def read(self, asked: str, sent: Sequence[Sent]) -> tuple[Attached, ...]:
        """Each file with the pieces that say most of what was asked, or with the sentence why it cannot be read. What
        was sent twice is there once."""
        tongue = spoken(asked)
        found: list[Attached] = []
        seen: set[str] = set()
        for number, one in enumerate(sent):
            if number >= MOST_FILES:
                why = say(tongue, "attached_too_many", name=clean_name(one.name), most=str(MOST_FILES))
                found.append(Attached(clean_name(one.name), unread=why, link=one.link))
                continue
            file = await self._read(one, tongue, seen)  # one after the other: each may be large
            found += [file] if file else []
        # A book takes a second, and others are answered meanwhile.
        kept = await asyncio.to_thread(chosen, asked, found, self.most_chars)
        return tuple(_left_out(file, whole, tongue) for file, whole in zip(kept, found, strict=True))

    async def _read(self, sent: Sent, tongue: Language, seen: set[str]) -> Attached | None:
        """With all of its pieces; None: it is the same as one before."""
        name = clean_name(sent.name)
        try:
            content = await sent.content()
            digest = hashlib.sha256(content).hexdigest()
            if digest in seen:
                return None
            seen.add(digest)
            parsed = await self.parse(name, content, sent.suffix)
        except UnreadableFault as fault:
            return Attached(name, unread=unread_name(tongue, name, fault), link=sent.link)
        except SandboxFault as fault:
            _log.warning("an attached file was not read: %s", fault)
            return Attached(name, unread=say(tongue, "attached_trouble", name=name), link=sent.link)
        partly = (
            say(tongue, "attached_pictures", name=name, pages=str(len(parsed.pictures))) if parsed.pictures else None
        )
        pieces = await asyncio.to_thread(_titled, name, parsed)
        return Attached(name, pieces, partly=partly, link=sent.link, labels=parsed.labels)


def _titled(name: str, parsed: Parsed) -> tuple[Piece, ...]:
    """Its pieces, below the title that stands in the file: that is text of it too."""
    pieces = split(parsed)
    if parsed.title in ("", named(name)[0]):
        return pieces
    return tuple(replace(piece, headings=(parsed.title, *piece.headings)) for piece in pieces)


def clean_name(name: str) -> str:
    """A file's name on one line, without what cannot be seen or turns its order around, and no path."""
    plain = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C")
    plain = " ".join(plain.replace("/", "_").replace("\\", "_").split())
    if len(plain) > _LONGEST_NAME:
        suffix = PurePosixPath(plain).suffix[:10]
        plain = plain[: _LONGEST_NAME - len(suffix) - 1] + "…" + suffix
    return plain or "file"


def chosen(asked: str, files: Sequence[Attached], most: int) -> list[Attached]:
    """The files with at most `most` characters of pieces in all, heading and text, in their order: of each file first
    the piece that says most of what was asked, then whatever does. Terms that are rare among the pieces weigh more."""
    pieces = [(n, piece) for n, file in enumerate(files) for piece in file.pieces[:_MOST_PIECES]]
    terms = [frozenset(document_terms(f"{piece.heading}\n{piece.text}")) for _, piece in pieces]
    found = Counter(term for one in terms for term in one)
    weights = {
        term: weight * math.log(1 + len(pieces) / found[term])
        for term, weight in query_terms(asked).items()
        if term in found
    }
    ranked = sorted(range(len(pieces)), key=lambda i: (-_weight(weights, terms[i]), i))
    best: dict[int, int] = {}
    for i in ranked:
        best.setdefault(pieces[i][0], i)
    kept, room = set[int](), most
    for i in dict.fromkeys((*best.values(), *ranked)):
        if (size := _size(pieces[i][1])) <= room:
            kept.add(i)
            room -= size
    return [
        replace(file, pieces=tuple(piece for i, (n, piece) in enumerate(pieces) if n == number and i in kept))
        for number, file in enumerate(files)
    ]


def _weight(weights: Mapping[str, float], terms: frozenset[str]) -> float:
    return sum(weight for term, weight in weights.items() if term in terms)


def _size(piece: Piece) -> int:
    return len(piece.heading) + len(piece.text)


def _left_out(file: Attached, whole: Attached, tongue: Language) -> Attached:
    """The file as it goes into the prompt, with what the answer has to say of the rest."""
    if len(file.pieces) == len(whole.pieces):
        return file
    share = 100 * sum(map(_size, file.pieces)) // max(1, sum(map(_size, whole.pieces)))
    says = say(tongue, "attached_partly", name=file.name, share=str(max(1, share)))
    return replace(file, partly=f"{says} {file.partly}" if file.partly else says)
