"""How likely it is that a passage answers the question: what a search knows of it, and the weights of that. Pure.

A logistic regression over a few shares, which mean the same in every corpus: BM25 scores do not, and so no bar on them
carries from one company to another. `python -m benchmarks questions --fit` fits the weights anew; a company fits two
numbers of its own over them with `naru evaluate retrieval FILE --calibrate` (Platt 1999, Probabilistic Outputs for
Support Vector Machines).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import exp
from typing import Literal, Self

from retrieval.asked import Idf, Lines, Word

How = Literal["words", "fused"]
"""Whether a question was searched by words alone or with a vector as well."""

BETWEEN = 6
"""So many passages, best first, are held against each other."""
_NEAR = 0.05
"""What nearness alone is worth: enough that a model looks at what says it in other words, never enough to be quoted. As
a signal of the regression its weight is below 0: a question that no document answers is as near to its subject."""
_IN_HEADING = 0.7
"""What a word counts for that stands above a line and not in it."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of whether a passage answers, each 0 to 1.

    said: the share of the question's words, by what they count and how rare they are, that the passage says. line: the
    same of its best line, where a word of the headings counts .7. together: what it says of all that the best six
    passages say between them: words that are scattered over several are no answer. near: how far its cosine stands
    above that of the 50th nearest, as a share of the way to 1; 0 by words alone.

    Of the pairs of an answerable and an unanswerable question of the even half these put .95 into the right order (the
    share of BM25 that was reached, the confidence of earlier releases: .83). Measured, and left out as no better: the
    heaviest word that is lacking, what all passages of the document say, how far the score stands above the next
    document's, whether a figure is asked for and there.
    """

    said: float = 0.0
    line: float = 0.0
    together: float = 0.0
    near: float = 0.0


NO_SIGNALS = Signals()
SIGNALS = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as it was found. above: its document's title and its headings. near: as in Signals."""

    above: str
    text: str
    near: float = 0.0


def signals_of(words: Sequence[Word], found: Sequence[Candidate], idf: Idf) -> tuple[Signals, ...]:
    """Of each passage found, best first."""
    heavy = [word.weight * max(map(idf, word.terms)) for word in words]
    total = sum(heavy)
    if not total or not found:
        return tuple(Signals(near=one.near) for one in found)
    read = [_Read.of(one, words, heavy, idf) for one in found]
    between = _sum(heavy, [max(column) for column in zip(*(one.said for one in read[:BETWEEN]), strict=True)])
    return tuple(_signals(one, heavy, total, between) for one in read)


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage held against the question's words. said: how much of each. line: what its best line is worth."""

    said: Sequence[float]
    line: float
    near: float

    @classmethod
    def of(cls, one: Candidate, words: Sequence[Word], heavy: Sequence[float], idf: Idf) -> Self:
        above, text = Lines(one.above), Lines(one.text)
        over = [above.say(word, idf)[0] for word in words]
        here = [text.say(word, idf) for word in words]
        lines = zip(*(lines for _, lines in here), strict=True)
        worth = (
            _sum(heavy, [max(low, _IN_HEADING * high) for low, high in zip(line, over, strict=True)]) for line in lines
        )
        return cls(
            [max(high, low) for high, (low, _) in zip(over, here, strict=True)], max(worth, default=0.0), one.near
        )


def _signals(one: _Read, heavy: Sequence[float], total: float, between: float) -> Signals:
    said = _sum(heavy, one.said)
    return Signals(said / total, one.line / total, min(1.0, said / between) if between else 0.0, one.near)


def _sum(weights: Sequence[float], shares: Sequence[float]) -> float:
    return sum(weight * share for weight, share in zip(weights, shares, strict=True))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal adds to the log odds, and the constant."""

    said: float
    line: float
    together: float
    constant: float

    def log_odds(self, signals: Signals) -> float:
        return self.constant + self.said * signals.said + self.line * signals.line + self.together * signals.together


@dataclass(frozen=True, slots=True)
class Scale:
    """A company's own: its log odds are slope · (ours) + shift."""

    slope: float = 1.0
    shift: float = 0.0


SHIPPED: Mapping[How, Weights] = {
    "words": Weights(said=5.77, line=5.75, together=1.56, constant=-8.51),
    "fused": Weights(said=5.64, line=5.69, together=2.06, constant=-8.80),
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Signals to the probability that a passage answers."""

    words: Scale = Scale()
    fused: Scale = Scale()

    def probability(self, signals: Signals, how: How) -> float:
        scale = self.words if how == "words" else self.fused
        told = logistic(scale.slope * SHIPPED[how].log_odds(signals) + scale.shift)
        return max(told, _NEAR * signals.near)


OURS = Calibration()


def version() -> str:
    """Of the shipped weights: a company's own numbers are over these and no others."""
    return hashlib.sha256(repr(sorted(SHIPPED.items())).encode()).hexdigest()[:12]


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))
