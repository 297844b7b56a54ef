"""An endpoint tries again where that may help, and never longer than it was given."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import pytest

from bot.domain import Route, Usage
from bot.models.breaker import Breaker
from bot.models.door import Completion, Heard
from bot.models.endpoint import HASTY_S, Endpoint
from bot.models.faults import ModelFault
from bot.models.line import Asking, Line
from bot.policy.parts import Prompt
from bot.policy.permit import ChangedFault, Permit, permit
from bot.prompt import Template, build
from tests.builders import ask, decision_for, parts_of, passage, shipped_rules
from tests.standins.door import FakeDoor


def issue() -> tuple[Prompt, Permit]:
    parts = parts_of(ask(), passage())
    prompt = build(Template("Answer."), parts, mark="m")
    return prompt, permit(decision_for(parts), prompt, Route.CLOUD, "fake", shipped_rules())


def away(after: float = 0) -> ModelFault:
    return ModelFault("The model cannot be reached.", again=True, after=after)


async def test_a_fault_that_may_pass_is_tried_again() -> None:
    door = FakeDoor(Route.CLOUD, away(), away(), "15일입니다. [1]")
    assert (await Endpoint(door, attempts=3, total_s=5).complete(issue)).text == "15일입니다. [1]"


async def test_the_last_fault_is_the_one_that_is_told() -> None:
    door = FakeDoor(Route.CLOUD, away(), ModelFault("The second.", again=True, after=0))
    with pytest.raises(ModelFault, match=r"The second\."):
        await Endpoint(door, attempts=2, total_s=5).complete(issue)
    assert len(door.prompts) == 2


async def test_a_fault_that_will_not_pass_is_not_tried_again() -> None:
    door = FakeDoor(Route.CLOUD, ModelFault("No.", again=False))
    with pytest.raises(ModelFault):
        await Endpoint(door, attempts=5, total_s=5).complete(issue)
    assert len(door.prompts) == 1


async def test_a_server_that_asks_for_more_time_than_there_is_is_not_waited_for() -> None:
    door = FakeDoor(Route.CLOUD, away(after=60))
    started = time.monotonic()
    with pytest.raises(ModelFault, match="cannot be reached"):
        await Endpoint(door, attempts=5, total_s=5).complete(issue)
    assert time.monotonic() - started < 1
    assert len(door.prompts) == 1


class Silent:
    """A door behind which nobody ever answers."""

    model = "fake"

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_silent_model_is_given_up_when_the_time_is_over() -> None:
    with pytest.raises(ModelFault, match=r"longer than 0\.05 s"):
        await Endpoint(Silent(), attempts=5, total_s=0.05).complete(issue)


async def test_waiting_between_tries_counts_as_time() -> None:
    door = FakeDoor(Route.CLOUD, away(after=0.04))
    with pytest.raises(ModelFault, match="longer than"):
        await Endpoint(door, attempts=50, total_s=0.1).complete(issue)


@dataclass
class Slow:
    """A door that answers when it is let, and remembers how many were inside at once."""

    model: str = "fake"
    open: asyncio.Event = field(default_factory=asyncio.Event)
    inside: int = 0
    most: int = 0

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.open.wait()
        self.inside -= 1
        return Completion("15일입니다. [1]", "fake", Usage())


async def test_no_more_are_asked_at_once_than_it_has_places() -> None:
    door = Slow()
    endpoint = Endpoint(door, 1, 5, line=Line(3))
    asked = [asyncio.create_task(endpoint.complete(issue)) for _ in range(10)]
    await asyncio.sleep(0.05)
    assert door.inside == 3
    door.open.set()
    assert len(await asyncio.gather(*asked)) == 10
    assert door.most == 3


async def test_whoever_waited_decides_again_where_the_policy_has_changed_meanwhile() -> None:
    door, looked, changed = Slow(), list[str](), list[bool]()

    async def look() -> None:
        looked.append("looked")

    def issue_anew() -> tuple[Prompt, Permit]:
        if changed:
            raise ChangedFault("The policy has changed.")
        return issue()

    endpoint = Endpoint(door, 3, 5, look, Line(1))
    first = asyncio.create_task(endpoint.complete(issue_anew))
    await asyncio.sleep(0)
    second = asyncio.create_task(endpoint.complete(issue_anew))
    await asyncio.sleep(0.01)
    assert looked == ["looked"], "who waits has decided nothing yet"
    changed.append(True)
    door.open.set()
    await first
    with pytest.raises(ChangedFault):
        await second
    assert looked == ["looked"] * 2
    assert door.most == 1


async def test_waiting_for_ones_turn_is_not_time_of_the_model() -> None:
    door = Slow()
    endpoint = Endpoint(door, 1, total_s=0.1, line=Line(1))
    async with endpoint.line.turn(Asking()):
        asked = asyncio.create_task(endpoint.complete(issue))
        await asyncio.sleep(0.2)
        door.open.set()
    assert (await asked).text == "15일입니다. [1]"


async def test_a_server_that_fails_again_and_again_is_left_alone_and_found_again() -> None:
    now = [0.0]
    door = FakeDoor(Route.CLOUD, *[away()] * 5, "15일입니다. [1]")
    endpoint = Endpoint(door, 1, 5, breaker=Breaker(5, 10, lambda: now[0]))
    for _ in range(5):
        with pytest.raises(ModelFault, match="cannot be reached"):
            await endpoint.complete(issue)
    with pytest.raises(ModelFault, match="left alone"):
        await endpoint.complete(issue)
    assert len(door.prompts) == 5
    now[0] = 10.0
    assert (await endpoint.complete(issue)).text == (await endpoint.complete(issue)).text == "15일입니다. [1]"


async def test_what_one_prompt_is_refused_for_says_nothing_of_the_next() -> None:
    door = FakeDoor(Route.CLOUD, *[ModelFault("Status 400.", again=False, status=400)] * 20, "15일입니다. [1]")
    endpoint = Endpoint(door, 1, 5)
    for _ in range(20):
        with pytest.raises(ModelFault, match="400"):
            await endpoint.complete(issue)
    assert (await endpoint.complete(issue)).text == "15일입니다. [1]"


async def test_an_outage_adds_a_few_tries_and_not_twice_the_questions() -> None:
    door = FakeDoor(Route.CLOUD, away())
    endpoint = Endpoint(door, 3, 5, breaker=Breaker(10_000))
    for _ in range(100):
        with pytest.raises(ModelFault):
            await endpoint.complete(issue)
    assert len(door.prompts) <= 120


async def test_where_another_route_could_answer_a_long_pause_is_not_waited_for() -> None:
    door = FakeDoor(Route.CLOUD, away(after=HASTY_S + 1))
    with pytest.raises(ModelFault):
        await asyncio.wait_for(Endpoint(door, 3, 60).complete(issue, others=True), 1)
    assert len(door.prompts) == 1


async def test_what_is_late_for_the_next_route_is_said_at_once() -> None:
    asking = Asking(work_s=0.05)
    with pytest.raises(ModelFault):
        await Endpoint(Slow(), 3, 60).complete(issue, asking=asking)
    second = FakeDoor(Route.CLOUD)
    with pytest.raises(ModelFault, match="no time left"):
        await Endpoint(second, 3, 60).complete(issue, asking=asking)
    assert second.prompts == []
