"""A web API that gives JSON to whoever has a token: asked at a pace, with patience, and never led away."""

from __future__ import annotations

import asyncio
import json
import random
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeVar
from urllib.parse import unquote, urlencode

from retrieval import parse
from retrieval.addresses import Address
from retrieval.errors import Fault
from retrieval.fetch import Fetched, Fetcher, FetchFault
from retrieval.parse import MAX_BYTES, UnreadableFault
from retrieval.passage import storable
from retrieval.sources import SourceFault
from retrieval.sources.kind import Credential, Patience

T = TypeVar("T")
Why = Literal["token", "closed", "gone", "away", "busy", "big", "garbled", "elsewhere"]
Object = Mapping[str, Any]

MOST_REQUESTS = 20_000
"""For one listing: at 100 entries each, two million."""
_EMPTY_IN_A_ROW = 20
"""Pages of a listing that bring nothing new: after so many it does not end."""
_DEAD = 8
"""Requests in a row that failed after all tries: then no others are tried."""
_OF_ONE: Mapping[Why, parse.Why] = {
    "closed": "closed",
    "gone": "away",
    "away": "away",
    "busy": "away",
    "big": "too_big",
    "garbled": "broken",
    "elsewhere": "link",
}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ApiFault(SourceFault):
    """why: token (it is not taken), closed (it may not see this), gone, away, busy (it asks for a long
    pause), big (more than is read of one document), garbled (no answer of this API), elsewhere (it leads to another
    host)."""

    def __init__(self, sentence: str, why: Why) -> None:
        super().__init__(sentence)
        self.why: Why = why
        self.again = why in ("away", "busy")


@dataclass(frozen=True, slots=True)
class Answer:
    """now: by the server's own clock, by which its dates are to be read; None: it did not say."""

    told: Object
    headers: Mapping[str, str]
    now: datetime | None


