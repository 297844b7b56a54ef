"""Confluence that refuses, stops, repeats itself or gives half: a sentence, and nothing is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from retrieval.addresses import Reach
from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.sources import SourceFault
from retrieval.sources.kind import Credential, Means
from retrieval.sources.kinds import reader_of
from tests.integration.retrieval.wiki import BOTH, TOKEN, a_source, company, listed, read
from tests.standins.confluence import Cloud, DataCenter, Page, State
from tests.standins.rest import Rest, Trouble
from tests.standins.site import Says, Site


@BOTH
@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_not_taken_is_one_sentence_for_the_source(
    edition: Callable[[State], Rest], status: int
) -> None:
    async with edition(company()) as standin:
        standin.for_ever["/"] = Trouble(status)
        with pytest.raises(SourceFault, match=r"does not (take the token|let the token's owner)"):
            await listed(standin)
        standin.for_ever.clear()
        standin.state.type = "anonymous"  # type: ignore[attr-defined]
        with pytest.raises(SourceFault, match="for a stranger"):
            await listed(standin)


async def test_a_token_that_is_revoked_while_pages_are_read_ends_the_run() -> None:
    async with Cloud(company()) as standin, read(standin) as reader:
        _ = [one async for one in reader.list()]
        standin.authorization = "Basic another"
        with pytest.raises(SourceFault, match="wrong, expired or revoked"):
            await reader.load("HR/1")


async def test_a_source_without_a_token_says_where_to_name_it() -> None:
    async with Cloud(company()) as standin:
        fetcher = Fetcher(Reach())
        with pytest.raises(SourceFault, match=r'\[\[credentials\]\] in naru.toml, with location = "http://127'):
            reader_of(a_source(standin), Means(Database("postgresql://nowhere/none"), fetcher, in_thread))
        await fetcher.aclose()


TROUBLE = [
    Trouble(429, headers={"Retry-After": "0"}),
    Trouble(429),
    Trouble(
        429,
        headers={"Date": "Sat, 01 Jan 2000 00:00:00 GMT", "Retry-After": "Sat, 01 Jan 2000 00:00:00 GMT"},
    ),
    Trouble(429, headers={"Date": "x", "Retry-After": f"Sat, 01 Jan {'9' * 20} 00:00:00 +{'9' * 20}"}),
    Trouble(503),
    Trouble(200, b"<html>Sign in</html>"),
    Trouble(200, b'{"results": [', short=40),
]


@BOTH
@pytest.mark.parametrize("trouble", TROUBLE)
async def test_trouble_that_passes_changes_nothing(edition: Callable[[State], Rest], trouble: Trouble) -> None:
    async with edition(company()) as standin:
        expected = await listed(standin)
        standin.trouble["/"] = [trouble, trouble]
        assert await listed(standin) == expected


@BOTH
@pytest.mark.parametrize("trouble", [Trouble(503), Trouble(200, b"[]"), Trouble(200, b"{}"), Trouble(400)])
async def test_trouble_that_stays_is_a_fault_of_the_source(edition: Callable[[State], Rest], trouble: Trouble) -> None:
    async with edition(company()) as standin:
        start = "/wiki/api/v2/spaces?" if edition is Cloud else "/rest/api/space?"
        standin.for_ever[start] = Trouble(trouble.status, trouble.body or b"")
        if trouble.body == b"[]":
            assert await listed(standin) == {}  # the run itself refuses to lose what it held
            return
        with pytest.raises(SourceFault):
            await listed(standin)


async def test_a_server_that_asks_for_a_long_pause_gets_it() -> None:
    async with Cloud(company()) as standin:
        standin.for_ever["/wiki/api/v2/spaces?"] = Trouble(429, headers={"Retry-After": "86400"})
        with pytest.raises(SourceFault, match="left alone for 86,400 s"):
            await listed(standin)
        assert len(standin.paths("/api/v2/spaces?")) == 1
        standin.for_ever = {"/wiki/api/v2/spaces/90": Trouble(429, headers={"Retry-After": "86400"})}
        with pytest.raises(SourceFault, match="left alone"):  # and not space by space
            await listed(standin)


@BOTH
async def test_a_listing_that_does_not_end_is_a_fault_and_not_for_ever(edition: Callable[[State], Rest]) -> None:
    state = company()
    async with edition(state) as standin:
        part = "/wiki/api/v2/spaces?" if edition is Cloud else "/rest/api/space?"
        again = b'{"results": [{"id": "90", "key": "HR"}], "_links": {"next": "/wiki/api/v2/spaces?cursor=same"}}'
        standin.for_ever[part] = Trouble(200, again)
        with pytest.raises(SourceFault, match="does not end"):
            await listed(standin)
        assert len(standin.paths("space")) < 30


@BOTH
async def test_a_space_that_cannot_be_listed_leaves_a_hole_and_the_others_are_read(
    edition: Callable[[State], Rest],
) -> None:
    async with edition(company()) as standin:
        start = "/wiki/api/v2/spaces/90/pages", "/rest/api/content?start=0&limit=100&spaceKey=HR"
        standin.for_ever[start[edition is DataCenter]] = Trouble(500)
        async with read(standin) as reader:
            assert [one.uri async for one in reader.list()] == ["HR/", "IT/4", "IT/5"]
            with pytest.raises(UnreadableFault, match="was not listed whole"):
                await reader.load("HR/")


async def test_a_listing_by_numbers_that_was_shifted_meanwhile_deletes_nothing() -> None:
    state = company()
    state.spaces = {"IT": [("group", "all")], "HR": state.spaces["HR"]}
    state.add(*(Page(str(n), "IT", f"문서 {n}") for n in range(20, 26)))
    async with DataCenter(state) as standin:
        standin.between["/rest/api/content?start=1"] = lambda: state.pages.pop("4")
        found = await listed(standin)
        assert "IT/" in found
        assert "HR/1" in found


@BOTH
async def test_what_goes_or_changes_between_the_listing_and_the_reading_is_left_for_the_next_run(
    edition: Callable[[State], Rest],
) -> None:
    state = company()
    async with edition(state) as standin, read(standin) as reader:
        _ = [one async for one in reader.list()]
        del state.pages["1"]
        state.pages["2"].status = "trashed"
        state.pages["3"].version = 2  # somebody may have restricted it first
        state.pages["4"].body = ""
        for uri, told in (("HR/1", "cannot be read"), ("HR/2", "trashed"), ("HR/3", "next run takes it")):
            with pytest.raises(UnreadableFault, match=told) as fault:
                await reader.load(uri)
            assert fault.value.why == "away"


async def test_a_page_to_sign_in_is_not_taken_for_a_file_and_one_bad_page_is_not_the_whole_source() -> None:
    sign_in = {"/file/att1?version=1&token=signed": Says("<html>Sign in</html>")}
    async with Site(sign_in) as media, Cloud(company()) as standin, read(standin, ports=(media.port,)) as reader:
        standin.media = media.url
        _ = [one async for one in reader.list()]
        standin.for_ever["/wiki/api/v2/pages/2"] = Trouble(200, b'{"id": "2", "body": {}}')
        for uri, why in (("HR/3/att1.csv", "closed"), ("HR/2", "broken")):
            with pytest.raises(UnreadableFault) as fault:
                await reader.load(uri)
            assert fault.value.why == why


async def test_no_token_and_no_text_is_in_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "retrieval")
    async with Cloud(company()) as standin, read(standin) as reader:
        standin.media = "http://127.0.0.1:9"
        _ = [one async for one in reader.list()]
        with pytest.raises(UnreadableFault) as fault:
            await reader.load("HR/3/att1.csv")
        assert "signed" not in f"{fault.value}{fault.value.__cause__}{caplog.text}"
        assert TOKEN not in repr(Credential(standin.url, "bot", TOKEN))


@BOTH
async def test_a_token_that_ends_while_spaces_are_listed_ends_the_run_though_no_answer_is_an_error(
    edition: Callable[[State], Rest],
) -> None:
    state = company()
    async with edition(state) as standin:

        def a_stranger_from_now_on() -> None:
            state.type = "anonymous"
            del state.pages["4"], state.pages["5"]

        part = "/wiki/api/v2/spaces/91/pages" if edition is Cloud else "/rest/api/content?start=0&limit=100&spaceKey=IT"
        standin.between[part] = a_stranger_from_now_on
        with pytest.raises(SourceFault, match="for a stranger"):
            await listed(standin)
