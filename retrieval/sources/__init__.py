"""Where documents come from, one file per kind of source; kinds.py registers them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from retrieval.errors import Fault
from retrieval.parse import MAX_BYTES, UnreadableFault
from retrieval.passage import NOTHING_SAID, Said


class SourceFault(Fault):
    """A source that cannot be listed, or is not there; nothing of it is deleted."""


class BusyFault(SourceFault):
    """Somebody else is re-indexing this source right now."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as its source lists it.

    uri: names it for as long as the source exists. version: another one whenever its content may be another (a change
    time, an ETag); None: only its content tells. said: what the source says of it beside its text. withdrawn: it
    may be held no longer, and of a part (its uri ends with "/") nothing below it, however much that is.
    """

    uri: str
    version: str | None = None
    said: Said = NOTHING_SAID
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document's content. version: as in Listed, where only loading tells it. suffix: of its family, such as ".html";
    None: the uri's own. said: in place of what was listed, with labels that only loading tells in `carried`."""

    content: bytes
    version: str | None = None
    suffix: str | None = None
    said: Said | None = None


class Reader(Protocol):
    """Reads one source."""

    def list(self) -> AsyncIterator[Listed]:
        """All documents. What is not listed is deleted: raises SourceFault if incomplete. A part that cannot be listed
        is a uri that ends with "/": it cannot be loaded, and what lies below it stays."""
        ...

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        """The document as it is now; None where it is still what it was at `version`. Raises UnreadableFault."""
        ...


def too_big(uri: str) -> UnreadableFault:
    """Said of a document by its size, before it is read."""
    return UnreadableFault(
        f"{uri} is over {MAX_BYTES // 1024**2} MB, and `max_mb` under [parse] may be less: split it.", "too_big"
    )
