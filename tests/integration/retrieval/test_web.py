"""A web site read over a real socket."""

from __future__ import annotations

import gzip
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from retrieval.addresses import Reach
from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.label import Level
from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import EVERYONE, Source
from retrieval.sources import Listed, Reader, SourceFault
from retrieval.sources.kind import Means
from retrieval.sources.kinds import reader_of
from tests.standins.site import Says, Site


@asynccontextmanager
async def read(site: Site, start: str = "/docs/", **options: object) -> AsyncIterator[Reader]:
    """A reader of the site from that page on, with loopback declared as a company declares its wiki."""
    fetcher = Fetcher(Reach.of(["127.0.0.1"], [site.port]))
    source = Source(
        "wiki", "web", f"{site.url}{start}", Level.INTERNAL, frozenset({EVERYONE}), options={"delay": 0, **options}
    )
    try:
        yield reader_of(source, Means(Database("postgresql://nowhere/none"), fetcher, in_thread))
    finally:
        await fetcher.aclose()


async def listed(site: Site, start: str = "/docs/", **options: object) -> dict[str, Listed]:
    """By what follows the site's own address."""
    async with read(site, start, **options) as reader:
        return {one.uri.removeprefix(site.url): one async for one in reader.list()}


def page(*links: str, head: str = "", title: str = "T") -> str:
    anchors = "".join(f'<a href="{link}">x</a>' for link in links)
    return f"<html><head><title>{title}</title>{head}</head><body><p>연차는 15일이다.</p>{anchors}</body></html>"


PAGES: Mapping[str, Says] = {
    "/docs/": Says(
        page("leave.html", "/docs/hr/", "/other/x.html", "#top", "mailto:a@b.example", "manual.pdf", "a.png")
    ),
    "/docs/leave.html": Says(page("./", "leave.html?print=1#x"), etag='"1"'),
    "/docs/leave.html?print=1": Says(page(head='<link rel="canonical" href="/docs/leave.html">')),
    "/docs/hr/": Says(page("../leave.html", "pay.html", "gone.html", "http://example.invalid/", "//127.0.0.2/x")),
    "/docs/hr/pay.html": Says(page(head='<meta name="robots" content="noindex, nofollow">')),
    "/docs/manual.pdf": Says(b"%PDF-1.7", type="application/pdf"),
    "/docs/a.png": Says(b"png", type="image/png"),
    "/other/x.html": Says(page()),
}


async def test_a_crawl_finds_what_the_start_leads_to_below_it_and_nothing_else() -> None:
    async with Site(PAGES) as site:
        found = await listed(site)
        assert sorted(found) == ["/docs/.", "/docs/hr/.", "/docs/leave.html", "/docs/manual.pdf"]
        assert found["/docs/hr/."].said.link == f"{site.url}/docs/hr/"
        assert "/other/x.html" not in site.paths()
        assert site.paths().count("/docs/leave.html") == 1


async def test_what_was_crawled_is_loaded_without_asking_again() -> None:
    async with Site(PAGES) as site, read(site) as reader:
        found = [one async for one in reader.list()]
        asked = len(site.asked)
        loaded = {one.uri.removeprefix(site.url): await reader.load(one.uri) for one in found}
        assert len(site.asked) == asked
        first = loaded["/docs/leave.html"]
        pdf = loaded["/docs/manual.pdf"]
        assert first is not None
        assert pdf is not None
        assert (first.suffix, first.version, pdf.suffix) == (".html", 'etag:"1"', ".pdf")
        assert "연차".encode() in first.content


@pytest.mark.parametrize("says", [{"etag": '"7"'}, {"etag": 'W/"7"'}, {"modified": "Sun, 22 Nov 2026 10:00:00 GMT"}])
async def test_an_unchanged_page_is_not_sent_again(says: dict[str, str]) -> None:
    async with Site({"/docs/a.html": Says(page(), **says)}) as site, read(site) as reader:  # type: ignore[arg-type]
        loaded = await reader.load(f"{site.url}/docs/a.html")
        assert loaded is not None
        assert loaded.version is not None
        assert await reader.load(f"{site.url}/docs/a.html", loaded.version) is None
        site.pages["/docs/a.html"] = Says(page("new"), etag='"8"')
        again = await reader.load(f"{site.url}/docs/a.html", loaded.version)
        assert again is not None
        assert again.version == 'etag:"8"'


