"""The index of terms is built once behind a first load: it is found meanwhile, and a kill loses nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from retrieval.database import Database
from retrieval.first_load import first_load, settle
from retrieval.search import Search
from retrieval.sources import Loaded, SourceFault
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, reindex, shelve

DOCUMENTS: dict[str, str | bytes] = {"a.md": "# 연차\n\n연차는 15일입니다.", "b.md": "# 출장\n\n출장비는 정산합니다."}


async def is_indexed(database: Database) -> bool:
    valid = text(
        "select exists (select from pg_index where indexrelid = to_regclass('passage_terms_idx') and indisvalid)"
    )
    async with database.transaction() as connection:
        return bool(await connection.scalar(valid))


async def found(database: Database) -> list[str]:
    return [one.document.uri for one in await Search(database)("연차는 며칠인가요?", ANYONE)]


async def test_a_first_load_does_without_the_index_and_what_it_stored_is_found_meanwhile(
    fresh_database: Database,
) -> None:
    async with first_load(fresh_database):
        await shelve(fresh_database, a_source(), DOCUMENTS)
        assert not await is_indexed(fresh_database)
        assert await found(fresh_database) == ["a.md"]
    await settle(fresh_database)
    assert await is_indexed(fresh_database)
    assert await found(fresh_database) == ["a.md"]


@pytest.mark.parametrize("left_behind", ["", "create index passage_terms_idx on passage using gin (terms)"])
async def test_the_next_run_builds_what_a_killed_load_left_lacking(fresh_database: Database, left_behind: str) -> None:
    """left_behind: an index that a kill left half-built; it is not valid."""
    await shelve(fresh_database, a_source(), DOCUMENTS)
    await fresh_database.alone("drop index passage_terms_idx")
    if left_behind:
        await fresh_database.alone(left_behind)
        await fresh_database.alone(
            "update pg_index set indisvalid = false where indexrelid = 'passage_terms_idx'::regclass"
        )
    await reindex(fresh_database, a_source(), Shelf(DOCUMENTS))
    assert await is_indexed(fresh_database)
    assert await found(fresh_database) == ["a.md"]


async def test_a_run_that_fails_leaves_an_index_too(fresh_database: Database) -> None:
    class Gone(Shelf):
        async def load(self, uri: str, version: str | None = None) -> Loaded | None:
            raise SourceFault("The source is gone.")

    await shelve(fresh_database, a_source(), DOCUMENTS)
    await fresh_database.alone("drop index passage_terms_idx")
    with pytest.raises(SourceFault, match="gone"):
        await reindex(fresh_database, a_source(), Gone({**DOCUMENTS, "c.md": ""}))
    assert await is_indexed(fresh_database)


async def test_where_something_is_stored_the_index_stays(fresh_database: Database) -> None:
    await shelve(fresh_database, a_source(), DOCUMENTS)
    async with first_load(fresh_database):
        assert await is_indexed(fresh_database)


async def test_a_table_that_somebody_reads_is_not_waited_for(fresh_database: Database) -> None:
    async with fresh_database.transaction() as connection:
        await connection.execute(text("select count(*) from passage"))
        async with first_load(fresh_database):
            assert await is_indexed(fresh_database)
