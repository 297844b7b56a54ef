"""What Confluence says of itself: the Cloud's REST API (v2, and v1 where v2 has no word for it) and Data Center's (v1).

https://developer.atlassian.com/cloud/confluence/rest/v2/ and https://developer.atlassian.com/server/confluence/rest/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar
from urllib.parse import quote

from retrieval.fetch import Fetched
from retrieval.sources.api import Api, ApiFault, Object, cursor_in, dig, entries, key_of, text
from retrieval.sources.confluence_readers import Clause, Person, Subject

T = TypeVar("T")

ID = re.compile(r"[\w~][\w~.:-]{0,254}")
RESTRICTIONS = "restrictions.read.restrictions.user,restrictions.read.restrictions.group"
_AT_ONCE = 200


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


class Shared:
    """What both editions say in the words of v1."""

    def __init__(self, api: Api, base: str) -> None:
        self.api = api
        self._site = base
        self.known: dict[str, Person] = {}

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
        found: list[Subject] = []
        for start in range(0, 100 * _AT_ONCE, _AT_ONCE):
            path = f"/rest/api/content/{quoted(id)}/restriction/byOperation/read"
            expand = "restrictions.user,restrictions.group"
            told = (await self.api.get(path, expand=expand, start=start, limit=_AT_ONCE)).told
            named, more = self._named(dig(told, "restrictions"))
            found += named
            if not more:
                break
        return _clauses(found)

    def own(self, content: Object) -> tuple[Clause, ...] | None:
        restrictions = dig(content, "restrictions", "read", "restrictions")
        try:
            named, more = self._named(restrictions)
        except ApiFault:
            return None
        return None if more else _clauses(named)

    def _named(self, restrictions: object) -> tuple[list[Subject], bool]:
        """Those named, and whether there are more. Raises ApiFault where that is no such answer: it is no empty one."""
        found: list[Subject] = []
        more = False
        for kind in ("user", "group"):
            results = entries(restrictions, kind, "results")
            limit = dig(restrictions, kind, "limit")
            more |= bool(dig(restrictions, kind, "_links", "next")) or (
                isinstance(limit, int) and len(results) >= limit > 0
            )
            found += [self.user(one) if kind == "user" else self._group(one) for one in results]
        return found, more

    def user(self, told: Object) -> Subject:
        id = text(told, "accountId") or text(told, "userKey") or text(told, "username")
        self.known.setdefault(id, Person(text(told, "displayName"), text(told, "email"), text(told, "username")))
        return Subject("user", id)

    def _group(self, told: Object) -> Subject:
        return Subject("group", text(told, "id") or text(told, "name"))

    async def members_at(self, path: str) -> frozenset[str]:
        """Who has no id is in no group: two of them would be taken for one."""
        return frozenset(await self.by_start(lambda one: self.user(one).id, path)) - {""}

    async def by_start(self, of: Callable[[Object], T], path: str, limit: int = _AT_ONCE, **query: str) -> list[T]:
        """of: as in Api.all. Each part begins with the last entry of the one before: were it another one, something
        before it would be gone or new by now, and an entry passed over."""
        last: Object | None = None

        async def ask(cursor: str | None) -> tuple[Sequence[Object], str | None]:
            nonlocal last
            start = int(cursor or 0)
            told = (await self.api.get(path, start=start, limit=limit, **query)).told
            found = entries(told, "results")
            self._seen_at(told)
            if last is not None and (not found or key_of(found[0]) != key_of(last)):
                raise ApiFault("Confluence changed while it was listed: the next run goes on.", "away")
            last = found[-1] if len(found) > 1 else None
            return found, str(start + max(1, len(found) - 1)) if dig(told, "_links", "next") else None

        return await self.api.all(ask, of)

    async def by_cursor(self, of: Callable[[Object], T], path: str, limit: int, **query: str) -> list[T]:
        async def ask(cursor: str | None) -> tuple[Sequence[Object], str | None]:
            answer = await self.api.get(path, limit=limit, cursor=cursor, **query)
            self._seen_at(answer.told)
            further = text(answer.told, "_links", "next") or answer.headers.get("link", "")
            return entries(answer.told, "results"), cursor_in(further)

        return await self.api.all(ask, of)

    def _seen_at(self, told: Object) -> None:
        """Where people open it, which is not always where its API is."""
        if (base := text(told, "_links", "base")).startswith("https://"):
            self._site = base.rstrip("/")

    def link(self, told: Object) -> str:
        path = text(told, "_links", "webui") or text(told, "webuiLink")
        return f"{self._site}{path}" if path.startswith("/") else self._site


def _clauses(named: Sequence[Subject]) -> tuple[Clause, ...]:
    """No restriction where nobody is named; who has no id is nobody, and restricts all the same."""
    return (frozenset(one for one in named if one.id),) if named else ()


def clause_of(named: Iterable[tuple[str, str]]) -> Clause:
    """Of kinds that are not known nobody is let in."""
    return frozenset(Subject(kind, id) for kind, id in named if kind in ("user", "group") and id)  # type: ignore[arg-type]


def id_of(told: Object, name: str = "id") -> str:
    """Raises ApiFault for what cannot stand in a path."""
    if not ID.fullmatch(found := text(told, name)):
        raise ApiFault("Confluence does not answer as its API does: an id is missing.", "garbled")
    return found


def quoted(name: str) -> str:
    """As one step of a path, whatever is in it."""
    return quote(name, safe="")


def version_of(told: Object) -> str:
    if not (found := text(told, "version", "number")):
        raise ApiFault("Confluence does not answer as its API does: a version is missing.", "garbled")
    return found


def day_of(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def body_of(told: Object) -> Body:
    storage = dig(told, "body", "storage", "value")
    if not isinstance(storage, str):
        raise ApiFault("Confluence does not answer as its API does: a page has no text.", "garbled")
    return Body(storage, version_of(told), text(told, "status") or "current")
