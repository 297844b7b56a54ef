"""A web site: the pages of its site map, or those that a start page leads to."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from protego import Protego

from retrieval.addresses import Address
from retrieval.fetch import USER_AGENT, Fetched, Fetcher, FetchFault
from retrieval.parse import Parse, UnreadableFault
from retrieval.parse.families import LINKS, SITEMAP
from retrieval.passage import Said, Source
from retrieval.sources import Listed, Loaded, Reader, SourceFault
from retrieval.sources.kind import Absolute, Kind, Means, Option
from retrieval.sources.pages import Page, content_of, page_of, sitemap_of, suffix_of

KEEP_BYTES = 64 * 1024 * 1024
"""Of crawled pages, packed, kept until they are loaded; what is over is fetched again."""

_MAX_SITEMAPS = 200
_LONGEST_ROBOTS = 500 * 1024
"""Bytes of robots.txt that count (RFC 9309, 2.5)."""
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a site is read. pages: at most so many; depth: links away from the start; delay_s: between requests."""

    start: Address
    prefix: str
    pages: int
    depth: int
    delay_s: float

    def holds(self, address: Address) -> bool:
        same = (address.scheme, address.host, address.port) == (self.start.scheme, self.start.host, self.start.port)
        return same and address.path.startswith(self.prefix)

    @property
    def by_sitemap(self) -> bool:
        return self.start.path.partition("?")[0].endswith((".xml", ".xml.gz"))

    @property
    def whole(self) -> str:
        """The uri that stands for all of it: below it nothing is deleted when the listing has a hole."""
        return str(Address(self.start.scheme, self.start.host, self.start.port, self.prefix)).rstrip("/") + "/"


