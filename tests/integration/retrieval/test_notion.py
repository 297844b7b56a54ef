"""Notion read over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import text

from retrieval.addresses import Reach
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.label import Level
from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import EVERYONE, Source
from retrieval.reindex import Report
from retrieval.sources import Listed, Reader, SourceFault
from retrieval.sources.kind import Credential, Means, Patience
from retrieval.sources.kinds import KINDS, reader_of
from tests.integration.retrieval.shelf import reindex
from tests.standins.notion import Notion, Page, block, id_of
from tests.standins.rest import Trouble
from tests.standins.site import Says, Site

QUICKLY = Patience(tries=3, first_s=0.001, longest_s=2.0)
TASKS = id_of(900)
A, B, ROW = id_of(1), id_of(2), id_of(3)


def workspace() -> Notion:
    leave = [
        block("heading_1", "연차"),
        block("paragraph", "연차는 15일이다."),
        block("toggle", "더 보기", block("paragraph", "입사 첫해는 11일이다.")),
        block("bulleted_list_item", "하나", block("bulleted_list_item", "하나의 하나")),
        block("bulleted_list_item", "둘"),
    ]
    row = {
        "Status": {"type": "status", "status": {"name": "진행 중"}},
        "Due": {"type": "date", "date": {"start": "2027-01-31", "end": None}},
    }
    return Notion(
        Page(A, "휴가", leave),
        Page(B, "보안", [block("paragraph", "VPN은 사내에서만 쓴다.")]),
        Page(ROW, "계약 갱신", [block("paragraph", "한빛과 다시 계약한다.")], source=TASKS, properties=row),
        Page(id_of(4), "버린 것", in_trash=True),
        sources=[TASKS],
    )


def a_source(standin: Notion, **options: object) -> Source:
    return Source(
        "notion",
        "notion",
        standin.url,
        Level.INTERNAL,
        frozenset({EVERYONE}),
        options={"per_second": 1000, **options},
    )


@asynccontextmanager
async def read(standin: Notion, *ports: int) -> AsyncIterator[Reader]:
    fetcher = Fetcher(Reach.of(["127.0.0.1"], [standin.port, *ports]))
    credentials = (Credential(standin.url, "", "t0"),)
    means = Means(Database("postgresql://nowhere/none"), fetcher, in_thread, credentials, QUICKLY)
    try:
        yield reader_of(a_source(standin), means)
    finally:
        await fetcher.aclose()


async def listed(standin: Notion) -> dict[str, Listed]:
    async with read(standin) as reader:
        return {one.uri: one async for one in reader.list()}


async def loaded(reader: Reader, uri: str) -> str:
    found = await reader.load(uri)
    assert found is not None
    return found.content.decode()


async def test_pages_and_rows_are_listed_and_what_is_in_the_trash_is_not() -> None:
    async with workspace() as standin:
        found = await listed(standin)
        assert sorted(found) == [f"{TASKS}/{ROW}", f"pages/{A}", f"pages/{B}"]
        said = found[f"pages/{A}"].said
        assert (said.title, said.owner, str(said.changed), said.readers) == ("휴가", "김하늘", "2026-11-20", None)
        assert said.link == f"https://www.notion.so/{A.replace('-', '')}"
        assert a_source(standin).access(f"pages/{A}", said)[1] == {EVERYONE}
        standin.users = None  # an integration that may not see people
        assert (await listed(standin))[f"pages/{A}"].said.owner is None


async def test_rows_that_the_search_does_not_know_yet_are_found_in_their_database() -> None:
    async with workspace() as standin:
        standin.unsearched = {ROW}
        assert f"{TASKS}/{ROW}" in await listed(standin)


async def test_a_page_is_its_blocks_and_a_row_its_properties_too() -> None:
    async with workspace() as standin, read(standin) as reader:
        _ = [one async for one in reader.list()]
        page = await in_thread("x", (await loaded(reader, f"pages/{A}")).encode(), ".md")
        assert page.title == "휴가"
        assert page.sections[0].headings == ("연차",)
        assert page.sections[0].blocks == (
            "연차는 15일이다.",
            "더 보기",
            "입사 첫해는 11일이다.",
            "- 하나\n  - 하나의 하나\n- 둘",
        )
        row = await loaded(reader, f"{TASKS}/{ROW}")
        assert row == "# 계약 갱신\n\n- Status: 진행 중\n- Due: 2027-01-31\n\n한빛과 다시 계약한다."


async def test_a_page_that_did_not_change_is_not_read_again() -> None:
    async with workspace() as standin, read(standin) as reader:
        found = {one.uri: one async for one in reader.list()}
        version = found[f"pages/{A}"].version
        assert version is not None
        assert await reader.load(f"pages/{A}", version) is None
        assert standin.paths("/children") == []


@pytest.mark.parametrize("ours", ["2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"])
async def test_a_change_that_may_be_followed_by_another_in_its_minute_has_no_version_whatever_our_clock_says(
    ours: str,
) -> None:
    now = datetime.fromisoformat(ours)  # at Notion
    async with workspace() as standin:
        standin.date = format_datetime(now.astimezone(UTC), usegmt=True)
        minutes = {A: 0, B: 1, ROW: 3}
        for id, ago in minutes.items():
            standin.pages[id].edited = (now - timedelta(minutes=ago)).isoformat()
        found = await listed(standin)
        assert found[f"pages/{A}"].version is None
        assert found[f"pages/{B}"].version is None
        assert found[f"{TASKS}/{ROW}"].version is not None


async def test_ten_thousand_blocks_are_read_and_more_than_any_page_has_are_refused() -> None:
    blocks = [block("paragraph", f"문장 {n}") for n in range(10_000)]
    async with Notion(Page(A, "긴 쪽", blocks), page_size=100) as standin, read(standin) as reader:
        text_ = await loaded(reader, f"pages/{A}")
        assert text_.count("문장") == 10_000
        assert len(standin.paths("/children")) == 100
        again = b'{"results": [{"id": "%d"}], "has_more": true, "next_cursor": "same"}'
        standin.for_ever["/v1/blocks"] = Trouble(200, again % 1)
        with pytest.raises(UnreadableFault, match="does not end"):
            await reader.load(f"pages/{A}")


async def test_a_copy_of_what_the_integration_was_not_given_is_left_out() -> None:
    copied = block("synced_block", "", block("paragraph", "x"), synced_from={"block_id": id_of(77)}) | {"hidden": True}
    async with Notion(Page(A, "T", [block("paragraph", "글"), copied])) as standin, read(standin) as reader:
        assert await loaded(reader, f"pages/{A}") == "# T\n\n글"


async def test_a_page_that_goes_between_the_listing_and_the_reading_says_so() -> None:
    async with workspace() as standin, read(standin) as reader:
        _ = [one async for one in reader.list()]
        standin.pages[A].in_trash = True
        del standin.pages[B]
        for uri, told in ((f"pages/{A}", "trash"), (f"pages/{B}", "does not have this"), ("pages/x", "no page")):
            with pytest.raises(UnreadableFault, match=told) as fault:
                await reader.load(uri)
            assert fault.value.why == "away"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_not_taken_is_one_sentence_for_the_source(status: int) -> None:
    async with workspace() as standin:
        standin.for_ever["/"] = Trouble(status)
        with pytest.raises(SourceFault, match=r"does not (take the token|let the token's owner)"):
            await listed(standin)


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(429, headers={"Retry-After": "0"}),
        Trouble(429),
        Trouble(502),
        Trouble(200, b"nonsense"),
        Trouble(200, b'{"results": [', short=9),
    ],
)
async def test_trouble_that_passes_changes_nothing(trouble: Trouble) -> None:
    async with workspace() as standin:
        expected = await listed(standin)
        standin.trouble["/"] = [trouble, trouble]
        assert await listed(standin) == expected


@pytest.mark.parametrize(
    "body",
    [
        b'{"results": [], "has_more": true, "next_cursor": null}',
        b'{"results": [1]}',
        b'{"results": [], "has_more": true, "next_cursor": "same"}',
        b'{"results": [], "has_more": false, "request_status": {"type": "incomplete"}}',
        b'{"results": [{"object": "page", "id": "../../users"}], "has_more": false}',
    ],
)
async def test_a_search_that_is_no_whole_answer_is_a_fault_of_the_source(body: bytes) -> None:
    async with workspace() as standin:
        standin.for_ever["/v1/search"] = Trouble(200, body)
        with pytest.raises(SourceFault):
            await listed(standin)


async def test_an_api_that_leads_away_gets_no_token_there() -> None:
    async with Site({"/v1/search": Says("{}", type="application/json")}) as other, workspace() as standin:
        for start, status in (("/v1/search", 307), ("/v1/pages", 302)):
            standin.for_ever[start] = Trouble(status, headers={"Location": f"{other.url}/v1/search"})
        async with read(standin, other.port) as reader:
            with pytest.raises(SourceFault, match="leads to another host"):
                _ = [one async for one in reader.list()]
            with pytest.raises(UnreadableFault, match="leads to another host"):
                await reader.load(f"pages/{A}")
        assert other.asked == []


def test_notions_own_address_is_the_default_and_the_token_travels_covered() -> None:
    located = KINDS["notion"].located
    assert located("", str) == "https://api.notion.com"
    assert located("https://api.notion.com/#hr", str) == "https://api.notion.com#hr"
    for refused, told in (("http://api.notion.com", "must begin with https://"), ("https://x#a/b", "after #")):
        with pytest.raises(ValueError, match=told):
            located(refused, str)


async def test_two_integrations_have_a_token_each() -> None:
    async with workspace() as standin:
        standin.authorization = "Bearer hr"
        fetcher = Fetcher(Reach.of(["127.0.0.1"], [standin.port]))
        credentials = Credential(standin.url, "", "t0"), Credential(f"{standin.url}#hr", "", "hr")
        means = Means(Database("postgresql://nowhere/none"), fetcher, in_thread, credentials, QUICKLY)
        hr = replace(a_source(standin), location=f"{standin.url}#hr")
        assert len([one async for one in reader_of(hr, means).list()]) == 3
        with pytest.raises(SourceFault, match="does not take the token"):
            _ = [one async for one in reader_of(a_source(standin), means).list()]
        await fetcher.aclose()


# -- a whole run ----------------------------------------------------------------------------------------------------


async def run(database: Database, standin: Notion) -> Report:
    await Catalogue(database).sync([a_source(standin)])
    async with read(standin) as reader:
        return await reindex(database, a_source(standin), reader)


async def uris(database: Database) -> list[str]:
    async with database.transaction() as connection:
        return list(await connection.scalars(text("select uri from document where sha256 is not null order by uri")))


async def test_a_run_follows_what_changed_and_a_database_that_cannot_be_listed_deletes_nothing(
    database: Database,
) -> None:
    async with workspace() as standin:
        assert (await run(database, standin)).added == 3
        assert (await run(database, standin)).unchanged == 3
        blocks = len(standin.paths("/children"))
        standin.pages[B].blocks = [block("paragraph", "VPN은 집에서도 쓴다.")]
        standin.pages[B].edited = "2026-11-21T01:02:00.000Z"
        standin.changed(B)
        assert (await run(database, standin)).changed == 1
        assert len(standin.paths("/children")) == blocks + 1
        before = await uris(database)
        standin.unsearched = {ROW}
        standin.for_ever["/v1/data_sources"] = Trouble(500)
        assert len((await run(database, standin)).problems) == 1
        assert await uris(database) == before
        standin.for_ever.clear()
        del standin.pages[A]
        await run(database, standin)
        assert await uris(database) == [uri for uri in before if uri != f"pages/{A}"]
