"""How fast Slack is told that an event is kept, and how fast somebody begins to work on it."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from statistics import quantiles
from uuid import uuid4

from sqlalchemy import text

from benchmarks import BenchmarkFault, Machine, Row, Tell
from benchmarks.in_slack import RELAXED, Naru, Office, office
from bot.inbox import Claimed, Event, Inbox
from bot.seal import Seal
from bot.spool import Spool
from bot.worker import Worker
from tests.standins.openai import OpenAIStandIn, Request, Says
from tests.standins.slack import Delivery, Message, SlackStandIn

ACK_P99_MS, ACK_MAX_S, PLACEHOLDER_P95_MS, DRAFT_MS, BEGIN_P99_MS, RESUMED_S = 250, 2.5, 400, 200, 100, 8
PER_S, STEADY, BURST = 20, 200, 100
PLACEHOLDERS, PLACEHOLDER_PER_S = 15, 2
RUNNING = 50
THINKS_S = 14.0
"""The model's answer comes after this: less than a first token may take."""
QUESTION = "연차는 며칠 전에 올려야 하나요?"
ANSWER = "3영업일 전에 올립니다. [1]"
DRAFTS, DRAFT_PER_S, DRAFTED = 15, 0.5, "(초안)"
"""Questions with this mark are answered slowly, so that drafts are shown."""
SENTENCES = ("3영업일 ", "전에 올립니다. ", "신청은 인사 시스템에서 ", "합니다. ", "끝입니다. [1]")
SLOWLY = Says("".join(SENTENCES), chunks=SENTENCES, delay_first_s=0.3, delay_s=0.4)


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(OpenAIStandIn([_reply]))
        slack = await stack.enter_async_context(SlackStandIn(relaxed=RELAXED))
        here = await stack.enter_async_context(office(slack, model))
        naru = await here.start()
        placeholder_ms = await _placeholders_ms(here)
        draft_ms = await _drafts_ms(here)
        steady_ms = [1000 * took for took in await _acks_s(here, STEADY, 1 / PER_S)]
        burst_s = await _acks_s(here, BURST, 0)
        naru.send(signal.SIGKILL)
        await naru.ended()
        begin_ms, next_ms = await _begins_ms(here)
        runs = (
            f"{STEADY} direct messages at {PER_S}/s and {BURST} at once over signed HTTP to one `naru run`, its own "
            f"posts' events among them; {PLACEHOLDERS} questions at {PLACEHOLDER_PER_S}/s; {DRAFTS} at {DRAFT_PER_S}/s "
            f"that are answered slowly; {STEADY} rows at {PER_S}/s for the worker alone, and {RUNNING} in one thread"
        )
        conditions = await machine.conditions(here.database, runs)
    resumed_s, killed = await _resumed_s(machine)
    tell(f"slowest ack: {max(steady_ms):.0f} ms at {PER_S}/s, slowest placeholder: {max(placeholder_ms):.0f} ms")
    return [
        Row.at_most(f"ack at {PER_S} events/s, p99 (ms)", _p(99, steady_ms), ACK_P99_MS, conditions),
        Row.at_most(f"ack of {BURST} events at once, max (s)", max(burst_s), ACK_MAX_S, conditions),
        Row.at_most("event to placeholder, p95 (ms)", _p(95, placeholder_ms), PLACEHOLDER_P95_MS, conditions),
        Row.at_most("first sentence of the model to draft, max (ms)", max(draft_ms), DRAFT_MS, conditions),
        Row.at_most("commit to begin of work, p99 (ms)", _p(99, begin_ms), BEGIN_P99_MS, conditions),
        Row.at_most("next question of a thread begins, p99 (ms)", _p(99, next_ms), BEGIN_P99_MS, conditions),
        Row.at_most(f"kill -9 with {RUNNING} answers running: all resumed (s)", resumed_s, RESUMED_S, killed),
    ]


