"""The fetcher as a machine out there meets it: no socket is opened, what would be connected to is written down."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.addresses import IP, Address, Reach, kind_of
from retrieval.fetch import Fetched, Fetcher, FetchFault, Limits

PUBLIC = "93.184.215.14"
NOWHERE_PRIVATE, USUAL = Reach(), Limits()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Network(httpcore2.AsyncNetworkBackend):
    """Connects to nothing: says what its script says for an IP address, and keeps what was connected to and sent."""

    def __init__(self, script: Mapping[str, bytes] | None = None) -> None:
        self.connected: list[str] = []
        self.streams: list[Stream] = []
        self._script = script or {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.connected.append(host)
        self.streams.append(Stream(self._script.get(host, ANSWER)))
        return self.streams[-1]


class Stream(httpcore2.AsyncNetworkStream):
    def __init__(self, says: bytes) -> None:
        self.sent = b""
        self._says = says

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if self._says.startswith(b"SILENCE"):
            await asyncio.sleep(3600)
        said, self._says = self._says[:max_bytes], self._says[max_bytes:]
        return said

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self.sent += buffer

    async def aclose(self) -> None:
        pass


class Names:
    """A resolver by the book: each look-up of a name takes the next of its answers, the last one repeating."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self.answers = {name.replace("_", "."): [one.split(",") for one in given] for name, given in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[IP]:
        self.asked.append(host)
        try:
            return [ip_address(host)]
        except ValueError:
            answers = self.answers.get(host)
        if answers is None:
            raise OSError("no such name")
        return [ip_address(one) for one in (answers.pop(0) if len(answers) > 1 else answers[0])]


async def get(
    url: str, network: Network, names: Names | None = None, reach: Reach = NOWHERE_PRIVATE, limits: Limits = USUAL
) -> Fetched:
    """As the readers of sources use it: what is no address is refused before the fetcher sees it."""
    fetcher = Fetcher(reach, limits=limits, resolve=names or Names(), network=network)
    try:
        return await fetcher.get(Address.of(url))
    finally:
        await fetcher.aclose()


REFUSED = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.8.9.10/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://0/",
    "http://0.0.0.0/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://127%2e0%2e0%2e1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/",
    "http://2852039166/",
    "http://0xA9.0xFE.0xA9.0xFE/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://[fd00:ec2::254]/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2001:0:4136:e378:8000:63bf:807f:fffe]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://192.88.99.1/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://ⓛocalhost/",
    "http://inside.example/",
    "http://both.example/",
    "http://metadata.example/",
    "http://user@public.example/",
    "http://public.example@127.0.0.1/",
    "http://public.example:80@127.0.0.1/",
    "http://127.0.0.1:80\\@public.example/",
    "http://127.0.0.1\t.public.example/",
    "http://127.0.0.1\r\nHost: x/",
    "http://public.example:22/",
    "http://public.example:6379/",
    "http://public.example:99999/",
    "http://public.example:0x50/",
    "http:///etc/passwd",
    "http://",
    "file:///etc/passwd",
    "ftp://public.example/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "//127.0.0.1/",
    "http://[127.0.0.1]/",
    "http://[::1",
    "http://public..example/",
    "http://-public.example/",
    "http://" + "a" * 64 + ".example/",
]


def names() -> Names:
    return Names(
        public_example=[PUBLIC],
        localhost=["127.0.0.1"],
        inside_example=["10.1.2.3"],
        both_example=[f"{PUBLIC},127.0.0.1"],
        metadata_example=["169.254.169.254"],
    )


@pytest.mark.parametrize("url", REFUSED)
async def test_what_leads_into_the_building_or_to_itself_is_never_connected_to(url: str) -> None:
    network = Network()
    with pytest.raises((FetchFault, ValueError)):
        await get(url, network, names())
    assert network.connected == []


