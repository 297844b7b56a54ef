"""What stands before vLLM: a list of exact requests, a key for all of them, and nothing in between that keeps a text.

vLLM's own key covers /v1/* alone: without it /invocations completes a chat and /adapters loads an adapter. So vLLM
listens where only this process knows the key, and here a request either is one of a list, word for word, or there is
nothing. The target is compared as it came, before anybody makes a path of it: no two slashes, dots, percent signs,
capitals, question marks or whole addresses lead anywhere. What goes on is a request of our own making: the target of
the list, the body, and a key that nobody else knows.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web
from yarl import URL

from bot.toml_file import Problem, SettingsFault

Request = tuple[str, str]

ASKED: frozenset[Request] = frozenset(
    {
        ("GET", "/health"),
        ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/embeddings"),
        ("POST", "/v1/rerank"),
        ("POST", "/v1/score"),
    }
)
"""What Naru's doors and its doctor ask of a server: method and target."""

MOST_BYTES = 8 << 20
"""Of one request: a prompt of a million tokens is not longer."""

_CONNECT_S = 3.0
_BEARER = re.compile(r"Bearer ([\x21-\x7e]{1,500})", re.IGNORECASE)
_SILENT = logging.getLogger(f"{__name__}.http")
_SILENT.setLevel(logging.CRITICAL + 1)
"""aiohttp's own logger prints the bytes of a broken request, which are somebody's text."""

_PASSED = ("content-type", "retry-after")
"""Of the server's headers; what else it says about itself stays here."""


@dataclass(frozen=True, slots=True)
class Inner:
    """The server behind: at a socket of the file system, or a port of this machine. key: its own."""

    at: Path | int
    key: str = field(repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.at}" if isinstance(self.at, int) else "http://vllm"

    def session(self) -> aiohttp.ClientSession:
        """For requests to it and to nobody else; answers may take as long as they take."""
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
            connector=aiohttp.TCPConnector(limit=0)
            if isinstance(self.at, int)
            else aiohttp.UnixConnector(str(self.at), limit=0),
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"authorization": f"Bearer {self.key}", "accept": "*/*"},
        )

    async def answers(self, session: aiohttp.ClientSession) -> bool:
        """Whether it is there and well."""
        try:
            async with asyncio.timeout(_CONNECT_S), session.get(f"{self.address}/health") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False


class Front:
    """A handler of requests. session: of `inner`. key: what who asks must show."""

    def __init__(self, inner: Inner, key: str, session: aiohttp.ClientSession) -> None:
        self._inner = inner
        self._key = key.encode()
        self._session = session

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """401 without the key, whatever is asked; then 404 for all that is not on the list."""
        if not self._may(request):
            return _refused(401, "The key is missing or wrong.")
        if (request.method, request.raw_path) not in ASKED or _wants_more(request):
            return _refused(404, "There is nothing here.")
        if (request.content_length or 0) > MOST_BYTES:
            return _too_much()
        body = await _read(request) if request.method == "POST" else b""
        if body is None:
            return _too_much()
        return await self._passed_on(request, body)

    async def _passed_on(self, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        headers = {"content-type": "application/json"} if request.method == "POST" else {}
        # Exactly the target of the list, and not what a library would make of it.
        url = URL(self._inner.address + request.raw_path, encoded=True)
        response = web.StreamResponse()
        try:
            async with self._session.request(
                request.method, url, data=body or None, headers=headers, allow_redirects=False
            ) as answer:
                response.set_status(answer.status)
                for name in _PASSED:
                    if name in answer.headers:
                        response.headers[name] = answer.headers[name]
                await response.prepare(request)
                async for piece in answer.content.iter_any():
                    await response.write(piece)
        except (aiohttp.ClientError, TimeoutError):
            if not response.prepared:
                return _refused(503, "The model is not there; it is started again.", {"Retry-After": "5"})
            # Half an answer must not look whole: the connection ends without the last chunk.
            if request.transport is not None:
                request.transport.abort()
            return response
        await response.write_eof()
        return response

    def _may(self, request: web.BaseRequest) -> bool:
        given = request.headers.getall("Authorization", [])
        found = _BEARER.fullmatch(given[0].strip()) if len(given) == 1 else None
        return hmac.compare_digest(found[1].encode() if found else b"", self._key) and found is not None


def _wants_more(request: web.BaseRequest) -> bool:
    """Another protocol on this connection, or a packed body, whose size nobody knows before it is unpacked."""
    return "upgrade" in request.headers or "content-encoding" in request.headers


async def _read(request: web.BaseRequest) -> bytes | None:
    """None where it is too much."""
    found = bytearray()
    async for piece in request.content.iter_any():
        found += piece
        if len(found) > MOST_BYTES:
            return None
    return bytes(found)


def _too_much() -> web.Response:
    response = _refused(413, f"A request holds at most {MOST_BYTES >> 20} MB.")
    response.force_close()  # the rest of it is not read
    return response


def _refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"message": sentence, "code": status}}, status=status, headers=headers)


@asynccontextmanager
async def opened_front(host: str, port: int, inner: Inner, key: str) -> AsyncIterator[str]:
    """Open while the context is; gives the address, as `base_url` wants it. Raises SettingsFault where the port cannot
    be had."""
    async with inner.session() as session:
        # Who hangs up is waited for no longer: the model stops, too.
        front = Front(inner, key, session)
        server = web.Server(front, access_log=None, logger=_SILENT, handler_cancellation=True, auto_decompress=False)
        runner = web.ServerRunner(server)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                told = f"cannot be served at {host}:{port} ({error.strerror}): choose another host or port"
                raise SettingsFault(Problem("[models]", "", told)) from error
            bound, at = runner.addresses[0][:2]
            yield f"http://{f'[{bound}]' if ':' in bound else bound}:{at}/v1"
        finally:
            await runner.cleanup()
