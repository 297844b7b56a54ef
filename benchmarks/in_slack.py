"""Naru in Slack as it is run: processes of `naru run` on one database, and a look-alike of Slack that calls them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from admin.app import opened
from admin.embedded import EmbeddedPostgres
from benchmarks import BenchmarkFault
from benchmarks.sample import empty_home, environment
from bot.settings import PROJECT, SAMPLE_CONFIG, Settings
from retrieval.database import Database
from tests.standins.openai import OpenAIStandIn
from tests.standins.slack import Attempt, Delivery, Limit, Requests, SlackStandIn, User, Workspace

STARTED = re.compile(rb"Answering in Slack \((http://\S+)\)")
START_S = 60.0
PEOPLE = 10
"""Few enough that who they are is asked within what Slack allows a minute."""
UPDATES_PER_MINUTE = 1000
"""The most that Naru takes as a setting: with Slack's 50, what is measured would be the waiting for them."""
NOT_THE_POINT = f"more is asked within a minute than Slack lets one app write; Naru's own limit: {UPDATES_PER_MINUTE}"
RELAXED = dict.fromkeys((Limit.METHOD_RATE, Limit.POST_RATE), NOT_THE_POINT)


class Naru:
    """One `naru run`, answering at `target`. said: its log so far, by lines."""

    def __init__(self, process: Process, target: str, said: list[str], reading: asyncio.Task[None]) -> None:
        self.target = target
        self.said = said
        self._process = process
        self._reading = reading

    @classmethod
    async def start(cls, environ: Mapping[str, str]) -> Naru:
        """Returns when it takes Slack's requests. Raises BenchmarkFault."""
        # Not the script `naru`, which runs the tree that it was installed from: this one is measured.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "admin.cli", "run"),
            cwd=PROJECT, env=environ, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
        )  # fmt: skip
        assert process.stderr is not None
        said: list[str] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                while line := await process.stderr.readline():
                    said.append(line.decode(errors="replace"))
                    if found := STARTED.search(line):
                        return cls(process, found[1].decode(), said, asyncio.create_task(_read(process.stderr, said)))
        if process.returncode is None:
            process.kill()
        await process.wait()
        why = ([line.strip() for line in said if line.strip()] or ["nothing"])[-1]
        raise BenchmarkFault(f"`naru run` did not start and said: {why}")

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def ended(self) -> None:
        await self._process.wait()
        await self._reading


async def _read(stream: asyncio.StreamReader, said: list[str]) -> None:
    """What nobody reads would fill the pipe and stop the process."""
    while line := await stream.readline():
        said.append(line.decode(errors="replace"))


class Balancer:
    """Requests go to the processes in turn, as behind a load balancer: one that refuses the connection is passed."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self._requests: dict[str, Requests] = {}
        self._turns = count()

    def add(self, target: str) -> None:
        self._requests[target] = Requests(target, self._slack.signing_secret, self._slack.timings)

    async def remove(self, target: str) -> None:
        if requests := self._requests.pop(target, None):
            await requests.close()

    async def carry(self, delivery: Delivery, retry: int, reason: str) -> Attempt:
        turn, targets = next(self._turns), list(self._requests.values())
        attempt = Attempt(retry, "nobody", 0.0, 0.0, "connection_failed")
        for place in range(len(targets)):
            attempt = await targets[(turn + place) % len(targets)].carry(delivery, retry, reason)
            if attempt.failure != "connection_failed":
                break
        return attempt

    async def close(self) -> None:
        for target in list(self._requests):
            await self.remove(target)


@dataclass(frozen=True)
class Office:
    """A company whose people ask in Slack, with nobody there yet who answers."""

    slack: SlackStandIn
    balancer: Balancer
    model: OpenAIStandIn
    database: Database
    url: str
    home: Path
    people: tuple[User, ...]
    environ: Mapping[str, str]

    async def start(self) -> Naru:
        naru = await Naru.start(self.environ)
        self.balancer.add(naru.target)
        return naru


@asynccontextmanager
async def office(slack: SlackStandIn, model: OpenAIStandIn, *, at_once: int = 8) -> AsyncIterator[Office]:
    """The sample company with a PostgreSQL and a data directory of its own. slack, model: running."""
    made: Workspace = slack.workspace
    users = tuple(made.user(f"person{n}") for n in range(PEOPLE))
    with empty_home() as home, EmbeddedPostgres(home) as url:
        config = home / "company"
        shutil.copytree(SAMPLE_CONFIG.parent, config)
        with (config / "naru.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n[slack]\nport = 0\nat_once = {at_once}\nupdates_per_minute = {UPDATES_PER_MINUTE}\n")
        environ = environment(home, cloud=model.base_url, on_prem=model.base_url) | {
            "NARU_CONFIG": str(config / "naru.toml"),
            "NARU_DATABASE_URL": url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
        }
        database, balancer = Database(url), Balancer(slack)
        slack.courier.carrier = balancer
        async with opened(Settings.load(environ), migrate=True) as app:
            await app.reindex(await app.active(), lambda *_: None)
        try:
            yield Office(slack, balancer, model, database, url, home, users, environ)
        finally:
            await balancer.close()
            await database.close()
