"""An http address taken apart once, and which IP addresses may be connected to. Pure: it resolves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urljoin, urlsplit

import idna

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 4096
"""Characters of an address."""

_PORTS = {"http": 80, "https": 443}
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\\]|\s")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_SAFE = "/%:@!$&'()*+,;=~-._"

_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # AWS, Google, Azure, OpenStack
            "169.254.170.2",  # AWS, of a container
            "fd00:ec2::254",  # AWS
            "fd20:ce::254",  # Google
            "168.63.129.16",  # Azure: a public address that only its machines reach
            "100.100.100.200",  # Alibaba
            "192.0.0.192",  # Oracle
        ),
    )
)
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
# An IPv4 address stands inside of each: what would be connected to in the end is not what is seen here.
_WRAPPED = tuple(
    map(
        ip_network,
        ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),
    )
)
# What Python's own tables say otherwise in some of its versions (IANA special-purpose address registries).
_RESERVED = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "3fff::/20")))
_GLOBAL_V6 = IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address, without user, password and fragment.

    host: lower-case ASCII, an IPv6 address without brackets. path: with the query, begins with /.
    """

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, text: str) -> Address:
        """Raises ValueError with the rest of a sentence that begins with the address."""
        if len(text) > LONGEST:
            raise ValueError(f"is longer than {LONGEST} characters")
        # Before anything parses it: parsers differ in what they skip, and urlsplit drops line ends.
        if _NO_ADDRESS.search(text):
            raise ValueError("holds a character that no address holds")
        try:
            parts = urlsplit(text)
        except ValueError:
            raise ValueError("has no host that can be read") from None
        if parts.scheme not in _PORTS:
            raise ValueError("must begin with http:// or https://")
        if "@" in parts.netloc:
            raise ValueError("must not hold a user name or password")
        host, port = _host_and_port(parts.netloc)
        path = _undotted(quote(parts.path, safe=_SAFE) or "/")
        query = f"?{quote(parts.query, safe=_SAFE + '?')}" if parts.query else ""
        return cls(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path + query)

    def joined(self, reference: str) -> Address:
        """What a page at this address means by a link. Raises ValueError."""
        reference = reference.strip("\t\n\f\r ").replace(" ", "%20")
        if _NO_ADDRESS.search(reference):
            raise ValueError("holds a character that no address holds")
        try:
            joined = urljoin(str(self), reference)
        except ValueError:
            raise ValueError("has no host that can be read") from None
        return Address.of(joined)

    @property
    def authority(self) -> str:
        """The host, and the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials belong to (RFC 6454)."""
        return self.scheme, self.host, self.port

    @property
    def has_own_port(self) -> bool:
        return self.port != _PORTS[self.scheme]

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be connected to beyond the public addresses at the ports of http and https.

    names: hosts that may be private. networks: of private addresses. exact: addresses of any kind but those that mean
    nobody or many: loopback, link-local and metadata services are reached so and in no other way.
    """

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    exact: frozenset[IP] = frozenset()
    ports: frozenset[int] = frozenset()

    @classmethod
    def of(cls, hosts: Iterable[str], ports: Iterable[int] = ()) -> Reach:
        """hosts: names, addresses and networks as in `private_hosts`. Raises ValueError with the rest of a sentence."""
        names: set[str] = set()
        networks: list[Network] = []
        exact: set[IP] = set()
        for host in hosts:
            if "/" in host:
                networks.append(_private_network(host))
                continue
            name = _host(host)
            try:
                exact.add(ip_address(name))
            except ValueError:
                names.add(name)
        return cls(frozenset(names), tuple(networks), frozenset(exact), frozenset(ports))

    def refusal(self, host: str, ip: IP) -> str | None:
        """Why `host` may not be connected to at `ip`, in a word; None: it may."""
        kind = kind_of(ip)
        if kind == "public":
            return None
        if ip in self.exact and kind not in ("unspecified", "multicast"):
            return None
        if kind == "private" and (host in self.names or any(ip in network for network in self.networks)):
            return None
        return kind


def kind_of(ip: IP) -> str:
    """public, or what else an address is: only public ones belong to somebody out there."""
    if ip in _METADATA:
        return "metadata"
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return "link-local"
    if ip.is_unspecified:
        return "unspecified"
    if ip.is_multicast:
        return "multicast"
    if ip.is_loopback:
        return "loopback"
    if any(ip in network for network in _WRAPPED):
        return "wrapped"
    if ip.is_link_local:
        return "link-local"
    if any(ip in network for network in _PRIVATE):
        return "private"
    if not ip.is_global or any(ip in network for network in _RESERVED):
        return "reserved"
    return "public" if ip.version == 4 or ip in _GLOBAL_V6 else "reserved"


def _host_and_port(netloc: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::(\d+))?", netloc, re.ASCII)
    plain = re.fullmatch(r"([^:\[\]]+)(?::(\d*))?", netloc, re.ASCII)
    if bracketed:
        host, written = str(_ip(bracketed[1])), bracketed[2]
    elif plain:
        host, written = _host(plain[1]), plain[2]
    else:
        raise ValueError("has no host that can be read")
    if not written:
        return host, None
    if len(written) > 5 or not 1 <= int(written) <= 65_535:
        raise ValueError("has a port that does not exist")
    return host, int(written)


def _host(text: str) -> str:
    """One spelling of a host. Numbers that some resolvers take for addresses (127.1, 0x7f000001, 017700000001) are
    none here, as no name ends in a number (WHATWG URL, "ends in a number checker")."""
    if ":" in text:
        return str(_ip(text))
    try:
        name = text if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError("has a host that is no name") from None
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_ip(name))
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("has a host that is no name")
    return name


def _ip(text: str) -> IP:
    try:
        found = ip_address(text)
    except ValueError:
        raise ValueError("has a host that is no IP address in its usual form") from None
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        raise ValueError("has a host with a zone")
    return found


def _private_network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError:
        raise ValueError("must be host names, IP addresses or networks such as 10.20.0.0/16") from None
    for private in _PRIVATE:
        if private.version == network.version and network.subnet_of(private):  # type: ignore[arg-type]
            return network
    raise ValueError("may only hold networks of private addresses: any other address is named by itself")


def _undotted(path: str) -> str:
    """Without . and .. as a server would resolve them (RFC 3986, 5.2.4); an escaped dot is a dot."""
    plain = re.sub("%2e", ".", path, flags=re.IGNORECASE)
    if "/." not in plain:
        return plain
    kept: list[str] = []
    segments = plain.split("/")[1:]
    for number, segment in enumerate(segments):
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
        if segment in (".", "..") and number == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)
