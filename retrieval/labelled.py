"""Documents by a label that they carry, found and deleted for good."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import index, pushed, tombstones
from retrieval.erasures import DOCUMENT, erased, key_of


async def carrying(connection: AsyncConnection, labels: Collection[str], *kinds: str) -> frozenset[int]:
    """The documents, by id, of the sources of these kinds that carry one of these labels, by the labels' ids."""
    if not labels:
        return frozenset()
    values = {"labels": json.dumps(sorted(labels)), "kinds": list(kinds)}
    return frozenset(await connection.scalars(_CARRYING, values))


async def delete(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Delete documents, with what was pushed of them, also of a database that is restored later. Waits for passages
    that are being written."""
    await tombstones.being_looked_for(connection)
    rows = (await connection.execute(_NAMES, {"ids": list(ids)})).all()
    await pushed.delete_of(connection, [row.id for row in rows])
    await index.delete(connection, [row.id for row in rows])
    await erased(connection, DOCUMENT, [key_of(row.source, row.uri) for row in rows])


_CARRYING = text("""
select document.id from document join source on source.id = document.source_id and source.kind = any(:kinds)
where exists (
  select from jsonb_array_elements(
    coalesce(document.said -> 'labels', '[]') || coalesce(document.said -> 'carried', '[]')
  ) as label
  where jsonb_exists(cast(:labels as jsonb), label ->> 1)
)
""")
_NAMES = text(
    "select document.id, source.name as source, document.uri from document join source on source.id = source_id"
    " where document.id = any(cast(:ids as bigint[])) order by document.id"
)
