"""Whether one way of searching is better than another: said of few questions as carefully as of many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.paired import paired, sign_test

GAINS = st.lists(st.sampled_from([-1.0, -0.5, -0.1, 0.0, 0.1, 0.5, 1.0]), max_size=40)
OPPOSITE = {"better": "worse", "worse": "better"}


@given(GAINS)
def test_what_is_better_one_way_round_is_worse_the_other(gains: list[float]) -> None:
    one, other = paired(gains, resamples=200), paired([-gain for gain in gains], resamples=200)
    assert other.verdict == OPPOSITE.get(one.verdict, "not distinguishable")
    assert [other.low, other.high] == pytest.approx([-one.high, -one.low])


@given(GAINS)
def test_nothing_is_ever_called_better_without_more_wins_than_losses_and_an_interval_above_nothing(
    gains: list[float],
) -> None:
    found = paired(gains, resamples=200)
    assert (found.wins, found.losses, found.ties) == (
        sum(gain > 0 for gain in gains),
        sum(gain < 0 for gain in gains),
        gains.count(0.0),
    )
    if found.verdict == "better":
        assert found.wins > found.losses
        assert 0 < found.low <= found.high


def test_five_questions_of_five_are_too_few_and_six_of_six_are_not() -> None:
    assert paired([0.5] * 5).verdict == "not distinguishable"
    assert paired([0.5] * 6).verdict == "better"
    assert paired([0.5] * 6 + [0.0] * 500).verdict == "better"


def test_many_small_wins_do_not_outweigh_a_few_great_losses() -> None:
    gains = [0.01] * 40 + [-1.0] * 8
    assert sign_test(40, 8) < 0.001
    assert paired(gains).verdict != "better"


@pytest.mark.parametrize(("wins", "losses", "p"), [(0, 0, 1.0), (3, 3, 1.0), (6, 0, 0.03125), (1, 9, 0.021484375)])
def test_the_sign_test_is_exact(wins: int, losses: int, p: float) -> None:
    assert sign_test(wins, losses) == p
    assert sign_test(losses, wins) == p


def test_thousands_of_questions_are_no_trouble_for_the_sign_test() -> None:
    assert 0 < sign_test(3000, 2000) < 1e-30


def test_the_same_questions_give_the_same_interval() -> None:
    gains = [0.5, -0.2, 0.0, 1.0, 0.3, -0.1, 0.4]
    assert paired(gains) == paired(gains)