class Site:
    """A page's uri is its address; where that ends with /, the uri ends with /. (the same to a server), because a uri
    that ends with / is a part that cannot be listed."""

    def __init__(self, fetcher: Fetcher, scope: Scope, parse: Parse) -> None:
        self._fetcher = fetcher
        self._parse = parse
        self._scope = scope
        self._robots: Protego | None = None
        self._next_at = 0.0
        self._kept = _Kept()
        self._hole = ""

    async def list(self) -> AsyncIterator[Listed]:
        pages = self._of_sitemaps() if self._scope.by_sitemap else self._crawled()
        async for listed in pages:
            yield listed
        if self._hole:
            yield Listed(self._scope.whole)

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        if uri.endswith("/"):
            raise UnreadableFault(self._hole or f"{uri} is a part of a site, and no page.", "away")
        kept = self._kept.take(uri)
        if kept is not None:
            return None if version is not None and kept.version == version else kept
        try:
            address = Address.of(uri)
        except ValueError as error:
            raise UnreadableFault(f"{uri} {error}.", "closed") from None
        if not self._scope.holds(address):
            raise UnreadableFault(f"{uri} lies outside of what this source may read.", "link")
        return await self._loaded(uri, address, version)

    async def _loaded(self, uri: str, address: Address, version: str | None) -> Loaded | None:
        if not (await self._rules()).can_fetch(str(address), USER_AGENT):
            raise UnreadableFault(f"{uri} is closed to us by the site's robots.txt.", "closed")
        try:
            fetched = await self._get(address, _condition(version))
        except FetchFault as fault:
            raise UnreadableFault(str(fault), fault.why) from fault
        if fetched.status == 304 and version is not None:
            return None
        if fetched.status in _GONE:
            raise UnreadableFault(f"{uri} is not there any more ({fetched.status}).", "away")
        if fetched.status != 200:
            raise UnreadableFault(f"{uri} is not given now ({fetched.status}).", _why(fetched.status))
        suffix = suffix_of(fetched)
        if suffix is None:
            raise UnreadableFault(f"{uri} is no document (its content type says so).", "unknown")
        if suffix == ".html" and not (await self._said(fetched)).index:
            raise UnreadableFault(f"{uri} asks not to be indexed.", "closed")
        return Loaded(content_of(fetched), _version(fetched), suffix)

    # -- a site map ------------------------------------------------------------------------------------------------

    async def _of_sitemaps(self) -> AsyncIterator[Listed]:
        waiting, seen, pages = deque([self._scope.start]), {self._scope.start}, set[Address]()
        rules = await self._rules()
        while waiting:
            is_index, addresses = await self._sitemap(waiting.popleft())
            for address in addresses:
                if is_index and self._same_site(address) and address not in seen and len(seen) < _MAX_SITEMAPS:
                    seen.add(address)
                    waiting.append(address)
                elif not is_index and address not in pages and self._scope.holds(address):
                    if len(pages) == self._scope.pages:
                        self._full()
                        return
                    if rules.can_fetch(str(address), USER_AGENT):
                        pages.add(address)
                        yield _listed(address)

    async def _sitemap(self, address: Address) -> tuple[bool, tuple[Address, ...]]:
        fetched = await self._whole(address)
        try:
            said = await self._parse(str(address), fetched.content, SITEMAP)
        except UnreadableFault as fault:
            told = str(fault).removesuffix(".")
            raise SourceFault(f"The site map {told}: nothing of the source was changed.") from None
        return sitemap_of(fetched, said)

    def _same_site(self, address: Address) -> bool:
        return address.authority == self._scope.start.authority and address.scheme == self._scope.start.scheme

    # -- a crawl ---------------------------------------------------------------------------------------------------

    async def _crawled(self) -> AsyncIterator[Listed]:
        rules, start = await self._rules(), self._scope.start
        if not rules.can_fetch(str(start), USER_AGENT):
            raise SourceFault(f"{start} is closed to us by the site's robots.txt: nothing of it was changed.")
        waiting, seen, listed = deque([(start, 0)]), {start}, set[Address]()
        while waiting:
            address, depth = waiting.popleft()
            if len(listed) == self._scope.pages:
                self._full()
                return
            fetched = await (self._whole(address) if address == start else self._page(address))
            found = None if fetched is None else await self._look(fetched)
            if fetched is None or found is None:  # loading it says why; its old version stays
                listed.add(address)
                yield _listed(address)
                continue
            for link in found.links if depth < self._scope.depth else ():
                if link not in seen and self._scope.holds(link) and rules.can_fetch(str(link), USER_AGENT):
                    seen.add(link)
                    waiting.append((link, depth + 1))
            seen.add(fetched.address)
            if found.loaded is not None and fetched.address not in listed:
                listed.add(fetched.address)
                self._kept.put(uri_of(fetched.address), found.loaded)
                yield _listed(fetched.address, found.loaded.version)

    async def _said(self, fetched: Fetched) -> Page:
        """Raises UnreadableFault."""
        return page_of(fetched, await self._parse(str(fetched.address), content_of(fetched), LINKS))

    async def _look(self, fetched: Fetched) -> _Found | None:
        """Where it leads, and what it is as a document: nothing where it is gone, none, or not to be indexed. None
        where that cannot be read: it leaves a hole as well."""
        suffix = suffix_of(fetched) if fetched.status == 200 else None
        if suffix is None:
            return _Found()
        loaded = Loaded(content_of(fetched), _version(fetched), suffix)
        if suffix != ".html" or not loaded.content.strip():
            return _Found(loaded)
        try:
            page = await self._said(fetched)
        except UnreadableFault as fault:
            self._holed(str(fault).removesuffix("."))
            return None
        elsewhere = page.canonical is not None and page.canonical != fetched.address
        links = page.links if page.follow else ()
        if elsewhere and page.canonical is not None and self._scope.holds(page.canonical):
            return _Found(None, (page.canonical, *links))
        return _Found(loaded if page.index else None, links)

    async def _page(self, address: Address) -> Fetched | None:
        """None where it is not given. A page that is away for now leaves a hole: what only it leads to was not seen."""
        try:
            fetched = await self._get(address, {})
        except FetchFault as fault:
            if fault.why in ("away", "closed"):
                self._holed(str(fault).removesuffix("."))
            return None
        if fetched.status == 200 or fetched.status in _GONE:
            return fetched
        if _why(fetched.status) == "away":
            self._holed(f"{address} is not given now ({fetched.status})")
        return None

    def _full(self) -> None:
        self._holed(f"it has more than {self._scope.pages} pages; say more in the option `pages`, or begin deeper")

    def _holed(self, reason: str) -> None:
        self._hole = f"{self._scope.whole} was not seen whole ({reason}): what is missing stays as it was."

    # -- requests --------------------------------------------------------------------------------------------------

    async def _whole(self, address: Address) -> Fetched:
        """Something without which the source cannot be listed."""
        try:
            fetched = await self._get(address, {})
        except FetchFault as fault:
            raise SourceFault(f"{fault} Nothing of the source was changed.") from fault
        if fetched.status != 200:
            raise SourceFault(f"{address} is not given ({fetched.status}): nothing of the source was changed.")
        return fetched

    async def _rules(self) -> Protego:
        """robots.txt: what is not there forbids nothing, what is away forbids all (RFC 9309, 2.3.1)."""
        if self._robots is None:
            start = self._scope.start
            address = Address(start.scheme, start.host, start.port, "/robots.txt")
            try:
                fetched = await self._fetcher.get(address, within=self._same_site)
            except FetchFault as fault:
                if fault.why != "link":
                    raise SourceFault(f"{fault} Nothing of the source was changed.") from fault
                fetched = Fetched(address, 404, {}, b"")
            if _why(fetched.status) == "away":
                raise SourceFault(f"{address} cannot be read ({fetched.status}): nothing of the source was changed.")
            text = fetched.content[:_LONGEST_ROBOTS].decode("utf-8", "replace") if fetched.status == 200 else ""
            self._robots = Protego.parse(text)
        return self._robots

    async def _get(self, address: Address, headers: dict[str, str]) -> Fetched:
        delay = max(self._scope.delay_s, (await self._rules()).crawl_delay(USER_AGENT) or 0.0)
        now = time.monotonic()
        at = max(now, self._next_at)
        self._next_at = at + delay
        await asyncio.sleep(at - now)
        return await self._fetcher.get(address, headers, within=self._may_lead_to)

    def _may_lead_to(self, address: Address) -> bool:
        return self._scope.holds(address) or (self._scope.by_sitemap and self._same_site(address))


