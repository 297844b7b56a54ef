"""Passages, titles and pushed texts that name somebody. Their source still has them, so they are withheld: each passage
gets a tombstone, and the owner of its document is to change it. What somebody said goes with its document."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.forget.reach import Batch, Counts, Erasure, erased, held
from bot.slack import posted
from retrieval import index, labelled, pushed, tombstones

_MOST = 500
"""Passages are long: so many are read in a second or two."""
_MOST_SAID = 200
"""Documents that are deleted in one transaction."""


async def passages(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    wanted, kept = erasure.wanted, erasure.kept
    if theirs := sorted(wanted.said - kept.documents)[:_MOST_SAID]:
        return await _said(connection, theirs, after)
    if wanted.names is None:
        return Batch({"document": held(len(wanted.said))} if wanted.said else {})
    keep = tombstones.Keep(kept.documents, kept.names or tombstones.nothing)
    found = await tombstones.withhold(connection, wanted.names, erasure.id, int(after or 0), min(most, _MOST), keep)
    await index.withheld_of(connection, found.documents)
    # Of an answer whose text is not kept only the documents tell whether it may name somebody.
    shown = await posted.withdraw(connection, "opt_out", documents=sorted(found.documents), unread=True)
    counts = {
        "passage": Counts(found.found + found.held, found.found, found.found, found.held),
        "posted": erased(shown),
    }
    return Batch(counts, None if found.after is None else str(found.after), tuple(found.documents.values()))


async def _said(connection: AsyncConnection, ids: list[int], after: str | None) -> Batch:
    """What people said to each other holds something of theirs: the next run reads it without that."""
    shown = await posted.withdraw(connection, "opt_out", documents=ids, unread=True)
    await labelled.delete(connection, ids)
    return Batch({"document": erased(len(ids)), "posted": erased(shown)}, after or "0")


async def titles(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    wanted, kept = erasure.wanted, erasure.kept
    if wanted.names is None:
        return Batch({})
    rows = await index.titles(connection, int(after or 0), most)
    named = await asyncio.to_thread(lambda: [row for row in rows if wanted.named_in(row.title)])
    gone = [row for row in named if row.id not in kept.documents and not kept.named_in(row.title)]
    await index.retitle(connection, [row.id for row in gone], tombstones.WITHHELD_TITLE)
    counts = {"document": Counts(len(named), len(gone), len(gone), len(named) - len(gone))}
    more = str(rows[-1].id) if len(rows) == most else None
    return Batch(counts, more, tuple((row.source, row.uri) for row in gone))


async def texts(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """Of what other systems pushed, the lines that name somebody."""
    wanted, kept = erasure.wanted, erasure.kept
    if wanted.names is None:
        return Batch({})
    keep = kept.names or tombstones.nothing
    found = await pushed.redact(connection, wanted.names, keep, after or "", min(most, _MOST))
    counts = {"pushed": Counts(found.changed + found.held, found.changed, 0, found.held)}
    return Batch(counts, found.after)
