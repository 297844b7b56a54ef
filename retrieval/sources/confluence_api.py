"""What Confluence says of itself: the Cloud's REST API (v2, and v1 where v2 has no word for it) and Data Center's (v1).

https://developer.atlassian.com/cloud/confluence/rest/v2/ and https://developer.atlassian.com/server/confluence/rest/
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import quote

from retrieval.fetch import Fetched
from retrieval.sources.api import Api, ApiFault, Object, cursor_in, dig, entries, text
from retrieval.sources.confluence_readers import Clause, Person, Subject

_ID = re.compile(r"[\w~.-]{1,255}")
_RESTRICTIONS = "restrictions.read.restrictions.user,restrictions.read.restrictions.group"
_AT_ONCE = 200
_OF_SPACES = {"folder": "folders", "whiteboard": "whiteboards", "database": "databases", "embed": "embeds"}


@dataclass(frozen=True, slots=True)
class Space:
    id: str
    key: str


@dataclass(frozen=True, slots=True)
class Above:
    """What a page lies below. kind: page, folder, whiteboard, database, embed."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """own: its read restrictions, () where it has none, None where they were not told with it. above: what it lies
    below, whose restrictions hold for it too: no answer joins them. owner: an account."""

    id: str
    kind: str
    title: str
    version: str
    changed: date | None
    owner: str
    link: str
    above: Above | None
    own: tuple[Clause, ...] | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """page: what it is attached to. path: where it is downloaded."""

    id: str
    page: str
    title: str
    type: str
    version: str
    changed: date | None
    link: str
    path: str


@dataclass(frozen=True, slots=True)
class Body:
    storage: str
    version: str
    status: str


class Edition(Protocol):
    """Each method raises ApiFault."""

    api: Api

    async def anonymous(self) -> bool:
        """Whether the token is worth nothing: Confluence then lists what anybody may see, as if that were all."""
        ...

    async def spaces(self) -> list[Space]: ...

    async def admitted(self, space: Space) -> tuple[Clause, ...]:
        """Who may see the space: () is anybody, also without an account."""
        ...

    async def pages(self, space: Space) -> list[Page]:
        """Pages and blog posts that are neither archived, drafts nor in the trash."""
        ...

    async def restriction(self, id: str) -> tuple[Clause, ...]:
        """Its own, as Page.own."""
        ...

    async def above(self, one: Above) -> Above | None: ...

    async def attachments(self, pages: Sequence[Page]) -> list[Attachment]:
        """Of pages that were listed before."""
        ...

    async def members(self, group: str) -> frozenset[str]: ...

    async def people(self, accounts: Sequence[str]) -> dict[str, Person]: ...

    async def group(self, id: str) -> str:
        """Its name."""
        ...

    async def body(self, page: Page) -> Body: ...

    async def file(self, one: Attachment) -> Fetched: ...


class _Shared:
    """What both editions say in the words of v1."""

    def __init__(self, api: Api, base: str) -> None:
        self.api = api
        self._site = base
        self._people: dict[str, Person] = {}

    async def anonymous(self) -> bool:
        try:
            told = (await self.api.get("/rest/api/user/current")).told
        except ApiFault as fault:
            if fault.why in ("closed", "gone"):
                return False
            raise
        return text(told, "type") == "anonymous"

    async def file(self, one: Attachment) -> Fetched:
        return await self.api.download(one.path)

    async def restriction(self, id: str) -> tuple[Clause, ...]:
        found: set[Subject] = set()
        for start in range(0, 100 * _AT_ONCE, _AT_ONCE):
            path = f"/rest/api/content/{id}/restriction/byOperation/read"
            expand = "restrictions.user,restrictions.group"
            told = (await self.api.get(path, expand=expand, start=start, limit=_AT_ONCE)).told
            clause, more = self._named(dig(told, "restrictions"))
            found |= clause
            if not more:
                break
        return (frozenset(found),) if found else ()

    def _own(self, content: Object) -> tuple[Clause, ...] | None:
        restrictions = dig(content, "restrictions", "read", "restrictions")
        try:
            clause, more = self._named(restrictions)
        except ApiFault:
            return None
        if more:
            return None
        return (clause,) if clause else ()

    def _named(self, restrictions: object) -> tuple[Clause, bool]:
        """Those named, and whether there are more. Raises ApiFault where that is no such answer: it is no empty one."""
        found: set[Subject] = set()
        more = False
        for kind in ("user", "group"):
            results = entries(restrictions, kind, "results")
            limit = dig(restrictions, kind, "limit")
            more |= bool(dig(restrictions, kind, "_links", "next")) or (
                isinstance(limit, int) and len(results) >= limit > 0
            )
            found |= {self._user(one) if kind == "user" else self._group(one) for one in results}
        return frozenset(found), more

    def _user(self, told: Object) -> Subject:
        id = text(told, "accountId") or text(told, "userKey") or text(told, "username")
        self._people.setdefault(id, Person(text(told, "displayName"), text(told, "email"), text(told, "username")))
        return Subject("user", id)

    def _group(self, told: Object) -> Subject:
        return Subject("group", text(told, "id") or text(told, "name"))

    async def _by_start(self, path: str, limit: int = _AT_ONCE, **query: str) -> list[Object]:
        async def ask(cursor: str | None) -> tuple[Sequence[Object], str | None]:
            start = int(cursor or 0)
            told = (await self.api.get(path, start=start, limit=limit, **query)).told
            found = entries(told, "results")
            self._seen_at(told)
            return found, str(start + len(found)) if dig(told, "_links", "next") else None

        return await self.api.all(ask)

    async def _by_cursor(self, path: str, limit: int, **query: str) -> list[Object]:
        async def ask(cursor: str | None) -> tuple[Sequence[Object], str | None]:
            answer = await self.api.get(path, limit=limit, cursor=cursor, **query)
            self._seen_at(answer.told)
            further = text(answer.told, "_links", "next") or answer.headers.get("link", "")
            return entries(answer.told, "results"), cursor_in(further)

        return await self.api.all(ask)

    def _seen_at(self, told: Object) -> None:
        """Where people open it, which is not always where its API is."""
        if (base := text(told, "_links", "base")).startswith("https://"):
            self._site = base.rstrip("/")

    def _link(self, told: Object) -> str:
        path = text(told, "_links", "webui") or text(told, "webuiLink")
        return f"{self._site}{path}" if path.startswith("/") else self._site


class Cloud(_Shared):
    def __init__(self, api: Api, base: str) -> None:
        super().__init__(api, base)
        self._attached: dict[str, list[Object]] | None = None

    async def spaces(self) -> list[Space]:
        return [
            Space(_id(one), _id(one, "key")) for one in await self._by_cursor("/api/v2/spaces", 250, status="current")
        ]

    async def admitted(self, space: Space) -> tuple[Clause, ...]:
        told = await self._by_cursor(f"/api/v2/spaces/{space.id}/permissions", 250)
        readers = (
            one
            for one in told
            if (text(one, "operation", "key"), text(one, "operation", "targetType")) == ("read", "space")
        )
        return (_clause((text(one, "principal", "type").lower(), text(one, "principal", "id")) for one in readers),)

    async def pages(self, space: Space) -> list[Page]:
        found = [
            (kind, one)
            for kind, path in (("page", "pages"), ("blogpost", "blogposts"))
            for one in await self._by_cursor(f"/api/v2/spaces/{space.id}/{path}", 250, status="current")
        ]
        # After the versions: what they were changed to is then covered by restrictions that are not older.
        cql = f"space = {json.dumps(space.key)} and type in (page, blogpost)"
        told = await self._by_cursor("/rest/api/content/search", 100, cql=cql, expand=_RESTRICTIONS)
        own = {text(one, "id"): self._own(one) for one in told}
        return [self._page(kind, one, own.get(text(one, "id"))) for kind, one in found]

    def _page(self, kind: str, told: Object, own: tuple[Clause, ...] | None) -> Page:
        parent = text(told, "parentId")
        return Page(
            _id(told),
            kind,
            text(told, "title"),
            _version(told),
            _day(text(told, "version", "createdAt")),
            text(told, "ownerId") or text(told, "authorId"),
            self._link(told),
            Above(text(told, "parentType") or "page", parent) if parent else None,
            own,
        )

    async def above(self, one: Above) -> Above | None:
        path = "pages" if one.kind == "page" else _OF_SPACES.get(one.kind)
        if path is None or not _ID.fullmatch(one.id):
            raise ApiFault("Confluence puts a page below something of a kind that is not known.", "gone")
        told = (await self.api.get(f"/api/v2/{path}/{one.id}")).told
        parent = text(told, "parentId")
        return Above(text(told, "parentType") or "page", parent) if parent else None

    async def attachments(self, pages: Sequence[Page]) -> list[Attachment]:
        if self._attached is None:  # of all spaces at once: there is no listing by space
            self._attached = defaultdict(list)
            for told in await self._by_cursor("/api/v2/attachments", 250, status="current"):
                if page := text(told, "pageId") or text(told, "blogPostId"):
                    self._attached[page].append(told)
        return [self._attachment(page.id, told) for page in pages for told in self._attached.get(page.id, ())]

    def _attachment(self, page: str, told: Object) -> Attachment:
        return Attachment(
            _id(told),
            page,
            text(told, "title"),
            text(told, "mediaType"),
            _version(told),
            _day(text(told, "version", "createdAt")),
            self._link(told),
            f"/rest/api/content/{page}/child/attachment/{_id(told)}/download",
        )

    async def members(self, group: str) -> frozenset[str]:
        told = await self._by_start(f"/rest/api/group/{group}/membersByGroupId")
        return frozenset(self._user(one).id for one in told)

    async def people(self, accounts: Sequence[str]) -> dict[str, Person]:
        found: dict[str, Person] = {}
        for start in range(0, len(accounts), 100):
            told = (await self.api.post("/api/v2/users-bulk", {"accountIds": accounts[start : start + 100]})).told
            for one in entries(told, "results"):
                name = text(one, "displayName") or text(one, "publicName")
                found[text(one, "accountId")] = Person(name, text(one, "email"))
        return found

    async def group(self, id: str) -> str:
        return text((await self.api.get("/rest/api/group/by-id", id=id)).told, "name")

    async def body(self, page: Page) -> Body:
        path = f"/api/v2/{'blogposts' if page.kind == 'blogpost' else 'pages'}/{page.id}"
        return _body((await self.api.get(path, **{"body-format": "storage"})).told)


class DataCenter(_Shared):
    def __init__(self, api: Api, base: str) -> None:
        super().__init__(api, base)
        self._attached: dict[str, list[Object]] = {}

    async def spaces(self) -> list[Space]:
        told = await self._by_start("/rest/api/space", status="current")
        return [Space(_id(one, "key"), _id(one, "key")) for one in told]

    async def admitted(self, space: Space) -> tuple[Clause, ...]:
        told = (await self.api.get(f"/rest/api/space/{space.key}/permissions")).told
        readers = [
            one
            for one in entries(told, "results")
            if (text(one, "operation", "operationKey"), text(one, "operation", "targetType")) == ("read", "space")
        ]
        if any(text(one, "subject", "type") == "anonymous" for one in readers):
            return ()
        of = ((text(one, "subject", "type"), one) for one in readers)
        return (_clause((kind, text(one, "subject", "userKey") or text(one, "subject", "name")) for kind, one in of),)

    async def pages(self, space: Space) -> list[Page]:
        expand = f"version,ancestors,history,children.attachment.version,{_RESTRICTIONS}"
        return [
            self._page(kind, one)
            for kind in ("page", "blogpost")
            for one in await self._by_start(
                "/rest/api/content", 100, spaceKey=space.key, type=kind, status="current", expand=expand
            )
        ]

    def _page(self, kind: str, told: Object) -> Page:
        ancestors = entries(told, "ancestors") if dig(told, "ancestors") else []
        owner = dig(told, "history", "createdBy")
        attached = dig(told, "children", "attachment")
        if dig(attached, "results") is not None and not dig(attached, "_links", "next"):
            self._attached[_id(told)] = entries(attached, "results")
        return Page(
            _id(told),
            kind,
            text(told, "title"),
            _version(told),
            _day(text(told, "version", "when")),
            self._user(owner).id if isinstance(owner, dict) else "",
            self._link(told),
            Above("page", _id(ancestors[-1])) if ancestors else None,
            self._own(told),
        )

    async def above(self, one: Above) -> Above | None:
        told = (await self.api.get(f"/rest/api/content/{one.id}", expand="ancestors")).told
        ancestors = entries(told, "ancestors")
        return Above("page", _id(ancestors[-1])) if ancestors else None

    async def attachments(self, pages: Sequence[Page]) -> list[Attachment]:
        found: list[Attachment] = []
        for page in pages:
            told = self._attached.get(page.id)
            if told is None:
                told = await self._by_start(f"/rest/api/content/{page.id}/child/attachment", 100, expand="version")
            found += [self._attachment(page.id, one) for one in told]
        return found

    def _attachment(self, page: str, told: Object) -> Attachment:
        return Attachment(
            _id(told),
            page,
            text(told, "title"),
            text(told, "metadata", "mediaType") or text(told, "extensions", "mediaType"),
            _version(told),
            _day(text(told, "version", "when")),
            self._link(told),
            text(told, "_links", "download"),
        )

    async def members(self, group: str) -> frozenset[str]:
        told = await self._by_start(f"/rest/api/group/{_quoted(group)}/member")
        return frozenset(self._user(one).id for one in told)

    async def people(self, accounts: Sequence[str]) -> dict[str, Person]:
        """Without addresses, which Data Center does not tell."""
        for key in accounts:
            if key not in self._people:
                self._user((await self.api.get("/rest/api/user", key=key)).told)
        return {key: self._people[key] for key in accounts if key in self._people}

    async def group(self, id: str) -> str:
        return id

    async def body(self, page: Page) -> Body:
        return _body((await self.api.get(f"/rest/api/content/{page.id}", expand="body.storage,version")).told)


def _clause(named: Iterable[tuple[str, str]]) -> Clause:
    """Of kinds that are not known nobody is let in."""
    return frozenset(Subject(kind, id) for kind, id in named if kind in ("user", "group") and id)  # type: ignore[arg-type]


def _id(told: Object, name: str = "id") -> str:
    """Raises ApiFault for what cannot stand in a path."""
    if not _ID.fullmatch(found := text(told, name)):
        raise ApiFault("Confluence does not answer as its API does: an id is missing.", "garbled")
    return found


def _version(told: Object) -> str:
    if not (found := text(told, "version", "number")):
        raise ApiFault("Confluence does not answer as its API does: a version is missing.", "garbled")
    return found


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _body(told: Object) -> Body:
    storage = dig(told, "body", "storage", "value")
    if not isinstance(storage, str):
        raise ApiFault("Confluence does not answer as its API does: a page has no text.", "garbled")
    return Body(storage, _version(told), text(told, "status") or "current")


def _quoted(name: str) -> str:
    return quote(name, safe="")
