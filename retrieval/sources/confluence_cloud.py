"""Confluence Cloud: REST v2, and v1 where v2 has no word for it (restrictions, members of groups, downloads)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from retrieval.sources.api import Api, ApiFault, Object, entries, text, whole
from retrieval.sources.confluence_api import (
    ID,
    RESTRICTIONS,
    Above,
    Attachment,
    Body,
    Page,
    Shared,
    Space,
    body_of,
    clause_of,
    day_of,
    id_of,
    quoted,
    version_of,
)
from retrieval.sources.confluence_readers import Clause, Person

_OF_SPACES = {"folder": "folders", "whiteboard": "whiteboards", "database": "databases", "embed": "embeds"}


class Cloud(Shared):
    def __init__(self, api: Api, base: str) -> None:
        super().__init__(api, base)
        self._attached: dict[str, list[Attachment]] | None = None

    async def spaces(self) -> list[Space]:
        return await self.by_cursor(
            lambda one: Space(id_of(one), id_of(one, "key")), "/api/v2/spaces", 250, status="current"
        )

    async def admitted(self, space: Space) -> tuple[Clause, ...]:
        told = await self.by_cursor(whole, f"/api/v2/spaces/{space.id}/permissions", 250)
        readers = (
            one
            for one in told
            if (text(one, "operation", "key"), text(one, "operation", "targetType")) == ("read", "space")
        )
        return (clause_of((text(one, "principal", "type").lower(), text(one, "principal", "id")) for one in readers),)

    async def pages(self, space: Space) -> list[Page]:
        found = [
            page
            for kind, path in (("page", "pages"), ("blogpost", "blogposts"))
            for page in await self.by_cursor(
                partial(self._page, kind), f"/api/v2/spaces/{space.id}/{path}", 250, status="current"
            )
        ]
        # After the versions: what they were changed to is then covered by restrictions that are not older.
        cql = f"space = {json.dumps(space.key)} and type in (page, blogpost)"
        own = dict(
            await self.by_cursor(
                lambda one: (text(one, "id"), self.own(one)),
                "/rest/api/content/search",
                100,
                cql=cql,
                expand=RESTRICTIONS,
            )
        )
        return [replace(page, own=own.get(page.id)) for page in found]

    def _page(self, kind: str, told: Object) -> Page:
        parent = text(told, "parentId")
        return Page(
            id_of(told),
            kind,
            text(told, "title"),
            version_of(told),
            day_of(text(told, "version", "createdAt")),
            text(told, "ownerId") or text(told, "authorId"),
            self.link(told),
            Above(text(told, "parentType") or "page", parent) if parent else None,
        )

    async def above(self, one: Above) -> Above | None:
        path = "pages" if one.kind == "page" else _OF_SPACES.get(one.kind)
        if path is None or not ID.fullmatch(one.id):
            raise ApiFault("Confluence puts a page below something of a kind that is not known.", "gone")
        told = (await self.api.get(f"/api/v2/{path}/{one.id}")).told
        parent = text(told, "parentId")
        return Above(text(told, "parentType") or "page", parent) if parent else None

    async def attachments(self, pages: Sequence[Page]) -> list[Attachment]:
        if self._attached is None:  # of all spaces at once: there is no listing by space
            self._attached = defaultdict(list)
            for one in await self.by_cursor(self._attachment, "/api/v2/attachments", 250, status="current"):
                self._attached[one.page].append(one)
        return [one for page in pages for one in self._attached.get(page.id, ())]

    def _attachment(self, told: Object) -> Attachment:
        page = text(told, "pageId") or text(told, "blogPostId")
        # Of the version that was listed: whoever uploads another one may have closed the page for it first.
        version = version_of(told)
        return Attachment(
            id_of(told),
            page,
            text(told, "title"),
            text(told, "mediaType"),
            version,
            day_of(text(told, "version", "createdAt")),
            self.link(told),
            f"/rest/api/content/{page}/child/attachment/{id_of(told)}/download?{urlencode({'version': version})}",
        )

    async def members(self, group: str) -> frozenset[str]:
        return await self.members_at(f"/rest/api/group/{quoted(group)}/membersByGroupId")

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
        return body_of((await self.api.get(path, **{"body-format": "storage"})).told)
