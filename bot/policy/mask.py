"""Placeholders for what a model need not see, and the way back. Pure.

    text    010-1234-5678로 김나루에게 전화        ->  ⟦PHONE_1⟧로 ⟦PERSON_1⟧에게 전화
    answer  ⟦PERSON_1⟧는 ⟦PHONE_1⟧ 을 씁니다      ->  김나루는 010-1234-5678 을 씁니다

A placeholder is typed, so that a model keeps the meaning, and holds nothing of the value. ⟦ and ⟧ stand in no prose;
where somebody did write one it becomes ⟦(⟧ or ⟦)⟧. ⟦=⟧ stands for nothing: what follows it is to stay as it is written,
where a particle would otherwise be put right that nobody asked to have put right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.policy import detect, particles
from retrieval.errors import Fault

OPEN, CLOSE = "⟦", "⟧"
LONGEST = 16
"""Characters of the longest placeholder, its brackets included."""
BRACKETS = frozenset({OPEN, CLOSE})
HELD_BACK = LONGEST + particles.LONGEST + 1
"""Characters of a stream that may have to wait for those after them."""

TYPES: Mapping[str, str] = {
    "kr_rrn": "RRN",
    "kr_driver_licence": "LICENCE",
    "kr_passport": "PASSPORT",
    "kr_customs": "CUSTOMS",
    "kr_business": "BUSINESS",
    "kr_corporate": "CORPORATE",
    "kr_account": "ACCOUNT",
    "card": "CARD",
    "phone": "PHONE",
    "email": "EMAIL",
    "iban": "IBAN",
    "us_ssn": "SSN",
    "ip": "IP",
    "coordinates": "PLACE",
    "person": "PERSON",
    "customer": "CUSTOMER",
    "project": "PROJECT",
}
"""What stands in a placeholder, by kind. A kind that is not here has no value that could be taken out, or one that
nobody may put back: a secret."""
MOST = 9_999
"""Placeholders of one type in one thread: a longer number would not fit."""

_PLACEHOLDER = re.compile(rf"{OPEN}(?:([A-Z]{{2,9}}_[1-9][0-9]{{0,3}})|([=()])){CLOSE}")
_AS_WRITTEN = f"{OPEN}={CLOSE}"
_ESCAPED = {OPEN: f"{OPEN}({CLOSE}", CLOSE: f"{OPEN}){CLOSE}"}
_MARKS = {"=": "", "(": OPEN, ")": CLOSE}

Find = Callable[[str], Iterable[detect.Finding]]


class FullFault(Fault):
    """A thread has used up the placeholders of a type: what comes now cannot be masked, and stays in the building."""


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Which placeholder stands for which value in one thread. values: by placeholder, without brackets (`PHONE_1`).
    last: by type, the highest number that was ever issued; a number whose value was forgotten is not used again."""

    values: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)

    def with_value(self, kind: str, value: str) -> tuple[Placeholders, str]:
        """The placeholder of a value, the same for the same value. Raises FullFault."""
        type_ = TYPES[kind]
        for name, known in self.values.items():
            if known == value and name.rpartition("_")[0] == type_:
                return self, name
        number = self.last.get(type_, 0) + 1
        if number > MOST:
            raise FullFault(f"The thread has {MOST:,} placeholders of the type {type_}: begin a new thread.")
        name = f"{type_}_{number}"
        return replace(self, values={**self.values, name: value}, last={**self.last, type_: number}), name


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with placeholders in it. kinds: what they stand for."""

    text: str
    kinds: frozenset[str]
    placeholders: Placeholders


def mask(text: str, kinds: Collection[str], find: Find, placeholders: Placeholders) -> Masked:
    """The text with every finding of these kinds, at MASK or surer, behind its placeholder. What is found only once its
    neighbours are placeholders is taken out as well: nothing of these kinds is left. Raises FullFault."""
    wanted = frozenset(kinds) & TYPES.keys()
    spans: list[tuple[int, int, str]] = []
    while True:
        written, places, placeholders = _written(text, spans, placeholders)
        more = [
            (places[f.start], places[f.end - 1] + 1, f.kind)
            for f in find(written)
            if f.kind in wanted and f.score >= detect.MASK and f.end > f.start
        ]
        merged = _merged([*spans, *(_whole(one, spans) for one in more)])
        if merged == spans:
            return Masked(written, frozenset(kind for *_, kind in spans), placeholders)
        spans = merged


def _whole(span: tuple[int, int, str], known: Iterable[tuple[int, int, str]]) -> tuple[int, int, str]:
    """The span with all of each placeholder that it touches."""
    start, end, kind = span
    for first, last, _ in known:
        if first < end and start < last:
            start, end = min(start, first), max(end, last)
    return start, end, kind


def _merged(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """In order; of those that overlap the longest says the kind."""
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(spans):
        if merged and start < merged[-1][1]:
            first, last, before = merged[-1]
            longer = kind if end - start > last - first else before
            merged[-1] = first, max(last, end), longer
        else:
            merged.append((start, end, kind))
    return merged


def _written(
    text: str, spans: Iterable[tuple[int, int, str]], placeholders: Placeholders
) -> tuple[str, list[int], Placeholders]:
    """The text with placeholders for these spans, for each of its characters the offset in the text that it comes from,
    and the placeholders with what is new."""
    pieces: list[tuple[str, int, bool]] = []  # what is written, where it comes from, and whether that is one thing
    done = 0
    names: list[str] = []
    for start, end, kind in spans:
        placeholders, name = placeholders.with_value(kind, text[start:end])
        pieces += [*_plain(text, done, start), (f"{OPEN}{name}{CLOSE}", start, True)]
        names.append(name)
        done = end
    pieces += _plain(text, done, len(text))
    written, places = "", list[int]()
    for piece, place, one in reversed(pieces):
        if one and piece[1:-1] in placeholders.values:
            after = _following(written)
            if particles.repaired(placeholders.values[piece[1:-1]], after) != after:
                piece += _AS_WRITTEN
        written = piece + written
        places = ([place] * len(piece) if one else list(range(place, place + len(piece)))) + places
    return written, places, placeholders


def _plain(text: str, start: int, end: int) -> Iterable[tuple[str, int, bool]]:
    """What is not hidden, with the brackets that somebody wrote as marks."""
    done = start
    for at in range(start, end):
        if text[at] in _ESCAPED:
            yield text[done:at], done, False
            yield _ESCAPED[text[at]], at, True
            done = at + 1
    yield text[done:end], done, False


def _following(text: str) -> str:
    """What is looked at for a particle: up to the next placeholder."""
    return text[: particles.LONGEST + 1].partition(OPEN)[0]


class Unmasker:
    """The way back, for a text that comes in pieces: however it is cut, the same comes out.

    Only issued placeholders are restored; one that nobody issued stays as it is, and is counted in `unknown`.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._waiting = ""
        self._word: str | None = None  # the value that was put back last, while its particle may come
        self.unknown = 0

    def feed(self, piece: str) -> str:
        """What can be said for sure by now. At most HELD_BACK characters wait."""
        if not self._waiting and self._word is None and OPEN not in piece:
            return piece
        self._waiting += piece
        return self._ready(ended=False)

    @property
    def waiting(self) -> int:
        """How many characters wait for those after them."""
        return len(self._waiting)

    def end(self) -> str:
        """The rest."""
        return self._ready(ended=True)

    def _ready(self, *, ended: bool) -> str:
        said: list[str] = []
        while self._waiting or self._word is not None:
            if self._word is not None:
                after = _following(self._waiting)
                short = len(after) == len(self._waiting) and len(after) <= particles.LONGEST
                if short and not ended:
                    break
                said.append(particles.repaired(self._word, after))
                self._waiting = self._waiting[len(after) :]
                self._word = None
                continue
            before, bracket, _ = self._waiting.partition(OPEN)
            said.append(before)
            self._waiting = self._waiting[len(before) :]
            if not bracket:
                break
            placeholder = _PLACEHOLDER.match(self._waiting)
            if placeholder is None and not ended and _may_become_one(self._waiting):
                break
            said.append(self._restored(placeholder))
            self._waiting = self._waiting[placeholder.end() if placeholder else 1 :]
        return "".join(said)

    def _restored(self, placeholder: re.Match[str] | None) -> str:
        if placeholder is None:
            return OPEN
        if placeholder[2]:
            return _MARKS[placeholder[2]]
        value = self._values.get(placeholder[1])
        if value is None:
            self.unknown += 1
            return placeholder[0]
        self._word = value
        return value


