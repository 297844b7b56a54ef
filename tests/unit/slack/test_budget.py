"""Updates stay within what Slack allows, and a final text is never kept waiting by drafts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.budget import UpdateBudget


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 20), max_size=400))
def test_no_minute_ever_holds_more_drafts_than_the_limit(pauses: list[float]) -> None:
    clock = Clock()
    budget = UpdateBudget(50, burst=20, reserve=8, clock=clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        while budget.spare():
            taken.append(clock.now)
    assert all(sum(start <= at < start + 60 for at in taken) <= 50 for start in taken)


async def test_drafts_leave_the_reserve_to_final_texts() -> None:
    budget = UpdateBudget(50, burst=20, reserve=8, clock=Clock())
    assert sum(budget.spare() for _ in range(50)) == 12
    for _ in range(8):
        await budget.take()
    assert not budget.spare()


async def test_a_final_text_waits_only_as_long_as_it_must() -> None:
    budget = UpdateBudget(60 * 100, burst=1, reserve=0)
    await budget.take()
    await budget.take()


@pytest.mark.parametrize(("reserve", "burst"), [(20, 20), (-1, 5), (0, 50)])
def test_a_budget_that_adds_up_to_nothing_is_refused(reserve: int, burst: int) -> None:
    with pytest.raises(ValueError, match="reserve"):
        UpdateBudget(50, burst=burst, reserve=reserve)
