"""Sensitive matters by what a text's words weigh together: logistic regression on examples, beside the lexicon. Pure.

Nobody can list in advance how people tell that somebody is ill. A table says what is surely so; these weights read what
no table foresaw, and how much a word of a table means where it stands. `python -m benchmarks train_matters` makes them.

A text is judged in windows of one to three sentences, and its worst window counts: so text that is added outside of a
window cannot lower what the window says.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import itemgetter

from bot.policy.detect.finding import MASK, ROUTE, TABLED, Finding
from bot.policy.detect.sentences import Span, ends
from retrieval.errors import Fault

WEIGHTS = "learned.json"
HUNDREDTHS = 100
MOST_SENTENCES = 3
_LONGEST = 200
"""Characters of a sentence; a longer one is cut. Three of its pieces are read together, as three sentences are."""
_HEARD = -200
"""Hundredths of log odds from which a table's rules count though they are not sure."""
_USUAL, _FEWEST = 50, 20
"""Features of a short sentence."""

# Hangul in pairs, with the space before: where a word begins says as much as its letters. Of Latin words also how a
# longer one begins, which stands for its other forms. More, such as pairs of words, cost time and found no more.
_PAIR = re.compile(r"(?=([ 가-힣][가-힣]))")
_WORD = re.compile(r"[a-z']+")
_STEM = 4


class WeightsFault(Fault):
    """Weights that cannot be used: without them nothing would be found that no table foresaw."""


@dataclass(frozen=True, slots=True)
class Model:
    """trained_on: the digest of the examples, as features. bias: log odds of a text in which nothing is known, less
    those from which a text counts. any_of: by feature, how much it speaks for any matter. each: by kind, how much for
    this one rather than another. Numbers are whole hundredths."""

    trained_on: str
    bias: int
    any_of: Mapping[str, int]
    each: Mapping[str, Mapping[str, int]]

    @classmethod
    def read(cls, text: str) -> Model:
        """Raises WeightsFault."""
        try:
            said = json.loads(text)
            model = cls(said["trained_on"], said["bias"], said["any_of"], said["each"])
            tables = [model.any_of, *model.each.values()]
            weights = [model.bias, *(weight for table in tables for weight in table.values())]
            usable = all(tables) and bool(model.each) and all(isinstance(weight, int) for weight in weights)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            usable = False
        if not usable:
            raise WeightsFault(
                f"The weights that find sensitive matters ({WEIGHTS}) are damaged: install this release of Naru again."
            )
        return model

    def judged(self, read: Sentences, said: Sequence[Finding]) -> Iterator[Finding]:
        """What counts: what the tables' rules are sure of (`said`), or not sure of where the words around it nearly
        count; and of each kind that they did not find the window that says most."""
        windows = sorted(self._windows(read, _HEARD), key=itemgetter(0), reverse=True)
        named: set[str] = set()
        for one in said:
            if one.score >= MASK or any(start <= one.start and one.end <= end for _, (start, end), _ in windows):
                named.add(one.kind)
                yield one
        for odds, (start, end), window in windows:
            if odds < 0:
                break
            kind = self._kind(read, window)
            if kind not in named:
                named.add(kind)
                yield Finding(kind, start, end, _score(odds), f"reads like {kind}")

    def strongest(self, read: Sentences) -> tuple[float, str]:
        """(hundredths of log odds, kind) of the window that says most; from 0 on it counts."""
        odds, _, window = max(self._windows(read, -math.inf), key=itemgetter(0))
        return odds, self._kind(read, window)

    def _windows(self, read: Sentences, least: float) -> Iterator[tuple[float, Span, range]]:
        """(odds, where, which sentences) of each window that weighs at least that."""
        bias, any_of = self.bias, self.any_of.get
        weighed = [(sum(filter(None, map(any_of, features))), len(features)) for features in read.features]
        for first in range(len(weighed)):
            weight = size = 0
            for last, (more, of) in enumerate(weighed[first : first + MOST_SENTENCES], first):
                weight += more
                size += of
                odds = bias + weight * scale(size)
                if odds >= least:
                    yield odds, (read.spans[first][0], read.spans[last][1]), range(first, last + 1)

    def _kind(self, read: Sentences, window: range) -> str:
        return max(self.each, key=lambda kind: sum(_sum(self.each[kind], read.features[n]) for n in window))


@cache
def scale(features: int) -> float:
    """What the weights of so many features are multiplied by: of a long text more is asked, as more of it is chance."""
    return math.sqrt(_USUAL / max(features, _FEWEST))


def _sum(weights: Mapping[str, int], features: Iterable[str]) -> int:
    return sum(filter(None, map(weights.get, features)))


def _score(odds: float) -> float:
    """Of a window that counts: from ROUTE up to what is still below the least that a table says."""
    return ROUTE + (TABLED - ROUTE) * 0.95 * math.tanh(odds / (4 * HUNDREDTHS))


@dataclass(frozen=True, slots=True)
class Sentences:
    """A text's sentences: where each stands, and its features."""

    spans: Sequence[Span]
    features: Sequence[Set[str]]

    @classmethod
    def of(cls, lower: str, found: Mapping[str, Iterable[Span]], said: Iterable[Finding]) -> Sentences:
        """lower: the text in lower case. found: where which table says something; said: what the rules make of it."""
        spans = _cut(lower)
        flat = f" {lower} ".replace("\n", " ")
        features = [_words(flat, start, end + 2) for start, end in spans]
        starts = [start for start, _ in spans]
        places = {(f"<{table}>", start) for table, where in found.items() for start, _ in where}
        places |= {(f"<{one.kind} {one.score}>", one.start) for one in said}
        for feature, sentence in {(name, bisect_right(starts, start) - 1) for name, start in places}:
            features[sentence].add(feature)
        return cls(spans, features)


def _cut(text: str) -> list[Span]:
    spans: list[Span] = []
    first = 0
    for end, _ in ends(text):
        while end - first > _LONGEST:
            spans.append((first, first + _LONGEST))
            first += _LONGEST
        if not spans or not text[first:end].isspace():
            spans.append((first, end))
        first = end
    return spans


def _words(flat: str, start: int, end: int) -> set[str]:
    """flat: the text with a space before and after it, so that a slice one longer on both sides shows where its first
    and its last word begin and end."""
    words = _WORD.findall(flat, start, end)
    return {*_PAIR.findall(flat, start, end), *words, *[word[:_STEM] for word in words if len(word) > _STEM]}


@cache
def model() -> Model:
    """The weights that are shipped, read once. Raises WeightsFault."""
    try:
        return Model.read(files(__package__).joinpath(WEIGHTS).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return Model.read("")
