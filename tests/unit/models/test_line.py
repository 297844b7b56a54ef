"""At a model so many have their turn, and of those who wait whoever asked first is next."""

from __future__ import annotations

import asyncio
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.line import Asking, LateFault, Line


async def turns(line: Line, *asked_at: float) -> list[float]:
    """The order in which questions that come in this order, while all places are taken, have their turn."""
    served: list[float] = []

    async def one(at: float) -> None:
        async with line.turn(Asking(at)):
            served.append(at)
            await asyncio.sleep(0)

    waiting = []
    async with line.turn(Asking()):
        for at in asked_at:
            waiting.append(asyncio.create_task(one(at)))
            await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    return served


async def test_whoever_asked_first_is_next_whoever_came_first() -> None:
    assert await turns(Line(1), 30.0, 10.0, 20.0) == [10.0, 20.0, 30.0]


async def test_whoever_asked_in_the_same_moment_comes_in_the_order_of_coming() -> None:
    line, served = Line(1), list[int]()

    async def one(number: int) -> None:
        async with line.turn(Asking(5.0)):
            served.append(number)

    async with line.turn(Asking()):
        waiting = [asyncio.create_task(one(n)) for n in range(4)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert served == [0, 1, 2, 3]


async def test_who_waits_is_told_how_many_are_before_and_when_it_is_their_turn() -> None:
    line = Line(1)
    told: dict[float, list[int | None]] = {1.0: [], 2.0: [], 3.0: []}

    async def one(at: float) -> None:
        async with line.turn(Asking(at, told=told[at].append)):
            await asyncio.sleep(0)

    async with line.turn(Asking()):
        waiting = []
        for at in (3.0, 2.0, 1.0):
            waiting.append(asyncio.create_task(one(at)))
            await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert told[1.0] == [0, None]
    assert told[3.0] == [0, 1, 2, 1, 0, None]


async def test_a_free_place_is_taken_without_waiting() -> None:
    line = Line(2)
    told: list[int | None] = []
    for _ in range(1000):
        async with line.turn(Asking(told=told.append)):
            pass
    assert told == []


async def test_who_waits_for_too_long_hears_so_and_the_line_goes_on() -> None:
    line = Line(1)
    async with line.turn(Asking()):
        late, patient = Asking(1.0, wait_s=0.02), Asking(2.0)
        after = asyncio.create_task(_pass(line, patient))
        with pytest.raises(LateFault):
            await _pass(line, late)
        assert late.wait_s <= 0
    await after
    with pytest.raises(LateFault):
        async with line.turn(Asking()):
            await _pass(line, late)
    await _pass(line, late)  # a place that is free costs no waiting


async def _pass(line: Line, asking: Asking) -> None:
    async with line.turn(asking):
        pass


async def test_a_turn_that_comes_as_its_question_is_cancelled_goes_to_the_next() -> None:
    line = Line(1)
    async with line.turn(Asking()):
        first = asyncio.create_task(_pass(line, Asking(1.0)))
        second = asyncio.create_task(_pass(line, Asking(2.0)))
        await asyncio.sleep(0)
    first.cancel()  # its turn has been given, and it has not been told yet
    await asyncio.wait_for(second, 1)
    await asyncio.wait_for(_pass(line, Asking()), 1)


class Broken(Exception):
    pass


QUESTIONS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from(["whole", "broken", "cancelled"])), max_size=20
)


@given(at_once=st.integers(1, 4), questions=QUESTIONS)
async def test_never_more_at_once_never_an_older_one_behind_and_no_place_is_lost(
    at_once: int, questions: list[tuple[int, int, str]]
) -> None:
    line = Line(at_once)
    inside, waiting = 0, list[int]()

    async def one(at: int, steps: int, how: str) -> None:
        nonlocal inside
        waiting.append(at)
        try:
            async with line.turn(Asking(at, wait_s=inf)):
                assert at == min(waiting) or inside < at_once
                waiting.remove(at)
                inside += 1
                try:
                    assert inside <= at_once
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    if how == "broken":
                        raise Broken
                finally:
                    inside -= 1
        finally:
            if at in waiting and how == "cancelled":
                waiting.remove(at)

    tasks = [asyncio.create_task(one(*question)) for question in questions]
    await asyncio.sleep(0)
    for task, (_, _, how) in zip(tasks, questions, strict=True):
        if how == "cancelled":
            task.cancel()
    results = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert not any(isinstance(result, AssertionError) for result in results)
    async with asyncio.timeout(1):
        for _ in range(at_once):
            await line.turn(Asking()).__aenter__()
