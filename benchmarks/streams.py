"""What our client costs beside a bare `openai` client: a hundred streams of 200 tokens, in the same run.

Ours builds the prompt, gets a Permit, passes the guard, and looks for answers that repeat themselves; the bare one
sends the same messages and joins the same text. The server is a stand-in in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import cast

import httpx2
import openai
from openai.types.chat import ChatCompletionMessageParam

from benchmarks import BenchmarkFault, Machine, Row, Tell
from bot.domain import Route
from bot.models.door import OpenAIDoor
from bot.policy.messages import messages
from bot.policy.parts import Prompt
from bot.policy.permit import permit
from bot.prompt import Template, build
from tests.builders import ask, decision_for, parts_of, passage, shipped_rules

STREAMS, TOKENS, AT_ONCE, ROUNDS = 100, 200, 100, 5
OF_BARE, FIRST_MS = 0.93, 5.0
ONE_BY_ONE = 100
ROOT = Path(__file__).parent.parent
MODEL, MARK = "standin", "0123456789abcdef"

Stream = Callable[[], Awaitable[float]]
"""Reads one stream to its end; seconds to its first token."""


@dataclass(frozen=True, slots=True)
class Client:
    stream: Stream
    name: str


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    async with _server() as url, _ours(url) as ours, _bare(url) as bare:
        clients = Client(bare, "bare"), Client(ours, "ours")
        rates: dict[str, list[float]] = {client.name: [] for client in clients}
        firsts: dict[str, list[float]] = {client.name: [] for client in clients}
        for client in clients:
            await _rate(client.stream)  # connections and caches
        for number in range(ROUNDS):
            # Who comes first takes turns, for the machine does other things too.
            for client in clients[:: -1 if number % 2 else 1]:
                rates[client.name].append(await _rate(client.stream))
        for number in range(ONE_BY_ONE):
            for client in clients[:: -1 if number % 2 else 1]:
                firsts[client.name].append(await client.stream())
    tell(f"tokens a second: {rates}")
    rate = {name: median(found) for name, found in rates.items()}
    first = {name: median(found) * 1000 for name, found in firsts.items()}
    runs = (
        f"{ROUNDS} rounds each of {STREAMS} streams of {TOKENS} tokens, {AT_ONCE} at once, then {ONE_BY_ONE} by turns"
    )
    conditions = machine.conditions_without_database(runs)
    return [
        Row.reported("tokens a second, bare openai client", rate["bare"], conditions),
        Row.reported("tokens a second, ours", rate["ours"], conditions),
        Row.at_least(
            "tokens a second, ours in parts of the bare client's", rate["ours"] / rate["bare"], OF_BARE, conditions
        ),
        Row.reported("first token, bare openai client (ms)", first["bare"], conditions),
        Row.at_most(
            "first token, ours beyond the bare client's (ms)", first["ours"] - first["bare"], FIRST_MS, conditions
        ),
    ]


async def _rate(stream: Stream) -> float:
    """Tokens a second of STREAMS streams."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with places:
            await stream()

    began = perf_counter()
    await asyncio.gather(*(one() for _ in range(STREAMS)))
    return STREAMS * TOKENS / (perf_counter() - began)


@asynccontextmanager
async def _ours(url: str) -> AsyncIterator[Stream]:
    rules = shipped_rules()
    parts = _asked()
    decision = decision_for(parts, rules)
    template = Template.shipped("answer")
    door = OpenAIDoor(Route.CLOUD, base_url=url, api_key="none", model=MODEL, max_tokens=1024, first_token_s=60.0)

    async def stream() -> float:
        began, first = perf_counter(), 0.0

        def heard(text: str) -> None:
            nonlocal first
            first = first or perf_counter() - began

        prompt = build(template, parts, MARK)
        completion = await door.complete(prompt, permit(decision, prompt, Route.CLOUD, MODEL, rules), heard)
        _whole(completion.text)
        return first

    try:
        yield stream
    finally:
        await door.aclose()


@asynccontextmanager
async def _bare(url: str) -> AsyncIterator[Stream]:
    asked = cast(list[ChatCompletionMessageParam], messages(build(Template.shipped("answer"), _asked(), MARK)))
    http = httpx2.AsyncClient(trust_env=False, timeout=60.0)
    client = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0, http_client=http)

    async def stream() -> float:
        began, first, text = perf_counter(), 0.0, ""
        chunks = await client.chat.completions.create(
            model=MODEL, messages=asked, stream=True, stream_options={"include_usage": True}
        )
        async for chunk in chunks:
            for choice in chunk.choices:
                text += choice.delta.content or ""
                first = first or (perf_counter() - began if text else 0.0)
        _whole(text)
        return first

    try:
        yield stream
    finally:
        await client.close()


def _asked() -> Prompt:
    return parts_of(ask(), *(passage(f"연차는 {n}일입니다.", id=n) for n in range(1, 7)))


def _whole(text: str) -> None:
    if len(text.split()) != TOKENS:
        raise BenchmarkFault(f"A stream had {len(text.split())} tokens and not {TOKENS}.")


@asynccontextmanager
async def _server() -> AsyncIterator[str]:
    said = " ".join(f"낱말{number}" for number in range(TOKENS))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.standins.openai", "--port", "0", "--say", said),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())["base_url"]
    finally:
        process.terminate()
        await process.wait()
