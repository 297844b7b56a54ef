"""Loads from text with vectors that are there already, as a company's first load is whose own machines make vectors."""

from __future__ import annotations

import random
from array import array
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from sqlalchemy import text

from admin import schema
from admin.embedded import EmbeddedPostgres
from benchmarks import BenchmarkFault, Machine, Row, Tell
from benchmarks.pages import Pages
from benchmarks.sample import empty_home
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.embed import Embeddable, Vector
from retrieval.label import Level
from retrieval.parse import Parsed
from retrieval.passage import EVERYONE, Source
from retrieval.reindex import reindex
from retrieval.sources import Listed, Loaded
from retrieval.split import split
from retrieval.text import LANGUAGES, Language
from retrieval.vectors import Vectors

DOCUMENTS, MORE = 10_000, 500
DIMENSIONS = 384
FIRST_PER_S, LIVE_PER_S, UNCHANGED_PER_S = 8_000, 300, 5_000
PROCESSES = 1
NO_INDEX = 1 << 60
_LOT = 20_261_123
_SIZES = text(
    """
    select oid::regclass::text as name,
           case relkind when 'r' then pg_table_size(oid) else pg_relation_size(oid) end as size
    from pg_class
    where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace and pg_relation_size(oid) > 1000000
    order by relkind desc, size desc
    """
)


@dataclass(frozen=True)
class Laid:
    """Documents that are parsed already: a Reader of them, and a Parse. versioned: whether their source says that they
    are as they were."""

    documents: Mapping[str, Parsed]
    versioned: bool = False

    async def list(self) -> AsyncIterator[Listed]:
        for uri in self.documents:
            yield Listed(uri, "1" if self.versioned else None)

    async def load(self, uri: str, version: str | None = None) -> Loaded:
        return Loaded(uri.encode(), "1" if self.versioned else None)

    async def parse(self, uri: str, content: bytes, suffix: str | None = None) -> Parsed:
        return self.documents[uri]


@dataclass(frozen=True, slots=True)
class Ready:
    """An Embedder whose vectors are made already, by text."""

    vectors: Mapping[str, Vector]
    languages: frozenset[Language] = frozenset(LANGUAGES)
    name: str = "ready"
    revision: str = "1"
    dimensions: int | None = DIMENSIONS

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        return [self.vectors[each.text] for each in texts]

    async def query(self, text: Embeddable) -> Vector | None:
        return self.vectors.get(text.text)


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    first, more = _documents(0, DOCUMENTS), _documents(DOCUMENTS, MORE)
    ready = Ready({body: vector for laid in (first, more) for body, vector in _vectors(laid)})
    with empty_home() as home, EmbeddedPostgres(home) as url:
        await schema.upgrade(url)
        database = Database(url)
        loaded_s, passages = await load(database, "first", first, ready)
        indexed_s = (await Vectors(database).fill(ready)).seconds
        live_s, added = await load(database, "more", more, ready)
        sizes = await _sizes(database)
        same_s = [await _again(database, "first", Laid(first.documents)) for _ in range(3)]
        conditions = await machine.conditions(
            database,
            f"{passages} passages of invented text, {DIMENSIONS} dimensions, then {added} more into the same index; "
            f"{PROCESSES} process counts terms",
        )
        await database.close()
    tell(f"first {loaded_s:.2f} s, its HNSW index {indexed_s:.2f} s, then {added} in {live_s:.2f} s; bytes: {sizes}")
    return [
        Row.at_least("first load from text, vectors ready (passages/s)", passages / loaded_s, FIRST_PER_S, conditions),
        Row.at_least("into a live index (passages/s)", added / live_s, LIVE_PER_S, conditions),
        Row.at_least("unchanged re-index (documents/s)", DOCUMENTS / sorted(same_s)[1], UNCHANGED_PER_S, conditions),
        Row.reported("HNSW index after the first load (s per 100,000)", indexed_s / passages * 100_000, conditions),
        *(Row.reported(f"bytes per passage: {name}", size / (passages + added), conditions) for name, size in sizes),
    ]


async def load(database: Database, name: str, laid: Laid, ready: Ready) -> tuple[float, int]:
    """From text to what can be searched by words and by vectors; without an HNSW index where there is none yet."""
    source = Source(name, "benchmark", "", Level.INTERNAL, frozenset({EVERYONE}))
    await Catalogue(database).add(source)
    began = perf_counter()
    await reindex(database, source, laid, parse=laid.parse, processes=PROCESSES)
    filled = await Vectors(database, indexed_from=NO_INDEX).fill(ready)
    if filled.left:
        raise BenchmarkFault(f"{filled.left} passages have no vector: nothing was measured.")
    return perf_counter() - began, filled.made


def _documents(start: int, number: int) -> Laid:
    pages = Pages(random.Random(_LOT + start))
    return Laid({f"{place:06}": pages.parsed(place) for place in range(start, start + number)})


def _vectors(laid: Laid) -> Iterator[tuple[str, Vector]]:
    """Of each passage, by what is embedded of it."""
    draw = random.Random(_LOT).random
    for parsed in laid.documents.values():
        for piece in split(parsed):
            yield f"{piece.heading}\n{piece.text}", array("f", [draw() - 0.5 for _ in range(DIMENSIONS)])


async def _sizes(database: Database) -> list[tuple[str, int]]:
    """What lies on the disk, in bytes."""
    async with database.transaction() as connection:
        return [(row.name, row.size) for row in await connection.execute(_SIZES)]


async def _again(database: Database, name: str, laid: Laid) -> float:
    source = Source(name, "benchmark", "", Level.INTERNAL, frozenset({EVERYONE}))
    report = await reindex(database, source, laid, parse=laid.parse)
    if report.unchanged != len(laid.documents):
        raise BenchmarkFault(f"An unchanged source was not found unchanged: {replace(report, problems=())}.")
    return report.seconds
