"""Documents by their ids, as they are now: whether they still say what somebody was given to read of them. Whoever may
read them: nothing of it is for an answer."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.passage import Document, key_of_passage
from retrieval.ranking import DOCUMENT
from retrieval.rows import document_of
from retrieval.tables import document, passage, source

_ALL = (
    select(source.c.name, document.c.uri, passage.c.heading, passage.c.text)
    .join_from(passage, document, passage.c.document_id == document.c.id)
    .join(source, source.c.id == document.c.source_id)
)


async def still_said(connection: AsyncConnection, documents: Collection[int], keys: Collection[str]) -> frozenset[str]:
    """Those of the passages, by `Passage.key`, that stand in these documents now."""
    if not keys:
        return frozenset()
    rows = await connection.execute(_ALL.where(document.c.id == func.any(list(documents))))
    return frozenset(keys) & {key_of_passage(*row) for row in rows}


async def documents_now(connection: AsyncConnection, documents: Collection[int]) -> dict[int, Document]:
    """Those that are there, of sources that are searched."""
    rows = await connection.execute(_THERE, {"ids": list(documents)})
    return {row.document_id: document_of(row) for row in rows}


_THERE = text(f"""
select {DOCUMENT} from document join source on source.id = document.source_id
where document.id = any(cast(:ids as bigint[])) and source.active
""")
