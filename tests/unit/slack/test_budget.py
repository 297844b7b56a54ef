"""Updates stay within what Slack allows, and a final text is never kept waiting by drafts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.budget import TIER_3, Rate, UpdateBudget


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(10, 1000), st.lists(st.floats(0, 20), max_size=100))
async def test_no_minute_ever_holds_more_drafts_than_the_limit(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    budget = UpdateBudget(Rate.of(per_minute), clock=clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        while await budget.spare():
            taken.append(clock.now)
    assert all(sum(start <= at < start + 60 for at in taken) <= per_minute for start in set(taken))


async def test_drafts_leave_the_reserve_to_final_texts() -> None:
    budget = UpdateBudget(clock=Clock())
    assert [await budget.spare() for _ in range(50)].count(True) == 12
    for _ in range(8):
        await budget.take()
    assert not await budget.spare()


async def test_what_was_taken_and_not_used_is_there_again_and_no_more_than_that() -> None:
    budget = UpdateBudget(clock=Clock())
    budget.give_back()
    while await budget.spare():
        pass
    budget.give_back()
    assert [await budget.spare() for _ in range(2)] == [True, False]


async def test_a_final_text_waits_only_as_long_as_it_must() -> None:
    budget = UpdateBudget(Rate(60 * 100, burst=1, reserve=0))
    await budget.take()
    await budget.take()


def test_slacks_own_limit_lets_twenty_through_at_once_and_keeps_eight_of_them_for_final_texts() -> None:
    assert Rate(50, burst=20, reserve=8) == TIER_3


@given(st.integers(10, 1000))
def test_every_rate_that_may_be_set_adds_up(per_minute: int) -> None:
    rate = Rate.of(per_minute)
    assert rate.burst + 60 * rate.per_s == pytest.approx(per_minute)
    assert 1 <= rate.reserve < rate.burst


@pytest.mark.parametrize(("reserve", "burst"), [(20, 20), (-1, 5), (0, 50)])
def test_a_budget_that_adds_up_to_nothing_is_refused(reserve: int, burst: int) -> None:
    with pytest.raises(ValueError, match="reserve"):
        Rate(50, burst=burst, reserve=reserve)
