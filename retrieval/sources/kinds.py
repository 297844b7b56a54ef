"""Which reader reads which kind of source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from retrieval.passage import Source
from retrieval.sources import Reader, SourceFault
from retrieval.sources.files import Folder

KINDS: Mapping[str, Callable[[Source], Reader]] = {
    "files": lambda source: Folder(Path(source.location)),
}


def reader_of(source: Source) -> Reader:
    """Raises SourceFault for a kind that this Naru does not know."""
    kind = KINDS.get(source.kind)
    if kind is None:
        known = ", ".join(KINDS)
        raise SourceFault(f"Source '{source.name}' is of kind '{source.kind}'; the kinds are {known}.")
    return kind(source)
