"""Confluence read over a real socket, as Cloud and as Data Center."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from retrieval.addresses import Reach
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.label import Level
from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import EVERYONE, Principal, Source
from retrieval.reindex import Report
from retrieval.sources import Listed, Reader, SourceFault
from retrieval.sources.kind import Credential, Means, Patience
from retrieval.sources.kinds import reader_of
from tests.integration.retrieval.shelf import principals, reindex
from tests.standins.confluence import Cloud, DataCenter, File, Page, State, User
from tests.standins.rest import Rest, Trouble
from tests.standins.site import Says, Site

QUICKLY = Patience(tries=3, first_s=0.001, longest_s=2.0)
TOKEN = "t0"


def company() -> State:
    """Two spaces: HR, which the group hr and Lee may see, and IT, which all may see who have an account."""
    state = State(
        spaces={"HR": [("group", "hr"), ("user", "u-lee")], "IT": [("group", "all")]},
        users={id: User(id, name, email) for id, name, email in USERS},
        groups={"hr": ["u-kim", "u-choi"], "all": ["u-kim", "u-lee", "u-choi", "u-han"], "leads": ["u-kim", "u-han"]},
    )
    state.add(
        Page("1", "HR", "휴가"),
        Page("2", "HR", "급여", parent="1", groups=("leads",)),
        Page("3", "HR", "급여표", parent="2"),
        Page("4", "IT", "VPN", "<p>VPN은 사내에서만 쓴다.</p>"),
        Page("5", "IT", "공지", kind="blogpost"),
        Page("6", "IT", "지운 것", status="trashed"),
        Page("7", "IT", "보관한 것", status="archived"),
    )
    state.files["att1"] = File("att1", "3", "표.csv", "이름,일수\n연차,15\n".encode(), "text/csv")
    state.files["att2"] = File("att2", "4", "그림.png", b"png", "image/png")
    return state


USERS = (
    ("u-kim", "김하늘", "Kim@corp.example"),
    ("u-lee", "이서윤", ""),
    ("u-choi", "최가온", "choi@corp.example"),
    ("u-han", "한별", "han@corp.example"),
)


def a_source(standin: Rest, *readers: str, **options: object) -> Source:
    cloud = isinstance(standin, Cloud)
    return Source(
        "confluence",
        "confluence",
        f"{standin.url}{'/wiki' if cloud else ''}",
        Level.INTERNAL,
        principals(*(readers or ("everyone",))),
        options={"cloud": cloud, "per_second": 1000, **options},
    )


@asynccontextmanager
async def read(
    standin: Rest, source: Source | None = None, *, ports: tuple[int, ...] = (), token: str = TOKEN
) -> AsyncIterator[Reader]:
    """A reader with loopback declared, as a company declares a wiki of its own."""
    source = source or a_source(standin)
    fetcher = Fetcher(Reach.of(["127.0.0.1"], [standin.port, *ports]))
    username = "bot@corp.example" if isinstance(standin, Cloud) else ""
    credentials = (Credential(standin.url, username, token),)
    try:
        yield reader_of(source, Means(Database("postgresql://nowhere/none"), fetcher, in_thread, credentials, QUICKLY))
    finally:
        await fetcher.aclose()


async def listed(standin: Rest, source: Source | None = None) -> dict[str, Listed]:
    async with read(standin, source) as reader:
        return {one.uri: one async for one in reader.list()}


async def readers(standin: Rest, **options: object) -> dict[str, frozenset[Principal]]:
    """Who may read each document in the end."""
    source = a_source(standin, **options)
    return {uri: source.access(uri, one.said)[1] for uri, one in (await listed(standin, source)).items()}


BOTH = pytest.mark.parametrize("edition", [Cloud, DataCenter])


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


async def test_who_may_read_is_who_meets_the_space_all_pages_above_and_the_page_itself() -> None:
    async with Cloud(company()) as standin:
        found = await readers(standin)
        assert found["IT/4"] == principals("ext:confluence/all-name")
        assert found["HR/1"] == principals("ext:confluence/hr-name", "ext:confluence/~u-lee")
        # Of the leads only Kim is in HR.
        assert found["HR/2"] == principals("email:kim@corp.example")
        assert found["HR/3"] == found["HR/2"], "what lies below a restricted page is restricted"
        assert found["HR/3/att1.csv"] == found["HR/2"]


async def test_data_center_names_accounts_and_groups_as_it_calls_them() -> None:
    async with DataCenter(company()) as standin:
        found = await readers(standin)
        assert found["HR/1"] == principals("ext:confluence/hr", "ext:confluence/~lee")
        assert found["HR/3"] == principals("ext:confluence/~kim")
        standin.state.spaces["IT"] = [("anonymous", "")]
        assert (await readers(standin))["IT/4"] == {EVERYONE}


@BOTH
async def test_what_is_not_known_of_readers_is_nobody(edition: Callable[[State], Rest]) -> None:
    state = company()
    async with edition(state) as standin:
        del state.groups["leads"]
        assert (await readers(standin))["HR/3"] == frozenset()
        part = "/wiki/api/v2/spaces/90/permissions" if edition is Cloud else "/rest/api/space/HR/permissions"
        standin.for_ever[part] = Trouble(403)
        found = await readers(standin)
        assert found["HR/1"] == frozenset()
        assert found["IT/4"] != frozenset()
        trusting = await readers(standin, space_permissions=False)
        assert trusting["HR/1"] == trusting["IT/4"] == {EVERYONE}
        named = "ext:confluence/leads-name" if edition is Cloud else "ext:confluence/leads"
        assert trusting["HR/3"] == principals(named)


async def test_pages_that_the_search_does_not_know_yet_are_asked_one_by_one() -> None:
    state = company()
    state.forgetful_search = True
    state.pages["2"].users = (*(f"u-{n}" for n in range(450)), "u-lee")
    async with Cloud(state) as standin:
        found = await readers(standin)
        assert found["HR/3"] == principals("email:kim@corp.example", "ext:confluence/~u-lee")


async def test_a_folder_counts_as_what_a_page_lies_below() -> None:
    state = company()
    state.add(
        Page("8", "IT", "폴더 안", parent="f1", parent_type="folder"),
        Page("9", "IT", "닫힌 폴더 안", parent="f2", parent_type="folder"),
        Page("10", "IT", "모르는 것 안", parent="z1", parent_type="wormhole"),
        Page("11", "IT", "원", parent="12"),
        Page("12", "IT", "원", parent="11"),
    )
    state.folders, state.closed_folders = {"f1": "4", "f2": ""}, {"f2"}
    state.pages["4"].users = ("u-lee",)
    async with Cloud(state) as standin:
        found = await readers(standin)
        assert found["IT/8"] == found["IT/4"] == principals("ext:confluence/~u-lee")
        assert [found[f"IT/{n}"] for n in (9, 10, 11, 12)] == [frozenset()] * 4


async def test_a_restriction_never_goes_beyond_the_sources_own_readers() -> None:
    async with Cloud(company()) as standin:
        source = a_source(standin, "ext:confluence/hr-name", "group:hr")
        found = await listed(standin, source)
        access = {uri: source.access(uri, one.said)[1] for uri, one in found.items()}
        assert access["HR/1"] == principals("ext:confluence/hr-name")
        assert access["IT/4"] == access["HR/2"] == frozenset()


@BOTH
async def test_an_attachment_is_fetched_and_a_token_goes_to_confluence_alone(edition: Callable[[State], Rest]) -> None:
    state = company()
    pages = {"/file/att1?token=signed": Says(state.files["att1"].content, type="text/csv")}
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
    sign_in = {"/file/att1?token=signed": Says("<html>Sign in</html>")}
    async with Site(sign_in) as media, Cloud(company()) as standin, read(standin, ports=(media.port,)) as reader:
        standin.media = media.url
        _ = [one async for one in reader.list()]
        standin.for_ever["/wiki/api/v2/pages/2"] = Trouble(200, b'{"id": "2", "body": {}}')
        for uri, why in (("HR/3/att1.csv", "closed"), ("HR/2", "broken")):
            with pytest.raises(UnreadableFault) as fault:
                await reader.load(uri)
            assert fault.value.why == why


async def test_one_document_is_found_without_a_run() -> None:
    async with Cloud(company()) as standin, read(standin) as reader:
        assert await reader.load("IT/4") is not None
        with pytest.raises(UnreadableFault, match="is not in Confluence"):
            await reader.load("IT/404")


async def test_no_token_and_no_text_is_in_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "retrieval")
    async with Cloud(company()) as standin, read(standin) as reader:
        standin.media = "http://127.0.0.1:9"
        _ = [one async for one in reader.list()]
        with pytest.raises(UnreadableFault) as fault:
            await reader.load("HR/3/att1.csv")
        assert "signed" not in f"{fault.value}{fault.value.__cause__}{caplog.text}"
        assert TOKEN not in repr(Credential(standin.url, "bot", TOKEN))


# -- a whole run ----------------------------------------------------------------------------------------------------


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
