"""Of several versions of one document, the one that counts comes first, and each says whether it holds. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import PurePosixPath

from retrieval.dates import find_dates
from retrieval.passage import Document, InForce, Passage
from retrieval.text import document_terms, normalise

ALIKE = 0.5
"""Of the smaller passage's terms, the share that two documents of one name have in common when they are versions and
not, say, the reports of two years."""
ALIKE_UNDER_ANOTHER_NAME = 0.7

_YEAR = re.compile(r"(?<![0-9.,:/-])((?:19|20)[0-9]{2})(?![0-9]|[.,:/-][0-9])")
_NUMBER = re.compile(
    r"(?:\bv(?:er(?:sion)?)?\.?\s?|\brev(?:ision)?\.?\s?|버전\s?|제\s?)([0-9]{1,3}(?:\.[0-9]{1,3})*)(?:\s?판)?"
)
_NEWER = re.compile(r"개정|최신|\b(?:updated|revised|latest)\b")
_TELLS_APART = re.compile(
    r"개정\s?[판안]|개정|최종|최신|확정|현행|신규|구\s?버전"
    r"|\b(?:final|latest|current|updated|revised|new|old|archived?|superseded)\b"
)
_REST = re.compile(r"[\W_]+|년도?(?=\W|\Z)")

_RELATIVE = {
    "재작년": -2, "작년": -1, "지난해": -1, "전년": -1, "올해": 0, "금년": 0, "내년": 1,
    "last year": -1, "this year": 0, "next year": 1,
}  # fmt: skip
_ASKED_YEAR = re.compile(
    rf"(?:(?P<relative>{'|'.join(_RELATIVE)})(?!도?\s?대비)"
    r"|(?<![0-9.,:/-])(?:(?P<year>20[0-9]{2})|['’](?P<short>[0-9]{2})(?=\s?년))"
    r"(?![0-9]|[.,:/-][0-9]|\s?(?:원|만|명|개|건|won\b|krw\b|usd\b|euros?\b|people\b)))"
    r"(?:\s?(?:년도?|학년도|도))?(?:\s?(?P<month>1[0-2]|[1-9])\s?월)?"
)


def versions_in_order(passages: Sequence[Passage], query: str, today: date) -> tuple[Passage, ...]:
    """The passages, each with what is known of when it holds; among versions of one thing the one that holds today, or
    on the day that the query asks about, comes first. What has no other version keeps its place."""
    day = asked_day(query, today) or today
    order = list(range(len(passages)))
    states: dict[int, InForce | None] = {}
    for versions in _grouped(passages):
        states.update((one.document.id, _in_force(one, versions, today)) for one in versions)
        if len(versions) > 1:
            _reorder(order, passages, _ranked(versions, day))
    return tuple(_in_state(passages[n], states[passages[n].document.id]) for n in order)


def asked_day(query: str, today: date) -> date | None:
    """The last day of the time that a query asks about (2025년에는, 작년 12월, last year); None: of none but today,
    or of more than one."""
    text = normalise(query).replace("지난 해", "지난해")
    days = {found.last for found in find_dates(text)}
    for match in _ASKED_YEAR.finditer(_without_dates(text)):
        if match["relative"]:
            year = today.year + _RELATIVE[match["relative"]]
        else:
            year = int(match["year"] or f"20{match['short']}")
        month = int(match["month"] or 12)
        days.add(date(year, month, monthrange(year, month)[1]))
    day = days.pop() if len(days) == 1 else None
    return None if day is None or (day.year == today.year and day >= today) else day


def _in_state(passage: Passage, state: InForce | None) -> Passage:
    return passage if passage.in_force == state else replace(passage, in_force=state)


@dataclass(frozen=True, eq=False)
class _Version:
    """A document with those of its passages that were found."""

    document: Document
    passages: tuple[Passage, ...]

    @cached_property
    def day(self) -> date | None:
        """From when it holds; if it does not say, the first of the one year in its title, or else in its path."""
        if self.document.in_force_from is not None:
            return self.document.in_force_from
        return _named(self.document.title, self.document.uri).day

    @cached_property
    def number(self) -> tuple[int, ...]:
        """As in v2 or 제3판; 1 for 개정판, 0 where nothing is said."""
        return _named(self.document.title, self.document.uri).number

    @cached_property
    def age(self) -> tuple[date, tuple[int, ...]]:
        """Greater is newer."""
        return self.day or date.min, self.number

    @cached_property
    def names(self) -> frozenset[str]:
        """The title and the path without what tells versions apart; of one that is nothing else, nothing."""
        return _named(self.document.title, self.document.uri).stems

    def begun(self, day: date) -> bool:
        return self.day is None or self.day <= day

    def ended(self, day: date) -> bool:
        return self.document.in_force_until is not None and self.document.in_force_until < day


@dataclass(frozen=True, slots=True)
class _Named:
    """What a document's title and path say of its version."""

    day: date | None
    number: tuple[int, ...]
    stems: frozenset[str]


