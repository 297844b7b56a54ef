"""The one fetcher of addresses found in content or configuration.

A name is resolved once, each address that it has is checked, and one of those is connected to: a name that means
another machine a moment later changes nothing. A redirect is a new address and goes the same way.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address

import httpcore2

from retrieval.addresses import IP, Address, Reach
from retrieval.errors import Fault
from retrieval.parse import MAX_BYTES, Why

USER_AGENT = "Naru"
"""Also the name that robots.txt knows us by."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CODINGS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}

Resolve = Callable[[str, int], Awaitable[Sequence[IP]]]
"""(host, port) -> its addresses; raises OSError."""


class FetchFault(Fault):
    """An address that was not fetched. why: closed (it may not be), away (it does not answer), too_big, bomb, link (a
    redirect leads where it should not), broken."""

    def __init__(self, sentence: str, why: Why) -> None:
        super().__init__(sentence)
        self.why: Why = why
        self.again = why == "away"


@dataclass(frozen=True, slots=True)
class Limits:
    """size: bytes of a body, packed and unpacked each. first_byte_s: until the headers are there, with resolving and
    connecting. total_s: with all redirects. Headers end at 100 KB (httpcore2)."""

    size: int = MAX_BYTES
    redirects: int = 5
    first_byte_s: float = 20.0
    total_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """address: where the redirects ended. headers: names in lower case."""

    address: Address
    status: int
    headers: Mapping[str, str]
    content: bytes


def anywhere(_: Address) -> bool:
    return True


async def resolved(host: str, port: int) -> Sequence[IP]:
    """What the system's resolver says."""
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class Fetcher:
    """GET, and POST of JSON, without cookies and the environment's proxies. Credentials go to the host that was asked
    and to no other. Close it with aclose()."""

    def __init__(
        self,
        reach: Reach,
        *,
        limits: Limits = Limits(),
        resolve: Resolve = resolved,
        network: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """resolve, network: how names become addresses and addresses connections."""
        self._reach = reach
        self._limits = limits
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=8,
            keepalive_expiry=10.0,
            network_backend=_Checked(reach, resolve, network or httpcore2.AnyIOBackend()),
        )

    async def get(
        self,
        address: Address,
        headers: Mapping[str, str] | None = None,
        within: Callable[[Address], bool] = anywhere,
        *,
        secret: Mapping[str, str] | None = None,
    ) -> Fetched:
        """What stands there, whatever its status. within: which addresses a redirect may lead to. secret: headers that
        are left out once a redirect leads to another host. Raises FetchFault."""
        async with self._in_time(address):
            return await self._follow(address, headers or {}, within, secret or {})

    async def post(self, address: Address, body: bytes, headers: Mapping[str, str]) -> Fetched:
        """What is answered to JSON, whatever its status. A redirect is not followed. Raises FetchFault."""
        async with self._in_time(address):
            sent = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
            fetched = await self._one(address, sent, body)
            if fetched.status in _REDIRECTS:
                raise FetchFault(f"{address} leads to another address, where nothing is sent.", "link")
            return fetched

    @asynccontextmanager
    async def _in_time(self, address: Address) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limits.total_s):
                yield
        except TimeoutError:
            raise FetchFault(f"{address} did not come within {self._limits.total_s:g} s.", "away") from None

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _follow(
        self,
        address: Address,
        headers: Mapping[str, str],
        within: Callable[[Address], bool],
        secret: Mapping[str, str],
    ) -> Fetched:
        for _ in range(self._limits.redirects + 1):
            fetched = await self._one(address, {**headers, **secret})
            location = fetched.headers.get("location")
            if fetched.status not in _REDIRECTS or location is None:
                return fetched
            target = _redirected(address, location)
            if not within(target):
                raise FetchFault(f"{address} leads to {target.authority}, outside of what may be read.", "link")
            # For good: what is led away and back again was in somebody else's hands.
            secret = secret if target.origin == address.origin else {}
            address = target
        raise FetchFault(f"{address} comes after more than {self._limits.redirects} redirects.", "link")

    async def _one(self, address: Address, headers: Mapping[str, str], body: bytes | None = None) -> Fetched:
        if address.has_own_port and address.port not in self._reach.ports:
            raise FetchFault(
                f"{address} has a port that is not declared: name {address.port} in fetch.ports of naru.toml.", "closed"
            )
        async with self._answered(address, headers, body) as response:
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            redirects = response.status in _REDIRECTS and "location" in told
            content = b"" if redirects else await self._body(address, told, response)
            return Fetched(address, response.status, told, content)

    @asynccontextmanager
    async def _answered(
        self, address: Address, headers: Mapping[str, str], body: bytes | None
    ) -> AsyncIterator[httpcore2.Response]:
        url = httpcore2.URL(
            scheme=address.scheme, host=address.host, port=address.port, target=address.path.encode("ascii")
        )
        sent: dict[bytes | str, bytes | str] = {
            "Host": address.authority,
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
        }
        sent.update(headers.items())
        first = self._limits.first_byte_s
        timeouts = {"connect": first, "read": first, "write": first, "pool": first}
        method = "GET" if body is None else "POST"
        request = httpcore2.Request(method, url, headers=sent, content=body, extensions={"timeout": timeouts})
        try:
            async with asyncio.timeout(first):
                response = await self._pool.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
        except (httpcore2.TimeoutException, TimeoutError):
            raise FetchFault(f"{address} does not answer in time.", "away") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise FetchFault(f"{address} cannot be reached ({_reason(error)}).", "away") from error

    async def _body(self, address: Address, told: Mapping[str, str], response: httpcore2.Response) -> bytes:
        largest = self._limits.size
        too_big = FetchFault(f"{address} is over {largest // 1024**2} MB: split it.", "too_big")
        length = told.get("content-length", "0")
        if length.isascii() and length.isdecimal() and int(length) > largest:
            raise too_big
        unpack = _unpacker(address, told.get("content-encoding", "").strip().lower())
        packed, content = 0, bytearray()
        async for chunk in response.aiter_stream():
            packed += len(chunk)
            if packed > largest:
                raise too_big
            if unpack is None:
                content += chunk
                continue
            try:
                content += unpack.decompress(chunk, largest + 1 - len(content))
            except zlib.error:
                raise FetchFault(f"{address} is not packed as its headers say.", "broken") from None
            if len(content) > largest:
                raise FetchFault(f"{address} unpacks to over {largest // 1024**2} MB.", "bomb")
        return bytes(content)


