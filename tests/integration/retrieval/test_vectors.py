from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from math import nan

import pytest
from sqlalchemy import text

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.embed import Embeddable, EmbedFault, Vector
from retrieval.label import Level
from retrieval.passage import Rule
from retrieval.search import Search
from retrieval.vectors import Vectors
from tests.integration.retrieval.embedders import Letters
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve

QUESTION = "guide number 7"


def guides(count: int) -> dict[str, str | bytes]:
    return {
        f"{n:03}.md": f"# Guide {n}\n\n## Use\n\nThis is guide number {n}, about topic {n % 7}." for n in range(count)
    }


async def states(database: Database) -> dict[str, str]:
    async with database.transaction() as connection:
        rows = await connection.execute(text("select name, state from model order by id"))
        return {row.name: row.state for row in rows}


async def counted(database: Database) -> dict[str, int]:
    async with database.transaction() as connection:
        rows = await connection.execute(
            text("select name, count(passage_id) as n from model left join passage_vector on id = model group by name")
        )
        return {row.name: row.n for row in rows}


async def test_each_passage_gets_a_vector_and_then_the_model_serves(database: Database) -> None:
    await shelve(database, a_source(), guides(10))
    seen: list[tuple[int, int]] = []
    filled = await Vectors(database, chunk=4).fill(Letters(), lambda done, total: seen.append((done, total)))
    assert (filled.made, filled.refused, filled.left, filled.serving) == (10, 0, 0, True)
    assert seen[-1] == (10, 10)
    (coverage,) = await Vectors(database).coverage()
    assert (coverage.model.name, coverage.model.state, coverage.vectors, coverage.passages) == (
        "letters",
        "serving",
        10,
        10,
    )


async def test_what_is_embedded_is_the_heading_and_the_text_without_the_title(database: Database) -> None:
    await shelve(database, a_source(), {"a.md": "# Title\n\n## Head\n\nBody."})
    letters = Letters()
    await Vectors(database).fill(letters)
    assert letters.seen == ["Head\nBody."]


async def test_a_second_run_embeds_only_what_is_new(database: Database) -> None:
    await shelve(database, a_source(), guides(3))
    letters = Letters()
    await Vectors(database).fill(letters)
    await reindex(database, a_source(), Shelf({**guides(3), "new.md": "# New\n\nSomething new."}))
    filled = await Vectors(database).fill(letters)
    assert (filled.made, filled.serving) == (1, True)
    assert letters.seen[3:] == ["Something new."]


async def test_vectors_go_with_their_passages(database: Database) -> None:
    await shelve(database, a_source(), guides(3))
    await Vectors(database).fill(Letters())
    await Catalogue(database).sync([])
    await Catalogue(database).remove("handbook")
    assert await counted(database) == {"letters": 0}


async def test_passages_in_a_language_that_the_model_does_not_know_get_none(database: Database) -> None:
    await shelve(database, a_source(), {"en.md": "# A\n\nAnnual leave.", "ko.md": "# 휴가\n\n연차는 열다섯 날입니다."})
    letters = Letters(languages=["en"])
    filled = await Vectors(database).fill(letters)
    assert (filled.made, filled.left, filled.serving) == (1, 0, True)
    assert letters.seen == ["Annual leave."]


async def test_what_the_model_may_not_see_stays_without_a_vector_and_keeps_nothing_back(database: Database) -> None:
    rule = Rule("secret/*", Level.RESTRICTED, principals("group:legal"))
    await shelve(database, a_source(rules=(rule,)), {**guides(2), "secret/a.md": "# S\n\nThe lavender plan."})
    letters = Letters(refuses=lambda each: each.label.level is Level.RESTRICTED)
    filled = await Vectors(database).fill(letters)
    assert (filled.made, filled.refused, filled.left, filled.serving) == (2, 1, 0, True)
    again = await Vectors(database).fill(Letters())
    assert (again.made, again.refused) == (1, 0)


async def test_a_run_that_failed_is_gone_on_with(database: Database) -> None:
    await shelve(database, a_source(), guides(12))
    letters = Letters()
    letters.fails_after = 8
    with pytest.raises(EmbedFault, match="cannot be reached"):
        await Vectors(database, chunk=4).fill(letters)
    assert await states(database) == {"letters": "filling"}
    stored, letters.fails_after = await Vectors(database).count("letters"), None
    assert 0 < stored <= 8
    filled = await Vectors(database, chunk=4).fill(letters)
    assert (filled.made, filled.serving) == (12 - stored, True)


