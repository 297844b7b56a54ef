"""Names that a company lists: of its people, its customers, its projects. Pure.

A name is compared by its letters and digits alone, in lower case, so that spaces, hyphens and dots never hide one. Of a
million names only 64-bit hashes are kept, sorted: 8 bytes each, and a filter of 2 bytes each that spares most looks.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Protocol

from bot.policy.detect.common_words import COMMON
from bot.policy.detect.finding import ROUTE, Finding
from bot.policy.detect.letters import LATIN, Text, begins, close, ends, letters_of
from bot.policy.detect.normal import fold, whole
from bot.policy.detect.segment import Segment

KINDS: tuple[str, ...] = ("person", "customer", "project")
"""The kinds that a listed name can have."""
SHORTEST = 2

_HEADS = 1 << 16
_TAG = 7
"""The lowest bits of a kept hash say the kind."""
_SHELVES = 1 << 10
_SHELF_BITS = 64 - 10
_TITLE = (
    "(?:선임|책임|수석|전임)?(?:연구원|매니저|엔지니어)|[총부]?(?:본부장|지점장|그룹장|센터장|연구소장|파트장|소장|원장|팀장|실장|국장|반장)"
    "|대리|과장|차장|부장|사원|주임|선임|책임|수석|인턴|이사|상무|전무|부사장|사장|부회장|회장|대표(?:이사)?|프로|리더|교수|박사"
    "|변호사|회계사|노무사|선생|고객|기자|의원|위원|간사|씨"
)
_PARTICLES = (
    "은|는|이|가|을|를|과|와|으로|로|에|에게|의|도|만|까지|부터|께서?|한테|에서|에게서|한테서|처럼|보다|마다|조차|마저|밖에|이나|나"
    "|든지|이든|랑|이랑|하고|라도|이라도|으로서|로서|으로써|로써|대로|커녕|뿐|쯤|들|네|측|아|야|여|님"
)
_ONE_SYLLABLE = frozenset("은는이가을를과와로에의도만")  # 조정은: a person, or mediation
_VERB = (
    "(?:입니|이에|이예|예요|에요|이었|였|인[데가지]|이래|래요|이라|라[고는며]|란|이란|이고|이며|이야|이죠|죠|이지|일까|임"
    "|이네|이신|이십)"
)
_ENDING = re.compile(
    rf"(?P<title>\s?(?:(?:{_TITLE})님?|님))?"
    rf"(?:(?:{_PARTICLES}){{0,3}}(?![가-힣])|(?:{_PARTICLES}){{0,2}}{_VERB})"
)
_WORDS_TOO = frozenset("이그저한두전정조주지신안남수유임장성고문사우하원대시구국제총매각본")
"""Surnames that are words of their own: before a space they say little."""


_LEGAL_FORM = re.compile(
    r"\((?:주|유|재|사|株)\)|주식회사|유한회사|재단법인|사단법인"
    r"|(?<=\w)[\s,]+(?:inc|corp|corporation|co|ltd|llc|plc|gmbh|ag|sa)\b\.?(?:[\s,]*ltd\b\.?)?\s*\Z",
    re.IGNORECASE,
)
"""What people leave out of a company's name."""


class Lists(Protocol):
    """What is listed. epoch: another one whenever the lists say something else."""

    @property
    def epoch(self) -> str: ...

    def find(self, segment: Segment) -> Iterable[Finding]: ...


class _Nothing:
    epoch = ""

    def find(self, segment: Segment) -> Iterable[Finding]:
        return ()


NO_LISTS: Lists = _Nothing()


