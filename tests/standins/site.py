"""A web site on loopback whose pages a test lays out, and which keeps what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tests.standins.loopback import Loopback


@dataclass
class Says:
    """One page as it is given. etag: answered with 304 where the asker has it. moved: another address instead."""

    body: str | bytes = ""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    etag: str | None = None
    modified: str | None = None
    moved: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    path: str
    headers: Mapping[str, str]


class Site(Loopback):
    """`async with Site({"/a": Says(...)}) as site`: at site.url. Pages may be changed meanwhile."""

    def __init__(self, pages: Mapping[str, Says]) -> None:
        self.pages = dict(pages)
        self.asked: list[Asked] = []

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(Asked(request.path_qs, {name.lower(): value for name, value in request.headers.items()}))
        says = self.pages.get(request.path_qs, Says(status=404))
        headers = dict(says.headers)
        if says.moved is not None:
            return web.Response(status=302, headers={"Location": says.moved})
        if says.etag is not None:
            headers["ETag"] = says.etag
        if says.modified is not None:
            headers["Last-Modified"] = says.modified
        sent = request.headers
        if says.status == 200 and (
            (says.etag is not None and sent.get("If-None-Match") == says.etag)
            or (says.modified is not None and sent.get("If-Modified-Since") == says.modified)
        ):
            return web.Response(status=304, headers=headers)
        body = says.body.encode() if isinstance(says.body, str) else says.body
        return web.Response(status=says.status, body=body, headers={**headers, "Content-Type": says.type})
