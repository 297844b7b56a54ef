"""How long a search takes and what it misses, by how many passages there are and how many of them somebody may read.
`python -m benchmarks search [--passages 10000 100000] [--json]`; a million takes half an hour to load."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, quantiles
from time import perf_counter

from sqlalchemy import text

from admin import schema
from admin.embedded import EmbeddedPostgres
from benchmarks import BenchmarkFault, Machine, Row, Tell
from benchmarks.sample import empty_home
from benchmarks.topics import DIMENSIONS, Topics
from retrieval import counts
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.dense import EXACT_UP_TO, Meaning, Meanings
from retrieval.embed import Embeddable, Vector
from retrieval.errors import Fault
from retrieval.label import NOTHING_SENSITIVE, Level
from retrieval.parse import Parsed
from retrieval.passage import Principal, Readers, Said, Source
from retrieval.reindex import reindex
from retrieval.search import Search
from retrieval.sources import Listed, Loaded
from retrieval.text import LANGUAGES, Language
from retrieval.vectors import Vectors
from retrieval.weighed import MAX_CANDIDATES

SIZES = (10_000, 100_000)
LIMITS_MS: Mapping[int, tuple[float, float]] = {10_000: (6, 12), 100_000: (20, 50), 1_000_000: (100, 300)}
"""By passages: p50 and p95."""
RECALL = 0.97
BEST = 10
ASKED, COMPARED = 300, 60
MEMORY = "2GB"
ALL = 1 << 60
PEOPLE = 40
GROUPS = 25
_LOT = 8
_FILTERS: Mapping[str, tuple[int, str]] = {
    "100%": (1, "everyone"),
    "10%": (10, "group:tenth"),
    "1%": (100, "group:hundredth"),
    ".1%": (1_000, "group:thousandth"),
}
"""Every so-many-th document may be read by whom."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every so-many-th document of the topics as a source: a Reader of them, and a Parse."""

    topics: Topics
    numbers: Sequence[int]
    people: int

    async def list(self) -> AsyncIterator[Listed]:
        for number in self.numbers:
            yield Listed(f"{number:08}", "1", Said(readers=frozenset(map(Principal, self._readers(number)))))

    async def load(self, uri: str, version: str | None = None) -> Loaded:
        return Loaded(uri.encode(), "1")

    async def parse(self, uri: str, content: bytes, suffix: str | None = None) -> Parsed:
        return self.topics.parsed(int(uri))

    def _readers(self, number: int) -> Sequence[str]:
        """One document of twenty has also been given to a person."""
        own = [f"user:{number // 20 % self.people}"] if number % 20 == 7 else []
        return [name for every, name in _FILTERS.values() if number % every == 0] + own


class Ready:
    """An Embedder whose vectors take no time. asked: of each question."""

    def __init__(self, topics: Topics, asked: Mapping[str, Vector]) -> None:
        self.name, self.revision, self.dimensions = "ready", "1", DIMENSIONS
        self.languages: frozenset[Language] = frozenset(LANGUAGES)
        self._topics, self._asked = topics, asked

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        return [self._topics.vector(*each.text.split("\n", 1)) for each in texts]

    async def query(self, text: Embeddable) -> Vector | None:
        return self._asked.get(text.text)


@dataclass(frozen=True, slots=True)
class World:
    """What is asked of whom, by filter; of documents that these may read."""

    database: Database
    embedder: Ready
    questions: Mapping[str, Sequence[str]]
    passages: int

    def readers(self, share: str) -> Readers:
        """Somebody is in many groups, most of which have nothing to do with a document."""
        names = [_FILTERS[share][1], *(f"group:{number}" for number in range(GROUPS))]
        return Readers(frozenset(map(Principal, names)))


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where every figure is ok."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks search", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the rows as one JSON document on standard output")
    parser.add_argument("--verbose", action="store_true", help="what happens, on standard error")
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES, help="how many, one after the other")
    parser.add_argument("--people", type=int, default=PEOPLE, help="people who were given documents of their own")
    parser.add_argument("--by-bits", action="store_true", help="with the index of [models.embed] by_bits")
    options = parser.parse_args(arguments)
    tell: Tell = (lambda line: print(line, file=sys.stderr, flush=True)) if options.verbose else lambda _: None
    try:
        rows = [
            row
            for passages in options.passages
            for row in asyncio.run(measure(tell, passages, options.people, by_bits=options.by_bits))
        ]
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row.figure:70} {row.value:10,.3f}  {row.target:10} {'ok' if row.ok else 'not ok'}")
        for conditions in dict.fromkeys(row.conditions for row in rows):
            print(conditions)
    return 0 if all(row.ok for row in rows) else 1


async def measure(tell: Tell, passages: int, people: int = PEOPLE, *, by_bits: bool = False) -> list[Row]:
    machine, topics = Machine.now(), Topics(passages)
    asked = {share: [_question(topics, share, place) for place in range(ASKED)] for share in _FILTERS}
    ready = Ready(topics, {question: vector for each in asked.values() for question, vector in each})
    questions = {share: [question for question, _ in each] for share, each in asked.items()}
    with empty_home() as home, EmbeddedPostgres(home) as url:
        await schema.upgrade(url)
        database = Database(url)
        try:
            await _load(database, topics, ready, people, tell, by_bits=by_bits)
            world = World(database, ready, questions, passages)
            rows = [
                *await _times(world, machine, tell),
                *await _recalls(world, machine, tell),
            ]
        finally:
            await database.close()
    return rows


