"""However many processes there are, Slack is called no more often than it allows."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.slack.budget import TIER_3, Rate, UpdateBudget
from bot.slack.shared_budget import SharedBudget
from retrieval.database import Database
from tests.integration.events import run
from tests.integration.line import Line

TEAM = "T1"
FAST = Rate(620, burst=20, reserve=8)
"""20 at once, then 10 a second."""


def two_budgets(database: Database, rate: Rate) -> list[SharedBudget]:
    """As of two processes."""
    return [SharedBudget(database, TEAM, UpdateBudget(rate)) for _ in range(2)]


async def time_passes(database: Database, seconds: float) -> None:
    async with database.transaction() as connection:
        statement = text("update update_budget set at = at - make_interval(secs => :s)")
        await connection.execute(statement, {"s": seconds})


async def drafts(budget: SharedBudget, most: int = 50) -> int:
    """How many it lets through, one after the other, until it lets none."""
    for number in range(most):
        if not await budget.spare():
            return number
    return most


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(0, 1)), min_size=4, max_size=12))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_minute_ever_holds_more_of_all_processes_drafts_than_the_limit(
    fresh_database: Database, steps: list[tuple[float, int]]
) -> None:
    await run(fresh_database, "truncate update_budget")
    passed = 0.0

    def clock() -> float:
        return passed + monotonic()

    budgets = [SharedBudget(fresh_database, TEAM, UpdateBudget(clock=clock)) for _ in range(2)]
    granted: list[tuple[float, float]] = []  # between these two moments
    for pause, who in steps:
        await time_passes(fresh_database, pause)
        passed += pause
        for budget in (budgets[who], budgets[1 - who]):
            before = clock()
            while await budget.spare():
                granted.append((before, clock()))
                before = granted[-1][1]
    for earliest, _ in granted:
        assert sum(earliest <= sooner and later < earliest + 60 for sooner, later in granted) <= 50


async def test_what_one_process_used_the_other_does_not_have(fresh_database: Database) -> None:
    first, second = two_budgets(fresh_database, TIER_3)
    assert await drafts(first) == 12
    assert await drafts(second) == 0
    for budget in (first, second) * 4:
        async with asyncio.timeout(2):
            await budget.take()
    await time_passes(fresh_database, 18)  # nine more: one above the reserve
    assert await drafts(second) == 1


async def test_final_texts_of_two_processes_share_the_rate_and_none_waits_for_ever(fresh_database: Database) -> None:
    budgets, order = two_budgets(fresh_database, FAST), list[tuple[int, int]]()

    async def finish(who: int, number: int) -> None:
        await budgets[who].take()
        order.append((who, number))

    began = monotonic()
    await asyncio.gather(*(finish(who, number) for number in range(16) for who in (0, 1)))
    assert monotonic() - began >= (32 - FAST.burst) / FAST.per_s
    for who in (0, 1):
        assert [number for which, number in order if which == who] == list(range(16))


async def test_a_process_that_asks_all_the_time_does_not_starve_the_other(fresh_database: Database) -> None:
    greedy, modest = two_budgets(fresh_database, FAST)
    await asyncio.gather(*(greedy.take() for _ in range(FAST.burst)))
    crowd = [asyncio.create_task(greedy.take()) for _ in range(100)]
    try:
        await asyncio.sleep(0.05)  # they are before it
        await modest.take()
        assert sum(task.done() for task in crowd) < 20
    finally:
        for task in crowd:
            task.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


async def test_a_final_text_that_nobody_waits_for_any_more_holds_up_no_other(fresh_database: Database) -> None:
    budget = SharedBudget(fresh_database, TEAM, UpdateBudget(FAST))
    for _ in range(FAST.burst):
        await budget.take()
    given_up = [asyncio.create_task(budget.take()) for _ in range(50)]
    await asyncio.sleep(0.05)
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    async with asyncio.timeout(2):  # 50 promises would be 5 s
        await budget.take()


async def test_workspaces_have_a_budget_each(fresh_database: Database) -> None:
    assert await drafts(SharedBudget(fresh_database, "T1", UpdateBudget())) == 12
    assert await drafts(SharedBudget(fresh_database, "T2", UpdateBudget())) == 12


async def test_a_clock_that_was_set_back_fills_nothing_and_blocks_nobody(fresh_database: Database) -> None:
    first, second = two_budgets(fresh_database, TIER_3)
    assert await drafts(first) == 12
    await time_passes(fresh_database, -3600)
    assert await drafts(second) == 0
    async with asyncio.timeout(2):
        await second.take()


@pytest.mark.parametrize("silent", [False, True])
async def test_without_the_database_final_texts_go_on_at_the_processs_own_rate_and_drafts_are_left_out(
    line: Line, behind_the_line: Database, silent: bool
) -> None:
    budget = SharedBudget(behind_the_line, TEAM, UpdateBudget(FAST))
    assert await budget.spare()
    if silent:
        line.hush()
    else:
        await line.cut()
    began = monotonic()
    for _ in range(FAST.burst + 4):
        await budget.take()
    took_s = monotonic() - began
    assert took_s >= 4 / FAST.per_s
    assert took_s < 4  # the patience once, and not for each
    assert not await budget.spare()


async def test_the_first_processes_of_a_workspace_may_begin_at_once(fresh_database: Database) -> None:
    budgets = [SharedBudget(fresh_database, TEAM, UpdateBudget()) for _ in range(6)]
    assert sum(await asyncio.gather(*(drafts(budget) for budget in budgets))) == 12
