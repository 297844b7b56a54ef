"""Bytes to text with structure, one file per family of formats; families.py registers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from retrieval.errors import Fault
from retrieval.label import ImportedLabel
from retrieval.passage import Place

MAX_BYTES = 100 * 1024 * 1024
"""The most that a source reads of one document, plus one byte that tells that there is more."""

MAX_HEADING = 200
"""Characters. A longer heading is a paragraph by mistake: its start serves as heading, the whole is text."""


Why = Literal[
    "encrypted",  # with a password
    "drm",  # wrapped by a rights management system
    "distribution",  # an HWP made for distribution only
    "scanned",  # pictures of pages, no text
    "partly",  # some of its pages are, the rest was read
    "legacy",  # .doc, .xls, .ppt
    "unknown",  # of no family that is read
    "empty",
    "binary",
    "broken",
    "too_big",
    "bomb",  # unpacks to far more than it is
    "too_slow",
    "too_much_memory",
    "link",  # leads outside of the source
    "closed",  # may not be opened or listed
    "away",  # its server does not give it now
]
"""The kinds of problems, for counting."""


class UnreadableFault(Fault):
    """One document that cannot be read; its last good version stays."""

    def __init__(self, sentence: str, why: Why = "broken") -> None:
        super().__init__(sentence)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, up to the next.

    headings: from the outermost to its own, without the document's title. blocks: paragraphs, lists, tables,
    code, each as the source writes it. At least one of the two is not empty. place: its page, slide or rows, where the
    format has such.
    """

    headings: tuple[str, ...]
    blocks: tuple[str, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """pictures: the pages of which nothing was read, because they are pictures without text. front: what stands before
    the text for machines (YAML front matter), as written; it is not searched. labels: other systems' that the file
    carries."""

    title: str
    sections: tuple[Section, ...]
    pictures: tuple[int, ...] = ()
    front: str = ""
    labels: tuple[ImportedLabel, ...] = ()

    @property
    def gap(self) -> str | None:
        """What of it was not read, for the place of a problem: it follows the uri."""
        if not self.pictures:
            return None
        pages = ", ".join(map(str, self.pictures[:20])) + (" ..." if len(self.pictures) > 20 else "")
        return f"was read, but for {len(self.pictures)} pages that are pictures without text: {pages}."


Parse = Callable[[str, bytes, str | None], Awaitable[Parsed]]
"""(uri, content, suffix of its family or None for the uri's own) -> Parsed; raises UnreadableFault."""