def _may_become_one(text: str) -> bool:
    """Whether a placeholder may begin here that is not complete yet."""
    return len(text) < LONGEST and CLOSE not in text and OPEN not in text[1:]


def issued_in(text: str) -> frozenset[str]:
    """The placeholders that stand in a masked text, without brackets."""
    return frozenset(found[1] for found in _PLACEHOLDER.finditer(text) if found[1])


def unmask(text: str, values: Mapping[str, str]) -> str:
    """A whole text with the values of issued placeholders back in their places."""
    return unmasked(text, values)[0]


def unmasked(text: str, values: Mapping[str, str]) -> tuple[str, int]:
    """The same, and how many placeholders it holds that nobody issued."""
    unmasker = Unmasker(values)
    return unmasker.feed(text) + unmasker.end(), unmasker.unknown


def masked_in(text: str) -> dict[str, int]:
    """How many values of each kind a masked text hides."""
    kinds = {type_: kind for kind, type_ in TYPES.items()}
    names = {found[1] for found in _PLACEHOLDER.finditer(text) if found[1]}
    types = Counter(name.rpartition("_")[0] for name in names)
    return {kinds[type_]: count for type_, count in sorted(types.items()) if type_ in kinds}


def hidden_again(text: str, values: Mapping[str, str]) -> str:
    """A text with these values behind the placeholders that they came from, wherever they stand."""
    if not values:
        return _written(text, (), Placeholders())[0]
    kinds = {type_: kind for kind, type_ in TYPES.items()}
    of_value = {value: kinds[name.rpartition("_")[0]] for name, value in values.items()}
    known = re.compile("|".join(map(re.escape, sorted(of_value, key=len, reverse=True))))
    spans = [(*found.span(), of_value[found[0]]) for found in known.finditer(text)]
    return _written(text, spans, Placeholders(values))[0]
