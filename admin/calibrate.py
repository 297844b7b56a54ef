"""Questions whose answers are known, to how a confidence is counted: a logistic regression. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from retrieval.confidence import SHIPPED, Calibration, How, Scale, Signals, Weights, logistic
from retrieval.errors import Fault

ENOUGH = 20
"""Questions with an answer, and as many without: what is fitted to fewer says more of them than of the company."""

_STEPS = 100
_STILL = 1e-9
_ROUNDS = 5
_RIDGE = 1.0


class CalibrationFault(Fault):
    """Questions from which no confidence can be counted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question as it was searched. signals: of the passages that decide, best first. answerable: whether something
    answers it."""

    signals: tuple[Signals, ...]
    answerable: bool
    how: How = "words"


NOT_JUDGED = Judged((), False)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Two numbers for each way of searching that was fitted, and what the bar for quotations then does, by halves: the
    even questions were fitted to, the odd ones tell how it is with questions that nobody has seen."""

    calibration: Calibration
    fitted: tuple[How, ...]
    false_answers: Mapping[str, float]
    false_refusals: Mapping[str, float]


def calibrated(judged: Sequence[Judged], bar: float) -> Calibrated:
    """bar: for quotations. Fits to every other question; where there are too few for one way of searching, that one
    stays as it was shipped. Raises CalibrationFault where both do."""
    scales: dict[How, Scale] = {}
    faults: list[CalibrationFault] = []
    for how in SHIPPED:
        mine = [one for one in judged if one.how == how]
        try:
            scales[how] = scale_of(_half(mine, 0), how)
        except CalibrationFault as fault:
            faults += [fault] if mine else []
    if not scales:
        raise faults[0] if faults else CalibrationFault("There are no questions to count a confidence from.")
    calibration = Calibration(**scales)
    answers, refusals = {}, {}
    for name, which in (("even", 0), ("odd", 1)):
        some = [one for how in scales for one in _half([j for j in judged if j.how == how], which)]
        answers[name] = _over(some, False, calibration, bar)
        refusals[name] = round(1 - _over(some, True, calibration, bar), 4)
    return Calibrated(calibration, tuple(scales), answers, refusals)


def _half(judged: Sequence[Judged], which: int) -> list[Judged]:
    """Every other question of each kind."""
    return [
        one for answerable in (True, False) for one in [one for one in judged if one.answerable is answerable][which::2]
    ]


def _over(judged: Sequence[Judged], answerable: bool, calibration: Calibration, bar: float) -> float:
    some = [one for one in judged if one.answerable is answerable]
    over = [max((calibration.probability(s, one.how) for s in one.signals), default=0.0) >= bar for one in some]
    return round(sum(over) / len(over), 4) if over else 0.0


def weights_of(judged: Sequence[Judged], trusts: Sequence[float]) -> Weights:
    """The weights that tell the answerable from the rest by their best passage. Which one that is hangs on the weights,
    so that the two are found in turn. trusts: what each question counts."""
    weights, truths = SHIPPED["words"], [one.answerable for one in judged]
    for _ in range(_ROUNDS):
        chosen = [max(one.signals, key=weights.log_odds, default=Signals()) for one in judged]
        (said, window, figure), constant = regressed([(s.said, s.window, s.figure) for s in chosen], truths, trusts)
        weights = Weights(said, window, figure, constant)
    return weights


def scale_of(judged: Sequence[Judged], how: How) -> Scale:
    """A company's own two numbers over the shipped weights. Raises CalibrationFault where the questions are too few, or
    where a higher confidence would have to mean a lower one."""
    mine = [one for one in judged if one.how == how]
    answerable = sum(one.answerable for one in mine)
    if min(answerable, len(mine) - answerable) < ENOUGH:
        raise CalibrationFault(
            f"To count a confidence anew takes {ENOUGH} questions that documents answer and {ENOUGH} that none does; "
            f"there are {answerable} and {len(mine) - answerable}: add some."
        )
    odds = [(max(map(SHIPPED[how].log_odds, one.signals or (Signals(),))),) for one in mine]
    (slope,), shift = regressed(odds, [one.answerable for one in mine])
    if slope <= 0:
        raise CalibrationFault(
            "The questions that documents answer are found with less confidence than those that none does: look "
            "whether `relevant` is right, and whether the source is indexed."
        )
    return Scale(round(slope, 4), round(shift, 4))


def regressed(
    rows: Sequence[Sequence[float]], truths: Sequence[bool], trusts: Sequence[float] = ()
) -> tuple[tuple[float, ...], float]:
    """(a weight for each column, the constant) of a logistic regression in which the two kinds count alike, however
    many there are of each, with a ridge of 1 on the columns in units of their spread (Newton's method; Hastie,
    Tibshirani and Friedman 2009, The Elements of Statistical Learning, 4.4). trusts: what each row counts among its
    kind; none: 1."""
    means, spreads = _spread(rows)
    scaled = [[*((x - m) / s for x, m, s in zip(row, means, spreads, strict=True)), 1.0] for row in rows]
    trusts = trusts or (1.0,) * len(rows)
    kinds = {kind: sum(t for t, truth in zip(trusts, truths, strict=True) if truth is kind) for kind in set(truths)}
    counts = [trust * sum(trusts) / (2 * kinds[truth]) for trust, truth in zip(trusts, truths, strict=True)]
    beta = [0.0] * (len(means) + 1)
    for _ in range(_STEPS):
        gradient, curve = _derivatives(scaled, truths, counts, beta)
        step = _solved(curve, gradient)
        beta = [b - d for b, d in zip(beta, step, strict=True)]
        if max(map(abs, step)) < _STILL:
            break
    slopes = tuple(b / s for b, s in zip(beta, spreads, strict=False))
    return slopes, beta[-1] - sum(slope * m for slope, m in zip(slopes, means, strict=True))


def _spread(rows: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    columns = list(zip(*rows, strict=True))
    means = [sum(column) / len(column) for column in columns]
    spreads = [sqrt(sum((x - m) ** 2 for x in c) / len(c)) or 1.0 for c, m in zip(columns, means, strict=True)]
    return means, spreads


def _derivatives(
    rows: Sequence[Sequence[float]], truths: Sequence[bool], counts: Sequence[float], beta: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """Of the penalised loss: its gradient, and how that changes. The constant is not held back."""
    size = len(beta)
    ridge = [_RIDGE] * (size - 1) + [0.0]
    gradient = [r * b for r, b in zip(ridge, beta, strict=True)]
    curve = [[ridge[i] if i == j else 0.0 for j in range(size)] for i in range(size)]
    for row, truth, count in zip(rows, truths, counts, strict=True):
        p = logistic(sum(b * x for b, x in zip(beta, row, strict=True)))
        miss, bend = count * (p - truth), count * p * (1 - p)
        for i, x in enumerate(row):
            gradient[i] += miss * x
            for j, y in enumerate(row):
                curve[i][j] += bend * x * y
    return gradient, curve


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Gauss-Jordan with the largest pivot; the matrix is positive definite."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for at in range(len(rows)):
        pivot = max(range(at, len(rows)), key=lambda n: abs(rows[n][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [x / rows[at][at] for x in rows[at]]
        for n, row in enumerate(rows):
            if n != at and row[at]:
                rows[n] = [x - row[at] * y for x, y in zip(row, rows[at], strict=True)]
    return [row[-1] for row in rows]
