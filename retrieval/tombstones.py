"""Passages that are withheld: deleted here, though their source still has them. The only writer of `tombstone`.

Two things keep them away when their document is read again: their tombstone, which names the very passage by a digest,
and whoever says which texts are withheld (`Withheld`), which knows them reworded and in other documents too. Who that
is only bot/ can read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import counts, passages
from retrieval.bags import Bagged
from retrieval.counts import Counts
from retrieval.database import lock_key
from retrieval.erasures import erased
from retrieval.passage import key_of_passage
from retrieval.tables import document, passage, source, tombstone

PASSAGE = "passage"
"""In the ledger: a withheld passage, by the erasure that withholds it and its key."""
WITHHELD_TITLE = "…"

Withheld = Callable[[str], bool]
"""Whether nothing of a text may be taken in."""

Whom = Callable[[AsyncConnection], Awaitable[Withheld]]
"""What is withheld as of this transaction."""
_LOCK = lock_key("tombstones")


def nothing(text: str) -> bool:
    return False


async def nobody(connection: AsyncConnection) -> Withheld:
    return nothing


async def being_written(connection: AsyncConnection) -> None:
    """Passages are about to be written: until the transaction ends nobody looks for those that are to be withheld. So
    whatever is written without knowing of an erasure is there before that has looked."""
    await connection.execute(text("select pg_advisory_xact_lock_shared(:key)"), {"key": _LOCK})


async def being_looked_for(connection: AsyncConnection) -> None:
    """The other side: it waits for what is being written."""
    await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays as it is all the same: documents, by id, and texts."""

    documents: Collection[int] = ()
    texts: Withheld = nothing


@dataclass(frozen=True, slots=True)
class Withholding:
    """What one look at the passages found. found, held: passages. documents: the ids and addresses (source, uri) of
    those that hold the withheld ones, whose owners must change them. after: the last passage looked at; None: that was
    all."""

    found: int
    held: int
    documents: Mapping[int, tuple[str, str]]
    after: int | None


async def honoured(
    connection: AsyncConnection, source_name: str, fresh: Mapping[str, Sequence[Bagged]], withheld: Withheld
) -> Mapping[str, Sequence[Bagged]]:
    """The passages of documents, by uri, without those that have a tombstone or are withheld."""
    if withheld is nothing and not await connection.scalar(select(exists(select(tombstone)))):
        return fresh
    keys = {
        uri: [key_of_passage(source_name, uri, one.piece.heading, one.piece.text) for one in passages]
        for uri, passages in fresh.items()
    }
    wanted = [key for of_one in keys.values() for key in of_one]
    dead = set(await connection.scalars(select(tombstone.c.key).where(tombstone.c.key == func.any(wanted))))
    return {
        uri: [
            one
            for key, one in zip(keys[uri], passages, strict=True)
            if key not in dead and not withheld(f"{one.piece.heading}\n{one.piece.text}")
        ]
        for uri, passages in fresh.items()
    }


async def withhold(
    connection: AsyncConnection,
    withheld: Withheld,
    receipt: UUID,
    after: int,
    most: int,
    keep: Keep,
) -> Withholding:
    """Delete the passages that are withheld, of the next `most` after that id, and set them tombstones.

    It waits for what is being written, and takes its locks in the order of index.py.
    """
    await being_looked_for(connection)
    await counts.share_weights(connection)
    rows = (await connection.execute(_NEXT.where(passage.c.id > after).limit(most))).all()

    def judged() -> tuple[list[Any], list[Any]]:
        found = [row for row in rows if withheld(_text(row))]
        return found, [row for row in found if row.document_id not in keep.documents and not keep.texts(_text(row))]

    found, gone = await asyncio.to_thread(judged)
    counted = Counts()
    await passages.delete_some(connection, [row.id for row in gone], counted)
    await counted.store(connection)
    keys = [key_of_passage(row.source, row.uri, row.heading, row.text) for row in gone]
    await _set(connection, dict.fromkeys(keys, receipt))
    await erased(connection, PASSAGE, [f"{receipt}/{key}" for key in keys])
    last = rows[-1].id if len(rows) == most else None
    return Withholding(len(gone), len(found) - len(gone), {r.document_id: (r.source, r.uri) for r in gone}, last)


async def again(connection: AsyncConnection, said: Collection[str]) -> Sequence[int]:
    """Delete these passages wherever they are, in a database that was restored; of each that was there the id of its
    document. said: as the ledger names them."""
    keys = {key: UUID(receipt) for receipt, _, key in (one.partition("/") for one in sorted(said))}
    counted = Counts()
    rows = (await connection.execute(_NEXT)).all()
    gone = [row for row in rows if key_of_passage(row.source, row.uri, row.heading, row.text) in keys]
    await passages.delete_some(connection, [row.id for row in gone], counted)
    await counted.store(connection)
    await _set(connection, keys)
    return [row.document_id for row in gone]


async def lift(connection: AsyncConnection, receipt: UUID) -> int:
    """Take back what one erasure withholds; how many passages. They come back when their documents are read again."""
    return (await connection.execute(delete(tombstone).where(tombstone.c.receipt == receipt))).rowcount


def _text(row: Any) -> str:
    return f"{row.title}\n{row.heading}\n{row.text}"


async def _set(connection: AsyncConnection, keys: Mapping[str, UUID]) -> None:
    if keys:
        rows = [{"key": key, "receipt": receipt} for key, receipt in keys.items()]
        await connection.execute(insert(tombstone).on_conflict_do_nothing(), rows)


_NEXT = (
    select(
        passage.c.id, passage.c.document_id, passage.c.heading, passage.c.text,
        document.c.title, document.c.uri, source.c.name.label("source"),
    )
    .join_from(passage, document, passage.c.document_id == document.c.id)
    .join(source, source.c.id == document.c.source_id)
    .order_by(passage.c.id)
)  # fmt: skip
