"""What a source lists and the index lacks, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from retrieval.database import Database
from retrieval.index import Index, Known
from retrieval.passage import Source
from retrieval.sources import Listed, Reader
from retrieval.tokenizer import BIGRAMS, Tokenizer

Reason = Literal["not_read", "changed", "problem", "gone"]
"""not_read: listed, and no run has looked at it yet. changed: what is searched is an older version. problem: it cannot
be read. gone: indexed, and no longer listed."""


@dataclass(frozen=True, slots=True)
class Gap:
    """sentence: why it cannot be read, where that is the reason. searched: an older version of it is found."""

    uri: str
    reason: Reason
    sentence: str | None = None
    searched: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """listed: documents of the source now. indexed: those of them that are searched, in whatever version."""

    listed: int
    indexed: int
    gaps: tuple[Gap, ...]


async def coverage(database: Database, source: Source, reader: Reader, tokenizer: Tokenizer = BIGRAMS) -> Coverage:
    """Lists the source anew and reads nothing. Where it names no versions, what changed there is not seen. Raises
    SourceFault where it cannot be listed."""
    listed = {one.uri: one async for one in reader.list() if one.uri.endswith("/") or not one.withdrawn}
    index = Index(database, tokenizer=tokenizer)
    known = await index.known(source.name)
    closed = tuple(uri for uri, one in listed.items() if uri.endswith("/") and not one.withdrawn)
    gaps = [gap for uri in sorted(listed) if (gap := _gap(listed[uri], known.get(uri), index.format)) is not None]
    gone = sorted(uri for uri in known.keys() - listed.keys() if not uri.startswith(closed))
    indexed = sum(uri in known and known[uri].sha256 is not None for uri in listed)
    return Coverage(len(listed), indexed, (*gaps, *(Gap(uri, "gone", searched=_searched(known[uri])) for uri in gone)))


async def cut_otherwise(database: Database, tokenizer: Tokenizer) -> int:
    """How many documents are searched by terms that this Naru would not give them: the next runs see to it."""
    async with database.transaction() as connection:
        found = await connection.scalar(_CUT_OTHERWISE, {"format": Index(database, tokenizer=tokenizer).format})
    return int(found or 0)


def _gap(listed: Listed, known: Known | None, format: int) -> Gap | None:
    if known is None:
        sentence = (
            f"{listed.uri} cannot be listed: its documents stay as they were." if listed.uri[-1:] == "/" else None
        )
        return Gap(listed.uri, "problem" if sentence else "not_read", sentence)
    if known.problem is not None:
        return Gap(listed.uri, "problem", known.problem, _searched(known))
    # What was read in the moment in which it was written has no version yet, and nobody knows that it changed.
    if known.format != format or (None not in (listed.version, known.version) and listed.version != known.version):
        return Gap(listed.uri, "changed", searched=True)
    return None


def _searched(known: Known) -> bool:
    return known.sha256 is not None


_CUT_OTHERWISE = text(
    "select count(*) from document where format <> :format"
    " and exists (select from passage where passage.document_id = document.id)"
)
