"""Confluence Data Center: REST v1. Who may see a space it says from 9.1 on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from retrieval.sources.api import Api, Object, dig, entries, text
from retrieval.sources.confluence_api import (
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


class DataCenter(Shared):
    def __init__(self, api: Api, base: str) -> None:
        super().__init__(api, base)
        self._attached: dict[str, list[Attachment]] = {}

    async def spaces(self) -> list[Space]:
        return await self.by_start(
            lambda one: Space(id_of(one, "key"), id_of(one, "key")), "/rest/api/space", status="current"
        )

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
        return (clause_of((kind, text(one, "subject", "userKey") or text(one, "subject", "name")) for kind, one in of),)

    async def pages(self, space: Space) -> list[Page]:
        expand = f"version,ancestors,history,children.attachment.version,{RESTRICTIONS}"
        return [
            page
            for kind in ("page", "blogpost")
            for page in await self.by_start(
                partial(self._page, kind),
                "/rest/api/content",
                100,
                spaceKey=space.key,
                type=kind,
                status="current",
                expand=expand,
            )
        ]

    def _page(self, kind: str, told: Object) -> Page:
        ancestors = entries(told, "ancestors") if dig(told, "ancestors") else []
        owner = dig(told, "history", "createdBy")
        attached = dig(told, "children", "attachment")
        if dig(attached, "results") is not None and not dig(attached, "_links", "next"):
            self._attached[id_of(told)] = [self._attachment(id_of(told), one) for one in entries(attached, "results")]
        return Page(
            id_of(told),
            kind,
            text(told, "title"),
            version_of(told),
            day_of(text(told, "version", "when")),
            self.user(owner).id if isinstance(owner, dict) else "",
            self.link(told),
            Above("page", id_of(ancestors[-1])) if ancestors else None,
            self.own(told),
        )

    async def above(self, one: Above) -> Above | None:
        told = (await self.api.get(f"/rest/api/content/{quoted(one.id)}", expand="ancestors")).told
        ancestors = entries(told, "ancestors")
        return Above("page", id_of(ancestors[-1])) if ancestors else None

    async def attachments(self, pages: Sequence[Page]) -> list[Attachment]:
        found: list[Attachment] = []
        for page in pages:
            attached = self._attached.pop(page.id, None)
            if attached is None:
                path, of = f"/rest/api/content/{page.id}/child/attachment", partial(self._attachment, page.id)
                attached = await self.by_start(of, path, 100, expand="version")
            found += attached
        return found

    def _attachment(self, page: str, told: Object) -> Attachment:
        return Attachment(
            id_of(told),
            page,
            text(told, "title"),
            text(told, "metadata", "mediaType") or text(told, "extensions", "mediaType"),
            version_of(told),
            day_of(text(told, "version", "when")),
            self.link(told),
            text(told, "_links", "download"),
        )

    async def members(self, group: str) -> frozenset[str]:
        return await self.members_at(f"/rest/api/group/{quoted(group)}/member")

    async def people(self, accounts: Sequence[str]) -> dict[str, Person]:
        """Without addresses, which Data Center does not tell."""
        for key in accounts:
            if key not in self.known:
                self.user((await self.api.get("/rest/api/user", key=key)).told)
        return {key: self.known[key] for key in accounts if key in self.known}

    async def group(self, id: str) -> str:
        return id

    async def body(self, page: Page) -> Body:
        return body_of((await self.api.get(f"/rest/api/content/{page.id}", expand="body.storage,version")).told)