async def test_a_limited_run_leaves_the_rest_and_the_model_does_not_serve(database: Database) -> None:
    await shelve(database, a_source(), guides(12))
    filled = await Vectors(database, chunk=4).fill(Letters(), limit=4)
    assert filled.made < 12
    assert (filled.left, filled.serving) == (12 - filled.made, False)
    assert await states(database) == {"letters": "filling"}
    assert await Vectors(database).serving() is None


async def test_several_workers_share_the_work(fresh_database: Database) -> None:
    await shelve(fresh_database, a_source(), guides(40))
    workers = [Letters() for _ in range(3)]
    vectors = Vectors(fresh_database, chunk=4)
    await asyncio.gather(*(vectors.fill(worker) for worker in workers))
    embedded = [text for worker in workers for text in worker.seen]
    assert len(embedded) == len(set(embedded)) == 40
    assert await counted(fresh_database) == {"letters": 40}
    assert (await vectors.fill(workers[0])).serving


async def test_a_model_that_tells_its_length_only_by_its_vectors_is_filled_as_well(database: Database) -> None:
    await shelve(database, a_source(), guides(5))
    vectors = Vectors(database, chunk=2)
    assert (await vectors.fill(Letters(tells=False), limit=2)).serving is False
    filled = await vectors.fill(Letters(tells=False))
    assert (filled.left, filled.serving) == (0, True)
    await reindex(database, a_source(), Shelf(guides(6)))
    assert (await vectors.fill(Letters(tells=False))).made == 1


async def test_another_model_behind_the_same_name_gets_vectors_of_its_own(database: Database) -> None:
    await shelve(database, a_source(), guides(3))
    await Vectors(database).fill(Letters(tells=False))
    await Vectors(database).fill(Letters(tells=False, dimensions=8))
    (coverage,) = await Vectors(database).coverage()
    assert (coverage.model.dimensions, coverage.model.state, coverage.vectors) == (8, "serving", 3)


# -- switching -------------------------------------------------------------------------------------------------


async def found(search: Search) -> str:
    first, *_ = await search(QUESTION, ANYONE)
    return first.document.uri


async def test_a_half_filled_model_does_not_serve_and_the_old_one_goes_on(database: Database) -> None:
    await shelve(database, a_source(), guides(12))
    old, new = Letters("old"), Letters("new", dimensions=8)
    vectors = Vectors(database, chunk=4)
    await vectors.fill(old)
    await vectors.fill(new, limit=4)
    assert await states(database) == {"old": "serving", "new": "filling"}
    serving = await vectors.serving()
    assert serving is not None
    assert serving.name == "old"

    assert (await vectors.fill(new)).serving
    assert await states(database) == {"old": "retired", "new": "serving"}
    await vectors.fill(new)
    assert await states(database) == {"new": "serving"}
    assert await counted(database) == {"new": 12}


async def test_search_works_at_every_moment_of_a_switch(fresh_database: Database) -> None:
    """Both embedders are there, as they are while [models.embed.previous] is set."""
    await shelve(fresh_database, a_source(), guides(16))
    looked = asyncio.Semaphore(0)

    class Watched(Letters):
        async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
            await looked.acquire()
            return await super().passages(texts)

    old, new = Letters("old"), Watched("new", dimensions=8)
    vectors = Vectors(fresh_database, chunk=2)
    await vectors.fill(old)
    search = Search(fresh_database, (new, old))
    switched = asyncio.Event()
    seen: list[tuple[str, str]] = []

    async def look() -> None:
        while not switched.is_set():
            answer = await found(search)
            serving = await vectors.serving()
            assert serving is not None
            seen.append((answer, serving.name))
            looked.release()

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        await vectors.fill(new)
        await vectors.fill(new)
        switched.set()
    assert len(seen) > 3
    assert {answer for answer, _ in seen} == {"007.md"}
    assert {name for _, name in seen} <= {"old", "new"}


