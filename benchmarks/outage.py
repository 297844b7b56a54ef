"""Questions while the database is away: `python -m benchmarks outage --minutes 10`.

`naru run` processes take one question a second; PostgreSQL is stopped as by a power cut and comes back after that time.
Not part of `all`: it takes as long as the outage does.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from hashlib import sha256

from sqlalchemy import text

from admin.embedded import EmbeddedPostgres
from benchmarks import BenchmarkFault, Machine, Row, Tell
from benchmarks.command import parser_of, shown
from benchmarks.in_slack import RELAXED, UPDATES_PER_MINUTE, Office, office
from tests.standins.openai import OpenAIStandIn, Says
from tests.standins.slack import Delivery, Message, SlackStandIn

ACK_S, ANSWERED_S = 3.0, 60.0
PROCESSES, PER_S = 2, 1.0
ASKERS, AT_ONCE = 3, 64
"""Readers are looked up again right before each answer. Those that wait at the same time share a look, and Slack allows
20 of usergroups.list and 100 of users.info a minute: fewer at once, or more people, and this is what is measured."""
BEFORE = 10
"""Questions before the outage, so that it hits a Naru that is at work."""
PATIENCE_S = 300.0
QUESTION = "연차는 며칠 전에 올려야 하나요?"
SAYS = "3영업일 전에 올립니다."
ANSWER = f"{SAYS} [1]"


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 when every figure is ok."""
    parser = parser_of("outage", __doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the database is away (10)")
    options = parser.parse_args(arguments)
    return shown(options, lambda tell: asyncio.run(measure(options.minutes, tell)))


async def measure(minutes: float, tell: Tell) -> list[Row]:
    machine = Machine.now()
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(OpenAIStandIn([Says(ANSWER)]))
        slack = await stack.enter_async_context(SlackStandIn(relaxed=RELAXED))
        here = await stack.enter_async_context(office(slack, model, at_once=AT_ONCE))
        running = [await here.start() for _ in range(PROCESSES)]
        asked = await _ask(here, BEFORE)
        _cut(here)
        tell("the database is away")
        asked += await _ask(here, round(60 * minutes * PER_S))
        server = EmbeddedPostgres(here.home)
        await asyncio.to_thread(server.start)
        stack.callback(server.stop)
        back_at = time.monotonic()
        tell("the database is back")
        answered_s = [at - back_at for at in await _answered_at(here, asked, tell)]
        await slack.settled(within=30)
        for naru in running:
            naru.send(signal.SIGTERM)
            await naru.ended()
        async with here.database.transaction() as connection:
            done = {row.key: row for row in await connection.execute(text("select key, outcome, attempt from inbox"))}
        runs = (
            f"PostgreSQL killed (immediate shutdown) for {minutes:g} min, until it takes connections again, under "
            f"{PROCESSES} `naru run` of {AT_ONCE} at once; {len(asked)} questions of {ASKERS} people at {PER_S:g}/s "
            f"over signed HTTP, {BEFORE} of them before; updates_per_minute = {UPDATES_PER_MINUTE} (Slack's 50 cannot "
            f"show {len(asked)} answers in {ANSWERED_S:g} s), and the look-alike of Slack limits neither calls nor "
            "posts; the model answers at once"
        )
        conditions = await machine.conditions(here.database, runs)
    acks = [_acked_s(delivery) for delivery in slack.deliveries]
    apologies = sum(done[_key(message)].outcome != "answered" for message in asked)
    tell(f"attempts: at most {max(row.attempt for row in done.values())}")
    slowest_s = max((took for took in acks if took is not None), default=0.0)
    return [
        Row.at_most("deliveries not acked at the first try", acks.count(None), 0, conditions),
        Row.at_most("slowest ack (s)", slowest_s, ACK_S, conditions),
        Row.at_most("last answer after the database's return (s)", max(answered_s), ANSWERED_S, conditions),
        Row.at_most("questions that got no answer, or an apology", apologies, 0, conditions),
        Row.at_most("answers that do not say what the documents do", _others(here), 0, conditions),
        Row.at_most("answers that stand there twice", _twice(here, asked), 0, conditions),
    ]


async def _ask(here: Office, times: int) -> list[Message]:
    """Evenly, whatever a question takes to be delivered."""
    begin, asked = time.monotonic(), list[Message]()
    for number in range(times):
        person = here.people[number % ASKERS]
        asked.append(await here.slack.says(person, here.slack.workspace.im(person), f"{QUESTION} (Q{number})"))
        await asyncio.sleep(max(0.0, begin + (number + 1) / PER_S - time.monotonic()))
    return asked


def _cut(here: Office) -> None:
    """SIGQUIT is PostgreSQL's immediate shutdown: sessions are cut, and the next start recovers."""
    os.kill(int((here.home / "pg" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)


async def _answered_at(here: Office, asked: Sequence[Message], tell: Tell) -> list[float]:
    """When each question's answer was shown last. Raises BenchmarkFault when some never are."""
    deadline, told = time.monotonic() + PATIENCE_S, 0
    while len(found := _shown_at(here, asked)) < len(asked):
        if time.monotonic() > deadline:
            raise BenchmarkFault(f"Only {len(found)} of {len(asked)} were answered within {PATIENCE_S:g} s.")
        if len(found) > told:
            told = len(found)
            tell(f"{told} of {len(asked)} are answered")
        await asyncio.sleep(1)
    return found


def _shown_at(here: Office, asked: Sequence[Message]) -> list[float]:
    updates = {call.arguments["ts"]: call.at for call in here.slack.calls_of("chat.update")}
    owners = {post.metadata["event_payload"]["key"]: post.ts for post in _answers(here) if post.metadata}
    places = (owners.get(_mark(message)) for message in asked)
    return [updates[ts] for ts in places if ts in updates]


def _twice(here: Office, asked: Sequence[Message]) -> int:
    marks = [post.metadata["event_payload"]["key"] for post in _answers(here) if post.metadata]
    return sum(marks.count(_mark(message)) > 1 for message in asked)


def _others(here: Office) -> int:
    """Where Slack is not asked in time who may read, nobody may, and the answer is that there is none."""
    return sum(SAYS not in json.dumps(post.blocks, ensure_ascii=False) for post in _answers(here))


def _answers(here: Office) -> list[Message]:
    """Only what is answered has buttons."""
    posts = (post for room in here.slack.workspace.channels.values() for post in here.slack.shown(room))
    return [post for post in posts if any(block["type"] == "actions" for block in post.blocks)]


def _key(message: Message) -> str:
    return f"{message.channel}/{message.ts}"


def _mark(message: Message) -> str:
    return sha256(_key(message).encode()).hexdigest()


def _acked_s(delivery: Delivery) -> float | None:
    """None: not at the first try."""
    (first, *more) = delivery.attempts
    return first.took if not more and first.failure is None else None
