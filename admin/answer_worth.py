"""What one way of answering is worth on a company's own cases, in the columns of `naru compare`. Pure.

right: of the cases that documents answer, the answers that hold all keywords; where a case has none, those that cite
one of its documents. A case with neither does not count. cited: of the sentences, those that the passages say which
they cite; a quotation is one sentence, and its passage says it. abstains: of the cases that nothing answers, those
where that is said; wrongly_abstains: of the rest. seconds: from question to answer. cost: of 1,000 such questions.

Where the way's model failed, a quotation was shown in its place. That is the merit of another way, and so the question
counts as not right, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, quantiles
from typing import Any

from admin.answer_scores import Scored

THOUSAND = 1000
_HOUR_S = 3600


class Outcome(StrEnum):
    """What became of one case. The second and the third: that it was said that nothing is known."""

    RIGHT = "right"
    RIGHTLY = "rightly not known"
    WRONGLY = "wrongly not known"
    WRONG = "wrong"
    FAILED = "no answer"


@dataclass(frozen=True, slots=True)
class Worth:
    """Shares are 0 to 1; None where there is nothing of which to take one. asked: questions that a model was asked.
    failed: of those, where it did not answer; why: the first time. by_citation: cases without keywords,
    where right says only that what answers is cited. outcomes: in cases. Times in seconds; None: it never answered."""

    questions: int
    asked: int
    failed: int
    why: str | None
    by_citation: int
    right: float | None
    cited: float | None
    abstains: float | None
    wrongly_abstains: float | None
    outcomes: Mapping[Outcome, int]
    p50: float | None
    p95: float | None
    mean: float | None

    def data(self) -> dict[str, Any]:
        """As --json prints it."""
        return {
            "questions": self.questions,
            "asked": self.asked,
            "failed": self.failed,
            "why_failed": self.why,
            "by_citation": self.by_citation,
            "right": self.right,
            "cited": self.cited,
            "abstains": self.abstains,
            "wrongly_abstains": self.wrongly_abstains,
            "outcomes": {one.value: count for one, count in self.outcomes.items()},
            "seconds": {"p50": self.p50, "p95": self.p95, "mean": self.mean},
        }


def worth(results: Sequence[Scored], *, judged: bool = False) -> Worth:
    """judged: sentences count as the judge says, and those of which it says nothing do not."""
    there = [one for one in results if one.given.fault is None]
    faults = [one.given.fault for one in results if one.given.fault is not None]
    found = [outcome_of(one) for one in results]
    answerable = [
        outcome for one, outcome in zip(results, found, strict=True) if one.case.answerable and outcome is not None
    ]
    took = [one.given.seconds for one in there]
    cuts = quantiles(took, n=20, method="inclusive") if len(took) > 1 else took * 19
    return Worth(
        questions=len(results),
        asked=len(faults) + sum(one.given.written for one in there),
        failed=len(faults),
        why=faults[0] if faults else None,
        by_citation=sum(one.case.answerable and not one.case.keywords and bool(one.case.relevant) for one in results),
        right=_share([one is Outcome.RIGHT for one in answerable]),
        cited=_cited(there, judged=judged),
        abstains=_share([not one.given.known for one in there if not one.case.answerable]),
        wrongly_abstains=_share([not one.given.known for one in there if one.case.answerable]),
        outcomes={one: found.count(one) for one in Outcome},
        p50=round(cuts[9], 2) if cuts else None,
        p95=round(cuts[18], 2) if cuts else None,
        mean=round(fmean(took), 3) if took else None,
    )


def outcome_of(one: Scored) -> Outcome | None:
    """None where the case does not say what a right answer is."""
    says = one.says if one.case.keywords else one.found
    if one.case.answerable and not one.case.keywords and not one.case.relevant:
        return None
    if one.given.fault is not None:
        return Outcome.FAILED
    if not one.given.known:
        return Outcome.WRONGLY if one.case.answerable else Outcome.RIGHTLY
    return Outcome.RIGHT if one.case.answerable and says else Outcome.WRONG


def cost_by_token(results: Sequence[Scored]) -> float | None:
    """Of 1,000 such questions, in the currency of the prices; what no model wrote costs nothing. None where a price, or
    what the model took, is not known, or it never answered."""
    there = [one.given for one in results if one.given.fault is None]
    costs = [one.cost if one.written else 0.0 for one in there]
    known = [cost for cost in costs if cost is not None]
    return fmean(known) * THOUSAND if known and len(known) == len(costs) else None


def cost_by_hour(found: Worth, price: float | None) -> float | None:
    """Of 1,000 such questions, one at a time: at most so much, since a server answers many at once. price: of an hour
    of all cards that the model takes."""
    return None if price is None or found.mean is None else price * found.mean / _HOUR_S * THOUSAND


def _cited(results: Sequence[Scored], *, judged: bool) -> float | None:
    supported = whole = 0
    for one in results:
        if not one.given.known:
            continue
        if not one.given.written:
            supported, whole = supported + 1, whole + 1
        elif not judged:
            supported, whole = supported + one.supported, whole + one.sentences
        elif one.judged is not None:
            supported, whole = supported + one.judged, whole + one.sentences
    return round(supported / whole, 4) if whole else None


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