@dataclass(frozen=True, slots=True)
class _Found:
    loaded: Loaded | None = None
    links: tuple[Address, ...] = ()


@dataclass(slots=True)
class _Kept:
    """Crawled pages until they are loaded, once each."""

    pages: dict[str, tuple[bytes, str | None, str | None]] = field(default_factory=dict)
    size: int = 0

    def put(self, uri: str, loaded: Loaded) -> None:
        packed = zlib.compress(loaded.content, 1)
        if self.size + len(packed) <= KEEP_BYTES:
            self.pages[uri] = (packed, loaded.version, loaded.suffix)
            self.size += len(packed)

    def take(self, uri: str) -> Loaded | None:
        if uri not in self.pages:
            return None
        packed, version, suffix = self.pages.pop(uri)
        self.size -= len(packed)
        return Loaded(zlib.decompress(packed), version, suffix)


def _why(status: int) -> Literal["away", "closed"]:
    return "away" if status == 429 or status >= 500 else "closed"


def uri_of(address: Address) -> str:
    """What a page at this address is called among the documents of its source."""
    text = str(address)
    if not text.endswith("/"):
        return text
    return text[:-1] + ("%2F" if "?" in text else "/.")


def _listed(address: Address, version: str | None = None) -> Listed:
    return Listed(uri_of(address), version, Said(link=str(address)))


def _version(fetched: Fetched) -> str | None:
    for name in ("etag", "last-modified"):
        if fetched.headers.get(name):
            return f"{name}:{fetched.headers[name]}"
    return None


def _condition(version: str | None) -> dict[str, str]:
    """The header that asks for it only where it is another one by now."""
    name, _, value = (version or "").partition(":")
    headers = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {headers[name]: value} if name in headers and value else {}


def _located(location: str, _: Absolute) -> str:
    return str(Address.of(location))


def _reader(source: Source, means: Means) -> Reader:
    options = KIND.checked(source.options)
    start = Address.of(source.location)
    scope = Scope(start, "/", int(options["pages"]), int(options["depth"]), float(options["delay"]))
    folder = "/" if scope.by_sitemap else start.path.partition("?")[0].rpartition("/")[0] + "/"
    prefix = str(options["prefix"]) or folder
    return Site(means.fetcher, Scope(start, prefix, scope.pages, scope.depth, scope.delay_s), means.parse)


KIND = Kind(
    _located,
    _reader,
    {
        "prefix": Option(""),
        "pages": Option(2000, 1, 100_000),
        "depth": Option(10, 0, 100),
        "delay": Option(0.1, 0, 60),
    },
)
