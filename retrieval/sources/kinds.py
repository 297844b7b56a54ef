"""Which kinds of source there are: one file and one line each."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.passage import Source
from retrieval.sources import Reader, SourceFault, confluence, files, notion, push, web
from retrieval.sources.kind import Kind, Means

KINDS: Mapping[str, Kind] = {
    "files": files.KIND,
    "web": web.KIND,
    "push": push.KIND,
    "confluence": confluence.KIND,
    "notion": notion.KIND,
}


def reader_of(source: Source, means: Means) -> Reader:
    """Raises SourceFault for a kind that this Naru does not know, or options that are none of it."""
    kinds = {**KINDS, **means.kinds}
    kind = kinds.get(source.kind)
    if kind is None:
        known = ", ".join(kinds)
        raise SourceFault(f"Source '{source.name}' is of kind '{source.kind}'; the kinds are {known}.")
    try:
        kind.checked(source.options)
    except ValueError as error:
        raise SourceFault(f"The options of source '{source.name}' cannot be used: what it says {error}.") from None
    return kind.reader(source, means)