class Api:
    """name: as people call it. base: what every path is appended to. secret: the headers that say who asks."""

    def __init__(
        self, fetcher: Fetcher, name: str, base: str, secret: Mapping[str, str], patience: Patience, **headers: str
    ) -> None:
        self._fetcher = fetcher
        self._name = name
        self._base = base.rstrip("/")
        self._origin = Address.of(base).origin
        self._secret = secret
        self._patience = patience
        self._headers = {"Accept": "application/json"} | {
            key.replace("_", "-"): value for key, value in headers.items()
        }
        self._next_at = 0.0
        self._dead = 0

    async def get(self, path: str, **query: str | int | None) -> Answer:
        """Raises ApiFault."""
        asked = {name: value for name, value in query.items() if value is not None}
        address = self._address(f"{path}?{urlencode(asked)}" if asked else path)
        return await self._answered(
            lambda: self._fetcher.get(address, self._headers, self._is_its_own, secret=self._secret)
        )

    async def post(self, path: str, body: Object) -> Answer:
        """Raises ApiFault."""
        address, content = self._address(path), json.dumps(body).encode()
        return await self._answered(lambda: self._fetcher.post(address, content, {**self._headers, **self._secret}))

    async def download(self, path: str) -> Fetched:
        """A file, which may lie on another host: the token does not go along. Raises ApiFault."""
        address = self._address(path)
        return await self._patiently(lambda: self._fetcher.get(address, secret=self._secret), lambda fetched: fetched)

    def _address(self, path: str) -> Address:
        # A path may come from an answer: ".example.com" would make another host of this one.
        try:
            address = Address.of(self._base + path) if path.startswith("/") else None
        except ValueError:
            address = None
        if address is None or address.origin != self._origin:
            raise self._garbled()
        return address

    def _is_its_own(self, address: Address) -> bool:
        return address.origin == self._origin

    async def _answered(self, once: Callable[[], Awaitable[Fetched]]) -> Answer:
        return await self._patiently(once, self._read)

    def _read(self, fetched: Fetched) -> Answer:
        try:
            told = json.loads(fetched.content)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, list):  # as some of Confluence's lists come
            told = {"results": told}
        if not isinstance(told, dict):
            raise self._garbled()
        return Answer(told, fetched.headers, _date(fetched.headers.get("date")))

    def _garbled(self) -> ApiFault:
        return ApiFault(f"{self._name} does not answer as its API does. Is {self._base} its address?", "garbled")

    async def _patiently(self, once: Callable[[], Awaitable[Fetched]], read: Callable[[Fetched], T]) -> T:
        tries = 1 if self._dead >= _DEAD else self._patience.tries
        for tried in range(1, tries + 1):
            await self._turn()
            wait_s = self._patience.first_s * 2 ** (tried - 1) * random.uniform(0.5, 1)
            try:
                fetched = await once()
                if fetched.status == 429 or fetched.status >= 500:
                    wait_s = max(wait_s, self._asked_to_wait(fetched))
                    raise ApiFault(f"{self._name} cannot answer now ({fetched.status}).", "away")
                self._refuse(fetched)
                found = read(fetched)
            except FetchFault as fault:
                problem = self._fault_of(fault)
            except ApiFault as fault:
                problem = fault
            else:
                self._dead = 0
                return found
            if problem.why not in ("away", "garbled"):
                self._dead = self._dead if problem.why == "busy" else 0
                raise problem
            if tried < tries:
                # All wait: others would only be told the same.
                self._next_at = max(self._next_at, _now() + wait_s)
        self._dead += 1
        raise problem

    def unread(self, uri: str, fault: ApiFault) -> Fault:
        """What is to be raised where one document cannot be read: what would end any other as well is of the source."""
        if fault.why == "token" or self.is_dead:
            return fault
        return UnreadableFault(f"{uri} cannot be read. {fault}", _OF_ONE[fault.why])

    @property
    def is_dead(self) -> bool:
        """Whether so much failed in a row that there is no sense in asking for more."""
        return self._dead >= _DEAD

    async def _turn(self) -> None:
        while (wait_s := self._next_at - _now()) > 0:  # noqa: ASYNC110  # it may be put off meanwhile
            await asyncio.sleep(wait_s)
        self._next_at = _now() + 1 / self._patience.per_second

    def _refuse(self, fetched: Fetched) -> None:
        match fetched.status:
            case 200:
                return
            case 401:
                raise ApiFault(
                    f"{self._name} does not take the token: it is wrong, expired or revoked. Make a new one and name "
                    "it under [[credentials]] in naru.toml. Nothing was changed.",
                    "token",
                )
            case 403:
                raise ApiFault(f"{self._name} does not let the token's owner see this.", "closed")
            case 404 | 410:
                raise ApiFault(f"{self._name} does not have this, or hides it from the token's owner.", "gone")
            case status:
                raise ApiFault(f"{self._name} does not take what was asked ({status}).", "garbled")

    def _fault_of(self, fault: FetchFault) -> ApiFault:
        """Without what an address asks for: that of a download holds a key of its own."""
        if fault.why in ("too_big", "bomb"):
            return ApiFault(f"{self._name} gives more than {MAX_BYTES // 1024**2} MB: split it.", "big")
        if fault.why == "link":
            return ApiFault(f"{self._name} leads to another host, where no token is sent.", "elsewhere")
        if fault.why == "away":
            return ApiFault(f"{self._name} does not answer.", "away")
        return ApiFault(_QUERY.sub("", str(fault)), "closed")

    def _asked_to_wait(self, fetched: Fetched) -> float:
        """Seconds. Raises ApiFault where it is too long to wait."""
        told = fetched.headers.get("retry-after", "").strip()
        seconds = 0.0
        if told.isascii() and told.isdecimal():
            seconds = float(told[:9])
        elif (until := _date(told)) is not None and (now := _date(fetched.headers.get("date"))) is not None:
            seconds = (until - now).total_seconds()  # both by its own clock, whatever ours says
        if seconds > self._patience.longest_s:
            self._dead = _DEAD
            raise ApiFault(f"{self._name} asks to be left alone for {seconds:,.0f} s: the next run goes on.", "busy")
        return seconds

    async def all(
        self, ask: Callable[[str | None], Awaitable[tuple[Sequence[Object], str | None]]], of: Callable[[Object], T]
    ) -> list[T]:
        """What is kept of the entries of a listing, of each once. ask: cursor -> the entries from there on, and the
        next cursor. of: an entry -> what is kept of it; whole, that of a page takes 14 kB. Raises ApiFault where the
        listing does not end."""
        found: dict[str, T] = {}
        cursor: str | None = None
        seen, idle = {cursor}, 0
        for _ in range(MOST_REQUESTS):
            given, cursor = await ask(cursor)
            before = len(found)
            found |= {key_of(entry): of(entry) for entry in given}
            idle = 0 if len(found) > before else idle + 1
            if cursor is None:
                return list(found.values())
            if cursor in seen or idle >= _EMPTY_IN_A_ROW:
                break
            seen.add(cursor)
        raise ApiFault(f"A listing of {self._name} does not end: it gives what it gave before.", "garbled")


