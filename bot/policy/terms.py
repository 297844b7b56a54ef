"""The company's own words, each with a level: a project's code name, a customer's nickname. Pure.

A short list that stands in policy.toml itself and is reviewed with it. Long ones are lists of detect/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.policy.detect.finding import Finding
from bot.policy.detect.normal import fold, unlink, whole
from retrieval.label import Label, Level

KIND = "term"
MOST = 1_000
"""Terms; each text is looked through for all of them."""

_PARTICLE = (
    "은|는|이|가|을|를|과|와|의|에|께|도|만|로|으로|에서|에게|에게서|께서|한테|한테서|까지|부터|조차|마저|밖에|처럼|보다|"
    "마다|대로|만큼|이나|나|이랑|랑|하고|이며|며|이든|든|이란|란|이라는|라는|이라고|라고|이라도|라도|이라면|라면|이라|라|"
    "이야|야|아|여|이여|이고|고|이지|지|인|인가|인가요|인데|인지|일|이다|다|입니다|입니까|이에요|예요|이었다|였다|들|씨|님|측|건"
)
_BEFORE = "(?<![0-9A-Za-z가-힣])"
_AFTER_HANGUL = rf"(?=(?:{_PARTICLE}){{0,3}}(?![0-9A-Za-z가-힣]))"
_AFTER_ASCII = "(?![0-9A-Za-z])"  # whatever is Korean may follow: it is a particle, or names a part of the thing


@dataclass(frozen=True)
class Terms:
    """Exact words with what Korean hangs on them, in any case, spacing and width.

    levels: of each term as it is written in policy.toml.
    """

    levels: Mapping[str, Level] = field(default_factory=dict)

    def label(self, text: str, origin: str) -> Label:
        """A reason of the kind `term` for each level that is found; which term it was is said nowhere."""
        return Label.join([Label.of(level, KIND, origin) for level in {level for level, _ in self.found(text)}])

    def found(self, text: str) -> tuple[tuple[Level, Finding], ...]:
        """Each occurrence, in the text's own offsets, by start."""
        if not self._patterns:
            return ()
        return tuple(sorted(set(self._found(text)), key=lambda one: (one[1].start, one[1].end, one[0])))

    def _found(self, text: str) -> Iterator[tuple[Level, Finding]]:
        plain = fold(whole(text))
        for view in (plain, unlink(plain)):
            if view is None:
                continue
            for level, pattern in self._patterns:
                for match in pattern.finditer(view.text):
                    yield level, Finding(KIND, *view.original(*match.span()), 1.0, "a term of the policy")

    @cached_property
    def _patterns(self) -> tuple[tuple[Level, re.Pattern[str]], ...]:
        """One for each level, strictest first, longer terms before shorter ones that begin them."""
        return tuple(
            (level, re.compile("|".join(map(_pattern, sorted(terms, key=len, reverse=True))), re.IGNORECASE))
            for level in sorted(Level, reverse=True)
            if (terms := [term for term, its in self.levels.items() if its is level])
        )


def plain(term: str) -> str:
    """A term in the one spelling that is compared; empty for one that holds no letter or digit."""
    folded = " ".join(fold(whole(term)).text.split())
    return folded.casefold() if any(map(str.isalnum, folded)) else ""


def _pattern(term: str) -> str:
    folded = fold(whole(term)).text.split()
    words = r"[\s_-]*".join(map(re.escape, folded))
    last = folded[-1][-1]
    return f"{_BEFORE}{words}{_AFTER_HANGUL if '가' <= last <= '힣' else _AFTER_ASCII}"
