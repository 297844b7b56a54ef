"""The audit to another system: syslog, or HTTP. Only to a host that [audit] declares, and at least once.

syslog://HOST[:514]       RFC 5424 over UDP (RFC 5426)
syslog+tcp://HOST[:601]   over TCP, each message with its length before it (RFC 6587)
syslog+tls://HOST[:6514]  the same inside TLS (RFC 5425)
https://HOST/..           lines in the body of a POST; anything but a 2xx is a failure, redirects included
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import aiohttp

from admin.audit.formats import Format, formatted
from bot.audit_chain import Entry
from bot.config_audit import AuditSection
from bot.config_file import LOOPBACK
from retrieval.errors import Fault

TIMEOUT_S = 30.0
_PORTS = {"syslog": 514, "syslog+tcp": 601, "syslog+tls": 6514, "http": 80, "https": 443}
_LOG_AUDIT, _INFORMATIONAL = 13, 6
_PRIORITY = _LOG_AUDIT * 8 + _INFORMATIONAL
_BOM = "\ufeff"
_DATAGRAM = 65_507
"""Bytes that fit into one of UDP."""


class SendFault(Fault):
    """The audit could not be sent to where somebody wants it."""

    again = True


@dataclass(frozen=True, slots=True)
class Address:
    """Where to, looked at. parts: of the address."""

    parts: SplitResult
    host: str
    port: int

    @classmethod
    def of(cls, said: str, settings: AuditSection) -> Address:
        """Raises SendFault where that is no address, or its host is not declared."""
        try:
            parts = urlsplit(said)
            host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            host, port = "", 0
        if not host or not port or parts.username or parts.password:
            raise SendFault(f"The audit cannot be sent to that address: begin it with {', '.join(_PORTS)} and ://.")
        if host not in settings.hosts:
            raise SendFault(f"{host} is not declared: put it into `hosts` under [audit] in naru.toml.")
        if settings.authorization is not None and parts.scheme == "http" and host not in LOOPBACK:
            raise SendFault("The Authorization of [audit] would be sent in clear: use https.")
        return cls(parts, host, port)


class Target(Protocol):
    """Where lines go."""

    async def send(self, entries: Sequence[Entry], format: Format, version: str) -> None:
        """Raises SendFault where they did not all arrive, as far as that can be known."""
        ...


@asynccontextmanager
async def target(address: Address, settings: AuditSection) -> AsyncIterator[Target]:
    """Open while the context is. Raises SendFault."""
    trusted = ssl.create_default_context(cafile=settings.ca)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            opened = await _opened(address, settings, trusted)
    except (OSError, TimeoutError) as error:
        raise SendFault(f"{address.host}:{address.port} cannot be reached ({_why(error)}): check [audit].") from None
    try:
        yield opened
    finally:
        await opened.close()


async def _opened(address: Address, settings: AuditSection, trusted: ssl.SSLContext) -> _Datagrams | _Stream | _Http:
    scheme, loop = address.parts.scheme, asyncio.get_running_loop()
    if scheme == "syslog":
        transport, protocol = await loop.create_datagram_endpoint(_Refusals, remote_addr=(address.host, address.port))
        return _Datagrams(transport, protocol)
    if scheme.startswith("syslog"):
        secure = trusted if scheme == "syslog+tls" else None
        _, writer = await asyncio.open_connection(address.host, address.port, ssl=secure)
        return _Stream(writer)
    secret = settings.authorization.get_secret_value() if settings.authorization else None
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trusted), timeout=timeout, trust_env=False, raise_for_status=False
    )
    return _Http(session, address.parts.geturl(), {"Authorization": secret} if secret else {})


class _Refusals(asyncio.DatagramProtocol):
    """Remembers that nobody listens there; UDP says no more."""

    refused: OSError | None = None

    def error_received(self, exc: Exception) -> None:
        self.refused = exc if isinstance(exc, OSError) else OSError(str(exc))


class _Datagrams:
    def __init__(self, transport: asyncio.DatagramTransport, heard: _Refusals) -> None:
        self._transport = transport
        self._heard = heard

    async def send(self, entries: Sequence[Entry], format: Format, version: str) -> None:
        for entry in entries:
            message = syslog(entry, formatted(entry, format, version))
            if len(message) > _DATAGRAM:
                raise SendFault(f"Entry {entry.id} is too long for UDP: use syslog+tcp:// or syslog+tls://.")
            self._transport.sendto(message)
            await asyncio.sleep(0)
        if self._heard.refused is not None:
            raise SendFault(f"Nobody takes the audit there ({_why(self._heard.refused)}).")

    async def close(self) -> None:
        self._transport.close()


class _Stream:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, entries: Sequence[Entry], format: Format, version: str) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                for entry in entries:
                    message = syslog(entry, formatted(entry, format, version))
                    self._writer.write(b"%d %b" % (len(message), message))
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise SendFault(f"The connection for the audit broke ({_why(error)}).") from None

    async def close(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            return  # what was sent before is on its way, and more cannot be done


class _Http:
    def __init__(self, session: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> None:
        self._session = session
        self._url = url
        self._headers = headers

    async def send(self, entries: Sequence[Entry], format: Format, version: str) -> None:
        body = "".join(f"{formatted(entry, format, version)}\n" for entry in entries).encode()
        kind = "text/plain; charset=utf-8" if format == "cef" else "application/x-ndjson"
        headers = {**self._headers, "Content-Type": kind}
        try:
            async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as reply:
                status = reply.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SendFault(f"The audit was not taken ({type(error).__name__}).") from None
        if not 200 <= status < 300:
            raise SendFault(f"The audit was not taken (status {status}).")

    async def close(self) -> None:
        await self._session.close()


def syslog(entry: Entry, line: str) -> bytes:
    """A message of RFC 5424. A line that is not ASCII begins with a byte order mark, as its section 6.4 asks."""
    at = entry.data()["at"].replace("+00:00", "Z")
    text = line if line.isascii() else f"{_BOM}{line}"
    host = platform.node().encode("ascii", "replace").decode()[:255] or "-"
    return f"<{_PRIORITY}>1 {at} {host} naru {os.getpid()} {entry.kind[:32]} - {text}".encode()


class Cursor:
    """How far an address has the audit: home/audit.sent, JSON (0600). key: the address, with what was asked for."""

    def __init__(self, home: Path, key: str) -> None:
        self._path = home / "audit.sent"
        self._key = key

    def last(self) -> int:
        """The id of the last entry that arrived; 0: none."""
        return self._all().get(self._key, 0)

    def moved(self, last: int) -> None:
        """Raises OSError."""
        said = json.dumps({**self._all(), self._key: last})
        fresh = self._path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(said)
        fresh.replace(self._path)

    def _all(self) -> dict[str, int]:
        """Where it cannot be read everything is sent again: twice is better than never."""
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}


def _why(error: BaseException) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
