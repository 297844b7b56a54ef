"""The only writer of documents, passages and their counts.

Every change happens in one transaction with the counts that it changes, so that a search sees a document's
old version or its new one, and never a term counted wrongly. Locks are taken in one order everywhere: source,
documents, terms by number, corpus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.bm25 import Bag, sparsevec
from retrieval.database import Database, lock_key
from retrieval.in_force import ALWAYS, Term
from retrieval.label import Level
from retrieval.passage import Principal, Source
from retrieval.rows import source_of
from retrieval.sources import SourceFault
from retrieval.split import Piece
from retrieval.tables import corpus, document, passage
from retrieval.tables import source as source_table
from retrieval.text import language

FORMAT = 2
"""Counted up when text becomes pieces or terms in another way: then every document is indexed anew."""

MAX_DRIFT = 0.2
_CHUNK = 500
_WEIGHTS = lock_key("passage weights")


@dataclass(frozen=True, slots=True)
class Known:
    """What the index holds of a document. sha256: of its last readable version; None: never readable."""

    sha256: bytes | None
    format: int
    problem: str | None

    def is_of(self, sha256: bytes) -> bool:
        return self.sha256 == sha256 and self.format == FORMAT


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document as its source has it now. term: from when to when it says that it holds."""

    uri: str
    title: str
    sha256: bytes
    pieces: tuple[Piece, ...]
    term: Term = ALWAYS


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document's newest version could not be read: one sentence."""

    uri: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a source's run found. healed: the uris of documents that are readable again and as they were."""

    fresh: Sequence[Fresh] = ()
    problems: Sequence[Problem] = ()
    healed: Sequence[str] = ()
    removed: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.fresh or self.problems or self.healed or self.removed)


class Index:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, source_name: str) -> dict[str, Known]:
        """Every document of the source, by uri."""
        statement = text(
            "select uri, sha256, format, problem from document"
            " where source_id = (select id from source where name = :name)"
        )
        async with self._database.transaction() as connection:
            rows = await connection.execute(statement, {"name": source_name})
            return {row.uri: Known(row.sha256, row.format, row.problem) for row in rows}

    async def apply(self, source_name: str, changes: Changes) -> None:
        """Make the changes, all or none. Raises SourceFault when the source is gone."""
        bagged = _bagged(changes.fresh)
        await self._freeze_averages(bagged)
        async with self._database.transaction() as connection:
            # The source as it is now, not as it was when the run began: its rules may have become stricter.
            source_id, source = await locked(connection, source_name, write=False)
            await _share_weights(connection)
            counts = _Counts()
            if changes.fresh:
                await _swap(connection, source_id, source, changes.fresh, bagged, counts)
            if changes.problems:
                await _record(connection, source_id, source, changes.problems)
            if changes.healed:
                healed = document.c.source_id == source_id, document.c.uri.in_(changes.healed)
                await connection.execute(update(document).where(*healed).values(problem=None))
            if changes.removed:
                gone = document.c.source_id == source_id, document.c.uri.in_(changes.removed)
                ids = await connection.scalars(select(document.c.id).where(*gone))
                await _delete(connection, list(ids), counts)
            await counts.store(connection)

    async def _freeze_averages(self, bagged: Sequence[_Bagged]) -> None:
        """The first passages of a language freeze the average length that its weights rest on.

        In a transaction of its own: held on to, the row would be waited for by runs of other sources, which hold
        the terms that this one needs next.
        """
        async with self._database.transaction() as connection:
            for spoken in sorted({one.language for one in bagged}):
                lengths = [one.bag.length for one in bagged if one.language == spoken]
                await connection.execute(
                    update(corpus)
                    .where(corpus.c.language == spoken, corpus.c.average.is_(None))
                    .values(average=max(1.0, sum(lengths) / len(lengths)))
                )

    async def reweigh_if_drifted(self) -> bool:
        """Weigh all passages of a language anew when their average length is over 20% off the one in use."""
        drifted = select(corpus.c.language).where(
            corpus.c.passages > 0,
            func.abs(corpus.c.length / (corpus.c.passages * corpus.c.average) - 1) > MAX_DRIFT,
        )
        async with self._database.transaction() as connection:
            if not (await connection.scalars(drifted)).all():
                return False
            await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _WEIGHTS})
            for spoken in (await connection.scalars(drifted)).all():
                await _reweigh(connection, spoken)
        return True