async def test_a_page_that_is_gone_is_not_listed_and_one_that_is_away_stays_with_what_it_led_to() -> None:
    async with Site({**PAGES, "/docs/leave.html": Says(status=410)}) as site:
        assert "/docs/leave.html" not in await listed(site)
    async with Site({**PAGES, "/docs/hr/": Says(status=503)}) as site, read(site) as reader:
        found = [one.uri.removeprefix(site.url) async for one in reader.list()]
        assert "/docs/hr/." in found
        assert "/docs/" in found, "a part that was not seen: what is known below it is not deleted"
        with pytest.raises(UnreadableFault, match=r"not given now \(503\)") as fault:
            await reader.load(f"{site.url}/docs/hr/.")
        assert fault.value.why == "away"
        with pytest.raises(UnreadableFault, match=r"not seen whole .*hr/ is not given now \(503\)"):
            await reader.load(f"{site.url}/docs/")


async def test_a_page_that_asks_for_a_login_is_a_problem_and_not_gone() -> None:
    pages = {**PAGES, "/docs/leave.html": Says(status=403), "/docs/hr/": Says(moved="/login")}
    async with Site(pages) as site, read(site) as reader:
        found = [one.uri.removeprefix(site.url) async for one in reader.list()]
        assert sorted(found) == ["/docs/.", "/docs/hr/.", "/docs/leave.html", "/docs/manual.pdf"]
        for uri, why in (("/docs/leave.html", "closed"), ("/docs/hr/.", "link")):
            with pytest.raises(UnreadableFault) as fault:
                await reader.load(site.url + uri)
            assert fault.value.why == why


async def test_a_limit_of_pages_leaves_the_rest_as_it_was() -> None:
    async with Site(PAGES) as site, read(site, pages=2) as reader:
        found = [one.uri.removeprefix(site.url) async for one in reader.list()]
        assert len(found) == 3
        assert found[-1] == "/docs/"
        with pytest.raises(UnreadableFault, match=r"more than 2 pages; say more in the option `pages`"):
            await reader.load(f"{site.url}/docs/")


async def test_depth_counts_links_away_from_the_start() -> None:
    async with Site(PAGES) as site:
        assert sorted(await listed(site, depth=0)) == ["/docs/."]


@pytest.mark.parametrize(
    ("robots", "found"),
    [
        ("User-agent: *\nDisallow: /docs/hr/\n", ["/docs/.", "/docs/leave.html", "/docs/manual.pdf"]),
        (
            "User-agent: Naru\nDisallow: /docs/leave\n\nUser-agent: *\nDisallow: /\n",
            ["/docs/.", "/docs/hr/.", "/docs/manual.pdf"],
        ),
    ],
)
async def test_what_robots_txt_closes_is_not_asked_for(robots: str, found: list[str]) -> None:
    async with Site({**PAGES, "/robots.txt": Says(robots, type="text/plain")}) as site:
        assert sorted(await listed(site)) == found
        closed = "/docs/hr/" if "/docs/hr/" in robots else "/docs/leave.html"
        assert closed not in site.paths()
        async with read(site) as reader:
            with pytest.raises(UnreadableFault, match=r"robots\.txt"):
                await reader.load(site.url + closed.removesuffix("/") + ("/." if closed.endswith("/") else ""))


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_robots_txt_that_cannot_be_read_is_a_fault_of_the_source(status: int) -> None:
    async with Site({**PAGES, "/robots.txt": Says(status=status)}) as site:
        with pytest.raises(SourceFault, match=rf"robots\.txt cannot be read \({status}\)"):
            await listed(site)
        assert site.paths() == ["/robots.txt"]


async def test_a_start_that_is_closed_gone_or_away_is_a_fault_of_the_source() -> None:
    async with Site({"/robots.txt": Says("User-agent: *\nDisallow: /", type="text/plain")}) as site:
        with pytest.raises(SourceFault, match=r"closed to us by the site's robots\.txt"):
            await listed(site)
    for says in (Says(status=404), Says(status=500), Says(moved="http://127.0.0.2/")):
        async with Site({"/docs/": says}) as site:
            with pytest.raises(SourceFault, match="of the source was changed"):
                await listed(site)


async def test_the_delay_that_the_site_asks_for_is_kept() -> None:
    robots = "User-agent: *\nCrawl-delay: 0.05\n"
    async with Site({**PAGES, "/robots.txt": Says(robots, type="text/plain")}) as site:
        began = time.monotonic()
        await listed(site)
        pages = len(site.asked) - 1
        assert time.monotonic() - began >= 0.05 * (pages - 1)


