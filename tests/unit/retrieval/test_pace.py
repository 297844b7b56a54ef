"""How fast a run reads its source."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from retrieval.pace import Gathered, Pace, together


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

    await together([read() for _ in range(6)])
    assert begun[-1] - begun[0] >= 5 / 50 - 0.002


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
