"""How likely a passage answers: a word that it lacks, words that are scattered, and what is only near."""

from __future__ import annotations

from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from bot.answer import ASKABLE, QUOTABLE
from retrieval.asked import words_of
from retrieval.confidence import OURS, Calibration, Candidate, Scale, Signals, asks_for_a_figure, signals_of

SHARE = st.floats(0, 1)
SIGNALS = st.builds(Signals, SHARE, SHARE, SHARE, SHARE)
SCALE = st.builds(Scale, st.floats(0.01, 20), st.floats(-20, 20))
CHECKUP = "결과는 병원이 본인에게 보냅니다."


def likely(question: str, *texts: str, above: str = "건강검진 안내") -> list[float]:
    found = [Candidate(above, text) for text in texts]
    figure, words = asks_for_a_figure(question), words_of(question)
    return [OURS.probability(one, "words") for one in signals_of(words, found, lambda _: 1.0, figure=figure)]


def test_a_passage_that_lacks_what_is_asked_of_its_subject_does_not_answer() -> None:
    (lacks,) = likely("병원에 주차할 수 있나요?", CHECKUP)
    (says,) = likely("병원에 주차할 수 있나요?", "주차는 병원에 두 시간까지 됩니다.")
    assert lacks < QUOTABLE < says


def test_a_passage_that_lacks_what_any_question_holds_answers_all_the_same() -> None:
    plain, chatty = "건강검진 결과는?", "혹시 그냥 건강검진 결과는 보통 어떻게 되나요?"
    assert likely(plain, CHECKUP) >= [QUOTABLE]
    assert likely(chatty, CHECKUP) >= [QUOTABLE]


def test_who_asks_how_much_is_answered_where_a_figure_stands_beside_the_words() -> None:
    with_one, without = likely(
        "주차는 몇 시간까지 되나요?", "주차는 2시간까지 됩니다.", "주차는 시간을 지킵니다.", above="안내"
    )
    assert with_one > without
    not_asked, nor_here = likely("병원에 주차", "병원에 주차 2시간", "병원에 주차 지하", above="안내")
    assert not_asked == nor_here


def test_words_of_two_lines_on_end_say_more_than_those_of_two_far_apart() -> None:
    on_end = "주차는 지하에 합니다.\n병원은 네 곳입니다.\n식당은 8층입니다."
    apart = "주차는 지하에 합니다.\n식당은 8층입니다.\n병원은 네 곳입니다."
    close, far = likely("병원 주차", on_end, apart, above="안내")
    assert close > far


def test_words_in_one_line_say_more_than_the_same_in_several_far_apart() -> None:
    together = "주차는 병원에 두 시간까지 됩니다.\n그 뒤로는 돈을 냅니다."
    apart = "병원은 네 곳입니다.\n식당은 8층입니다.\n주차는 지하에 합니다."
    close, scattered = likely("병원 주차", together, apart, above="안내")
    assert close > scattered


def test_what_is_only_near_a_model_may_look_at_and_nobody_quotes() -> None:
    only_near = OURS.probability(Signals(near=0.6), "fused")
    assert ASKABLE <= only_near < QUOTABLE


def test_a_question_that_asks_for_nothing_is_answered_by_nothing() -> None:
    assert signals_of((), [Candidate("a", "b")], lambda _: 1.0, figure=False) == (Signals(),)
    assert signals_of(words_of("주차"), [], lambda _: 1.0, figure=False) == ()


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80)), max_size=8))
def test_no_signal_is_ever_outside_0_to_1(question: str, found: list[tuple[str, str]]) -> None:
    candidates, figure = [Candidate(*one) for one in found], asks_for_a_figure(question)
    for signals in signals_of(words_of(question), candidates, lambda _: 2.5, figure=figure):
        assert all(0 <= share <= 1 + 1e-9 for share in astuple(signals))
        assert signals.window <= signals.said + 1e-9


@given(SIGNALS, SIGNALS, SCALE)
def test_a_companys_own_numbers_never_change_which_passage_is_likelier(a: Signals, b: Signals, scale: Scale) -> None:
    own = Calibration(words=scale)
    if OURS.probability(a, "words") < OURS.probability(b, "words"):
        assert own.probability(a, "words") <= own.probability(b, "words") or a.near > 0


@given(SIGNALS, st.builds(Calibration, SCALE, SCALE))
def test_a_probability_is_one_whatever_the_company_has_fitted(signals: Signals, calibration: Calibration) -> None:
    assert 0 <= calibration.probability(signals, "words") <= 1
    assert 0 <= calibration.probability(signals, "fused") <= 1