@pytest.mark.parametrize(
    "target", [url for url in REFUSED if url.startswith(("http", "//")) and not set("\r\n") & set(url)]
)
async def test_nor_does_a_redirect_lead_there(target: str) -> None:
    says = b"HTTP/1.1 302 Found\r\nLocation: " + target.encode() + b"\r\nContent-Length: 0\r\n\r\n"
    network = Network({PUBLIC: says})
    with pytest.raises(FetchFault):
        await get("http://public.example/", network, names())
    assert set(network.connected) == {PUBLIC}


async def test_what_is_checked_is_what_is_connected_to_though_the_name_means_another_machine_a_moment_later() -> None:
    rebinding = Names(evil_example=[PUBLIC, "127.0.0.1"])
    network = Network()
    assert (await get("http://evil.example/", network, rebinding)).content == b"hi"
    assert network.connected == [PUBLIC]
    assert rebinding.asked == ["evil.example"], "resolved once"
    with pytest.raises(FetchFault, match="may not be read"):
        await get("http://evil.example/", network, rebinding)
    assert network.connected == [PUBLIC]


ips = st.one_of(
    st.ip_addresses(v=4),
    st.ip_addresses(v=6),
    *(st.ip_addresses(network=network) for network in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10")),
    *(
        st.ip_addresses(network=network)
        for network in ("fc00::/7", "fe80::/10", "::ffff:0:0/96", "2002::/16", "::/124")
    ),
)
reaches = st.sampled_from(
    [
        Reach(),
        Reach.of(["wiki.example"]),
        Reach.of(["10.0.0.0/8", "fc00::/7"]),
        Reach.of(["127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1"]),
    ]
)


@given(answers=st.lists(st.lists(ips, min_size=1, max_size=3), min_size=1, max_size=4), reach=reaches, data=st.data())
def test_nothing_that_the_check_refuses_is_ever_connected_to(
    answers: list[list[IP]], reach: Reach, data: st.DataObject
) -> None:
    """Names that change with each look-up, redirects from one to another: only what the check allows is reached."""
    resolver = Names(wiki_example=["127.0.0.1"])
    resolver.answers["wiki.example"] = [[str(ip) for ip in answer] for answer in answers]
    hop = b"HTTP/1.1 302 Found\r\nLocation: http://wiki.example/%d\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    hops = {str(ip): hop % number for number, answer in enumerate(answers) for ip in answer}
    network = Network(hops if data.draw(st.booleans()) else {})

    async def fetch() -> None:
        with contextlib.suppress(FetchFault):
            await get("http://wiki.example/", network, resolver, reach)

    asyncio.run(fetch())
    for host in network.connected:
        ip = ip_address(host)
        assert reach.refusal("wiki.example", ip) is None
        assert kind_of(ip) not in ("unspecified", "multicast")
        if kind_of(ip) != "public":
            assert ip in reach.exact or "wiki.example" in reach.names or any(ip in n for n in reach.networks)


async def test_a_private_host_is_read_where_it_is_declared_by_name_and_its_loopback_is_not() -> None:
    reach = Reach.of(["Wiki.Corp.Example."])
    network = Network()
    resolver = Names(
        wiki_corp_example=["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1"], other_corp_example=["10.1.2.3"]
    )
    assert (await get("http://wiki.corp.example/", network, resolver, reach)).status == 200
    for _ in range(3):
        with pytest.raises(FetchFault, match="may not be read"):
            await get("http://wiki.corp.example/", network, resolver, reach)
    with pytest.raises(FetchFault, match=r"private one.*fetch\.private_hosts"):
        await get("http://other.corp.example/", network, resolver, reach)
    assert network.connected == ["10.1.2.3"]


async def test_a_network_may_be_declared_and_loopback_only_by_itself() -> None:
    network = Network()
    assert (await get("http://10.1.2.3/", network, reach=Reach.of(["10.1.0.0/16"]))).status == 200
    assert (await get("http://127.0.0.1/", network, reach=Reach.of(["127.0.0.1"]))).status == 200
    with pytest.raises(FetchFault):
        await get("http://127.0.0.2/", network, reach=Reach.of(["127.0.0.1"]))
    for wide in ("0.0.0.0/0", "127.0.0.0/8", "169.254.0.0/16", "::/0", "10.0.0.0/7"):
        with pytest.raises(ValueError, match="private addresses"):
            Reach.of([wide])


async def test_a_port_of_its_own_is_a_setting() -> None:
    network = Network()
    with pytest.raises(FetchFault, match=r"name 8080 in fetch\.ports"):
        await get("http://public.example:8080/", network, names())
    assert (await get("http://public.example:8080/", network, names(), Reach.of([], [8080]))).content == b"hi"


async def test_nothing_is_sent_that_http_does_not_need_and_the_host_is_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    network = Network()
    await get("http://public.example/a?b=c", network, names())
    lines = network.streams[0].sent.decode().split("\r\n")
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert lines[1] == "Host: public.example"
    assert {line.partition(":")[0] for line in lines[1:] if line} == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


def answer(head: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {head}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (answer(f"200 OK\r\nContent-Length: {2 * 1024**3}"), "too_big"),
        (answer("200 OK\r\nConnection: close", b"x" * 5000), "too_big"),
        (answer("200 OK\r\nConnection: close\r\nContent-Encoding: gzip", gzip.compress(bytes(10**6))), "bomb"),
        (answer("200 OK\r\nConnection: close\r\nContent-Encoding: gzip", b"no gzip at all"), "broken"),
        (answer("200 OK\r\nConnection: close\r\nContent-Encoding: br", b"x"), "broken"),
        (answer("200 OK\r\nX: " + "y" * 200_000), "away"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "away"),
        (b"", "away"),
        (b"SILENCE", "away"),
        (answer("302 Found\r\nLocation: http://public.example/\r\nContent-Length: 0") * 9, "link"),
    ],
)
async def test_an_answer_that_is_too_much_or_none_is_one_sentence(says: bytes, why: str) -> None:
    with pytest.raises(FetchFault) as fault:
        await get(
            "http://public.example/", Network({PUBLIC: says}), names(), limits=Limits(size=4096, first_byte_s=0.2)
        )
    assert fault.value.why == why
    assert str(fault.value).endswith(".")


