"""What is set once more, when it is, and that nobody waits for it for ever."""

from __future__ import annotations

import asyncio

from bot.slack.again import Again


async def test_at_the_end_what_is_planned_is_done_at_once() -> None:
    again, done = Again(after_s=60), list[str]()

    async def work() -> None:
        done.append("set")

    again.plan(work)
    await again.close()
    assert done == ["set"]


async def test_at_the_end_a_slack_that_does_not_answer_is_not_waited_for() -> None:
    again, cut_off = Again(after_s=60), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cut_off.set()

    again.plan(work)
    async with asyncio.timeout(5):
        await again.close(within_s=0.01)
    assert cut_off.is_set()


async def test_without_anything_planned_there_is_nothing_to_close() -> None:
    await Again().close()