class _Checked(httpcore2.AsyncNetworkBackend):
    """Connects to what the check allows: the last step before the socket, so that nothing is resolved after it."""

    def __init__(self, reach: Reach, resolve: Resolve, network: httpcore2.AsyncNetworkBackend) -> None:
        self._reach = reach
        self._resolve = resolve
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        ips = await self._checked(host, port)
        for ip in ips[:-1]:
            try:
                return await self._network.connect_tcp(str(ip), port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._network.connect_tcp(str(ips[-1]), port, timeout, local_address, socket_options)

    async def _checked(self, host: str, port: int) -> Sequence[IP]:
        """A name with one address that may not be connected to is a name that plays: none of them is."""
        try:
            ips = await self._resolve(host, port)
        except (OSError, UnicodeError):
            ips = ()
        if not ips:
            raise FetchFault(f"The host {host} is not known to this machine's resolver.", "away")
        for ip in ips:
            refusal = self._reach.refusal(host, ip)
            if refusal is not None:
                raise FetchFault(_refused(host, refusal), "closed")
        return ips


def _refused(host: str, kind: str) -> str:
    if kind == "private":
        return f"The host {host} is a private one: if it may be read, name it in fetch.private_hosts of naru.toml."
    return f"The host {host} has an address that may not be read ({kind})."


def _redirected(address: Address, location: str) -> Address:
    try:
        target = address.joined(location)
    except ValueError as error:
        raise FetchFault(f"{address} leads to an address that {error}.", "link") from None
    if address.scheme == "https" and target.scheme == "http":
        raise FetchFault(f"{address} leads from https:// to http://, where others can read along.", "link")
    return target


def _unpacker(address: Address, coding: str) -> zlib._Decompress | None:
    if coding in ("", "identity"):
        return None
    if coding not in _CODINGS:
        raise FetchFault(f"{address} is packed in a way that nobody asked for.", "broken")
    return zlib.decompressobj(_CODINGS[coding])


def _reason(error: Exception) -> str:
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return "its certificate is not valid for that name, or of nobody whom this machine trusts"
        below = below.__cause__ or below.__context__
    return {
        httpcore2.ConnectError: "nothing answers there",
        httpcore2.RemoteProtocolError: "it does not speak HTTP as it should",
    }.get(type(error), "the connection broke")