def _p(percent: int, values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


async def _ask(here: Office, number: int) -> Message:
    person = here.people[number % len(here.people)]
    return await here.slack.says(person, here.slack.workspace.im(person), f"{QUESTION} (Q{number})")


async def _acks_s(here: Office, times: int, pause_s: float) -> list[float]:
    before = len(here.slack.deliveries)
    for number in range(times):
        await _ask(here, number)
        await asyncio.sleep(pause_s)
    await here.slack.settled(within=30)
    return [_took_s(delivery) for delivery in here.slack.deliveries[before:]]


def _took_s(delivery: Delivery) -> float:
    """Raises BenchmarkFault when it took more than one attempt: then there is no such time."""
    (attempt, *more) = delivery.attempts
    if more or attempt.failure is not None:
        raise BenchmarkFault(f"An event was not acked ({attempt.failure}): nothing was measured.")
    return attempt.took


async def _placeholders_ms(here: Office) -> list[float]:
    """From the event to the placeholder's arrival in Slack."""
    asked: dict[str, float] = {}
    for number in range(PLACEHOLDERS):
        asked[(await _ask(here, number)).ts] = time.monotonic()
        await asyncio.sleep(1 / PLACEHOLDER_PER_S)
    await _until(lambda: _count(here, "outcome = 'answered'"), PLACEHOLDERS, 60)
    posts = here.slack.calls_of("chat.postMessage")
    return [1000 * (post.at - asked[post.arguments["thread_ts"]]) for post in posts]


def _reply(request: Request) -> Says:
    return SLOWLY if DRAFTED in str(request.json) else Says(ANSWER)


async def _drafts_ms(here: Office) -> list[float]:
    """From when the model has written its first whole sentence to the arrival of a draft with it in Slack."""
    asked: dict[str, Message] = {}
    for number in range(DRAFTS):
        person, mark = here.people[number % len(here.people)], f"(D{number})"
        room = here.slack.workspace.im(person)
        asked[mark] = await here.slack.says(person, room, f"{QUESTION} {DRAFTED} {mark}")
        await asyncio.sleep(1 / DRAFT_PER_S)
    await _until(lambda: _count(here, "outcome = 'answered'"), PLACEHOLDERS + DRAFTS, 60)
    posts = {post.ts: mark for mark, question in asked.items() for post in here.slack.replies(question)}
    first: dict[str, float] = {}
    for call in here.slack.calls_of("chat.update"):
        if call.arguments["ts"] in posts:
            first.setdefault(posts[call.arguments["ts"]], call.at)
    # The first event names the role, two more bring the sentence.
    whole_s = SLOWLY.delay_first_s + 2 * SLOWLY.delay_s
    written = {mark: r.received_at + whole_s for r in here.model.requests for mark in first if mark in str(r.json)}
    return [1000 * (at - written[mark]) for mark, at in first.items()]


async def _begins_ms(here: Office) -> tuple[list[float], list[float]]:
    """From the commit of a row to the begin of its work; and from the end of one question to the next of its thread."""
    async with here.database.transaction() as connection:
        await connection.execute(text("truncate inbox"))
    seal = Seal(b"k" * 32)
    inbox = Inbox(here.database, seal, Spool(here.home / "of-its-own", seal))
    begun: dict[str, float] = {}

    async def handle(claimed: Claimed) -> str:
        begun[claimed.event.key] = time.monotonic()
        return "answered"

    async def give_up(claimed: Claimed) -> None:
        raise BenchmarkFault(f"Event {claimed.id} could not be worked on.")

    worker = Worker(inbox, handle, give_up)
    working = asyncio.create_task(worker.run())
    try:
        committed: dict[str, float] = {}
        for _ in range(STEADY):
            event = _event(thread=uuid4().hex)
            await inbox.put(event)
            committed[event.key] = time.monotonic()
            await asyncio.sleep(1 / PER_S)
        await _until(lambda: _count(here, "state = 'done'"), STEADY, 30)
        waiting_ms = [1000 * max(0.0, begun[key] - at) for key, at in committed.items()]
        begun.clear()
        for _ in range(RUNNING):
            await inbox.put(_event(thread="one"))
        await _until(lambda: _count(here, "state = 'done'"), STEADY + RUNNING, 30)
        in_turn = sorted(begun.values())
        return waiting_ms, [1000 * (later - sooner) for sooner, later in pairwise(in_turn)]
    finally:
        await worker.stop(1)
        await working


def _event(thread: str) -> Event:
    return Event(uuid4().hex, "message", "C1", thread, f"{time.time():.6f}", {})


async def _resumed_s(machine: Machine) -> tuple[float, str]:
    """From the kill of a process until another one asks the model again for each of its questions."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(OpenAIStandIn([Says(ANSWER, delay_first_s=THINKS_S)]))
        slack = await stack.enter_async_context(SlackStandIn(relaxed=RELAXED))
        here = await stack.enter_async_context(office(slack, model, at_once=RUNNING))
        first, second = await here.start(), await Naru.start(here.environ)
        second.send(signal.SIGSTOP)  # it shall not take any of them before
        for number in range(RUNNING):
            await _ask(here, number)
        await _until(lambda: _asked(model), RUNNING, THINKS_S)
        placed = await _placeholders(here)
        first.send(signal.SIGKILL)
        killed_at = time.monotonic()
        second.send(signal.SIGCONT)
        await _until(lambda: _asked(model), 2 * RUNNING, THINKS_S + RESUMED_S)
        resumed_s = model.requests[2 * RUNNING - 1].received_at - killed_at
        if await _placeholders(here) != placed or len(slack.calls_of("chat.postMessage")) != RUNNING:
            raise BenchmarkFault("Some answers were resumed on another placeholder than their own.")
        second.send(signal.SIGKILL)
        await first.ended()
        await second.ended()
        runs = f"one of two `naru run` killed once, {RUNNING} questions waiting for the model, until all wait again"
        return resumed_s, await machine.conditions(here.database, runs)


async def _placeholders(here: Office) -> list[tuple[str, str | None]]:
    async with here.database.transaction() as connection:
        found = await connection.execute(text("select key, placeholder from inbox order by key"))
        return [(row.key, row.placeholder) for row in found]


async def _asked(model: OpenAIStandIn) -> int:
    return len(model.requests)


async def _count(here: Office, which: str) -> int:
    async with here.database.transaction() as connection:
        return int(await connection.scalar(text(f"select count(*) from inbox where {which}")) or 0)


async def _until(count: Callable[[], Awaitable[int]], enough: int, within_s: float) -> None:
    """Raises BenchmarkFault when it takes longer."""
    try:
        async with asyncio.timeout(within_s):
            while await count() < enough:  # noqa: ASYNC110 - what other processes do sets no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise BenchmarkFault(f"Only {await count()} of {enough} came about within {within_s:g} s.") from None
