"""What was found in a text before. Pure: nothing but what it is given.

A passage is the same in a thousand questions, and is looked at once. What is remembered is a hash of the text and the
kinds that were found, and nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import accumulate

from bot.policy import detect
from bot.policy.detect.pieces import words
from bot.policy.detect.seams import Candidate, candidates

Kinds = frozenset[str]
Find = Callable[[str, detect.Lists], Iterable[detect.Finding]]

PUT_TOGETHER = 0.35
"""Of what was put together, more is asked than of what somebody wrote: the weakest evidence (0.3) is made by chance."""
_APART = " 가 "
"""Between two candidates, so that none runs into the next."""
_CANDIDATE = 20
"""Characters of a candidate, about."""
_AT_ONCE = 500
"""Candidates that are looked at together, and as many more as make them as long as what is around them: the time that
is taken grows with the text and not with its square."""
_OF_VALUES = {name: detector for name, detector in detect.DETECTORS.items() if name != "about"}
"""What a text is about is not split."""


class Seen:
    """The kinds that the detectors find, remembered for the `most` texts asked for last (about 300 bytes each).

    find: what looks.
    The key holds the detectors' version and the lists' epoch: another detector or another list looks again. That a text
    could not be looked at is not remembered: the next look may succeed.
    """

    def __init__(self, most: int = 4096, find: Find = detect.find) -> None:
        self._most = most
        self._find = find
        self._kinds: OrderedDict[bytes, Kinds] = OrderedDict()

    def kinds(self, text: str, lists: detect.Lists, *, document: bool = False) -> Kinds:
        """What is in one text, as it stands or split over its lines and cells. document: nobody typed it to us. What
        a message is about is mostly somebody's case, and what a page is about a rule: of a page only what the
        tables say counts, because the weights were learned from messages."""

        def counts(one: detect.Finding) -> bool:
            return one.score >= (detect.TABLED if document and one.kind in detect.ABOUT else detect.ROUTE)

        def look() -> Kinds:
            found = {one.kind for one in self._find(text, lists) if counts(one)}
            return frozenset(found) | _across([text], typed=False)

        return self._remembered(("document" if document else "text", lists.epoch, text), look)

    def across(self, texts: Sequence[str], lists: detect.Lists, *, typed: bool) -> Kinds:
        """What is in these neighbours, in order, read as one text, or split over them with words between. typed: they
        are one person's messages."""
        if len(texts) < 2 and not typed:
            return frozenset()

        def look() -> Kinds:
            whole = "".join(texts)
            found = {one.kind for one in self._find(whole, lists) if one.score >= detect.ROUTE}
            # What a text is about is not made of the end of one document and the beginning of another.
            found -= frozenset() if typed else detect.ABOUT
            return frozenset(found) | _across(texts, typed=typed)

        return self._remembered(("typed" if typed else "written", lists.epoch, *texts), look)

    def split(self, text: str) -> Kinds:
        """What is split over one text, whether it was typed or written."""

        def look() -> Kinds:
            return _across([text], typed=False) | _across([text], typed=True)

        return self._remembered(("split", text), look)

    def _remembered(self, said: tuple[str, ...], look: Callable[[], Kinds]) -> Kinds:
        key = _key((detect.VERSION, *said))
        kinds = self._kinds.get(key)
        if kinds is None:
            kinds = look()
            if detect.UNDETECTED in kinds:
                return kinds
            self._kinds[key] = kinds
            if len(self._kinds) > self._most:
                self._kinds.popitem(last=False)
        with suppress(KeyError):  # another thread's new text may have just taken its place
            self._kinds.move_to_end(key)
        return kinds


def _key(said: tuple[str, ...]) -> bytes:
    digest = sha256()
    for each in said:
        one = each.encode("utf-8", "surrogatepass")
        digest.update(len(one).to_bytes(8, "big") + one)
    return digest.digest()


def _across(texts: Sequence[str], *, typed: bool) -> Kinds:
    """What is split over these texts, or in them. Chance makes identifiers of doubtful pieces, so of those a checksum
    or a word of context beside them is asked as well."""
    if sum(map(len, texts)) > detect.MAX_CHARACTERS:
        return frozenset({detect.UNDETECTED})
    found = candidates(texts, typed=typed)
    sure = frozenset(kind for kind, _ in _hits(found.sure, words("\n".join(texts)), PUT_TOGETHER))
    return sure | _doubtful(found.doubtful, sure)


def _doubtful(together: Sequence[Candidate], known: Kinds) -> Kinds:
    """The kinds of those that are one with the words around their own pieces. All are looked at with all the words
    first, because to look at each by itself costs too much before anything speaks for it."""
    around = "\n".join(dict.fromkeys(one.around for one in together))
    kinds: set[str] = set()
    for kind, place in _hits(together, around, detect.MASK):
        if kind not in known and kind not in kinds:
            one = together[place]
            kinds |= {confirmed for confirmed, _ in _hits([one], one.around, detect.MASK)}
    return frozenset(kinds)


def _hits(together: Sequence[Candidate], around: str, least: float) -> Iterator[tuple[str, int]]:
    """(kind, which of the candidates) of what is found in them with these words around, in more than one piece."""
    around = "\n".join(dict.fromkeys(" ".join(line.split()) for line in around.splitlines()))
    at_once = max(_AT_ONCE, len(around) // _CANDIDATE)
    for first in range(0, len(together), at_once):
        some = together[first : first + at_once]
        ends = list(accumulate(len(one.text) + len(_APART) for one in some))
        looked_at = _APART.join(one.text for one in some)
        for found in detect.find(f"{looked_at}{_APART}{around}", detectors=_OF_VALUES):
            if found.score >= least and found.start < len(looked_at):
                place = bisect_right(ends, found.start)
                if not some[place].holds(looked_at[found.start : found.end]):
                    yield found.kind, first + place