class Names:
    """Listed names, found under any particle, spacing, width and case; a person's also with the family name at the
    other end. Of each it is only known whether it is one: nothing here can tell what is listed."""

    def __init__(self, listed: Iterable[tuple[str, str]]) -> None:
        """listed: kinds and names. A name of less than two letters is none."""
        digest = sha256()
        shelves = [array("Q") for _ in range(_SHELVES)]
        self._heads = array("Q", bytes(8 * _HEADS))
        for kind, name in listed:
            digest.update(f"{kind}\0{name}\n".encode("utf-8", "surrogatepass"))
            tag = 1 + KINDS.index(kind)
            for key in _keys(kind, name):
                kept = _hash(key) & ~_TAG | tag
                shelves[kept >> _SHELF_BITS].append(kept)
                self._heads[hash(key[:2]) % _HEADS] |= 1 << len(key)
        # One shelf after the other: nothing else in the process runs while a million numbers are sorted at once.
        self._hashes = array("Q")
        for shelf in shelves:
            self._hashes.extend(sorted(shelf))
        self._slots = 16 * len(self._hashes) or 1
        self._filter = bytearray(self._slots // 8 + 1)
        for kept in self._hashes:
            slot = (kept >> 3) % self._slots
            self._filter[slot >> 3] |= 1 << (slot & 7)
        self.epoch = digest.hexdigest()[:16] if self._hashes else ""

    def find(self, segment: Segment) -> Iterator[Finding]:
        if not self._hashes:
            return
        text = Text.of(segment.text, segment.lower)
        letters, heads = text.letters, self._heads
        for first in range(len(letters) - SHORTEST + 1):
            lengths = heads[hash(letters[first : first + 2]) % _HEADS]
            if lengths and (before := begins(text, first)) is not None:
                yield from self._at(text, first, lengths, before)

    def _at(self, text: Text, first: int, lengths: int, touching: bool) -> Iterator[Finding]:
        """The names that begin with that letter. lengths: which there may be, as bits."""
        left = len(text.letters) - first
        while lengths and (length := (lengths & -lengths).bit_length() - 1) <= left:
            lengths &= lengths - 1
            key = text.letters[first : first + length]
            for kind in self._kinds(key):
                score, evidence = _judged(text, first, length, touching, kind)
                if score >= ROUTE:
                    start, end = text.places[first], text.places[first + length - 1] + 1
                    yield Finding(kind, start, end, score, evidence)

    def _kinds(self, key: str) -> Iterator[str]:
        wanted = _hash(key) & ~_TAG
        slot = (wanted >> 3) % self._slots
        if not self._filter[slot >> 3] >> (slot & 7) & 1:
            return
        at = bisect_left(self._hashes, wanted)
        last = 0
        while at < len(self._hashes) and (kept := self._hashes[at]) & ~_TAG == wanted:
            if kept != last:
                yield KINDS[(kept & _TAG) - 1]
            last, at = kept, at + 1


def _hash(key: str) -> int:
    """Python's own, which differs from process to process: what is kept here says nothing elsewhere."""
    return hash(key) & 0xFFFF_FFFF_FFFF_FFFF


def _keys(kind: str, name: str) -> set[str]:
    """What a name is compared by. A person's Latin name also with its last or first word at the other end."""
    key = letters_of(name)
    if len(key) < SHORTEST:
        return set()
    if kind == "customer":
        shorter = letters_of(_LEGAL_FORM.sub("", fold(whole(name)).text))
        return {one for one in (key, shorter) if len(one) >= SHORTEST}
    keys = {key}
    if kind == "person" and LATIN.match(key):
        words = [word for word in re.split(r"[\s,]+", name) if word]
        keys |= {letters_of("".join([*words[-1:], *words[:-1]])), letters_of("".join([*words[1:], *words[:1]]))}
    return {one for one in keys if len(one) >= SHORTEST}


def _judged(text: Text, first: int, length: int, touching: bool, kind: str) -> tuple[float, str]:
    """How surely the letters are the name, from what stands between and around them."""
    start, end = text.places[first], text.places[first + length - 1] + 1
    key = text.letters[first : first + length]
    if not close(text, first, length):
        return 0.0, ""
    if LATIN.match(key[-1]):
        if not ends(text, end):
            return 0.0, ""
        return (ROUTE if len(key) < 4 else 0.8), f"a listed {kind}"
    spaced = end - start > length
    ending = _ENDING.match(text.text, end)
    if ending is not None and ending["title"]:
        return (0.0, "") if touching and len(key) == 2 else (0.7, f"a listed {kind} with a title")
    if len(key) == 2 and not spaced:
        return _short(key, kind, plain=not touching and ending is not None)
    if spaced:
        attached = ending is not None and (len(key) > 2 or ending.end() > end)
        return _spaced(text, start, end, kind, touching=touching or key in COMMON, ended=attached)
    if key in COMMON:
        return 0.0, ""
    if key[:2] in COMMON and key[2:] in _ONE_SYLLABLE:
        return ROUTE, f"a listed {kind}, or a word with a particle"
    if touching or ending is None:
        # Both at once: three syllables in the midst of a longer word.
        both = touching and ending is None and len(key) == 3
        return (0.0, "") if both else (ROUTE, f"a listed {kind}, a letter touches it")
    return 0.8, f"a listed {kind}"


def _short(key: str, kind: str, *, plain: bool) -> tuple[float, str]:
    """Two syllables are a name only where they are a whole word, and no ordinary one."""
    return (ROUTE, f"a listed {kind}, two syllables") if plain and key not in COMMON else (0.0, "")


def _spaced(text: Text, start: int, end: int, kind: str, *, touching: bool, ended: bool) -> tuple[float, str]:
    if touching or not ended:
        return 0.0, ""
    word_too = text.text[start] in _WORDS_TOO and not text.text[start + 1].isalnum()
    followed = text.text[end : end + 1]
    if word_too and (followed == " " or end - start == 3):
        return 0.0, ""  # 이 지은 지 10년, 이 상은
    return 0.4, f"a listed {kind}, spaced"
