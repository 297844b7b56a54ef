"""What a way is worth is counted as its columns say; what failed flatters nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.answer_cases import Case
from admin.answer_scores import Given, Scored
from admin.answer_worth import Outcome, Worth, cost_by_hour, cost_by_token, outcome_of, worth
from bot.domain import Route

KEYED = Case(1, "연차는 며칠인가요?", (), ("15일",))
FOUND = Case(2, "출장비는 언제까지 정산하나요?", ("trip.md",))
BARE = Case(3, "노트북은 어디서 받나요?")
NOTHING = Case(4, "셔틀버스 시간표는?", answerable=False)


def one(
    case: Case,
    *,
    known: bool = True,
    written: bool = True,
    seconds: float = 1.0,
    cost: float | None = None,
    fault: str | None = None,
    sentences: int = 1,
    supported: int = 1,
    judged: int | None = None,
    found: bool | None = None,
    says: bool | None = None,
) -> Scored:
    made = Given(known, Route.ON_PREM, seconds, written=written, cost=cost, fault=fault)
    return Scored(case, made, sentences, supported, judged=judged, found=found, says=says)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (one(KEYED, says=True, found=False), Outcome.RIGHT),
        (one(KEYED, says=False, found=True), Outcome.WRONG),
        (one(FOUND, found=True), Outcome.RIGHT),
        (one(FOUND, found=False), Outcome.WRONG),
        (one(FOUND, known=False), Outcome.WRONGLY),
        (one(NOTHING, known=False), Outcome.RIGHTLY),
        (one(NOTHING), Outcome.WRONG),
        (one(KEYED, says=True, fault="The on-prem model cannot be reached."), Outcome.FAILED),
        (one(NOTHING, known=False, fault="The on-prem model cannot be reached."), Outcome.FAILED),
        (one(BARE), None),
        (one(BARE, known=False), None),
    ],
)
def test_keywords_say_what_is_right_and_without_them_the_documents(result: Scored, outcome: Outcome | None) -> None:
    assert outcome_of(result) is outcome


def test_a_case_that_says_nothing_of_a_right_answer_does_not_count_as_one() -> None:
    counted = worth([one(KEYED, says=True), one(BARE), one(FOUND, known=False)])
    assert (counted.right, counted.wrongly_abstains, counted.by_citation) == (0.5, 0.3333, 1)
    assert worth([one(BARE)]).right is None


def test_a_question_at_which_its_model_failed_is_not_right_and_counts_nowhere_else() -> None:
    fault = "The on-prem model cannot be reached."
    failed = one(KEYED, says=True, written=False, seconds=60.0, fault=fault)
    left = one(NOTHING, known=False, fault="The model is left alone for a moment.")
    counted = worth([one(KEYED, says=True), failed, left])
    assert (counted.right, counted.cited, counted.p95, counted.mean) == (0.5, 1.0, 1.0, 1.0)
    assert (counted.abstains, counted.wrongly_abstains) == (None, 0.0)
    assert (counted.asked, counted.failed, counted.why) == (3, 2, fault)


def test_a_quotation_is_one_sentence_that_its_passage_says() -> None:
    quoted = one(KEYED, written=False, sentences=0, supported=0)
    assert worth([quoted]).cited == 1.0
    assert worth([quoted, one(KEYED, sentences=3, supported=0)]).cited == 0.25


def test_with_the_judge_only_what_it_judged_counts() -> None:
    results = [one(KEYED, sentences=2, supported=2, judged=1), one(KEYED, sentences=2, supported=2)]
    assert worth(results, judged=True).cited == 0.5
    assert worth(results).cited == 1.0


def test_the_cloud_costs_what_its_tokens_do_and_nothing_where_it_was_not_asked() -> None:
    assert cost_by_token([one(KEYED, cost=0.004), one(KEYED, written=False)]) == pytest.approx(2.0)
    assert cost_by_token([one(KEYED, cost=0.004), one(KEYED)]) is None, "a price or a count of tokens is missing"
    assert cost_by_token([one(KEYED, fault="no")]) is None


def test_a_card_costs_its_hour_for_as_long_as_a_question_takes() -> None:
    counted = worth([one(KEYED, seconds=1.0), one(KEYED, seconds=2.6)])
    assert cost_by_hour(counted, 2.0) == pytest.approx(1.0)
    assert cost_by_hour(counted, None) is None
    assert cost_by_hour(worth([one(KEYED, fault="no")]), 2.0) is None


RESULTS = st.lists(
    st.builds(
        one,
        st.sampled_from((KEYED, FOUND, NOTHING, BARE)),
        known=st.booleans(),
        written=st.booleans(),
        fault=st.sampled_from((None, "The on-prem model cannot be reached.")),
        says=st.booleans(),
        found=st.booleans(),
    ),
    min_size=1,
)


@given(RESULTS)
def test_a_failure_never_makes_a_way_look_better(results: list[Scored]) -> None:
    def of(given: Given) -> Given:
        return Given(given.known, given.route, given.seconds, written=given.written, fault="It failed.")

    before: Worth = worth(results)
    worse = worth([Scored(results[0].case, of(results[0].given), says=results[0].says), *results[1:]])
    assert (worse.right or 0) <= (before.right or 0)
    assert sum(before.outcomes.values()) == sum(outcome_of(one) is not None for one in results)
    assert before.failed <= before.asked <= before.questions
