"""Documents counted by what is known of them, and a few texts of each source: for looking at a policy, never to answer.

Readers do not stand in these queries, so nothing of what they give may be shown to anybody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import text

from retrieval.database import Database
from retrieval.label import ImportedLabel, Label, Level
from retrieval.rows import labels_of

_CHUNK = 50


@dataclass(frozen=True, slots=True)
class Known:
    """A document as far as its source knows it."""

    source: str
    uri: str
    level: Level
    labels: tuple[ImportedLabel, ...]

    @property
    def label(self) -> Label:
        return Label.of(self.level, "source", f"source {self.source}")


@dataclass(frozen=True, slots=True)
class Sampled:
    document: Known
    text: str


async def documents(database: Database) -> AsyncIterator[Known]:
    """Every document that is searched, in no order."""
    after = 0
    while True:
        async with database.transaction() as connection:
            rows = (await connection.execute(_DOCUMENTS, {"after": after, "some": 100 * _CHUNK})).all()
        if not rows:
            return
        for row in rows:
            yield Known(row.source, row.uri, Level(row.level), labels_of(row.said))
        after = rows[-1].id


async def texts(database: Database, most: int) -> AsyncIterator[list[Sampled]]:
    """Up to so many passages of each source, spread over it and the same ones each time, a chunk at a time: whoever
    reads them can pause in between."""
    async with database.transaction() as connection:
        rows = await connection.execute(_CHOSEN, {"most": most})
        ids = [row.id for row in rows]
    for start in range(0, len(ids), _CHUNK):
        async with database.transaction() as connection:
            found = (await connection.execute(_TEXTS, {"ids": ids[start : start + _CHUNK]})).all()
        yield [
            Sampled(Known(row.source, row.uri, Level(row.level), labels_of(row.said)), f"{row.heading}\n{row.text}")
            for row in found
        ]


_DOCUMENTS = text(
    "select document.id, source.name as source, document.uri, document.level, document.said"
    " from document join source on source.id = document.source_id"
    " where source.active and document.sha256 is not null and document.id > :after order by document.id limit :some"
)
_CHOSEN = text(
    """
    select id from (
      select passage.id, row_number() over (partition by document.source_id order by hashint8(passage.id)) as place
      from passage join document on document.id = passage.document_id join source on source.id = document.source_id
      where source.active
    ) as spread where place <= :most order by id
    """
)
_TEXTS = text(
    "select source.name as source, document.uri, document.level, document.said, passage.heading, passage.text"
    " from passage join document on document.id = passage.document_id join source on source.id = document.source_id"
    " where passage.id = any(cast(:ids as bigint[])) order by passage.id"
)
