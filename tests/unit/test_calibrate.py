"""A confidence counted from questions: what is fitted, and what is refused."""

from __future__ import annotations

import random

import pytest

from admin.calibrate import ENOUGH, CalibrationFault, Judged, calibrated, regressed, scale_of, weights_of
from bot.answer import QUOTABLE
from retrieval.confidence import OURS, Signals


def judged(answerable: bool, *shares: float) -> Judged:
    return Judged(tuple(Signals(share, share, share) for share in shares), answerable)


def company(answered: float, unanswered: float, number: int = 60) -> list[Judged]:
    """Questions whose best passage says about so much of them."""
    chance = random.Random(1)
    return [
        judged(answerable, min(1.0, max(0.0, chance.gauss(about, 0.1))))
        for answerable, about in ((True, answered), (False, unanswered))
        for _ in range(number)
    ]


def test_the_line_between_two_kinds_is_found_between_them_however_many_there_are_of_each() -> None:
    rows = [(0.0,), (0.1,), (0.2,), *[(0.8,), (0.9,), (1.0,)] * 20]
    (slope,), constant = regressed(rows, [row[0] > 0.5 for row in rows])
    assert slope > 0
    assert 0.3 < -constant / slope < 0.7


def test_what_tells_nothing_weighs_nothing() -> None:
    rows = [(share, chance) for share in (0.1, 0.9) for chance in (0.0, 1.0)] * 10
    (share, chance), _ = regressed(rows, [row[0] > 0.5 for row in rows])
    assert share > 1
    assert abs(chance) < 1e-6


def test_a_question_is_judged_by_its_likeliest_passage_and_not_by_its_first() -> None:
    some = [*(judged(True, 0.1, 0.9) for _ in range(20)), *(judged(False, 0.3, 0.2) for _ in range(20))]
    weights = weights_of(some, [1.0] * len(some))
    assert weights.log_odds(Signals(0.9, 0.9, 0.9)) > 0 > weights.log_odds(Signals(0.3, 0.3, 0.3))


def test_many_questions_that_count_little_do_not_outweigh_a_few_that_count_much() -> None:
    ours, theirs = company(0.8, 0.2), company(0.2, 0.8, number=600)
    weights = weights_of([*ours, *theirs], [1.0] * len(ours) + [0.01] * len(theirs))
    assert weights.log_odds(Signals(0.8, 0.8, 0.8)) > 0 > weights.log_odds(Signals(0.2, 0.2, 0.2))


def test_a_company_whose_people_ask_in_other_words_than_its_documents_gets_a_lower_bar() -> None:
    """Its questions are answered by passages that say half of them."""
    half = Signals(0.5, 0.5, 0.5)
    made = calibrated(company(0.55, 0.2), QUOTABLE)
    assert OURS.probability(half, "words") < QUOTABLE < made.calibration.probability(half, "words")
    assert made.fitted == ("words",)
    assert made.false_answers["odd"] < 0.2
    assert made.false_refusals["odd"] < 0.2


def test_too_few_questions_are_refused_with_what_is_missing() -> None:
    few = company(0.8, 0.2, number=ENOUGH - 1)
    with pytest.raises(CalibrationFault, match=f"takes {ENOUGH} questions that documents answer"):
        scale_of(few, "words")
    with pytest.raises(CalibrationFault, match="There are no questions"):
        calibrated([], QUOTABLE)


def test_questions_that_turn_confidence_around_are_refused() -> None:
    with pytest.raises(CalibrationFault, match="with less confidence than"):
        scale_of(company(0.2, 0.8), "words")
