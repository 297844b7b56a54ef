"""A route whose budget is used up is passed over, before anybody stands in line for it; the next one answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from bot.domain import Route
from bot.models.breaker import Breaker
from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault, SpentFault
from bot.models.line import Asking, Line
from tests.builders import ask, decision_for, parts_of, passage, shipped_rules
from tests.standins.door import FakeDoor
from tests.unit.models.test_endpoint import issue
from tests.unit.models.test_shores import AWAY, SAYS, completed, fake, shores

SPENT = SpentFault("What is left of today's budget does not cover this question.")


async def nothing_is_left(decision: UUID, prompt_tokens: int) -> None:
    raise SPENT


async def test_what_cannot_be_afforded_is_passed_over_and_the_next_route_answers() -> None:
    cloud, on_prem = fake(Route.CLOUD), fake(Route.ON_PREM)
    draft = await completed(replace(shores(cloud=cloud, on_prem=on_prem), afford=nothing_is_left))
    assert (draft.route, draft.text, draft.spent) == (Route.ON_PREM, SAYS, True)
    assert draft.tried == ((Route.CLOUD, str(SPENT)),)
    assert cloud.prompts == []


async def test_where_the_door_finds_nothing_left_it_is_the_same() -> None:
    cloud, on_prem = fake(Route.CLOUD, SPENT), fake(Route.ON_PREM)
    draft = await completed(shores(cloud=cloud, on_prem=on_prem))
    assert (draft.route, draft.spent) == (Route.ON_PREM, True)
    assert len(cloud.prompts) == 1, "there is no further try"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("연차는 며칠인가요?", "클라우드 모델(cloud): 오늘 예산을 다 씀, 사내 모델(on_prem): 응답하지 않음"),
        (
            "How many days?",
            "the cloud model (cloud): today's budget is used up, the on-prem model (on_prem): no answer",
        ),
    ],
)
async def test_where_nobody_else_answers_the_passages_stand_there_and_why(question: str, says: str) -> None:
    poor = replace(shores(cloud=fake(Route.CLOUD), on_prem=fake(Route.ON_PREM, AWAY)), afford=nothing_is_left)
    draft = await completed(poor, question=question)
    assert draft.route is Route.QUOTE
    assert "> 연차는 15일입니다. [1]" in draft.text
    assert says in draft.note


async def test_another_routes_trouble_is_no_budgets() -> None:
    draft = await completed(shores(cloud=fake(Route.CLOUD, AWAY), on_prem=fake(Route.ON_PREM)))
    assert (draft.route, draft.spent) == (Route.ON_PREM, False)


async def test_the_on_prem_model_costs_nothing() -> None:
    on_prem = replace(shores(on_prem=fake(Route.ON_PREM)), afford=nothing_is_left)
    assert (await completed(on_prem)).route is Route.ON_PREM


async def test_who_has_nothing_left_does_not_stand_in_line_for_the_cloud() -> None:
    line = Line(1)
    async with line.turn(Asking()):
        busy = Endpoint(FakeDoor(Route.CLOUD), 1, 5, line=line)
        waiting = replace(shores(on_prem=fake(Route.ON_PREM)), afford=nothing_is_left)
        both = replace(waiting, endpoints={Route.CLOUD: busy, **waiting.endpoints})
        async with asyncio.timeout(1):
            assert (await completed(both)).route is Route.ON_PREM


async def test_what_is_afforded_is_the_texts_that_would_be_sent() -> None:
    heard: list[tuple[UUID, int]] = []

    async def afford(decision: UUID, prompt_tokens: int) -> None:
        heard.append((decision, prompt_tokens))

    asked = ask()
    parts = parts_of(asked, passage())
    decision = decision_for(parts)
    made = replace(shores(cloud=fake(Route.CLOUD)), afford=afford)
    await made.complete(asked, decision, parts, shipped_rules)
    assert heard == [(decision.id, sum(len(part.text.encode()) for part in parts))]


async def test_a_budget_says_nothing_of_a_servers_health() -> None:
    breaker = Breaker(after=2)
    endpoint = Endpoint(FakeDoor(Route.CLOUD, AWAY, SPENT, AWAY), 1, 5, breaker=breaker)
    for _ in range(3):
        with pytest.raises(ModelFault):
            await endpoint.complete(issue)
    assert breaker.holds_back()