def _question(topics: Topics, share: str, place: int) -> tuple[str, Vector]:
    rng, every = random.Random(f"{_LOT} {share} {place}"), _FILTERS[share][0]
    return topics.question(rng, rng.randrange(-(-topics.documents // every)) * every)


async def _load(database: Database, topics: Topics, ready: Ready, people: int, tell: Tell, *, by_bits: bool) -> None:
    """As any source is loaded, by two of them."""
    # For this database alone; a graph that does not fit is built ten times as slowly.
    await database.alone(f"alter database naru set maintenance_work_mem = '{MEMORY}'")
    await database.close()
    contracts = range(0, topics.documents, 25)
    wiki = sorted(set(range(topics.documents)) - set(contracts))
    for name, numbers in (("wiki", wiki), ("contracts", contracts)):
        source = Source(name, "benchmark", "", Level.INTERNAL, frozenset({Principal("everyone")}))
        await Catalogue(database).add(source)
        shelf = Shelf(topics, numbers, people)
        report = await reindex(database, source, shelf, parse=shelf.parse, processes=1)
        tell(f"{name}: {report.added} documents in {report.seconds:.0f} s")
    filled = await Vectors(database, by_bits=by_bits).fill(ready)
    if filled.left or not filled.serving:
        raise BenchmarkFault(f"{filled.left} passages have no vector: nothing was measured.")
    tell(f"{filled.made} vectors and their index in {filled.seconds:.0f} s")
    await database.alone("vacuum analyze")


async def _times(world: World, machine: Machine, tell: Tell) -> list[Row]:
    """Of the very Search that answers, one question after the other."""
    rows: list[Row] = []
    fused, by_words = Search(world.database, (world.embedder,)), Search(world.database)
    for way, search in (("", fused), (", by words alone", by_words)):
        for share, questions in world.questions.items():
            readers = world.readers(share)
            for question in questions[:30]:
                await search(question, readers)
            ms: list[float] = []
            for question in questions:
                began = perf_counter()
                await search(question, readers)
                ms.append((perf_counter() - began) * 1000)
            at = quantiles(ms, n=20)
            tell(f"{share}{way}: p50 {at[9]:.1f} ms, p95 {at[18]:.1f} ms, slowest {max(ms):.1f} ms")
            conditions = await _conditions(world, machine, f"{ASKED} questions of each kind")
            figure = f"search{{}} at {world.passages:,}, of which {share} may be read{way} (ms)"
            limits = LIMITS_MS.get(world.passages)
            for name, value, place in ((" p50", at[9], 0), (" p95", at[18], 1)):
                rows.append(
                    Row.at_most(figure.format(name), value, limits[place], conditions)
                    if limits
                    else Row.reported(figure.format(name), value, conditions)
                )
    return rows


async def _recalls(world: World, machine: Machine, tell: Tell) -> list[Row]:
    rows: list[Row] = []
    whole = f"{world.passages:,}, of which {{}} may be read"
    for share in _FILTERS:
        near, less = await _near(world, share)
        by_words, fewer = await _worded(world, share)
        tell(f"{share}: nearest {near:.3f}, by words {by_words:.3f}, fewer rows {less + fewer}")
        conditions = await _conditions(world, machine, f"{COMPARED} questions, each beside looking at every passage")
        at = whole.format(share)
        rows += [
            Row.at_least(f"recall@{BEST} of the nearest at {at}", near, RECALL, conditions),
            Row.at_least(f"recall@{BEST} of the best by words at {at}", by_words, RECALL, conditions),
            Row.at_most(f"questions that got fewer than there are at {at}", less + fewer, 0, conditions),
        ]
    return rows


async def _near(world: World, share: str) -> tuple[float, int]:
    """Recall of the nearest beside looking at each vector, and how many questions got fewer of them."""
    found: list[float] = []
    less = 0
    for question in world.questions[share][:COMPARED]:
        two = []
        for exact_up_to in (EXACT_UP_TO, ALL):
            meaning = await Meanings(world.database, (world.embedder,), exact_up_to=exact_up_to).of(
                question, NOTHING_SENSITIVE
            )
            assert meaning is not None
            two.append(await _nearest(world, meaning, share))
        ours, exact = two
        found.append(_recall(ours[:BEST], exact[:BEST]))
        less += len(ours) < len(exact)
    return mean(found), less


async def _nearest(world: World, meaning: Meaning, share: str) -> list[int]:
    async with world.database.transaction() as connection:
        readable, _ = await counts.readable(connection, world.readers(share).principals)
        near = await meaning.nearest(connection, readable)
    return [int(number) for number in str(near["near"]).strip("{}").split(",") if number]


async def _worded(world: World, share: str) -> tuple[float, int]:
    """The same for words: beside scoring each passage that has any word of the question."""
    found: list[float] = []
    fewer = 0
    bounded, whole = (Search(world.database, most=most) for most in (MAX_CANDIDATES, ALL))
    for question in world.questions[share][:COMPARED]:
        ours, exact = [
            [passage.id for passage in await search(question, world.readers(share), BEST)]
            for search in (bounded, whole)
        ]
        found.append(_recall(ours, exact))
        fewer += len(ours) < len(exact)
    return mean(found), fewer


def _recall(ours: Sequence[int], exact: Sequence[int]) -> float:
    return len(set(ours) & set(exact)) / len(exact) if exact else 1.0


async def _conditions(world: World, machine: Machine, runs: str) -> str:
    async with world.database.transaction() as connection:
        settings = [
            f"{name} {await connection.scalar(text(f'show {name}'))}"
            for name in ("shared_buffers", "maintenance_work_mem")
        ]
        audiences = await connection.scalar(text("select count(*) from audience"))
    invented = f"{world.passages:,} invented passages, {audiences} sets of readers, vectors of {DIMENSIONS} ready"
    return await machine.conditions(world.database, f"{runs}; {invented}; {', '.join(settings)}")
