"""How fast a run reads its source."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.pace import Gathered, Pace, in_order, together


async def test_no_more_than_so_many_read_at_the_same_time() -> None:
    pace, reading, most = Pace(3), 0, 0

    async def read() -> None:
        nonlocal reading, most
        async with pace.turn():
            reading += 1
            most = max(most, reading)
            await asyncio.sleep(0)
            reading -= 1

    await together([read() for _ in range(20)])
    assert most == 3


async def test_no_more_than_so_many_are_begun_in_a_second() -> None:
    pace, begun = Pace(8, per_second=50), list[float]()

    async def read() -> None:
        async with pace.turn():
            begun.append(asyncio.get_running_loop().time())

    at = asyncio.get_running_loop().time()  # a busy machine may begin even the first one late
    await together([read() for _ in range(6)])
    assert begun[-1] - at >= 5 / 50 - 0.002


async def test_the_first_error_is_raised_as_it_is_and_nothing_goes_on_behind_it() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await together([slow(), fails()])
    assert ended.is_set()


async def test_calls_that_come_at_once_become_one_and_each_gets_its_own_result() -> None:
    worked: list[list[int]] = []

    async def work(several: Sequence[int]) -> list[int | Exception]:
        worked.append(list(several))
        return [ValueError(one) if one == 3 else one * 10 for one in several]

    gathered: Gathered[int, int] = Gathered(work, 4)
    found = await asyncio.gather(*(gathered(n) for n in range(6)), return_exceptions=True)
    assert worked == [[0, 1, 2, 3], [4, 5]]
    assert [repr(one) for one in found] == ["0", "10", "20", "ValueError(3)", "40", "50"]
    assert await gathered(7) == 70


async def test_an_error_of_the_work_reaches_everybody_who_asked() -> None:
    async def work(several: Sequence[int]) -> list[int | Exception]:
        raise OSError("away")

    gathered: Gathered[int, int] = Gathered(work, 4)
    found = await asyncio.gather(*(gathered(n) for n in range(6)), return_exceptions=True)
    assert [str(one) for one in found] == ["away"] * 6


async def test_who_waits_no_longer_takes_nothing_from_the_others() -> None:
    go = asyncio.Event()

    async def work(several: Sequence[int]) -> list[int | Exception]:
        await go.wait()
        return list(several)

    gathered: Gathered[int, int] = Gathered(work, 4)
    first, second = asyncio.ensure_future(gathered(1)), asyncio.ensure_future(gathered(2))
    await asyncio.sleep(0.01)
    first.cancel()
    go.set()
    assert await second == 2
    assert first.cancelled()


async def test_what_is_at_work_when_it_closes_is_waited_for_by_nobody() -> None:
    async def work(several: Sequence[int]) -> list[int | Exception]:
        await asyncio.Event().wait()
        return []

    gathered: Gathered[int, int] = Gathered(work, 4)
    asked = asyncio.ensure_future(gathered(1))
    await asyncio.sleep(0.01)
    await gathered.close()
    with pytest.raises(asyncio.CancelledError):
        await asked


# -- in order --------------------------------------------------------------------------------------------------


async def numbers(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield number


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 5))
def test_results_come_in_the_order_of_their_work_and_no_more_are_at_work_than_allowed(
    rounds: list[int], at_once: int
) -> None:
    """rounds: how many times the event loop goes round before each is done."""

    async def run() -> tuple[list[int], int]:
        working = most = 0

        async def work(number: int) -> int:
            nonlocal working, most
            working += 1
            most = max(most, working)
            for _ in range(rounds[number]):
                await asyncio.sleep(0)
            working -= 1
            return number

        return [one async for one in in_order(numbers(len(rounds)), work, at_once)], most

    found, most = asyncio.run(run())
    assert found == list(range(len(rounds)))
    assert most <= at_once


async def test_several_are_at_work_at_the_same_time() -> None:
    together_at_last = asyncio.Barrier(3)

    async def work(number: int) -> int:
        await together_at_last.wait()
        return number

    async with asyncio.timeout(10):
        assert [one async for one in in_order(numbers(6), work, 3)] == list(range(6))


async def test_what_came_before_a_failure_is_given_out_and_what_is_behind_it_ends() -> None:
    begun: list[int] = []
    ended: list[int] = []
    found: list[int] = []

    async def work(number: int) -> int:
        begun.append(number)
        try:
            if number == 1:
                raise ValueError("here")
            await asyncio.sleep(0 if number == 0 else 60)
        finally:
            ended.append(number)
        return number

    async def take() -> None:
        async for one in in_order(numbers(9), work, 3):
            found.append(one)

    with pytest.raises(ValueError, match="here"):
        await take()
    assert found == [0]
    assert sorted(ended) == sorted(begun)
    assert len(begun) < 9
