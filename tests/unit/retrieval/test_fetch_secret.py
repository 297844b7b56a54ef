"""Whose token it is, and who gets to see it: the fetcher as in test_fetch.py, asked with credentials."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterable

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.addresses import Address, Reach
from retrieval.fetch import Fetcher, FetchFault
from retrieval.sources.api import Api, ApiFault
from retrieval.sources.kind import Patience
from tests.unit.retrieval.test_fetch import ANSWER, Names, Network, Stream

HOSTS = {
    "wiki.example": "93.184.215.14",
    "media.example": "93.184.215.15",
    "wiki.example.evil.example": "93.184.215.16",
}
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
SECRET = {"Authorization": "Bearer t0"}


class Open(Stream):
    """TLS changes nothing about who reads it in the end."""

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        return self


class Covered(Network):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.connected.append(host)
        self.streams.append(Open(self._script.get(host, ANSWER)))
        return self.streams[-1]


def redirects(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()


def fetcher(network: Network) -> Fetcher:
    names = Names()
    names.answers = {name: [[ip]] for name, ip in HOSTS.items()}
    return Fetcher(Reach.of([], [8443]), resolve=names, network=network, tls=TLS)


def told(network: Network) -> set[str]:
    """The addresses that were given the token."""
    pairs = zip(network.connected, network.streams, strict=True)
    return {host for host, stream in pairs if b"t0" in stream.sent}


targets = st.builds(
    "{}://{}{}/x".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from([*HOSTS, "WIKI.example", "wiki.example."]),
    st.sampled_from(["", ":8443", ":80"]),
)


@given(first=targets, second=targets)
def test_a_token_is_never_given_to_another_host_whatever_the_first_one_says(first: str, second: str) -> None:
    media = HOSTS["media.example"]
    network = Covered({HOSTS["wiki.example"]: redirects(first), media: redirects(second)})

    async def fetch() -> None:
        one = fetcher(network)
        with contextlib.suppress(FetchFault):
            await one.get(Address.of("http://wiki.example/api"), secret=SECRET)
        await one.aclose()

    asyncio.run(fetch())
    assert told(network) == {HOSTS["wiki.example"]}
    for host, stream in zip(network.connected, network.streams, strict=True):
        if host == HOSTS["wiki.example"] and b"t0" in stream.sent:
            assert b"Host: wiki.example\r\n" in stream.sent, "nor to another port of the same host"


async def test_who_was_led_away_and_back_brings_no_token() -> None:
    back = "http://wiki.example/again"
    away = redirects("http://media.example/")
    network = Covered({HOSTS["wiki.example"]: away, HOSTS["media.example"]: redirects(back)})
    one = fetcher(network)
    with pytest.raises(FetchFault):
        await one.get(Address.of("http://wiki.example/api"), secret=SECRET)
    assert b"t0" in network.streams[0].sent
    assert not any(b"t0" in stream.sent for stream in network.streams[1:])
    await one.aclose()


@pytest.mark.parametrize("path", [".evil.example/x", "@media.example/x", "evil", "", "/../x y"])
async def test_no_path_makes_another_host_of_an_api(path: str) -> None:
    network = Covered()
    one = fetcher(network)
    asked = Api(one, "Wiki", "https://wiki.example", SECRET, Patience(tries=1))
    with pytest.raises(ApiFault, match="does not answer as its API does"):
        await asked.download(path)
    assert network.connected == []
    await one.aclose()


async def test_what_is_posted_is_posted_once_and_follows_no_redirect() -> None:
    network = Network({HOSTS["wiki.example"]: redirects("http://wiki.example/other")})
    one = fetcher(network)
    with pytest.raises(FetchFault, match="leads to another address, where nothing is sent") as fault:
        await one.post(Address.of("http://wiki.example/api"), b'{"a": 1}', SECRET)
    assert fault.value.why == "link"
    (stream,) = network.streams
    head, _, body = stream.sent.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api HTTP/1.1\r\n")
    assert body == b'{"a": 1}'
    await one.aclose()