async def test_the_limit_of_time_holds_for_all_of_it() -> None:
    limits = Limits(first_byte_s=30, total_s=0.1)
    with pytest.raises(FetchFault, match=r"within 0\.1 s"):
        await get("http://public.example/", Network({PUBLIC: b"SILENCE"}), names(), limits=limits)


async def test_a_packed_page_is_unpacked() -> None:
    body = gzip.compress("연차".encode() * 100)
    says = answer(f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}", body)
    assert (await get("http://public.example/", Network({PUBLIC: says}), names())).content == "연차".encode() * 100


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("https://example.com:443/a#b", "https://example.com/a"),
        ("http://example.com/a/../b/./c/.", "http://example.com/b/c/"),
        ("http://example.com/%2e%2e/%2E%2E/a", "http://example.com/a"),
        ("http://나루.example/연차?q=일수", "http://xn--910br1n.example/%EC%97%B0%EC%B0%A8?q=%EC%9D%BC%EC%88%98"),
        ("http://[2606:2800:21f:0:0:0:0:1]:8080/", "http://[2606:2800:21f::1]:8080/"),
        ("http://example.com./", "http://example.com/"),
    ],
)
def test_an_address_has_one_spelling(written: str, read: str) -> None:
    assert str(Address.of(written)) == read
    assert Address.of(read) == Address.of(written)


@given(st.text(max_size=60))
def test_any_text_is_an_address_with_one_spelling_or_refused(text: str) -> None:
    for written in (text, f"http://{text}", f"http://example.com/{text}"):
        try:
            address = Address.of(written)
        except ValueError:
            continue
        assert Address.of(str(address)) == address
        assert str(address).isascii()
        assert not set("\r\n\t @\\") & set(address.authority)