def sitemap(*urls: str, root: str = "urlset", entry: str = "url") -> str:
    inner = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'


async def test_a_site_map_and_an_index_of_packed_ones_are_read_and_what_lies_elsewhere_is_not() -> None:
    async with Site({}) as site:
        index = sitemap("/one.xml.gz", "http://example.invalid/two.xml", root="sitemapindex", entry="sitemap")
        inner = sitemap("/a.html", f"{site.url}/b.html", "http://example.invalid/c.html", "/a.html")
        site.pages["/sitemap.xml"] = Says(index, type="application/xml")
        site.pages["/one.xml.gz"] = Says(gzip.compress(inner.encode()), type="application/gzip")
        assert sorted(await listed(site, "/sitemap.xml")) == ["/a.html", "/b.html"]
        assert sorted(await listed(site, "/sitemap.xml", prefix="/b")) == ["/b.html"]
        assert sorted(await listed(site, "/sitemap.xml", pages=1)) == ["/", "/a.html"]


BOMB = gzip.compress(b"<urlset>" + bytes(60 * 1024 * 1024))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>', "a DTD"),
        ("<html></html>", "is no site map"),
        ("<urlset><url>", "is not XML"),
        (BOMB, "unpacks to over 50 MB"),
        (b"\x1f\x8bnonsense", "is not packed"),
    ],
)
async def test_a_site_map_that_is_none_is_a_fault_of_the_source(body: str | bytes, told: str) -> None:
    async with Site({"/sitemap.xml": Says(body, type="application/xml")}) as site:
        with pytest.raises(SourceFault, match=told):
            await listed(site, "/sitemap.xml")


async def test_a_part_of_a_site_map_that_is_away_is_a_fault_so_that_nothing_is_deleted() -> None:
    index = sitemap("/one.xml", "/two.xml", root="sitemapindex", entry="sitemap")
    async with Site({"/sitemap.xml": Says(index), "/one.xml": Says(sitemap("/a.html"))}) as site:
        with pytest.raises(SourceFault, match=r"two\.xml is not given \(404\)"):
            await listed(site, "/sitemap.xml")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (Says(page(), headers={"X-Robots-Tag": "noindex"}), "closed"),
        (Says(page(head='<meta name="robots" content="none">')), "closed"),
        (Says(b"png", type="image/png"), "unknown"),
        (Says(status=404), "away"),
        (Says(status=500), "away"),
        (Says(status=401), "closed"),
        (Says(moved="http://127.0.0.2/"), "link"),
        (Says(moved="http://169.254.169.254/latest/meta-data/"), "link"),
    ],
)
async def test_a_page_that_cannot_be_had_says_why(says: Says, why: str) -> None:
    async with Site({"/docs/a.html": says}) as site, read(site) as reader:
        with pytest.raises(UnreadableFault) as fault:
            await reader.load(f"{site.url}/docs/a.html")
        assert fault.value.why == why


async def test_only_what_the_source_may_read_is_asked_for() -> None:
    async with Site(PAGES) as site, read(site) as reader:
        for uri in (
            f"{site.url}/other/x.html",
            "http://127.0.0.1:1/docs/a",
            "http://example.invalid/docs/",
            "file:///x",
        ):
            with pytest.raises(UnreadableFault):
                await reader.load(uri.removesuffix("/"))
        assert site.asked == []


async def test_text_in_the_encoding_that_only_the_headers_tell_comes_as_utf_8() -> None:
    old = Says("<title>연차</title><p>연차는 15일".encode("cp949"), type="text/html; charset=euc-kr")
    async with Site({"/docs/a.html": old}) as site, read(site) as reader:
        loaded = await reader.load(f"{site.url}/docs/a.html")
        assert loaded is not None
        assert "연차는 15일" in loaded.content.decode("utf-8-sig")


async def test_a_site_in_the_building_that_nobody_declared_is_not_asked() -> None:
    async with Site(PAGES) as site:
        fetcher = Fetcher(Reach.of([], [site.port]))
        source = Source("wiki", "web", f"{site.url}/docs/", Level.INTERNAL, frozenset({EVERYONE}))
        reader = reader_of(source, Means(Database("postgresql://nowhere/none"), fetcher, in_thread))
        with pytest.raises(SourceFault, match=r"has an address that may not be read \(loopback\)"):
            _ = [one async for one in reader.list()]
        await fetcher.aclose()
        assert site.asked == []