@lru_cache(maxsize=65_536)
def _named(title: str, uri: str) -> _Named:
    day: date | None = None
    for name in (title, uri):
        years = set(_YEAR.findall(_without_dates(normalise(name))))
        if years:
            day = date(int(years.pop()), 1, 1) if len(years) == 1 else None
            break
    both = _without_dates(normalise(f"{title} {uri}"))
    found = _NUMBER.search(both)
    number = tuple(map(int, found[1].split("."))) if found else (1,) if _NEWER.search(both) else (0,)
    stems = ("title", _stem(normalise(title))), ("path", _stem(str(PurePosixPath(normalise(uri)).with_suffix(""))))
    return _Named(day, number, frozenset(f"{kind} {stem}" for kind, stem in stems if len(stem) > 1))


def _without_dates(name: str) -> str:
    kept, end = "", 0
    for found in find_dates(name):
        kept, end = kept + name[end : found.start] + " ", found.end
    return kept + name[end:]


def _stem(name: str) -> str:
    for part in (_YEAR, _NUMBER, _TELLS_APART, _REST):
        name = part.sub(" ", _without_dates(name))
    return " ".join(name.split())


def _grouped(passages: Sequence[Passage]) -> list[list[_Version]]:
    """Every document that was found; those that are versions of one thing together."""
    found: dict[int, list[Passage]] = {}
    for passage in passages:
        found.setdefault(passage.document.id, []).append(passage)
    groups = {key: [_Version(theirs[0].document, tuple(theirs))] for key, theirs in found.items()}
    of = {key: key for key in groups}
    for one, other in combinations([group[0] for group in groups.values()], 2):
        mine, theirs_ = of[one.document.id], of[other.document.id]
        if mine != theirs_ and _of_one_thing(one, other):
            for each in (joined := groups.pop(theirs_)):
                of[each.document.id] = mine
            groups[mine] += joined
    return list(groups.values())


def _of_one_thing(one: _Version, other: _Version) -> bool:
    """Whether these are versions of one thing, and it can be said which is the newer."""
    if one.document.source != other.document.source or one.age == other.age or (one.day is None) != (other.day is None):
        return False
    both_say = one.document.in_force_from is not None and other.document.in_force_from is not None
    if one.names & other.names:
        # A year in a name may be that of a report: only what says the same is another version of it.
        return both_say or _alike(one, other, ALIKE)
    return both_say and _alike(one, other, ALIKE_UNDER_ANOTHER_NAME, same_heading=True)


def _alike(one: _Version, other: _Version, share: float, *, same_heading: bool = False) -> bool:
    for some in one.passages:
        for more in other.passages:
            if same_heading and (not some.heading or some.heading != more.heading):
                continue
            terms, others = set(document_terms(some.text)), set(document_terms(more.text))
            if len(terms & others) >= share * max(1, min(len(terms), len(others))):
                return True
    return False


def _in_force(one: _Version, versions: Sequence[_Version], today: date) -> InForce | None:
    first, last = one.document.in_force_from, one.document.in_force_until
    rivals = [other for other in versions if other.age > one.age and other.begun(today) and not other.ended(today)]
    if one.ended(today) or rivals:
        return InForce(first, last, "before")
    if not one.begun(today) and (first is not None or len(versions) > 1):
        return InForce(first, last, "later")
    return InForce(first, last, "now") if first or last or len(versions) > 1 else None


def _ranked(versions: Sequence[_Version], day: date) -> list[int]:
    """Ids of documents: those that held on that day, newest first, those that had ended, those that had not begun."""
    newest_first = sorted(versions, key=lambda one: one.age, reverse=True)
    begun = [one for one in newest_first if one.begun(day)]
    to_come = [one for one in reversed(newest_first) if not one.begun(day)]
    begun.sort(key=lambda one: one.ended(day))
    return [one.document.id for one in (*begun, *to_come)]


def _reorder(order: list[int], passages: Sequence[Passage], ranked: Sequence[int]) -> None:
    """Among the places that these documents hold, the passages of the first document, then those of the second, ..."""
    places = [place for place, n in enumerate(order) if passages[n].document.id in ranked]
    theirs = sorted((order[place] for place in places), key=lambda n: (ranked.index(passages[n].document.id), n))
    for place, n in zip(places, theirs, strict=True):
        order[place] = n
