"""How fast a run reads its source."""

from __future__ import annotations

import asyncio

import pytest

from retrieval.pace import Pace, together


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
