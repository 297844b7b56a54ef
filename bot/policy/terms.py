"""The company's own words, each with a level: a project's code name, a customer's nickname. Pure.

A short list that stands in policy.toml itself and is reviewed with it. Long ones are lists of detect/. A term is read
as a listed name is: by its letters, in every view of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.policy import detect
from bot.policy.detect.finding import ROUTE, Finding
from bot.policy.detect.letters import LATIN, Text, begins, close, ends
from bot.policy.detect.normal import fold, whole
from retrieval.label import Label, Level

KIND = "term"
MOST = 1_000
"""Terms; each text is looked through for all of them."""

_SURE = 1.0
_WORD = 2
"""Letters of a term that is a whole word, or is none: two syllables are in many words."""
_PARTICLE = (
    "은|는|이|가|을|를|과|와|의|에|께|도|만|로|으로|에서|에게|에게서|께서|한테|한테서|까지|부터|조차|마저|밖에|처럼|보다|"
    "마다|대로|만큼|이나|나|이랑|랑|하고|이며|며|이든|든|이란|란|이라는|라는|이라고|라고|이라도|라도|이라면|라면|이라|라|"
    "이야|야|아|여|이여|이고|고|이지|지|인|인가|인가요|인데|인지|일|이다|다|입니다|입니까|이에요|예요|이었다|였다|들|씨|님|측|건"
    "|라서|이라서|네|때문에|밖에는|거든요|잖아|던데|같은|께서는"
)
_OF_IT = (
    "팀|쪽|용|향|발|전용|때문|사업|사업부|일정|계획|예산|계약|계약서|회의|회의록|자료|문서|보고|보고서|출시|개발|관련|담당|담당자"
    "|프로젝트|서비스|시스템|제품|고객|매출|인력|조직|그룹"
)
_ENDING = re.compile(rf"(?:{_OF_IT})?(?:{_PARTICLE}){{0,3}}(?![가-힣])")


class _Term(NamedTuple):
    """written: from its first letter on, as it stands in policy.toml."""

    level: Level
    written: str


@dataclass(frozen=True)
class Terms:
    """Words under any particle, spacing, width, case and encoding. A word that only begins or ends like a term counts
    as doubtful: which words a company makes of its own nobody else knows.

    levels: of each term as it is written in policy.toml.
    """

    levels: Mapping[str, Level] = field(default_factory=dict)

    def label(self, text: str, origin: str) -> Label:
        """A reason of the kind `term` for each level that is found; which term it was is said nowhere."""
        return Label.join([Label.of(level, KIND, origin) for level in {level for level, _ in self.found(text)}])

    def found(self, text: str) -> tuple[tuple[Level, Finding], ...]:
        """Each occurrence, in the text's own offsets, by start; nothing in a text that is too long to be looked at, of
        which the detectors say so."""
        if not self._terms or len(text) > detect.MAX_CHARACTERS:
            return ()
        surest: dict[tuple[Level, int, int], Finding] = {}
        for view in detect.views(text):
            for level, start, end, score in self._found(Text.of(view.text, view.text.lower())):
                first, last = view.original(start, end)
                one = Finding(KIND, first, last, score, "a term of the policy")
                surest[level, first, last] = max(surest.get((level, first, last), one), one, key=lambda f: f.score)
        return tuple((level, one) for (level, _, _), one in sorted(surest.items(), key=lambda pair: pair[0][1:]))

    def _found(self, text: Text) -> Iterator[tuple[Level, int, int, float]]:
        for first, letter in enumerate(text.letters):
            lengths = self._lengths.get(letter)
            if lengths is None or (touching := begins(text, first)) is None:
                continue
            for length in lengths:
                term = self._terms.get(text.letters[first : first + length])
                if term is not None and (score := _judged(text, first, length, term.written, touching)):
                    yield term.level, text.places[first], text.places[first + length - 1] + 1, score
                    break

    @cached_property
    def _terms(self) -> Mapping[str, _Term]:
        """By their letters; of two that have the same, the stricter."""
        found: dict[str, _Term] = {}
        for term, level in sorted(self.levels.items(), key=lambda pair: pair[1]):
            folded = fold(whole(term)).text
            text = Text.of(folded, folded.lower())
            if text.letters:
                found[text.letters] = _Term(level, text.text[text.places[0] :].strip())
        return found

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[int, ...]]:
        """How many letters the terms have that begin with a letter, the longest first."""
        found: dict[str, set[int]] = {}
        for letters in self._terms:
            found.setdefault(letters[0], set()).add(len(letters))
        return {letter: tuple(sorted(lengths, reverse=True)) for letter, lengths in found.items()}


def plain(term: str) -> str:
    """A term in the one spelling that is compared; empty for one that holds no letter or digit."""
    folded = " ".join(fold(whole(term)).text.split())
    return folded.casefold() if any(map(str.isalnum, folded)) else ""


def _judged(text: Text, first: int, length: int, written: str, touching: bool) -> float:
    """How surely the letters are the term, from what stands between and around them; 0 where they are not."""
    start, end = text.places[first], text.places[first + length - 1] + 1
    if not close(text, first, length) or (length == 1 and not text.text.startswith(written, start)):
        return 0.0
    if LATIN.match(text.letters[first + length - 1]):
        return _SURE if ends(text, end) else 0.0
    ended = _ENDING.match(text.text, end) is not None
    if ended and not touching:
        return _SURE
    # A letter on both sides: three syllables in the midst of a longer word.
    midst = touching and (end - start > length or (not ended and length == _WORD + 1))
    return 0.0 if length <= _WORD or midst else ROUTE