async def or_else(asked: Awaitable[T], otherwise: T) -> T:
    """What was asked for; `otherwise` where the token's owner may not see it, or it is gone. Raises ApiFault."""
    try:
        return await asked
    except ApiFault as fault:
        if fault.why not in ("closed", "gone"):
            raise
        return otherwise


def _now() -> float:
    return asyncio.get_running_loop().time()


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


def secret_of(credential: Credential | None, name: str, location: str) -> Mapping[str, str]:
    """The header that says who asks. Raises SourceFault where nothing says it."""
    if credential is None:
        raise SourceFault(
            f'{name} is read with a token: name it under [[credentials]] in naru.toml, with location = "{location}".'
        )
    if not credential.username:
        return {"Authorization": f"Bearer {credential.password}"}
    pair = f"{credential.username}:{credential.password}".encode()
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}


def located(location: str) -> str:
    """With what follows a #, which tells sources of one host apart that have different tokens. Raises ValueError with
    the rest of a sentence."""
    base, mark, name = location.partition("#")
    address = Address.of(base)
    if address.scheme != "https" and address.host not in _LOOPBACK:
        raise ValueError("must begin with https://: anybody on the way could read the token")
    if "?" in address.path:
        raise ValueError("must hold no question mark: only the address that all others begin with")
    if mark and not re.fullmatch(r"[\w-]+", name):
        raise ValueError("must have letters, digits, - and _ after #, or no #")
    return str(address).rstrip("/") + mark + name


def base_of(location: str) -> str:
    """The address in it."""
    return location.partition("#")[0]


def dig(told: object, *path: str) -> Any:
    """What stands there; None where something on the way is missing or of another shape."""
    for name in path:
        if not isinstance(told, Mapping):
            return None
        told = told.get(name)
    return told


def text(told: object, *path: str) -> str:
    """What stands there as text that can be stored; "" for anything else. Numbers as they are written."""
    found = dig(told, *path)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return storable(found) if isinstance(found, str) else ""


def whole(entry: Object) -> Object:
    """What is kept of an entry: all of it."""
    return entry


def key_of(entry: Object) -> str:
    """What tells an entry of a listing from the others."""
    return text(entry, "id") or json.dumps(entry, sort_keys=True)


def entries(told: object, *path: str) -> list[Object]:
    """The list of objects there. Raises ApiFault where there is none: an answer of another shape is no empty list."""
    found = dig(told, *path)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ApiFault("The server does not answer as its API does: a list is missing.", "garbled")
    return found


_QUERY = re.compile(r"\?[^\s:]*")
_CURSOR = re.compile(r"[?&]cursor=([^&>#\s]+)")


def cursor_in(link: str) -> str | None:
    """What an address says where to go on: the rest of it is not followed, so that nothing leads away."""
    found = _CURSOR.search(link)
    return unquote(found[1]) if found else None