async def locked(connection: AsyncConnection, name: str, *, write: bool) -> tuple[int, Source]:
    """A source and its number, held until the transaction ends. Raises SourceFault where it is gone."""
    statement = select(source_table).where(source_table.c.name == name).with_for_update(read=not write)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise unknown(name)
    return row.id, source_of(row)


def unknown(name: str) -> SourceFault:
    return SourceFault(f"There is no source '{name}': `naru source list` shows those there are.")


async def relabel(connection: AsyncConnection, source_id: int, source: Source) -> None:
    """Give the source's documents the levels and readers that its rules say now."""
    uris: dict[tuple[Level, frozenset[Principal]], list[str]] = {}
    for uri in await connection.scalars(select(document.c.uri).where(document.c.source_id == source_id)):
        uris.setdefault(source.access(uri), []).append(uri)
    for (level, readers), same in uris.items():
        names = sorted(readers)
        await connection.execute(
            update(document)
            .where(document.c.source_id == source_id, document.c.uri == func.any(same))
            .where(or_(document.c.level != int(level), document.c.readers != names))
            .values(level=int(level), readers=names)
        )


async def _share_weights(connection: AsyncConnection) -> None:
    """Let no re-weighing run until the transaction ends: it would miss the passages written here."""
    await connection.execute(text("select pg_advisory_xact_lock_shared(:key)"), {"key": _WEIGHTS})


async def delete_all(connection: AsyncConnection, source_id: int) -> None:
    """Delete the documents of a source."""
    await _share_weights(connection)
    counts = _Counts()
    ids = list(await connection.scalars(select(document.c.id).where(document.c.source_id == source_id)))
    for start in range(0, len(ids), _CHUNK):
        await _delete(connection, ids[start : start + _CHUNK], counts)
    await counts.store(connection)


@dataclass(frozen=True, slots=True)
class _Counts:
    """How a transaction changes in how many passages each term stands, and the corpus."""

    df: Counter[int] = field(default_factory=Counter)
    passages: Counter[str] = field(default_factory=Counter)
    length: Counter[str] = field(default_factory=Counter)

    def add(self, spoken: str, terms: Iterable[int], length: int, sign: int = 1) -> None:
        for term in terms:
            self.df[term] += sign
        self.passages[spoken] += sign
        self.length[spoken] += sign * length

    async def store(self, connection: AsyncConnection) -> None:
        changed = sorted((term, by) for term, by in self.df.items() if by)
        if changed:
            terms, by = zip(*changed, strict=True)
            # Sorted, so that two runs that change the same terms wait for each other and do not deadlock.
            await connection.execute(
                text(
                    "insert into term (id, df)"
                    " select id, by from unnest(cast(:terms as int[]), cast(:by as int[])) as change (id, by)"
                    " order by id on conflict (id) do update set df = term.df + excluded.df"
                ),
                {"terms": list(terms), "by": list(by)},
            )
            fewer = [term for term, by in changed if by < 0]
            unused = text("delete from term where id = any(cast(:fewer as int[])) and df <= 0")
            await connection.execute(unused, {"fewer": fewer})
        for spoken in sorted(self.passages):
            if self.passages[spoken] or self.length[spoken]:
                await connection.execute(
                    update(corpus)
                    .where(corpus.c.language == spoken)
                    .values(
                        passages=corpus.c.passages + self.passages[spoken],
                        length=corpus.c.length + self.length[spoken],
                    )
                )


@dataclass(frozen=True, slots=True)
class _Bagged:
    """A piece with its place and its counted terms."""

    uri: str
    ordinal: int
    piece: Piece
    language: str
    bag: Bag


def _bagged(fresh: Sequence[Fresh]) -> list[_Bagged]:
    """Counted before the transaction begins, because counting is the slow part."""
    return [
        _Bagged(one.uri, n, piece, language(piece.text), Bag.of((one.title, piece.heading, piece.text)))
        for one in fresh
        for n, piece in enumerate(one.pieces)
    ]


