"""Notion on loopback, as its API of 2025-09-03 is documented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.standins.rest import Rest, Told

LONG_AGO = "2026-11-20T01:02:00.000Z"


def id_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def rich(text: str, **more: object) -> list[Told]:
    return [{"type": "text", "plain_text": text, "href": None, "annotations": {}, **more}]


def block(kind: str, text: str = "", *children: Told, **more: object) -> Told:
    """A block with the blocks within it, which the stand-in gives by themselves."""
    told = {"rich_text": rich(text), **more} if text else dict(more)
    return {"object": "block", "type": kind, kind: told, "children": children}


@dataclass
class Page:
    id: str
    title: str
    blocks: Sequence[Told] = ()
    edited: str = LONG_AGO
    source: str = ""
    properties: Told = field(default_factory=dict)
    in_trash: bool = False

    def told(self) -> Told:
        title = {"Name": {"type": "title", "title": rich(self.title)}}
        row = {"type": "data_source_id", "data_source_id": self.source}
        return {
            "object": "page",
            "id": self.id,
            "last_edited_time": self.edited,
            "created_by": {"object": "user", "id": "u-1"},
            "in_trash": self.in_trash,
            "archived": self.in_trash,
            "parent": row if self.source else {"type": "workspace", "workspace": True},
            "url": f"https://www.notion.so/{self.id.replace('-', '')}",
            "properties": {**self.properties, **title},
        }


class Notion(Rest):
    """found: ids of pages that the search does not give. page_size: of every listing, at most."""

    def __init__(self, *pages: Page, sources: Sequence[str] = (), page_size: int = 2) -> None:
        super().__init__("Bearer t0")
        self.pages = {page.id: page for page in pages}
        self.sources = list(sources)
        self.page_size = page_size
        self.unsearched: set[str] = set()
        self.users: list[Told] | None = [{"object": "user", "id": "u-1", "name": "김하늘", "type": "person"}]
        self._blocks: dict[str, list[Told]] = {}

    async def answer(self, request: web.Request) -> Told | web.StreamResponse | None:
        if request.headers.get("Notion-Version") != "2025-09-03":
            return web.json_response({"code": "missing_version"}, status=400)
        path = request.path
        if path == "/v1/search":
            shown = [one.told() for one in self.pages.values() if one.id not in self.unsearched]
            return await self._posted(request, [*shown, *({"object": "data_source", "id": id} for id in self.sources)])
        if found := re.fullmatch(r"/v1/data_sources/([\w-]+)/query", path):
            return await self._posted(request, [one.told() for one in self.pages.values() if one.source == found[1]])
        if path == "/v1/users":
            return None if self.users is None else self._part(self.users, request.query)
        if found := re.fullmatch(r"/v1/pages/([\w-]+)", path):
            page = self.pages.get(found[1])
            return None if page is None else page.told()
        if found := re.fullmatch(r"/v1/blocks/([\w-]+)/children", path):
            blocks = self._below(found[1])
            return None if blocks is None else self._part(blocks, request.query)
        return None

    def _below(self, id: str) -> list[Told] | None:
        if id not in self._blocks:
            if id not in self.pages:
                return None
            self._keep(id, self.pages[id].blocks)
        return self._blocks[id]

    def _keep(self, id: str, blocks: Sequence[Told]) -> None:
        self._blocks[id] = []
        for one in blocks:
            number = 10**6 + len(self._blocks) * 10**5 + len(self._blocks[id])
            own = {"id": id_of(number), "has_children": bool(one["children"]), **one}
            children = own.pop("children")
            self._blocks[id].append(own)
            if children and not own.get("hidden"):
                self._keep(own["id"], children)

    def changed(self, id: str) -> None:
        """Its blocks are laid out anew when they are asked for."""
        self._blocks.pop(id, None)

    async def _posted(self, request: web.Request, found: Sequence[Told]) -> Told:
        return self._part(found, await request.json())

    def _part(self, found: Sequence[Told], asked: Any) -> Told:
        start = int(asked.get("start_cursor") or 0)
        end = start + min(self.page_size, int(asked.get("page_size", 100)))
        more = end < len(found)
        return {
            "object": "list",
            "results": list(found[start:end]),
            "has_more": more,
            "next_cursor": str(end) if more else None,
        }
