"""A small language for tables of words, and its translation to regular expressions. Pure.

Whitespace separates phrases; after a | it only begins another line. In a phrase `_` is the space that people leave out
(Korean) or replace by a hyphen (English), `~` a few words between; the rest is a regular expression without spaces.
What a phrase cannot do without are its stems: only where one of them stands is the phrase looked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from retrieval.stopwords import ENGLISH_STOP_WORDS

_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|\(\?[:=!]|\(\?<[=!]|\(|\)|\||.")
_LITERAL = re.compile(r"[a-z'一-鿿ぁ-ヿ가-힣]")
_LATIN = re.compile(r"[a-z']")
_MAYBE = re.compile(r"[?*]|\{0?,")
_QUANTIFIER = re.compile(r"[?*+]\??|\{[\d,]+\}\??")
_REACH = 120
"""Characters of a phrase on either side of its stem."""

Stems = frozenset[str]
Span = tuple[int, int]


@dataclass(frozen=True)
class Phrases:
    """One table. ko: phrases that stand within Korean words; en: of whole words of Latin letters; in lower case."""

    ko: str = ""
    en: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All of it at once, for a table that is asked of few sentences. Compiled when it is first needed."""
        return re.compile("|".join(phrase for phrase, _ in self.each) or r"(?!)")

    @cached_property
    def each(self) -> tuple[tuple[str, str], ...]:
        """Each phrase as a regular expression, and as it stands in the table."""
        korean = [(_regex(one, space=r"\s?", gap=r"[^\n.?!]{0,15}?"), one) for one in _split(self.ko)]
        english = [(_regex(one, space=r"[\s-]", gap=r"[^\n.?!]{0,30}?"), one) for one in _split(self.en)]
        return (*korean, *((f"(?<![a-z])(?:{regex})(?![a-z])", one) for regex, one in english))


def _split(table: str) -> list[str]:
    return re.sub(r"\|\s+", "|", table).split()


def _regex(phrase: str, *, space: str, gap: str) -> str:
    return phrase.replace("_", space).replace("~", gap)


class _Phrase:
    """A phrase of the table of that name. Compiled when it is first needed: most never are."""

    def __init__(self, table: str, regex: str) -> None:
        self.table = table
        self._regex = regex

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self._regex)


class _Stems(NamedTuple):
    """All stems in one automaton, and by a stem's number whether it only counts where a Latin word begins, and the
    phrases that cannot do without it."""

    automaton: AhoCorasick
    latin: list[bool]
    phrases: list[list[_Phrase]]


class Index:
    """Tables of phrases by name. One pass over a text finds every stem in it, so that what is not in it costs
    nothing."""

    def __init__(self, tables: Mapping[str, Phrases]) -> None:
        self._tables = tables

    @cached_property
    def _stems(self) -> _Stems:
        """Made when it is first needed: it takes longer than the rest of the import."""
        phrases: dict[str, list[_Phrase]] = {}
        for name, table in self._tables.items():
            for regex, phrase in table.each:
                one = _Phrase(name, regex)
                for stem in stems_of(phrase):
                    phrases.setdefault(stem, []).append(one)
        return _Stems(AhoCorasick(phrases), [bool(_LATIN.match(stem)) for stem in phrases], [*phrases.values()])

    def find(self, lower: str) -> dict[str, list[Span]]:
        """Where which table says something, in no order."""
        said: dict[_Phrase, set[Span]] = {}
        for stem, stretches in self._near(lower).items():
            for phrase in self._stems.phrases[stem]:
                finditer = phrase.pattern.finditer
                for start, end in stretches:
                    for match in finditer(lower, start, end):
                        said.setdefault(phrase, set()).add(match.span())
        found: dict[str, list[Span]] = {}
        for phrase, spans in said.items():
            found.setdefault(phrase.table, []).extend(spans)
        return found

    def _near(self, lower: str) -> Mapping[int, Sequence[Span]]:
        """By a stem's number what lies around its places; places that are close to each other share one stretch."""
        automaton, latin, _ = self._stems
        near: dict[int, list[Span]] = {}
        for stem, at, _ in automaton.find_matches_as_indexes(lower, overlapping=True):
            if latin[stem] and at and "a" <= lower[at - 1] <= "z":
                continue
            stretches = near.setdefault(stem, [])
            start = stretches.pop()[0] if stretches and at < stretches[-1][1] else max(0, at - _REACH)
            stretches.append((start, at + _REACH))
        return near


def stems_of(phrase: str) -> Stems:
    """Letters of which one or another stands in whatever the phrase matches: those of its most telling piece."""
    tokens = _TOKEN.findall(phrase)
    found, rest = _either(tokens, 0)
    if found is None or rest != len(tokens):
        raise ValueError(f"a phrase needs letters that it cannot do without: {phrase}")
    return found


def _either(tokens: list[str], at: int) -> tuple[Stems | None, int]:
    """The stems of alternatives up to the group's end; None where one of them has none."""
    all_of: Stems | None = frozenset()
    while True:
        one, at = _sequence(tokens, at)
        all_of = all_of | one if all_of is not None and one is not None else None
        if at == len(tokens) or tokens[at] == ")":
            return all_of, at
        at += 1


def _sequence(tokens: list[str], at: int) -> tuple[Stems | None, int]:
    """The best stems of pieces that follow each other, up to | or the group's end. The stem of a Latin word is its
    beginning."""
    best: Stems | None = None
    run, begins = "", True
    while at < len(tokens) and tokens[at] not in ("|", ")"):
        token, piece, parted, began = tokens[at], None, False, begins
        if token.startswith("("):
            piece, at = _either(tokens, at + 1)
            if token not in ("(", "(?:"):  # what stands around it is not in the phrase
                at += 1
                continue
            parted = tokens[at - 1] in ("_", "~")
        at += 1
        following = "".join(tokens[at : at + 5])
        quantifier = _QUANTIFIER.match(following)
        if quantifier is not None:
            at += _tokens_in(tokens, at, quantifier.end())
            if _MAYBE.match(quantifier[0]):
                piece, token = None, ""
        if _LITERAL.fullmatch(token):
            run += token if run or begins or not _LATIN.match(token) else ""
            begins = False
            continue
        best, run = _better(best, run), ""
        begins = token in ("_", "~", "-") or (parted and (began or bool(token)))
        best = piece if piece and _telling(piece) > _telling(best) else best
    return _better(best, run), at


def _tokens_in(tokens: list[str], at: int, length: int) -> int:
    count = 0
    while length > 0:
        length -= len(tokens[at + count])
        count += 1
    return count


def _better(best: Stems | None, run: str) -> Stems | None:
    return frozenset({run}) if run and _telling(frozenset({run})) > _telling(best) else best


def _telling(stems: Stems | None) -> int:
    """How seldom the stems are met: a Hangul syllable says as much as three Latin letters."""
    return min((_weight(stem) for stem in stems), default=0) if stems else 0


def _weight(stem: str) -> int:
    return 1 if stem in ENGLISH_STOP_WORDS else sum(3 if one > "\u3000" else 1 for one in stem)
