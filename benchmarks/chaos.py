"""What is lost, said twice or left behind when everything breaks at once: `python -m benchmarks chaos --events 2000`.

Real processes of `naru run` behind a balancer, killed, stopped and started again; PostgreSQL stopped as by a power cut;
Slack and the models with trouble of their own. Not part of `all`: it takes as long as the questions do, 5 a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import string
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import text

from admin.embedded import EmbeddedPostgres
from benchmarks.chaos_found import MARK, Found, Tell, judged
from benchmarks.in_slack import RELAXED, Balancer, Naru, Office, office
from benchmarks.invented import chosen, kr_rrn
from retrieval.database import DatabaseFault
from retrieval.errors import Fault
from tests.standins.openai import HalfStream, OpenAIStandIn, Reply, Request, Says, Status
from tests.standins.slack import (
    Answers,
    Attempt,
    Call,
    Delivery,
    LostReply,
    Message,
    SlackStandIn,
    Timings,
    rate_limited,
)
from tests.standins.slack import Reply as SlackReply

PROCESSES = 4
PER_S = 5.0
DUPLICATES, LATE, LATE_S = 0.05, 0.02, 2.0
SLACK_TROUBLE, MODEL_ERRORS, HALF_STREAMS = 0.01, 0.03, 0.01
KILLS, STOPS, POWER_CUTS, PER_EVENTS = 16, 4, 3, 2000
"""Of 2,000 questions; every process takes Slack's requests and answers, so that a kill hits both."""
STOPPED_S, AWAY_S = 12.0, (0.5, 4.0)
RETRIES = (0.0, 3.0, 10.0)
"""Slack's three, sooner: nobody learns more from waiting five minutes for the last one."""
PATIENCE_S = 120.0
"""With no progress for so long, what is open counts as lost."""
QUESTION = "연차는 며칠 전에 올려야 하나요?"
PLANTED = 10
"""Questions with a resident number and a key in them."""


