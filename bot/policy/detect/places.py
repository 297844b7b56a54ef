"""Where a machine stands in a network, and a place on the globe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from bot.policy.detect.finding import Detector, Finding, because
from bot.policy.detect.segment import Segment

_IP_WORDS = (
    "아이피", "서버", "server", "host", "client", "ssh ", "ping ", "접속", "방화벽", "firewall", "blocked", "차단",
    "address", "subnet", "gateway", "게이트웨이", "vpn", "dns", "proxy", "router", "login", "로그인",
)  # fmt: skip
_IP_WORD = re.compile(r"(?<![a-z])ip(?:v[46]|s)?(?![a-z])")
_V4 = re.compile(r"[0-9](?<![A-Za-z0-9.].)[0-9]{0,2}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9A-Za-z_]|\.[0-9])")
# What is in use begins with 2, 3 (global), f (local), in four characters; 10:30:: is a time and abc::def a name.
_V6 = re.compile(r"[23fF](?<![A-Za-z0-9:.].)[0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,34}(?![0-9A-Za-z:])")
# Right before it: then four numbers are a version or a section. Right behind: 3.2.1.4절.
_VERSION_BEFORE = re.compile(
    r"(?:(?<![a-z])v(?:er(?:sion)?)?|버전|판|release|릴리스|build|빌드|section|chapter|clause|§|[/~^]|==)[ .:]{0,2}\Z"
)
_SECTION_AFTER = re.compile(r" ?[절장항조판]")
# What only an address has beside it: a scheme, a user, a port, a network, a path, a word of place.
_ADDRESSED = re.compile(
    r"(?::/{2,3}|[a-z0-9]@|\\\\|(?<![a-z])(?:to|on|at|from|via|into|node|box|machine|instance|endpoint|url|cidr"
    r"|노드|장비|인스턴스|주소|호스트|망|대역)[ :=]{1,2})\Z"
)
_THEN_ADDRESSED = re.compile(
    r":[0-9]{1,5}(?![0-9.])|/(?:[0-9]{1,2}(?![0-9.])|[a-z])|\\[a-z]|:/"
    r"|(?:에서?|에다가?|한테|에게|까지|부터)(?![가-힣])"
    r"(?! ?(?:수정|고[쳐친]|추가|변경|도입|지원|제거|발견|패치|업데이트|업그레이드))"
    r"|으?로 ?(?:접속|연결|붙|배포|보내|전송|요청|들어|ssh|핑|포워딩|옮|올리)| ?(?:번?대역|포트|port|노드|장비|쪽|머신)"
)
_OF_A_VERSION = re.compile(r"(?:upgrad|downgrad|updat|bump|migrat|releas|version|switch|fix|broke)[a-z]*[^\n]*\Z")
_PARTICLE = re.compile(r"(?:은|는|이|가|을|를|의|과|와|도|으?로)(?![가-힣])")
_BESIDE = 40
# Nobody's: loopback, unspecified, masks, multicast, documentation (RFC 6890, RFC 5737).
_NOBODYS = tuple(
    map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
)

_DOCUMENTATION_V6 = IPv6Network("2001:db8::/32")  # RFC 3849

_COORDINATE_WORDS = (
    "위도", "경도", "좌표", "gps", "latitude", "longitude", "coordinate", "lat=", "lat:", '"lat"',
    "lng", "lon=", "lon:", "geoloc", "geohash", "maps", "지도",
)  # fmt: skip
_DECIMALS = re.compile(
    r"(?P<one>[0-9](?<![0-9.].)[0-9]{0,2}\.[0-9]{3,15})(?![0-9.])"
    r"(?=(?P<gap>[^0-9+-]{1,24})(?P<other>[+-]?[0-9]{1,3}\.[0-9]{3,15})(?![0-9]))"
)
_ANGLE = r"[0-9]{1,3} ?° ?[0-9]{1,2} ?['′’] ?[0-9]{1,2}(?:\.[0-9]{1,6})? ?(?:[\"”″]|['′’]{2}) ?"
_DEGREES = re.compile(rf"(?<![0-9]){_ANGLE}[NSns북남]?[ ,/]{{0,3}}{_ANGLE}[EWew동서]?")
_KOREA = ((33.0, 39.0), (124.0, 132.0))
_PLAIN_GAP = frozenset(" ,;/|\t°NSEW")


def ip(segment: Segment) -> Iterator[Finding]:
    """Addresses of machines, v4 and v6. Private ones say where inside, and count less; four small numbers alone are
    a version or a section."""
    text = segment.text
    if text.count(".") >= 3:
        found = list(_V4.finditer(text))
        context = ("context ip" if _IP_WORD.search(segment.lower) else segment.context(_IP_WORDS)) if found else ""
        for match in found:
            score, evidence = _v4_score(segment, match, context)
            if score:
                yield Finding("ip", match.start(), match.end(), score, evidence)
    if text.count(":") >= 2:
        for match in _V6.finditer(text):
            score = _v6_score(match[0])
            if score:
                yield Finding("ip", match.start(), match.end(), score, "format v6")


def _v4_score(segment: Segment, match: re.Match[str], context: str) -> tuple[float, str]:
    octets = [int(octet) for octet in match[0].split(".")]
    if max(octets) > 255:
        return 0.0, ""
    address = IPv4Address(".".join(map(str, octets)))
    before = segment.text[max(0, match.start() - 12) : match.start()].lower()
    version = _VERSION_BEFORE.search(before) and not before.endswith("//")
    if version or _SECTION_AFTER.match(segment.text, match.end()) or any(address in range_ for range_ in _NOBODYS):
        return 0.0, ""
    if not address.is_global:
        inside = context or octets[:2] == [192, 168] or _addressed(segment, match, octets)
        return (0.4 if inside else 0.0), because("private", context)
    if context:
        return 0.8, because("format v4", context)
    long = sum(octet >= 10 for octet in octets)  # a version rarely has two such numbers
    return (0.5 if long >= 3 and max(octets) >= 100 else 0.3 * (long >= 2)), "format v4"


def _addressed(segment: Segment, match: re.Match[str], octets: list[int]) -> bool:
    """Whether what touches it makes it an address, and no version."""
    text, end = segment.lower, match.end()
    if len(text) != len(segment.text):  # İ becomes two characters
        text = segment.text
    before = text[max(0, match.start() - _BESIDE) : match.start()]
    if _THEN_ADDRESSED.match(text, end) or before.endswith("//"):
        return True
    if min(octets) >= 10 and _PARTICLE.match(text, end):  # versions have small numbers
        return True
    return _ADDRESSED.search(before) is not None and _OF_A_VERSION.search(before) is None


def _v6_score(text: str) -> float:
    try:
        address = IPv6Address(text)
    except ValueError:
        return 0.0
    if address in _DOCUMENTATION_V6:
        return 0.0
    return 0.8 if address.is_global and text[0] in "23" else 0.4


def coordinates(segment: Segment) -> Iterator[Finding]:
    """A pair of latitude and longitude to at least three decimals (about 100 m), in either order, or in degrees."""
    if segment.text.count(".") >= 2:
        for match in _DECIMALS.finditer(segment.text):
            score, evidence = _pair_score(segment, match)
            if score:
                signed = segment.text[match.start() - 1 : match.start()] in ("+", "-")
                yield Finding("coordinates", match.start() - signed, match.end("other"), score, evidence)
    if "°" in segment.text:
        for match in _DEGREES.finditer(segment.text):
            yield Finding("coordinates", match.start(), match.end(), 0.7, "format degrees")


def _pair_score(segment: Segment, match: re.Match[str]) -> tuple[float, str]:
    one, other = float(match["one"]), float(match["other"])
    pairs = [(lat, lon) for lat, lon in ((one, other), (other, one)) if abs(lat) <= 90 and abs(lon) <= 180]
    if not pairs:
        return 0.0, ""
    (south, north), (west, east) = _KOREA
    korea = any(south <= lat <= north and west <= lon <= east for lat, lon in pairs)
    context = segment.context(_COORDINATE_WORDS)
    evidence = because("Korea" * korea, context) or "format"
    if context:
        return 0.8 if korea else 0.6, evidence
    if not set(match["gap"]) <= _PLAIN_GAP:
        return 0.0, ""
    exact = all(len(value.partition(".")[2]) >= 5 and abs(float(value)) >= 10 for value in match.group("one", "other"))
    return (0.6 if korea else 0.3 * (exact and "," in match["gap"])), evidence


DETECTORS: Mapping[str, Detector] = {"ip": ip, "coordinates": coordinates}
