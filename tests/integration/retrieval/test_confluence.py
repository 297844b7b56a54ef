"""Confluence read over a real socket, as Cloud and as Data Center."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.sources import SourceFault
from tests.integration.retrieval.wiki import BOTH, a_source, company, listed, read
from tests.standins.confluence import Cloud, DataCenter, State
from tests.standins.rest import Rest, Trouble
from tests.standins.site import Says, Site


@BOTH
async def test_pages_blog_posts_and_attachments_are_listed_and_what_is_in_the_trash_or_archived_is_not(
    edition: Callable[[State], Rest],
) -> None:
    async with edition(company()) as standin:
        found = await listed(standin)
        assert sorted(found) == ["HR/1", "HR/2", "HR/3", "HR/3/att1.csv", "IT/4", "IT/5"]
        said = found["HR/1"].said
        assert (said.title, said.owner, str(said.changed)) == ("휴가", "김하늘", "2026-11-20")
        link = "https://corp.example/wiki/spaces/HR/pages/1" if edition is Cloud else f"{standin.url}/display/HR/1"
        assert said.link == link
        assert found["HR/3/att1.csv"].said.title == "표.csv (급여표)"


@BOTH
async def test_a_page_is_loaded_as_it_is_stored_and_only_where_it_changed(edition: Callable[[State], Rest]) -> None:
    state = company()
    state.pages["1"].body = '<h2>연차</h2><p>15일 <ac:link><ri:page ri:content-title="급여"/></ac:link></p>'
    async with edition(state) as standin, read(standin) as reader:
        _ = [one async for one in reader.list()]
        loaded = await reader.load("HR/1")
        assert loaded is not None
        parsed = await in_thread("HR/1", loaded.content, loaded.suffix)
        assert parsed.sections[0].headings == ("연차",)
        assert parsed.sections[0].blocks == ("15일 급여",)
        assert await reader.load("HR/1", "1") is None


@BOTH
async def test_spaces_can_be_chosen_and_one_that_is_not_there_is_said(edition: Callable[[State], Rest]) -> None:
    async with edition(company()) as standin:
        assert {uri[:2] for uri in await listed(standin, a_source(standin, spaces="IT"))} == {"IT"}
        assert "HR/3/att1.csv" not in await listed(standin, a_source(standin, attachments=False))
        with pytest.raises(SourceFault, match="has no space OPS"):
            await listed(standin, a_source(standin, spaces="IT, OPS"))


@BOTH
async def test_an_attachment_is_fetched_and_a_token_goes_to_confluence_alone(edition: Callable[[State], Rest]) -> None:
    state = company()
    pages = {"/file/att1?version=1&token=signed": Says(state.files["att1"].content, type="text/csv")}
    async with Site(pages) as media, edition(state) as standin, read(standin, ports=(media.port,)) as reader:
        if isinstance(standin, Cloud):
            standin.media = media.url
        _ = [one async for one in reader.list()]
        loaded = await reader.load("HR/3/att1.csv")
        assert loaded is not None
        assert (loaded.content, loaded.suffix) == (state.files["att1"].content, ".csv")
        assert all("authorization" not in one.headers for one in media.asked)
        assert len(media.asked) == (edition is Cloud)


@pytest.mark.parametrize("download", [".evil.example/x", "@evil.example/x", "", "\\evil.example/x", "1/x", "/a b"])
async def test_a_path_that_makes_another_host_of_confluences_is_not_asked_for(download: str) -> None:
    state = company()
    state.files["att1"].download = download or " "
    async with DataCenter(state) as standin, read(standin) as reader:
        _ = [one async for one in reader.list()]
        asked = len(standin.asked)
        with pytest.raises(UnreadableFault, match="cannot be read"):
            await reader.load("HR/3/att1.csv")
        assert len(standin.asked) == asked


@BOTH
async def test_an_api_that_leads_to_another_host_is_not_followed(edition: Callable[[State], Rest]) -> None:
    async with Site({"/": Says("{}", type="application/json")}) as other, edition(company()) as standin:
        standin.for_ever["/"] = Trouble(302, headers={"Location": f"{other.url}/"})
        async with read(standin, ports=(other.port,)) as reader:
            with pytest.raises(SourceFault, match="leads to another host"):
                _ = [one async for one in reader.list()]
        assert other.asked == []


async def test_one_document_is_found_without_a_run() -> None:
    async with Cloud(company()) as standin, read(standin) as reader:
        assert await reader.load("IT/4") is not None
        with pytest.raises(UnreadableFault, match="is not in Confluence"):
            await reader.load("IT/404")


async def test_an_attachment_is_taken_as_it_was_when_its_readers_were_asked() -> None:
    state = company()
    pages = {f"/file/att1?version={n}&token=signed": Says(f"판 {n}", type="text/csv") for n in (1, 2)}
    async with Site(pages) as media, Cloud(state) as standin, read(standin, ports=(media.port,)) as reader:
        standin.media = media.url
        _ = [one async for one in reader.list()]
        state.files["att1"].version = 2  # somebody may have closed its page first
        loaded = await reader.load("HR/3/att1.csv")
        assert loaded is not None
        assert (loaded.content.decode(), loaded.version) == ("판 1", "1")
