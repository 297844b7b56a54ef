"""What is near a question, by either index: never fewer than there are, and what looking at each vector would find."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager
from zlib import crc32

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import counts
from retrieval.database import Database
from retrieval.dense import Meaning, Meanings
from retrieval.embed import UNKNOWN, Vector
from retrieval.label import Level
from retrieval.passage import EVERYONE, Rule
from retrieval.vector_index import set_ef_search
from retrieval.vectors import Vectors
from tests.integration.retrieval.embedders import Letters
from tests.integration.retrieval.shelf import a_source, principals, shelve

DIMENSIONS = 64


def of_topics(said: str, dimensions: int) -> Vector:
    """Of the same topic's first word near each other, and each a little elsewhere."""
    topic, own = said.lower().split()[0], random.Random(crc32(said.encode()))
    centre = random.Random(topic)
    return [centre.gauss(0, 1) + own.gauss(0, 0.7) for _ in range(dimensions)]


def document(topic: str, number: int) -> str:
    return f"# D{number}\n\n{topic} word{number}."


@pytest.fixture(scope="module")
async def topics(new_database: Callable[[], AbstractContextManager[str]]) -> AsyncIterator[Database]:
    """600 passages of a topic that few may read, more than HNSW keeps in view, and 60 of others, which everyone may."""
    documents: dict[str, str | bytes] = {f"secret/{n}.md": document("merger", n) for n in range(600)}
    documents |= {f"{t}{n}.md": document(t, n) for t in ("leave", "travel", "parking", "laptops") for n in range(15)}
    rules = (Rule("secret/*", Level.RESTRICTED, principals("group:board")),)
    with new_database() as url:
        database = Database(url)
        await shelve(database, a_source(rules=rules), documents)
        yield database
        await database.close()


def embedder() -> Letters:
    return Letters(dimensions=DIMENSIONS, of=of_topics)


async def asked(database: Database, question: str, exact_up_to: int) -> Meaning:
    meaning = await Meanings(database, (embedder(),), exact_up_to=exact_up_to).of(question, UNKNOWN)
    assert meaning is not None
    return meaning


async def near(connection: AsyncConnection, meaning: Meaning, *names: str) -> Sequence[str]:
    readable, _ = await counts.readable(connection, names)
    found = await meaning.nearest(connection, readable)
    return [one for one in str(found["near"]).strip("{}").split(",") if one]


@pytest.mark.parametrize("by_bits", [False, True])
async def test_where_the_index_gives_up_before_what_may_be_read_each_vector_is_looked_at(
    topics: Database, by_bits: bool
) -> None:
    """The 600 nearest are hidden, and the index looks at no more."""
    await Vectors(topics, indexed_from=1, by_bits=by_bits).fill(embedder())
    meaning = await asked(topics, "merger of whom", 0)
    exact = await asked(topics, "merger of whom", 1 << 60)
    async with topics.transaction() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        await connection.execute(text("set local enable_sort = off"))
        await connection.execute(text("set local hnsw.max_scan_tuples = 1"))
        assert await set_ef_search(connection, meaning.model.id, 100) is by_bits
        # What the index gives is less; the 50 that there are to be given come all the same.
        readable, _ = await counts.readable(connection, [EVERYONE])
        await meaning.nearest(connection, readable)
        by_index = await connection.execute(
            text(meaning.by_index(by_bits=by_bits)), {**meaning.parameters, "audiences": readable.audiences}
        )
        assert len(by_index.all()) < 50
        found = await near(connection, meaning, EVERYONE)
        assert len(found) == 50
        assert found == await near(connection, exact, EVERYONE)
        assert await near(connection, meaning, "group:nobody") == []


async def test_by_bits_what_is_nearest_is_found_and_put_in_order_by_the_vectors(topics: Database) -> None:
    await Vectors(topics, indexed_from=1, by_bits=True).fill(embedder())
    for question in ("merger of whom", "leave for parents", "travel abroad", "laptops at home"):
        by_bits = await asked(topics, question, 0)
        exact = await asked(topics, question, 1 << 60)
        async with topics.transaction() as connection:
            await connection.execute(text("set local enable_seqscan = off"))
            await connection.execute(text("set local enable_sort = off"))
            for names in ((EVERYONE,), ("group:board",), (EVERYONE, "group:board")):
                found, wanted = [await near(connection, one, *names) for one in (by_bits, exact)]
                assert len(set(found[:10]) & set(wanted[:10])) >= 9
            explained = text(f"explain {by_bits.by_index(by_bits=True)}")
            plan = await connection.scalars(explained, {**by_bits.parameters, "audiences": "{1,2}"})
            assert "Index Scan using passage_vector_1_bits_idx" in "\n".join(plan)


async def test_another_kind_of_index_takes_the_place_of_the_one_that_was_there(topics: Database) -> None:
    async def there() -> list[str]:
        async with topics.transaction() as connection:
            names = text("select indexname from pg_indexes where indexdef like '%hnsw%'")
            return list(await connection.scalars(names))

    for by_bits, name in ((True, "passage_vector_1_bits_idx"), (False, "passage_vector_1_idx")):
        await Vectors(topics, indexed_from=1, by_bits=by_bits).fill(embedder())
        assert await there() == [name]
        async with topics.transaction() as connection:
            assert await set_ef_search(connection, 1, 100) is by_bits
