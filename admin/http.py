"""`POST /sources/NAME/documents`: where other systems push documents, JSON lines with a token."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from admin.pushing import Wanted, take
from bot.config_reading import Http
from bot.toml_file import Problem, SettingsFault
from retrieval.database import DatabaseFault
from retrieval.errors import Fault
from retrieval.pushed import PushStore

PATH = "/sources/{name}/documents"
MOST_BYTES = 256 * 1024 * 1024
"""Of one request, unpacked."""

_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{1,200})", re.IGNORECASE)
_log = logging.getLogger(__name__)


class _TooMuchError(Exception):
    """A request that goes on and on."""


@asynccontextmanager
async def http_served(settings: Http, store: PushStore, wanted: Wanted) -> AsyncIterator[str]:
    """Open while the context is; gives the address. wanted: told of a source that was pushed to."""
    server = web.Application()
    server.router.add_post(PATH, Documents(store, wanted).post)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            told = (
                f"cannot be served at {settings.host}:{settings.port} ({error.strerror}): choose another host or port"
            )
            raise SettingsFault(Problem("[http]", "", told)) from error
        host, port = runner.addresses[0][:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        await runner.cleanup()


class Documents:
    """Answers 200 where all is kept, 422 where a line was refused and the rest is kept, 401 without the source's token
    (also where there is no such source), 413 for too much, 409 and 503 with a sentence."""

    def __init__(self, store: PushStore, wanted: Wanted) -> None:
        self._store = store
        self._wanted = wanted

    async def post(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        whole = request.query.get("all", "false").lower()
        try:
            if not await self._may(request, name):
                headers = {"WWW-Authenticate": 'Bearer realm="naru"'}
                return _told("The token is not that of this source.", 401, headers)
            if whole not in ("true", "false"):
                return _told("all must be true or false.", 400)
            if (request.content_length or 0) > MOST_BYTES:
                raise _TooMuchError
            report = await take(self._store, name, _body(request), self._wanted, whole=whole == "true")
        except _TooMuchError:
            return _told(f"A request holds at most {MOST_BYTES // 1024**2} MB: send several, without all=true.", 413)
        except DatabaseFault as fault:
            _log.warning("a push was not taken: %s", fault)
            return _told("The database is away: send it again in a moment.", 503, {"Retry-After": "10"})
        except Fault as fault:
            return _told(str(fault), 409)
        return web.json_response(report.data(), status=422 if report.refused else 200)

    async def _may(self, request: web.Request, name: str) -> bool:
        if "\0" in name:  # PostgreSQL takes no such text, and no source is called so
            return False
        given = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
        # Asked with no token as well, so that each answer takes its time.
        return await self._store.allows(name, given[1] if given else "") and given is not None


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in request.content.iter_chunked(65_536):
        size += len(chunk)
        if size > MOST_BYTES:
            raise _TooMuchError
        yield chunk


def _told(sentence: str, status: int, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": sentence}, status=status, headers=headers)