async def test_back_to_the_old_model_is_a_switch_too(database: Database) -> None:
    await shelve(database, a_source(), guides(4))
    vectors, old, new = Vectors(database), Letters("old"), Letters("new")
    for model in (old, new, old):
        assert (await vectors.fill(model)).serving
    await vectors.fill(old)
    assert await states(database) == {"old": "serving"}
    assert await counted(database) == {"old": 4}


async def test_a_model_that_was_given_up_while_it_filled_is_dropped(database: Database) -> None:
    await shelve(database, a_source(), guides(8))
    vectors = Vectors(database, chunk=2)
    await vectors.fill(Letters("given up"), limit=2)
    await vectors.fill(Letters("taken"))
    await vectors.fill(Letters("taken"))
    assert await states(database) == {"taken": "serving"}


@pytest.mark.parametrize(
    "left_behind", [lambda name: "", lambda name: f"create index {name} on passage_vector (model)"]
)
async def test_enough_vectors_get_an_index_and_lose_it_with_their_model(
    fresh_database: Database, left_behind: Callable[[str], str]
) -> None:
    """left_behind: what a crash may have left under the index's name; it is not valid."""
    await shelve(fresh_database, a_source(), guides(9))
    vectors = Vectors(fresh_database, indexed_from=9)
    await vectors.fill(Letters("old"), limit=None)
    assert await indexes(fresh_database) == ["passage_vector_1_idx"]
    if statement := left_behind("passage_vector_2_idx"):
        await fresh_database.alone(statement)
        await fresh_database.alone(
            "update pg_index set indisvalid = false where indexrelid = 'passage_vector_2_idx'::regclass"
        )
    await vectors.fill(Letters("new", dimensions=8))
    await vectors.fill(Letters("new", dimensions=8))
    assert await indexes(fresh_database) == ["passage_vector_2_idx"]


async def indexes(database: Database) -> list[str]:
    async with database.transaction() as connection:
        names = await connection.scalars(
            text(
                "select indexrelid::regclass::text from pg_index join pg_class on oid = indexrelid"
                " where indisvalid and relam = (select oid from pg_am where amname = 'hnsw')"
            )
        )
        return sorted(names)


# -- what a model may do wrong -----------------------------------------------------------------------------------


class Failing(Letters):
    """wrong: what it gives for the texts from the given one on."""

    def __init__(self, start: int, wrong: Callable[[list[Vector | None]], list[Vector | None]], *, tells: bool) -> None:
        super().__init__(tells=tells)
        self._start = start
        self._wrong = wrong

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        right = list(await super().passages(texts))
        return self._wrong(right) if len(self.seen) > self._start else right


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda right: right[:-1], r"gave \d vectors for \d texts"),
        (lambda right: [*right, right[0]], r"gave \d vectors for \d texts"),
        (lambda right: [*right[:-1], [nan] * 16], "NaN or infinite"),
        (lambda right: [*right[:-1], [0.0] * 16], "of zeros"),
        (lambda right: [*right[:-1], [0.5] * 8], "different lengths"),
        (lambda right: [[0.5] * 8 for _ in right], "different lengths"),
    ],
)
async def test_of_a_chunk_with_something_that_is_no_vector_nothing_is_stored(
    database: Database,
    wrong: Callable[[list[Vector | None]], list[Vector | None]],
    sentence: str,
    *,
    tells: bool,
) -> None:
    await shelve(database, a_source(), guides(12))
    model = Failing(8, wrong, tells=tells)
    with pytest.raises(EmbedFault, match=sentence) as caught:
        await Vectors(database, chunk=4, in_flight=1).fill(model)
    before = (await counted(database))["letters"]
    assert 0 < before <= 8
    assert f"{before} passages got their vectors before; the next run goes on" in str(caught.value)
    assert (await Vectors(database, chunk=4).fill(Letters())).made == 12 - before


async def test_a_model_is_asked_for_several_chunks_at_a_time_and_for_no_more(database: Database) -> None:
    class Busy(Letters):
        asked = most = 0

        async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
            self.asked += 1
            self.most = max(self.most, self.asked)
            await asyncio.sleep(0.01)
            self.asked -= 1
            return await super().passages(texts)

    await shelve(database, a_source(), guides(24))
    model = Busy()
    assert (await Vectors(database, chunk=4, in_flight=3).fill(model)).made == 24
    assert model.most == 3
