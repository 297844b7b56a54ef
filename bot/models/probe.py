"""What an OpenAI-compatible server says of itself, for the doctor.

Nothing of anybody's text goes along, so no Permit is asked for: a GET without a body, or a POST of an empty object, to
the settings' own address, without redirects or the environment's proxies.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from bot.models.door import KEY_HEADERS, Auth
from retrieval.errors import Fault

_TIMEOUT = httpx2.Timeout(4.0, connect=3.0)
_LONGEST = 1 << 20
_NOTHING = 404


class ProbeFault(Fault):
    """A server that cannot be asked what it offers."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What GET /models said. models: None where the answer was no list of models. at: the server's clock, in whole
    seconds; None: not told."""

    status: int
    models: tuple[str, ...] | None
    at: datetime | None


async def closed(root: str, paths: Sequence[str], api_key: str | None) -> tuple[str, ...]:
    """Those of the paths at which there is nothing for a POST of an empty object. root: the address before /v1. Raises
    ProbeFault."""
    async with _client(None) as client:
        try:
            found = [await client.post(root + path, json={}, headers=_headers(api_key)) for path in paths]
        except httpx2.HTTPError as error:
            raise ProbeFault(_why(error)) from None
    return tuple(path for path, answer in zip(paths, found, strict=True) if answer.status_code == _NOTHING)


async def offer(base_url: str, api_key: str | None, proxy: str | None = None, auth: Auth = "bearer") -> Offer:
    """Ask a server for its models. auth: how the key is shown. Raises ProbeFault, with what is wrong as its sentence,
    to be read after its name."""
    headers = _headers(api_key, auth)
    async with _client(proxy) as client:
        try:
            async with client.stream("GET", f"{base_url.rstrip('/')}/models", headers=headers) as response:
                body = b""
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > _LONGEST:
                        break
                return Offer(response.status_code, _models(response, body), _time(response.headers.get("date", "")))
        except httpx2.HTTPError as error:
            raise ProbeFault(_why(error)) from None


def _client(proxy: str | None) -> httpx2.AsyncClient:
    transport = httpx2.AsyncHTTPTransport(proxy=proxy, trust_env=False)
    return httpx2.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=_TIMEOUT)


def _headers(api_key: str | None, auth: Auth = "bearer") -> dict[str, str]:
    shown = {KEY_HEADERS[auth]: f"Bearer {api_key}" if auth == "bearer" else api_key} if api_key else {}
    return {"accept": "application/json", **shown}


def _why(error: httpx2.HTTPError) -> str:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"has a certificate that is not trusted ({each.verify_message})"
        if isinstance(each, ssl.SSLError):
            return "does not speak TLS there"
    if isinstance(error, httpx2.TimeoutException):
        return "does not answer in time"
    return "cannot be reached" if isinstance(error, httpx2.ConnectError) else "breaks off its answer"


def _models(response: httpx2.Response, body: bytes) -> tuple[str, ...] | None:
    try:
        data = httpx2.Response(response.status_code, content=body).json()["data"]
        return tuple(str(model["id"]) for model in data)
    except (ValueError, LookupError, TypeError):
        return None


def _time(date: str) -> datetime | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None
