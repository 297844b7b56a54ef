"""What Naru adds to a question before the model can start: from its arrival to the last byte of the request."""

from __future__ import annotations

import time
from statistics import median, quantiles
from uuid import uuid4

from admin.app import App
from benchmarks import BenchmarkFault, Machine, Row, Tell
from benchmarks.sample import Asked, company, empty_home, environment, questions
from bot.answer import answer
from tests.standins.openai import OpenAIStandIn

P50_MS, P95_MS = 50, 120
WARM_UP = 10
ENOUGH = 100


async def measure(tell: Tell) -> list[Row]:
    machine, asked = Machine.now(), questions()
    with empty_home() as home:
        async with OpenAIStandIn() as server, company(environment(home, cloud=server.base_url)) as app:
            for question in asked[:WARM_UP]:
                await _overhead_ms(app, server, question)
            measured = await _enough(app, server, asked)
            tell(f"slowest: {max(measured):.1f} ms, fastest: {min(measured):.1f} ms")
            runs = (
                f"{len(measured)} questions one at a time after {WARM_UP} to warm up, "
                "the model's stand-in in the same process over a real socket"
            )
            conditions = await machine.conditions(app.database, runs)
    return [
        Row.at_most("overhead of a question, p50 (ms)", median(measured), P50_MS, conditions),
        Row.at_most("overhead of a question, p95 (ms)", quantiles(measured, n=20)[-1], P95_MS, conditions),
    ]


async def _enough(app: App, server: OpenAIStandIn, asked: list[Asked]) -> list[float]:
    """Milliseconds of at least a hundred questions that went to a model: some never do, so the list is asked again."""
    measured: list[float] = []
    while len(measured) < ENOUGH:
        before = len(measured)
        for question in asked:
            if (milliseconds := await _overhead_ms(app, server, question)) is not None:
                measured.append(milliseconds)
        if len(measured) == before:
            raise BenchmarkFault("No sample question goes to the cloud model: see policy.toml and samples/naru.toml.")
    return measured


async def _overhead_ms(app: App, server: OpenAIStandIn, asked: Asked) -> float | None:
    """None: the question did not go to a model."""
    before = len(server.requests)
    received = time.monotonic()
    question = app.question(asked.text, person=asked.person, room=None, thread=uuid4().hex)
    await answer(question, app.deps)
    requests = server.requests[before:]
    return (requests[0].received_at - received) * 1000 if requests else None
