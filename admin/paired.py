"""Whether one way of searching is better than another, on the same questions.

Each question is a pair, so only the difference counts. Two looks at it: a bootstrap over questions (Sakai 2006,
Evaluating Evaluation Metrics Based on the Bootstrap) says how large the difference may be; the sign test says whether
wins and losses could be those of a coin. Few questions make the first too sure of itself, and the second ignores how
much is won, so both have to agree before anything is called better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

RESAMPLES = 2000
"""For the ends of a 95% interval (Efron and Tibshirani 1993, An Introduction to the Bootstrap, ask for 1,000)."""
_TAIL = 0.025
SIGNIFICANT = 0.05

Verdict = Literal["better", "worse", "not distinguishable"]


@dataclass(frozen=True, slots=True)
class Paired:
    """mean: of the differences; low, high: its 95% interval. wins, losses, ties: questions. p: of the two-sided sign
    test, which leaves ties out."""

    mean: float
    low: float
    high: float
    wins: int
    losses: int
    ties: int
    p: float

    @property
    def verdict(self) -> Verdict:
        if self.p > SIGNIFICANT:
            return "not distinguishable"
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "not distinguishable"


def paired(differences: Sequence[float], *, resamples: int = RESAMPLES) -> Paired:
    """differences: what each question gains, of a question that gains nothing 0. The same every time."""
    wins = sum(one > 0 for one in differences)
    losses = sum(one < 0 for one in differences)
    count = len(differences)
    if wins + losses == 0:
        return Paired(0.0, 0.0, 0.0, 0, 0, count, 1.0)
    random = Random(0)
    means = sorted(sum(random.choices(differences, k=count)) / count for _ in range(resamples))
    cut = int(_TAIL * resamples)
    mean = sum(differences) / count
    return Paired(mean, means[cut], means[-1 - cut], wins, losses, count - wins - losses, sign_test(wins, losses))


def sign_test(wins: int, losses: int) -> float:
    """How likely a fair coin is to be at least as one-sided, exactly; 1 where nothing was tossed."""
    tossed = wins + losses
    tail, ways = 0, 1
    for k in range(min(wins, losses) + 1):
        tail += ways
        ways = ways * (tossed - k) // (k + 1)
    return min(1.0, 2 * tail / (1 << tossed))
