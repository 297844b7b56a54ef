"""Several servers with one model: the least loaded of those that are well is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Route, Usage
from bot.models.door import Completion, Heard
from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault
from bot.models.replicas import PAUSE_S, Replicas
from bot.policy.parts import Prompt
from bot.policy.permit import Permit, permit
from tests.builders import ask, decision_for, parts_of, shipped_rules

RULES = shipped_rules()
PARTS = parts_of(ask(), rules=RULES)
DECISION = decision_for(PARTS, RULES)


def issue() -> tuple[Prompt, Permit]:
    return PARTS, permit(DECISION, PARTS, Route.ON_PREM, "m", RULES)


class Server:
    """well: whether it answers. gate: keeps its answers back."""

    model = "m"

    def __init__(self, name: str) -> None:
        self.name, self.well, self.gate = name, True, asyncio.Event()
        self.gate.set()
        self.asked = self.under_way = 0

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        self.asked += 1
        self.under_way += 1
        try:
            await self.gate.wait()
        finally:
            self.under_way -= 1
        if not self.well:
            raise ModelFault("It cannot be reached.", again=True)
        return Completion(self.name, "m", Usage())


def asked(servers: Iterable[Server]) -> list[int]:
    return [server.asked for server in servers]


async def test_each_question_goes_to_the_server_with_the_fewest_under_way() -> None:
    servers = [Server(name) for name in "abc"]
    for server in servers:
        server.gate.clear()
    replicas = Replicas(servers)
    tasks = [asyncio.create_task(replicas.complete(*issue())) for _ in range(7)]
    await asyncio.sleep(0)
    assert sorted(server.under_way for server in servers) == [2, 2, 3]
    servers[1].gate.set()
    await asyncio.sleep(0.01)
    tasks.append(asyncio.create_task(replicas.complete(*issue())))
    await asyncio.sleep(0.01)
    assert tasks[-1].result().text == "b"
    for server in servers:
        server.gate.set()
    await asyncio.gather(*tasks)


async def test_where_nothing_is_under_way_they_take_turns() -> None:
    servers = [Server(name) for name in "abc"]
    replicas = Replicas(servers)
    assert [(await replicas.complete(*issue())).text for _ in range(6)] == [*"abcabc"]


async def test_the_next_try_of_a_question_goes_to_another_server_and_the_dead_one_is_left_out() -> None:
    dead, alive = Server("dead"), Server("alive")
    dead.well = False
    endpoint = Endpoint(Replicas([dead, alive]), attempts=2, total_s=20)
    assert [(await endpoint.complete(issue)).text for _ in range(5)] == ["alive"] * 5
    assert asked([dead, alive]) == [1, 5]


async def test_one_that_is_back_is_asked_again() -> None:
    now = 0.0
    servers = [Server("a"), Server("b")]
    replicas = Replicas(servers, clock=lambda: now)
    servers[0].well = False
    with pytest.raises(ModelFault):
        await replicas.complete(*issue())
    assert {(await replicas.complete(*issue())).text for _ in range(4)} == {"b"}
    servers[0].well, now = True, PAUSE_S
    assert {(await replicas.complete(*issue())).text for _ in range(4)} == {"a", "b"}


async def test_where_none_is_well_one_is_asked_all_the_same() -> None:
    servers = [Server("a"), Server("b")]
    for server in servers:
        server.well = False
    replicas = Replicas(servers)
    for _ in range(4):
        with pytest.raises(ModelFault):
            await replicas.complete(*issue())
    servers[0].well = servers[1].well = True
    assert (await replicas.complete(*issue())).text in ("a", "b")


async def test_a_question_that_a_server_refuses_does_not_make_it_unwell() -> None:
    class Refuses(Server):
        async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
            self.asked += 1
            raise ModelFault("It answered with status 400.", again=False, status=400)

    servers = [Refuses("a"), Refuses("b")]
    replicas = Replicas(servers)
    for _ in range(6):
        with pytest.raises(ModelFault):
            await replicas.complete(*issue())
    assert asked(servers) == [3, 3]


@given(st.lists(st.booleans(), min_size=2, max_size=6), st.integers(1, 30))
def test_a_server_that_is_not_well_never_gets_a_second_question_while_another_is(well: list[bool], many: int) -> None:
    async def run() -> None:
        servers = [Server(str(number)) for number in range(len(well))]
        for server, fine in zip(servers, well, strict=True):
            server.well = fine
        replicas = Replicas(servers, clock=lambda: 0.0)
        for _ in range(many):
            try:
                await replicas.complete(*issue())
            except ModelFault:
                continue
        if any(well):
            assert all(server.asked <= 1 for server in servers if not server.well)

    asyncio.run(run())
