"""How likely it is that a passage answers the question: what a search knows of it, and the weights of that. Pure.

A logistic regression over a few shares, which mean the same in every corpus: BM25 scores do not, and so no bar on them
carries from one company to another. `python -m benchmarks questions --fit` fits the weights anew; a company fits two
numbers of its own over them with `naru evaluate retrieval FILE --calibrate` (Platt 1999, Probabilistic Outputs for
Support Vector Machines).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import exp, sqrt
from typing import Literal

from retrieval.asked import Idf, Lines, Word
from retrieval.text import normalise

How = Literal["words", "fused"]
"""Whether a question was searched by words alone or with a vector as well."""

_WINDOW = 2
"""Lines that are read together: a row and the next, a sentence and its condition."""
_NEAR = 0.05
"""What nearness alone is worth: enough that a model looks at what says it in other words, never enough to be quoted. As
a signal of the regression its weight is below 0: a question that no document answers is as near to its subject."""
_IN_HEADING = 0.7
"""What a word counts for that stands above a line and not in it."""
_UNASKED = 0.5
_DIGIT = re.compile("\\d")
_ASKS_FOR_A_FIGURE = re.compile("얼마|며칠|몇|언제|how (?:many|much|long|often|soon|fast|big)|\\bwhen\\b")


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of whether a passage answers, each 0 to 1.

    said: the share of the question's words, by their kind and how rare they are, that the passage says. window: the
    same of its best two lines, where a word of the headings counts .7. figure: 1 where the question asks how much or
    when and those lines have a figure, 0 where they have none, .5 where it does not ask. near: how far its cosine
    stands above that of the 50th nearest, as a share of the way to 1; 0 by words alone.

    By cross-validation over the even half of our questions and samples/asked/tuning.jsonl these put .93 of the pairs
    of an answerable and an unanswerable question into the right order, without the figure .90. Measured there, and left
    out as no better: the best line, what the best six passages say between them, the heaviest word that is lacking and
    its kind, the share of nouns that are lacking, what the headings say, what stands nowhere, what another document
    says, how far the score stands above the next document's, the number of words, products of these.

    Of the figure's worth some is ours: of what no document answers, people who wrote our questions asked "may I" more
    often than "how much". Of KorQuAD's pairs, where both are asked alike, .88 are in the right order with it, .89
    without.
    """

    said: float = 0.0
    window: float = 0.0
    figure: float = 0.0
    near: float = 0.0


NO_SIGNALS = Signals()
SIGNALS = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as it was found. above: its document's title and its headings. near: as in Signals."""

    above: str
    text: str
    near: float = 0.0


def asks_for_a_figure(question: str) -> bool:
    return _ASKS_FOR_A_FIGURE.search(normalise(question)) is not None


def signals_of(words: Sequence[Word], found: Sequence[Candidate], idf: Idf, *, figure: bool) -> tuple[Signals, ...]:
    """Of each passage found, best first. figure: whether the question asks for one."""
    # Its root: with all of it one rare word that is lacking outweighs all that is said (.935, .931 in the right order).
    heavy = [word.weight * sqrt(max(map(idf, word.terms))) for word in words]
    total = sum(heavy)
    if not total:
        return tuple(Signals(near=one.near) for one in found)
    return tuple(_signals(one, words, [weight / total for weight in heavy], idf, figure) for one in found)


def _signals(one: Candidate, words: Sequence[Word], heavy: Sequence[float], idf: Idf, figure: bool) -> Signals:
    above, text = Lines(one.above), Lines(one.text)
    over = [above.say(word, idf)[0] for word in words]
    here = [text.say(word, idf) for word in words]
    said = _sum(heavy, [max(high, low) for high, (low, _) in zip(over, here, strict=True)])
    windows = [slice(start, start + _WINDOW) for start in range(len(text.texts))]
    worth = [
        _sum(heavy, [max(*lines[window], _IN_HEADING * high) for high, (_, lines) in zip(over, here, strict=True)])
        for window in windows
    ]
    if not worth:
        return Signals(said, near=one.near)
    best = windows[max(range(len(worth)), key=worth.__getitem__)]
    has_one = any(map(_DIGIT.search, text.texts[best])) if figure else _UNASKED
    return Signals(said, max(worth), float(has_one), one.near)


def _sum(weights: Sequence[float], shares: Sequence[float]) -> float:
    return sum(weight * share for weight, share in zip(weights, shares, strict=True))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal adds to the log odds, and the constant."""

    said: float
    window: float
    figure: float
    constant: float

    def log_odds(self, signals: Signals) -> float:
        return self.constant + self.said * signals.said + self.window * signals.window + self.figure * signals.figure


@dataclass(frozen=True, slots=True)
class Scale:
    """A company's own: its log odds are slope · (ours) + shift."""

    slope: float = 1.0
    shift: float = 0.0


SHIPPED: Mapping[How, Weights] = {
    "words": Weights(said=4.65, window=5.00, figure=3.73, constant=-8.62),
    "fused": Weights(said=4.65, window=5.00, figure=3.73, constant=-8.62),
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