def main(arguments: Sequence[str]) -> int:
    """The exit status; the last line on standard output is one JSON object with --json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks chaos", description=__doc__)
    parser.add_argument("--events", type=int, default=200, help="questions that are asked (200)")
    parser.add_argument("--seed", type=int, default=1, help="of the dice: the same seed, the same plan (1)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--verbose", action="store_true", help="what happens, on standard error")
    options = parser.parse_args(arguments)
    tell: Tell = (lambda line: print(line, file=sys.stderr, flush=True)) if options.verbose else lambda _: None
    try:
        found = asyncio.run(measure(options.events, options.seed, tell))
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(asdict(found)))
    else:
        for each in fields(found):
            print(f"{each.name:14} {getattr(found, each.name)}")
    return 0 if found.ok else 1


async def measure(events: int, seed: int, tell: Tell) -> Found:
    dice = random.Random(seed)
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(OpenAIStandIn(_replies(dice, 6 * events)))
        slack = SlackStandIn(relaxed=RELAXED, timings=Timings(retries=RETRIES), disturb=_disturbed(dice))
        await stack.enter_async_context(slack)
        here = await stack.enter_async_context(office(slack, model))
        slack.courier.carrier = Unreliable(here.balancer, dice)
        fleet = Fleet(here, dice, tell)
        await stack.enter_async_context(fleet)
        plan = fleet.plan(events)
        tell(f"{events} questions at {PER_S:g}/s; {', '.join(name for _, name in plan)}")
        troubles = asyncio.create_task(fleet.follow(plan))
        secrets = [f"{kr_rrn(dice)} AKIA{chosen(dice, string.ascii_uppercase, 16)}" for _ in range(PLANTED)]
        asked = await _ask(here, events, dice, secrets)
        await troubles
        await _until_done(here, tell)
        await asyncio.sleep(STOPPED_S)  # what comes late comes now
        happened = [name for _, name in plan]
        return await judged(
            here,
            asked,
            tell,
            secrets,
            fleet.said(),
            events=events,
            seed=seed,
            kills=happened.count("kill"),
            stops=happened.count("stop"),
            power_cuts=happened.count("power cut"),
            model_calls=len(model.requests),
            seconds=round(time.monotonic() - began, 1),
        )


def _replies(dice: random.Random, times: int) -> list[Reply]:
    def echo(request: Request) -> Says:
        """With the number of the question, the last one of the prompt: a mix-up is seen in what is shown. Slowly enough
        for drafts."""
        number = MARK.findall(json.dumps(request.json))[-1]
        return Says(
            f"연차는 3영업일 전에 올립니다 (Q{number}). [1] 규정은 사내 문서에 있습니다 (Q{number}). [1]", delay_s=0.1
        )

    def one() -> Reply:
        roll = dice.random()
        if roll < MODEL_ERRORS:
            return Status(500)
        return HalfStream("연차는 3영업일 전에 ") if roll < MODEL_ERRORS + HALF_STREAMS else echo

    return [one() for _ in range(times)]


def _disturbed(dice: random.Random) -> Callable[[Call], SlackReply | None]:
    def disturb(call: Call) -> SlackReply | None:
        if call.method == "auth.test":  # a start that fails is no answer that is lost
            return None
        roll = dice.random()
        replies: tuple[SlackReply, ...] = (rate_limited(1), Answers(500), LostReply())
        return replies[int(roll / SLACK_TROUBLE)] if roll < len(replies) * SLACK_TROUBLE else None

    return disturb


class Unreliable:
    """Some deliveries come late, some twice."""

    def __init__(self, balancer: Balancer, dice: random.Random) -> None:
        self._balancer = balancer
        self._dice = dice
        self._again: set[asyncio.Task[Any]] = set()

    async def carry(self, delivery: Delivery, retry: int, reason: str) -> Attempt:
        if self._dice.random() < LATE:
            await asyncio.sleep(self._dice.uniform(0, LATE_S))
        attempt = await self._balancer.carry(delivery, retry, reason)
        if self._dice.random() < DUPLICATES:
            again = asyncio.create_task(self._once_more(delivery))
            self._again.add(again)
            again.add_done_callback(self._again.discard)
        return attempt

    async def _once_more(self, delivery: Delivery) -> None:
        await asyncio.sleep(self._dice.uniform(0, LATE_S))
        await self._balancer.carry(delivery, 1, "timeout")


class Fleet:
    """Several `naru run` on one database, each started again when it ends, and what happens to them."""

    def __init__(self, here: Office, dice: random.Random, tell: Tell) -> None:
        self._here = here
        self._dice = dice
        self._tell = tell
        self._running: list[Naru] = []
        self._started: list[Naru] = []
        self._keeping: list[asyncio.Task[None]] = []
        self._restarted: list[EmbeddedPostgres] = []
        self._cutting = asyncio.Lock()

    async def __aenter__(self) -> Fleet:
        for _ in range(PROCESSES):
            self._running.append(await self._start())
        self._keeping = [asyncio.create_task(self._keep(place)) for place in range(PROCESSES)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        for naru in self._running:
            naru.send(signal.SIGKILL)
            await naru.ended()
        for server in self._restarted:
            server.stop()

    async def _start(self) -> Naru:
        self._started.append(await self._here.start())
        return self._started[-1]

    def said(self) -> list[str]:
        """What all of them have logged."""
        return [line for naru in self._started for line in naru.said]

    async def _keep(self, place: int) -> None:
        """As a supervisor does."""
        while True:
            ended = self._running[place]
            await ended.ended()
            await self._here.balancer.remove(ended.target)
            while self._running[place] is ended:
                try:
                    self._running[place] = await self._start()
                except Fault as fault:  # the database is away
                    self._tell(str(fault))
                    await asyncio.sleep(1)

    def plan(self, events: int) -> list[tuple[float, str]]:
        """(seconds from the begin, what happens), as much of each as the number of questions deserves."""
        counts = {"kill": KILLS, "stop": STOPS, "power cut": POWER_CUTS}
        names = [name for name, most in counts.items() for _ in range(max(1, round(most * events / PER_EVENTS)))]
        return sorted((self._dice.uniform(1, events / PER_S), name) for name in names)

    async def follow(self, plan: Sequence[tuple[float, str]]) -> None:
        begin = time.monotonic()
        acts = {"kill": self._kill, "stop": self._stop, "power cut": self._power_cut}
        async with asyncio.TaskGroup() as group:
            for at, name in plan:
                await asyncio.sleep(max(0.0, begin + at - time.monotonic()))
                self._tell(f"{time.monotonic() - begin:5.1f} s: {name}")
                group.create_task(acts[name]())

    async def _kill(self) -> None:
        self._dice.choice([naru for naru in self._running if naru.alive] or self._running).send(signal.SIGKILL)

    async def _stop(self) -> None:
        naru = self._dice.choice(self._running)
        naru.send(signal.SIGSTOP)
        await asyncio.sleep(STOPPED_S)
        naru.send(signal.SIGCONT)

    async def _power_cut(self) -> None:
        """SIGQUIT is PostgreSQL's immediate shutdown: sessions are cut, and the next start recovers."""
        async with self._cutting:
            server = int((self._here.home / "pg" / "postmaster.pid").read_text().splitlines()[0])
            os.kill(server, signal.SIGQUIT)
            await asyncio.sleep(self._dice.uniform(*AWAY_S))
            self._restarted.append(EmbeddedPostgres(self._here.home))
            await asyncio.to_thread(self._restarted[-1].start)


async def _ask(here: Office, events: int, dice: random.Random, secrets: Sequence[str]) -> list[Message]:
    """Mentions and direct messages, new threads and old ones; the number in each says which it is. secrets: each is
    asked with once, in a thread of its own."""
    planted = dict(zip(dice.sample(range(events), min(events, len(secrets))), secrets, strict=False))
    slack, bot = here.slack, here.slack.workspace.bot
    general = slack.workspace.channel("general", members=[*here.people, bot])
    asked: list[Message] = []
    first: dict[str, str] = {}
    for number in range(events):
        person = dice.choice(here.people)
        channel = dice.choice([general, slack.workspace.im(person)])
        mention = f"<@{bot.id}> " if channel is general else ""
        thread = first.get(channel.id) if dice.random() < 0.5 else None
        if number in planted:
            asked.append(await slack.says(person, channel, f"{mention}{planted[number]} {QUESTION} (Q{number})"))
        else:
            asked.append(await slack.says(person, channel, f"{mention}{QUESTION} (Q{number})", thread))
            first[channel.id] = thread or asked[-1].ts
        await asyncio.sleep(1 / PER_S)
    return asked


async def _until_done(here: Office, tell: Tell) -> None:
    least, since = -1, time.monotonic()
    while time.monotonic() - since < PATIENCE_S:
        await asyncio.sleep(1)
        with suppress(DatabaseFault):
            async with here.database.transaction() as connection:
                left = int(await connection.scalar(text("select count(*) from inbox where state <> 'done'")) or 0)
            spooled = len(list((here.home / "spool").glob("*.sealed")))
            if left + spooled == 0:
                return await here.slack.settled(within=60)
            if left + spooled != least:
                least, since = left + spooled, time.monotonic()
                tell(f"{left} are open, {spooled} are in the spool")
