"""Two hundred questions at once at a model with eight places: errors, order, memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import psutil  # type: ignore[import-untyped]

from admin.app import App
from benchmarks import Machine, Row, Tell
from benchmarks.sample import company, empty_home, environment
from bot.answer import Deps, answer
from bot.domain import Answer, Question, Route
from bot.models.line import Asking, Line
from retrieval.errors import Fault
from tests.standins.openai import OpenAIStandIn, Says

QUESTIONS, SLOTS = 200, 8
ANSWERS_S = 0.5
SAYS = "연차는 3영업일 전에 올립니다. [1]"
ASKED = "연차 며칠 전에 올려야 돼요?"
MOST_MB, QUEUE_MS = 400, 1.0
FREE = 1000


@dataclass(slots=True)
class Stood:
    """One question in line: when it was asked, came into line and had its turn."""

    asked_at: float
    came: float
    served: float | None = None


class WatchedLine(Line):
    """A Line that says how it served. most: how many had their turn at the same time."""

    def __init__(self, at_once: int) -> None:
        super().__init__(at_once)
        self.stood: list[Stood] = []
        self.most = self._inside = 0

    @asynccontextmanager
    async def turn(self, asking: Asking) -> AsyncIterator[None]:
        mine = Stood(asking.asked_at, time.monotonic())
        self.stood.append(mine)
        async with super().turn(asking):
            mine.served = time.monotonic()
            self._inside += 1
            self.most = max(self.most, self._inside)
            try:
                yield
            finally:
                self._inside -= 1

    def out_of_order(self) -> int:
        """How many had their turn while an older question stood in line."""
        served = [one for one in self.stood if one.served is not None]
        return sum(
            any(other.asked_at < one.asked_at and other.came < one.served < (other.served or 0.0) for other in served)
            for one in served
            if one.served is not None and one.served > one.came
        )


def watched(app: App, line: WatchedLine) -> Deps:
    """With that line before the cloud."""
    shores = app.deps.shores
    cloud = replace(shores.endpoints[Route.CLOUD], line=line)
    return replace(app.deps, shores=replace(shores, endpoints={Route.CLOUD: cloud}))


def questions_of(app: App, how_many: int, text: str, person: str) -> list[Question]:
    """Asked a second apart, and coming in any order."""
    began = datetime.now(UTC)
    made = [app.question(text, person=person, room=None, thread=uuid4().hex) for _ in range(how_many)]
    made = [replace(one, asked_at=began + timedelta(seconds=n)) for n, one in enumerate(made)]
    Random(1).shuffle(made)
    return made


async def asked_at_once(questions: list[Question], deps: Deps) -> list[Answer | Fault]:
    async def one(question: Question) -> Answer | Fault:
        try:
            return await answer(question, deps)
        except Fault as fault:
            return fault

    return await asyncio.gather(*map(one, questions))


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    with empty_home() as home:
        says = [Says(SAYS, delay_first_s=ANSWERS_S)]
        async with OpenAIStandIn(says) as server, company(environment(home, cloud=server.base_url)) as app:
            line = WatchedLine(SLOTS)
            deps = watched(app, line)
            await answer(app.question(ASKED, person="U1", room=None, thread="warm"), deps)
            line.stood.clear()
            began = time.monotonic()
            memory: list[float] = []
            looking = asyncio.create_task(_memory_mb(memory))
            answers = await asked_at_once(questions_of(app, QUESTIONS, ASKED, "U1"), deps)
            took = time.monotonic() - began
            looking.cancel()
            errors = [one for one in answers if isinstance(one, Fault) or one.route is not Route.CLOUD]
            for one in errors:
                tell(str(one if isinstance(one, Fault) else one.tried))
            free_ms = await _free_ms()
            runs = (
                f"{QUESTIONS} questions asked at once of one process, in any order, at a stand-in with {SLOTS} places "
                f"that takes {ANSWERS_S:g} s for each, in the same process (its memory counts)"
            )
            conditions = await machine.conditions(app.database, runs)
    return [
        Row.at_most("questions without the model's answer", len(errors), 0, conditions),
        Row.at_most("turns while an older question waited", line.out_of_order(), 0, conditions),
        Row.at_most("questions at the model at once", line.most, SLOTS, conditions),
        Row.at_most("memory of the process, at most (MB)", max(memory), MOST_MB, conditions),
        Row.at_most("what a free line adds to a question (ms)", free_ms, QUEUE_MS, conditions),
        Row.reported("until the last answer (s)", took, conditions),
    ]


async def _memory_mb(memory: list[float]) -> None:
    process = psutil.Process()
    while True:
        memory.append(process.memory_info().rss / 1e6)
        await asyncio.sleep(0.05)


async def _free_ms() -> float:
    line = Line(SLOTS)
    began = time.perf_counter()
    for _ in range(FREE):
        async with line.turn(Asking()):
            pass
    return (time.perf_counter() - began) * 1000 / FREE
