"""What stand-ins of REST APIs share: a token, trouble by order, and what was asked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.standins.loopback import Loopback

Told = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """One answer instead of the real one. body: as it is sent. short: bytes of it that never come."""

    status: int = 500
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    short: int = 0


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Rest(Loopback):
    """`async with Standin() as one`: at one.url. trouble: by how a path begins, one answer for each request, the last
    one for ever where `for_ever` holds it. between: what happens once before such a request is answered."""

    def __init__(self, authorization: str) -> None:
        self.authorization = authorization
        self.asked: list[Asked] = []
        self.trouble: dict[str, list[Trouble]] = defaultdict(list)
        self.for_ever: dict[str, Trouble] = {}
        self.between: dict[str, Callable[[], object]] = {}
        self.date: str | None = None

    def paths(self, part: str = "") -> list[str]:
        return [one.path for one in self.asked if part in one.path]

    async def answer(self, request: web.Request) -> Told | web.StreamResponse | None:
        """None: there is no such thing."""
        raise NotImplementedError

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.path_qs, headers, await request.read()))
        for start in [start for start in self.between if request.path_qs.startswith(start)]:
            self.between.pop(start)()
        for start, waiting in self.trouble.items():
            if waiting and request.path_qs.startswith(start):
                return await self._troubled(request, waiting.pop(0))
        for start, one in self.for_ever.items():
            if request.path_qs.startswith(start):
                return await self._troubled(request, one)
        if headers.get("authorization") != self.authorization:
            return web.json_response({"message": "Unauthorized"}, status=401)
        told = await self.answer(request)
        if isinstance(told, web.StreamResponse):
            return told
        return self._json({"message": "not found"} if told is None else told, 404 if told is None else 200)

    def _json(self, told: object, status: int) -> web.Response:
        headers = {"Date": self.date} if self.date is not None else {}
        return web.Response(
            body=json.dumps(told).encode(), status=status, headers=headers, content_type="application/json"
        )

    async def _troubled(self, request: web.Request, one: Trouble) -> web.StreamResponse:
        if not one.short:
            return web.Response(status=one.status, body=one.body, headers=one.headers)
        response = web.StreamResponse(status=one.status, headers=one.headers)
        response.content_length = len(one.body) + one.short
        await response.prepare(request)
        await response.write(one.body)
        assert request.transport is not None
        request.transport.close()
        return response
