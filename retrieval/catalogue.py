"""Which sources there are. The only writer of the table `source`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import index
from retrieval.changes import Problem
from retrieval.database import Database, Then, nothing_more
from retrieval.erasures import SOURCE, erased, key_of
from retrieval.passage import Principal, Readers, Source
from retrieval.rows import source_of
from retrieval.sources import SourceFault
from retrieval.tables import source as table

_SAID = ("kind", "location", "level", "readers", "rules", "link", "owner", "schedule", "options")
_COLUMNS = (*_SAID, "declared", "active")


@dataclass(frozen=True, slots=True)
class Status:
    """How a source stands. declared: it stands in naru.toml. active: it is searched. problem: why its last run could
    not list it, if so."""

    source: Source
    declared: bool
    active: bool
    problem: str | None
    documents: int
    passages: int
    problems: tuple[Problem, ...]


class Catalogue:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def sync(self, declared: Sequence[Source]) -> None:
        """Make these the declared sources. One missing now is no longer searched; nothing is deleted."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(select(table))).all()
            same = {row.name: source_of(row) for row in rows if row.declared and row.active}
            for source in sorted(declared, key=lambda source: source.name):
                # Not even an upsert that changes nothing: it would lock the row, which is a write.
                if same.get(source.name) != source:
                    await _store(connection, source, declared=True)
            names = [source.name for source in declared]
            await connection.execute(
                update(table).where(table.c.declared, table.c.active, table.c.name.not_in(names)).values(active=False)
            )

    async def add(self, source: Source, then: Then = nothing_more) -> None:
        """Add a source that stands in no file. then: what is to be done with it or not at all. Raises SourceFault where
        the name is taken."""
        async with self._database.transaction() as connection:
            if await connection.scalar(select(table.c.id).where(table.c.name == source.name)) is not None:
                raise SourceFault(f"There is a source '{source.name}' already: choose another name.")
            await _store(connection, source, declared=False)
            await then(connection)

    async def remove(self, name: str, then: Then = nothing_more) -> None:
        """Delete a source and its documents. then: as for `add`. Raises SourceFault where it is unknown or declared."""
        async with self._database.transaction() as connection:
            source_id, _ = await index.locked(connection, name, write=True)
            kept = select(table.c.id).where(table.c.id == source_id, table.c.declared, table.c.active)
            if await connection.scalar(kept) is not None:
                raise SourceFault(f"Source '{name}' is declared in naru.toml: remove it there.")
            await delete(connection, name)
            await then(connection)
            await erased(connection, SOURCE, [key_of(name)])

    async def note(self, name: str, problem: str | None) -> None:
        """Remember why the source cannot be listed, or that it can be. Nothing is written where nothing changed."""
        other = table.c.problem.is_distinct_from(problem)
        async with self._database.transaction() as connection:
            await connection.execute(update(table).where(table.c.name == name, other).values(problem=problem))

    async def get(self, name: str) -> Source:
        """Raises SourceFault where there is none of that name."""
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(table).where(table.c.name == name))).one_or_none()
        if row is None:
            raise index.unknown(name)
        return source_of(row)

    async def named(self) -> tuple[tuple[frozenset[Principal], int], ...]:
        """Which readers the documents that are searched name together, and how many documents do."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_NAMED)).all()
        return tuple((frozenset(map(Principal, row.readers)), row.documents) for row in rows)

    async def readers_of(self, kind: str) -> frozenset[Principal]:
        """All that the documents of the searched sources of a kind name as readers."""
        async with self._database.transaction() as connection:
            return frozenset(map(Principal, await connection.scalars(_READERS, {"kind": kind})))

    async def readable(self, readers: Readers) -> tuple[tuple[str, int], ...]:
        """The sources that are searched and hold documents which those readers may read, with how many, by name."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_READABLE, {"principals": sorted(readers.principals)})).all()
        return tuple((row.name, row.documents) for row in rows)

    async def every_reader(self) -> Readers:
        """All that somebody may read anything by. What is found with it is for no answer: an operator with a role and a
        reason is told by it what a room may not read."""
        async with self._database.transaction() as connection:
            return Readers(frozenset(map(Principal, await connection.scalars(_EVERY_READER))))

    async def status(self) -> tuple[Status, ...]:
        """All sources by name, with what is stored of them and what cannot be read."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_STATUS)).all()
            problems = (await connection.execute(_PROBLEMS)).all()
        return tuple(
            Status(
                source_of(row),
                row.declared,
                row.active,
                row.problem,
                row.documents,
                row.passages,
                tuple(Problem(one.uri, one.problem, one.kind) for one in problems if one.source_id == row.id),
            )
            for row in rows
        )


async def delete(connection: AsyncConnection, name: str) -> None:
    """Delete a source with its documents, declared or not. Raises SourceFault where it is unknown."""
    source_id, _ = await index.locked(connection, name, write=True)
    await index.delete_all(connection, source_id)
    await connection.execute(table.delete().where(table.c.id == source_id))


async def _store(connection: AsyncConnection, source: Source, *, declared: bool) -> None:
    statement = insert(table).values(
        name=source.name,
        kind=source.kind,
        location=source.location,
        level=int(source.level),
        readers=sorted(source.readers),
        rules=[
            {"match": rule.match, "level": int(rule.level), "readers": sorted(rule.readers)} for rule in source.rules
        ],
        link=source.link,
        owner=source.owner,
        schedule=source.schedule,
        options=dict(source.options),
        declared=declared,
        active=True,
    )
    upsert = statement.on_conflict_do_update(
        index_elements=["name"], set_={name: statement.excluded[name] for name in _COLUMNS}
    )
    source_id = (await connection.execute(upsert.returning(table.c.id))).scalar_one()
    await index.relabel(connection, source_id, source)


_STATUS = text(
    """
    select source.*,
           (select count(*) from document where source_id = source.id and sha256 is not null) as documents,
           (select count(*) from passage join document on document.id = document_id
             where source_id = source.id) as passages
    from source order by name
    """
)
_NAMED = text(
    """
    select document.readers, count(*) as documents
    from document join source on source.id = document.source_id
    where source.active and document.sha256 is not null
    group by document.readers
    """
)
_READERS = text(
    """
    select distinct unnest(document.readers) from document join source on source.id = document.source_id
    where source.active and source.kind = :kind
    """
)
_EVERY_READER = text(
    "select distinct unnest(document.readers) from document join source on source.id = source_id where source.active"
)
_READABLE = text(
    """
    select source.name, count(*) as documents
    from document join source on source.id = document.source_id
    where source.active and document.sha256 is not null and document.readers && cast(:principals as text[])
    group by source.name order by source.name
    """
)
_PROBLEMS = text(
    "select source_id, uri, problem, coalesce(problem_kind, 'broken') as kind from document"
    " where problem is not null order by uri"
)
