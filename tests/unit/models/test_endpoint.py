"""An endpoint tries again where that may help, and never longer than it was given."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.domain import Route
from bot.models.door import Completion, Heard
from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault
from bot.policy.parts import Prompt
from bot.policy.permit import Permit, permit
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
