"""Who waits sees how many are before them, sparingly, and nothing comes over the answer."""

from __future__ import annotations

import asyncio

from bot.ahead import shown_ahead
from retrieval.errors import Fault


async def test_the_newest_number_is_shown_and_each_only_once() -> None:
    shown: list[int] = []

    async def show(before: int) -> None:
        shown.append(before)

    async with shown_ahead(show, first_s=0.01, apart_s=0.01) as told:
        for before in (9, 8, 7):
            told(before)
        await asyncio.sleep(0.05)
        told(7)
        await asyncio.sleep(0.05)
        told(1)
        await asyncio.sleep(0.05)
    assert shown == [7, 1]


async def test_whose_turn_comes_soon_sees_no_number() -> None:
    shown: list[int] = []

    async def show(before: int) -> None:
        shown.append(before)

    async with shown_ahead(show, first_s=0.05, apart_s=0.05) as told:
        told(1)
        told(0)
        told(None)
        await asyncio.sleep(0.1)
    async with shown_ahead(show, first_s=60, apart_s=60) as told:
        told(1)
    assert shown == []


async def test_no_number_is_under_way_once_it_is_closed() -> None:
    events: list[str] = []

    async def show(before: int) -> None:
        events.append("begun")
        await asyncio.sleep(0.05)
        events.append("shown")

    async with shown_ahead(show, first_s=0.01, apart_s=60) as told:
        told(3)
        await asyncio.sleep(0.03)
    assert events == ["begun", "shown"]


async def test_a_number_that_cannot_be_shown_takes_the_answer_from_nobody() -> None:
    async def show(before: int) -> None:
        raise Fault("Slack is away.")

    async with shown_ahead(show, first_s=0.01, apart_s=0.01) as told:
        told(3)
        await asyncio.sleep(0.05)
        told(2)
