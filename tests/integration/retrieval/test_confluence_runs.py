"""Confluence read into an index, run after run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.reindex import Report
from retrieval.sources import SourceFault
from tests.integration.retrieval.shelf import reindex
from tests.integration.retrieval.wiki import BOTH, a_source, company, read
from tests.standins.confluence import Cloud, Page, State
from tests.standins.rest import Rest, Trouble


async def run(database: Database, standin: Rest) -> Report:
    source = a_source(standin)
    await Catalogue(database).sync([source])
    async with read(standin, source) as reader:
        return await reindex(database, source, reader)


async def documents(database: Database) -> dict[str, set[str]]:
    from sqlalchemy import text

    async with database.transaction() as connection:
        rows = await connection.execute(text("select uri, readers from document where sha256 is not null"))
        return {row.uri: set(row.readers) for row in rows}


@BOTH
async def test_a_run_follows_what_changed_and_reads_nothing_else(
    database: Database, edition: Callable[[State], Rest]
) -> None:
    state = company()
    state.files.clear()
    async with edition(state) as standin:
        assert (await run(database, standin)).added == 5
        asked = len(standin.asked)
        assert (await run(database, standin)).unchanged == 5
        assert [one for one in standin.asked[asked:] if "body" in one.path] == []
        state.pages["4"].body, state.pages["4"].version = "<p>VPN은 집에서도 쓴다.</p>", 2
        state.pages["1"].groups = ("leads",)  # without a new version
        del state.pages["5"]
        report = await run(database, standin)
        assert (report.changed, report.relabelled, report.removed) == (1, 1, 1)
        found = await documents(database)
        assert sorted(found) == ["HR/1", "HR/2", "HR/3", "IT/4"]
        assert found["HR/1"] == found["HR/2"]


@BOTH
async def test_half_a_listing_deletes_nothing(database: Database, edition: Callable[[State], Rest]) -> None:
    state = company()
    state.files.clear()
    async with edition(state) as standin:
        await run(database, standin)
        before = await documents(database)
        second = "/wiki/api/v2/spaces/90/pages?limit=250&cursor" if edition is Cloud else "/rest/api/content?start=2"
        standin.for_ever[second] = Trouble(500)
        await run(database, standin)
        assert await documents(database) == before
        standin.for_ever = {"/": Trouble(503)}
        with pytest.raises(SourceFault):
            await run(database, standin)
        assert await documents(database) == before


async def test_an_endpoint_that_dies_while_pages_are_read_ends_the_run_and_what_was_read_stays(
    database: Database,
) -> None:
    state = company()
    state.files.clear()
    async with Cloud(state) as standin:
        await run(database, standin)
        for n in range(100, 180):
            state.add(Page(str(n), "IT", f"새 문서 {n}"))
        standin.for_ever["/wiki/api/v2/pages/"] = Trouble(503)
        with pytest.raises(SourceFault, match="cannot answer now"):
            await run(database, standin)
        assert len(standin.paths("/api/v2/pages/")) < 200
        assert len(await documents(database)) == 5
        standin.for_ever.clear()
        assert (await run(database, standin)).added == 80


@BOTH
async def test_text_that_no_database_takes_ends_no_run_and_does_not_change_each_time(
    database: Database, edition: Callable[[State], Rest]
) -> None:
    state = company()
    state.files.clear()
    state.pages["4"].title = state.users["u-kim"].name = "급여\0와 \ud83d"
    state.pages["4"].body = "<p>급여와 \ud83d\0</p>"
    state.users["u-lee"].email = state.users["u-lee"].email + "lee\ud83d\0@corp.example"
    async with edition(state) as standin:
        report = await run(database, standin)
        assert (report.added, report.problems) == (5, ())
        assert (await run(database, standin)).unchanged == 5
