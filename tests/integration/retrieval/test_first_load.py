"""The index of terms is built once behind a first load: it is found meanwhile, and a kill loses nothing."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import text

from retrieval.database import Database
from retrieval.first_load import MANY as MANY_AT_FIRST
from retrieval.first_load import first_load, settle
from retrieval.reindex import Report
from retrieval.search import Search
from retrieval.sources import BusyFault, Loaded, SourceFault
from tests.integration.retrieval import mortal_load
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


MANY = mortal_load.DOCUMENTS
STORED = "select (select count(*) from document), (select count(*) from passage), (select max(df) from term)"


async def stored(database: Database) -> tuple[int, ...]:
    """Documents, passages, and in how many of those the term stands that stands in all."""
    async with database.transaction() as connection:
        return tuple((await connection.execute(text(STORED))).one())


async def when_it_is_free(database: Database) -> Report:
    """PostgreSQL ends what a killed process was doing before it gives its lock to others."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await reindex(database, a_source(), Shelf(MANY))
            except BusyFault:
                await asyncio.sleep(0.05)


async def test_a_first_load_that_is_killed_is_searched_meanwhile_and_finished_by_the_next_run(
    fresh_database: Database, fresh_url: str
) -> None:
    assert len(MANY) >= MANY_AT_FIRST
    command = (sys.executable, "-m", mortal_load.__name__, fresh_url)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout
    async with asyncio.timeout(60):
        while int(await process.stdout.readline()) < 700:
            pass
    helpers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    await process.wait()
    assert helpers, "terms are counted in another process"
    _, alive = await asyncio.to_thread(psutil.wait_procs, helpers, 10)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == [], "which ends with it"

    assert not await is_indexed(fresh_database)
    assert [one.document.uri for one in await Search(fresh_database)("규정 7", ANYONE, 1)] == ["0007.md"]
    documents, passages, most = await stored(fresh_database)
    assert 700 <= documents == passages == most < len(MANY)
    report = await when_it_is_free(fresh_database)
    assert (report.unchanged + report.added, report.problems) == (len(MANY), ())
    assert report.unchanged >= documents
    assert await stored(fresh_database) == (len(MANY),) * 3
    assert await is_indexed(fresh_database)
