"""Where documents come from, one file per kind of source; kinds.py registers them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from retrieval.errors import Fault


class SourceFault(Fault):
    """A source that cannot be listed, or is not there; nothing of it is deleted."""


class BusyFault(SourceFault):
    """Somebody else is re-indexing this source right now."""


class Reader(Protocol):
    """Reads one source. A uri names one of its documents for as long as the source exists."""

    def list(self) -> AsyncIterator[str]:
        """The uris of all documents. What is not listed is deleted: raises SourceFault if incomplete. A part that
        cannot be listed is a uri that ends with "/": it cannot be loaded, and what lies below it stays."""
        ...

    async def load(self, uri: str) -> bytes:
        """The document as it is now. Raises UnreadableFault."""
        ...