async def _swap(
    connection: AsyncConnection,
    source_id: int,
    source: Source,
    fresh: Sequence[Fresh],
    bagged: Sequence[_Bagged],
    counts: _Counts,
) -> None:
    rows = [
        _row(source_id, source, one.uri, one.title, one.sha256, None)
        | {"in_force_from": one.term.first, "in_force_until": one.term.last}
        for one in fresh
    ]
    statement = insert(document).values(rows)
    replaced = ("title", "sha256", "format", "level", "readers", "in_force_from", "in_force_until", "problem")
    upsert = statement.on_conflict_do_update(
        index_elements=["source_id", "uri"], set_={name: statement.excluded[name] for name in replaced}
    ).returning(document.c.uri, document.c.id)
    ids = {row.uri: row.id for row in await connection.execute(upsert)}
    await _delete_passages(connection, list(ids.values()), counts)
    rows_of_corpus = await connection.execute(select(corpus.c.language, corpus.c.average))
    averages = {row.language: row.average for row in rows_of_corpus}
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    columns = "document_id, ordinal, heading, text, place, language, length, terms, weights"
    async with driver.cursor() as cursor, cursor.copy(f"copy passage ({columns}) from stdin") as copy:
        for one in bagged:
            bag, terms = one.bag, sorted(one.bag.counts)
            weights = sparsevec(bag.weights(averages[one.language]))
            piece = one.piece
            said = (ids[one.uri], one.ordinal, piece.heading, piece.text, str(piece.place or ""), one.language)
            await copy.write_row((*said, bag.length, terms, weights))
            counts.add(one.language, terms, bag.length)


async def _record(connection: AsyncConnection, source_id: int, source: Source, problems: Sequence[Problem]) -> None:
    rows = [_row(source_id, source, one.uri, one.uri, None, one.sentence) for one in problems]
    statement = insert(document).values(rows)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "uri"],
            set_={"problem": statement.excluded.problem},
            where=document.c.problem.is_distinct_from(statement.excluded.problem),
        )
    )


def _row(
    source_id: int, source: Source, uri: str, title: str, sha256: bytes | None, problem: str | None
) -> dict[str, Any]:
    level, readers = source.access(uri)
    return {
        "source_id": source_id,
        "uri": uri,
        "title": title,
        "sha256": sha256,
        "format": FORMAT,
        "level": int(level),
        "readers": sorted(readers),
        "problem": problem,
    }


async def _delete(connection: AsyncConnection, document_ids: list[int], counts: _Counts) -> None:
    await _delete_passages(connection, document_ids, counts)
    await connection.execute(document.delete().where(document.c.id == func.any(document_ids)))


async def _delete_passages(connection: AsyncConnection, document_ids: list[int], counts: _Counts) -> None:
    deleted = passage.delete().where(passage.c.document_id == func.any(document_ids))
    for row in await connection.execute(deleted.returning(passage.c.language, passage.c.terms, passage.c.length)):
        counts.add(row.language, row.terms, row.length, -1)


async def _reweigh(connection: AsyncConnection, spoken: str) -> None:
    average = await connection.scalar(
        update(corpus)
        .where(corpus.c.language == spoken)
        .values(average=func.greatest(1.0, corpus.c.length / (corpus.c.passages * 1.0)))
        .returning(corpus.c.average)
    )
    await connection.execute(text("create temporary table reweighed (id bigint, weights sparsevec) on commit drop"))
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    async for bags in _bags(connection, spoken):
        async with driver.cursor() as cursor, cursor.copy("copy reweighed from stdin") as copy:
            for passage_id, bag in bags:
                await copy.write_row((passage_id, sparsevec(bag.weights(average))))
    await connection.execute(
        text("update passage set weights = reweighed.weights from reweighed where passage.id = reweighed.id")
    )
    await connection.execute(text("drop table reweighed"))


async def _bags(connection: AsyncConnection, spoken: str) -> AsyncIterator[list[tuple[int, Bag]]]:
    after = 0
    columns = (passage.c.id, passage.c.heading, passage.c.text, document.c.title)
    while True:
        chunk = (
            select(*columns)
            .join_from(passage, document, passage.c.document_id == document.c.id)
            .where(passage.c.language == spoken, passage.c.id > after)
            .order_by(passage.c.id)
            .limit(_CHUNK)
        )
        rows = (await connection.execute(chunk)).all()
        if not rows:
            return
        yield [(row.id, Bag.of((row.title, row.heading, row.text))) for row in rows]
        after = rows[-1].id
