"""A server in trouble gets a fifth more requests, and not three times as many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.models.retries import LEAST, SHARE, WINDOW_S, RetryBudget


def test_with_few_questions_there_are_a_few_tries_all_the_same() -> None:
    budget = RetryBudget(clock=lambda: 0.0)
    budget.asked()
    assert [budget.spare() for _ in range(LEAST + 1)] == [True] * LEAST + [False]


def test_a_minute_later_there_are_tries_again() -> None:
    now = [0.0]
    budget = RetryBudget(least=1, clock=lambda: now[0])
    assert budget.spare()
    assert not budget.spare()
    now[0] = WINDOW_S
    assert budget.spare()


@given(st.lists(st.tuples(st.sampled_from(["asks", "tries"]), st.floats(0, 20)), max_size=300))
def test_never_more_than_the_share_of_the_last_minutes_questions(events: list[tuple[str, float]]) -> None:
    now = [0.0]
    budget = RetryBudget(clock=lambda: now[0])
    asked, tried = list[float](), list[float]()
    for what, pause in events:
        now[0] += pause
        if what == "asks":
            budget.asked()
            asked.append(now[0])
            continue
        recent = [at for at in asked if at > now[0] - WINDOW_S]
        before = [at for at in tried if at > now[0] - WINDOW_S]
        assert budget.spare() is (len(before) < max(LEAST, SHARE * len(recent)))
        if len(before) < max(LEAST, SHARE * len(recent)):
            tried.append(now[0])
