"""Notion: the pages, and the rows of databases, that an integration was given.

Every run lists them all with the time of their last change; the blocks of what changed are asked for. Notion's API says
nothing of who may read a page: the source's own readers hold for all of them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from retrieval.parse import UnreadableFault
from retrieval.passage import Said, Source, storable
from retrieval.sources import Listed, Loaded, Reader, api
from retrieval.sources.api import Answer, Api, ApiFault, Object, dig, entries, or_else, secret_of, text, whole
from retrieval.sources.kind import Absolute, Kind, Means, Option
from retrieval.sources.notion_text import Block, link_of, markdown, properties, title_of

VERSION = "2025-09-03"
"""Of the API, with data sources (https://developers.notion.com/reference/versioning)."""
HOME = "https://api.notion.com"

SETTLED = timedelta(minutes=2)
"""Notion says the minute of a change: one that is younger may be followed by another of the same name."""
MOST_BLOCKS = 50_000
_DEEPEST = 60
_AT_ONCE = 100
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_OTHER_PAGES = frozenset({"child_page", "child_database"})


class Notion:
    """A page's uri is `pages/id`, a row's `DATA_SOURCE/id`."""

    def __init__(self, asked: Api) -> None:
        self._api = asked
        self._titles: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._holes: dict[str, str] = {}

    async def list(self) -> AsyncIterator[Listed]:
        found, now = await self._all(lambda cursor: self._api.post("/v1/search", _asking(cursor, **_IN_ORDER)))
        await self._meet()
        told = {text(one, "id"): one for one in found if text(one, "object") == "page"}
        for source in (one for one in found if text(one, "object") == "data_source" and not _is_gone(one)):
            try:
                rows, _ = await self._rows(_id(source))
            except ApiFault as fault:
                if fault.why == "token" or self._api.is_dead:
                    raise
                self._holes[f"{_id(source)}/"] = str(fault)
                yield Listed(f"{_id(source)}/")
            else:
                told |= {text(one, "id"): one for one in rows if text(one, "object") == "page"}
        self._titles = {id: title_of(page) for id, page in told.items()}
        for page in told.values():
            if not _is_gone(page):
                yield Listed(_uri(page), _version(page, now), self._said(page))

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        if uri.endswith("/"):
            raise UnreadableFault(
                f"{uri} was not listed whole: what is in it stays. {self._holes.get(uri, '')}", "away"
            )
        id = uri.rpartition("/")[2]
        if not _UUID.fullmatch(id):
            raise UnreadableFault(f"{uri} is no page of Notion: a page is named pages/ID.", "away")
        try:
            return await self._loaded(uri, id, version)
        except ApiFault as fault:
            raise self._api.unread(uri, fault) from None

    async def _loaded(self, uri: str, id: str, version: str | None) -> Loaded | None:
        answer = await self._api.get(f"/v1/pages/{id}")
        page = answer.told
        if _is_gone(page):
            raise UnreadableFault(f"{uri} is in Notion's trash.", "away")
        found = _version(page, answer.now)
        if version is not None and found == version:
            return None
        blocks = await _Blocks(self._api, uri).below(id)
        title = f"# {title_of(page)}" if title_of(page) else ""
        parts = (title, properties(dig(page, "properties"), self._titles), markdown(blocks, self._titles))
        return Loaded(storable("\n\n".join(part for part in parts if part)).encode(), found, ".md")

    def _said(self, page: Object) -> Said:
        link = text(page, "url")
        return Said(
            title=title_of(page) or None,
            changed=_day(text(page, "last_edited_time")),
            owner=self._people.get(text(page, "created_by", "id")),
            link=link if link.startswith("https://") else link_of(text(page, "id")),
        )

    async def _meet(self) -> None:
        """People's names; an integration may not be allowed to see them."""
        users = self._all(lambda cursor: self._api.get("/v1/users", page_size=_AT_ONCE, start_cursor=cursor))
        found, _ = await or_else(users, ((), None))
        self._people = {text(one, "id"): name for one in found if (name := text(one, "name"))}

    async def _rows(self, source: str) -> tuple[Sequence[Object], datetime | None]:
        return await self._all(lambda cursor: self._api.post(f"/v1/data_sources/{source}/query", _asking(cursor)))

    async def _all(self, ask: Callable[[str | None], Awaitable[Answer]]) -> tuple[Sequence[Object], datetime | None]:
        """All entries, and what time it was at Notion before the first of them was given."""
        times: list[datetime | None] = []

        async def page(cursor: str | None) -> tuple[Sequence[Object], str | None]:
            answer = await ask(cursor)
            times.append(answer.now)
            return entries(answer.told, "results"), _next(answer)

        return await self._api.all(page, _kept), times[0]


class _Blocks:
    """The blocks of one page, with those within them. Raises UnreadableFault where there are too many."""

    def __init__(self, asked: Api, uri: str) -> None:
        self._api = asked
        self._uri = uri
        self._count = 0

    async def below(self, id: str, depth: int = 0) -> list[Block]:
        async def ask(cursor: str | None) -> tuple[Sequence[Object], str | None]:
            answer = await self._api.get(f"/v1/blocks/{id}/children", page_size=_AT_ONCE, start_cursor=cursor)
            found = entries(answer.told, "results")
            self._count += len(found)
            if self._count > MOST_BLOCKS:
                raise UnreadableFault(f"{self._uri} has more than {MOST_BLOCKS:,} blocks: split it.", "too_big")
            return found, _next(answer)

        if depth > _DEEPEST:
            raise UnreadableFault(f"{self._uri} is nested too deep to be read.", "bomb")
        found = await self._api.all(ask, whole)
        return [Block(told, await self._within(told, depth)) for told in found if not _is_gone(told)]

    async def _within(self, told: Object, depth: int) -> Sequence[Block]:
        if dig(told, "has_children") is not True or text(told, "type") in _OTHER_PAGES:
            return ()
        inner = self.below(_id(told), depth + 1)
        if text(told, "type") == "synced_block":  # perhaps of what stands on a page that the integration was not given
            return await or_else(inner, [])
        return await inner


_IN_ORDER = {"sort": {"timestamp": "last_edited_time", "direction": "ascending"}}
"""What is changed while it is listed moves to the end, and is still met."""


def _kept(told: Object) -> Object:
    """Of a page its title and nothing else that is written on it: all pages are held at once."""
    kept = {name: one for name, one in told.items() if name not in ("properties", "icon", "cover")}
    properties = dig(told, "properties")
    written = properties.items() if isinstance(properties, Mapping) else ()
    return {**kept, "properties": {name: one for name, one in written if text(one, "type") == "title"}}


def _asking(cursor: str | None, **more: object) -> Object:
    return {"page_size": _AT_ONCE, **({"start_cursor": cursor} if cursor else {}), **more}


def _next(answer: Answer) -> str | None:
    """Raises ApiFault where Notion says that it leaves something out, or does not say where to go on."""
    if text(answer.told, "request_status", "type") == "incomplete":
        raise ApiFault("Notion gives a part of a listing and not all of it.", "closed")
    if dig(answer.told, "has_more") is not True:
        return None
    if not (cursor := text(answer.told, "next_cursor")):
        raise ApiFault("Notion does not answer as its API does: a cursor is missing.", "garbled")
    return cursor


def _id(told: Object) -> str:
    """Raises ApiFault for what cannot stand in a path."""
    if not _UUID.fullmatch(found := text(told, "id")):
        raise ApiFault("Notion does not answer as its API does: an id is missing.", "garbled")
    return found


def _uri(page: Object) -> str:
    source = text(page, "parent", "data_source_id")
    return f"{source if _UUID.fullmatch(source) else 'pages'}/{_id(page)}"


def _is_gone(told: Object) -> bool:
    return any(dig(told, name) is True for name in ("archived", "in_trash", "is_archived"))


def _version(page: Object, now: datetime | None) -> str | None:
    """The minute of its last change, by Notion's own clock; None while another change may bear the same one."""
    written = text(page, "last_edited_time")
    try:
        changed = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return None
    if changed.tzinfo is None:
        changed = changed.replace(tzinfo=UTC)
    return written if now is not None and now - changed >= SETTLED else None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _located(location: str, _: Absolute) -> str:
    return api.located(location or HOME)


def _reader(source: Source, means: Means) -> Reader:
    options = KIND.checked(source.options)
    secret = secret_of(means.credential(source.location), f"Source '{source.name}'", source.location)
    patience = replace(means.patience, per_second=float(options["per_second"]))
    return Notion(Api(means.fetcher, "Notion", api.base_of(source.location), secret, patience, Notion_Version=VERSION))


KIND = Kind(_located, _reader, {"per_second": Option(3.0, 0.1, 1000)})
