"""The routes of a Decision are tried in their order, each with its own prompt and Permit, and no other ever is."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import SHORES, Draft, Route
from bot.models.door import Completion, Heard
from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault
from bot.models.line import Asking, Line
from bot.models.missing import MissingModels
from bot.models.shores import Shores
from bot.policy.messages import messages
from bot.policy.parts import Prompt
from bot.policy.permit import ChangedFault, Permit
from bot.prompt import Prompts
from retrieval.glossary import Glossary
from retrieval.label import Level
from retrieval.passage import Passage
from tests.builders import ask, decision_for, document, parts_of, passage, rrn, shipped_rules
from tests.standins.door import FakeDoor

RULES = shipped_rules()
TEMPLATE = Prompts().answer(RULES)
SAYS = "연차는 15일입니다. [1]"
AWAY = ModelFault("The model cannot be reached.", again=True, after=0)
REFUSES = ModelFault("The model answered with status 400.", again=False)


@dataclass
class Keeping:
    """A door that keeps the Permits that it was shown."""

    door: FakeDoor
    permits: list[Permit] = field(default_factory=list)

    @property
    def model(self) -> str:
        return self.door.model

    @model.setter
    def model(self, name: str) -> None:
        self.door.model = name

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        self.permits.append(permit)
        return await self.door.complete(prompt, permit, heard)


def fake(route: Route, *script: str | ModelFault) -> FakeDoor:
    return FakeDoor(route, *(script or (SAYS,)))


def shores(**doors: FakeDoor | Keeping) -> Shores:
    endpoints = {Route(route): Endpoint(door, attempts=2, total_s=5) for route, door in doors.items()}
    return Shores(endpoints)


async def completed(shores: Shores, *passages: Passage, question: str = "연차는 며칠인가요?") -> Draft:
    asked = ask(question)
    parts = parts_of(asked, *(passages or (passage(),)))
    return await shores.complete(asked, decision_for(parts), parts, lambda: RULES)


async def test_the_first_route_that_answers_is_the_answer() -> None:
    cloud, on_prem = fake(Route.CLOUD), fake(Route.ON_PREM)
    draft = await completed(shores(cloud=cloud, on_prem=on_prem))
    assert (draft.route, draft.text, draft.tried) == (Route.CLOUD, SAYS, ())
    assert (draft.model, draft.prompt_version) == ("fake", TEMPLATE.version)
    assert on_prem.prompts == []


@pytest.mark.parametrize(("fault", "tries"), [(AWAY, 2), (REFUSES, 1)])
async def test_the_next_route_is_tried_when_one_does_not_answer(fault: ModelFault, tries: int) -> None:
    cloud, on_prem = fake(Route.CLOUD, fault), fake(Route.ON_PREM)
    draft = await completed(shores(cloud=cloud, on_prem=on_prem))
    assert draft.route is Route.ON_PREM
    assert draft.tried == ((Route.CLOUD, str(fault)),)
    assert len(cloud.prompts) == tries


async def test_each_try_has_its_own_mark_and_its_own_permit() -> None:
    door = Keeping(fake(Route.CLOUD, AWAY, SAYS))
    assert (await completed(shores(cloud=door))).text == SAYS
    first, second = (messages(prompt) for prompt in door.door.prompts)
    assert first != second
    assert len({permit.id for permit in door.permits}) == 2
    assert len({permit.digest for permit in door.permits}) == 2


@pytest.mark.parametrize(("question", "level"), [(f"{rrn()} 연차는?", Level.PUBLIC), ("연차는?", Level.CONFIDENTIAL)])
async def test_a_route_outside_the_decision_is_never_called(question: str, level: Level) -> None:
    cloud, on_prem = fake(Route.CLOUD), fake(Route.ON_PREM, AWAY)
    draft = await completed(shores(cloud=cloud, on_prem=on_prem), passage(of=document(level=level)), question=question)
    assert draft.route is Route.QUOTE
    assert len(on_prem.prompts) == 2
    assert cloud.prompts == []


async def test_without_any_model_the_passages_are_quoted_and_it_is_said_which_shore_was_chosen() -> None:
    draft = await completed(shores())
    assert draft.route is Route.QUOTE
    assert "> 연차는 15일입니다. [1]" in draft.text
    assert "정책이 고른 곳: 클라우드 모델(cloud)" in draft.note
    assert [route for route, _ in draft.tried] == [Route.CLOUD, Route.ON_PREM]
    assert draft.model is None


async def test_a_model_that_is_not_connected_is_told_from_one_that_is_silent() -> None:
    draft = await completed(shores(on_prem=fake(Route.ON_PREM, AWAY)))
    assert "클라우드 모델(cloud): 연결되어 있지 않음" in draft.note
    assert "사내 모델(on_prem): 응답하지 않음" in draft.note
    english = await completed(shores(cloud=fake(Route.CLOUD, AWAY)), question="How many days of leave?")
    assert "the cloud model (cloud): no answer" in english.note
    assert "the on-prem model (on_prem): not connected" in english.note


async def test_what_was_found_by_another_word_is_quoted_where_it_says_that() -> None:
    words = Glossary({"per diem": ("일비",)})
    quoting = Shores({}, glossary=lambda: words)
    text = "출장은 팀장이 승인한다.\n\n일비는 하루 30,000원이다."
    draft = await completed(quoting, passage(text), question="How much is the per diem?")
    assert "> 일비는 하루 30,000원이다. [1]" in draft.text
    assert "승인" not in draft.text


async def test_a_refusal_has_no_text_and_calls_nobody() -> None:
    cloud, on_prem = fake(Route.CLOUD), fake(Route.ON_PREM)
    draft = await completed(shores(cloud=cloud, on_prem=on_prem), passage(of=document(level=Level.RESTRICTED)))
    assert (draft.route, draft.text, draft.tried) == (Route.REFUSE, "", ())
    assert cloud.prompts == on_prem.prompts == []


async def test_a_policy_that_changed_after_the_decision_calls_nobody() -> None:
    cloud = fake(Route.CLOUD)
    asked = ask()
    parts = parts_of(asked, passage())
    stricter = RULES.under(None, ask().received_at.date())
    with pytest.raises(ChangedFault):
        await shores(cloud=cloud).complete(asked, decision_for(parts), parts, lambda: stricter)
    assert cloud.prompts == []


async def test_in_shadow_mode_nobody_is_called_and_no_shore_is_blamed() -> None:
    cloud, on_prem = fake(Route.CLOUD), fake(Route.ON_PREM)
    asked, watching = ask(), replace(RULES, shadow=True)
    parts = parts_of(asked, passage())
    decision = decision_for(parts, watching)
    draft = await shores(cloud=cloud, on_prem=on_prem).complete(asked, decision, parts, lambda: watching)
    assert decision.routes[0] is Route.CLOUD
    assert draft.route is Route.QUOTE
    assert "15일" in draft.text
    assert "클라우드" not in draft.text
    assert cloud.prompts == on_prem.prompts == []


OUTCOMES = st.sampled_from([None, AWAY, REFUSES, SAYS])


@given(cloud=OUTCOMES, on_prem=OUTCOMES, level=st.sampled_from(Level))
async def test_whatever_the_models_do_there_is_an_outcome_and_no_route_is_ever_left(
    cloud: str | ModelFault | None, on_prem: str | ModelFault | None, level: Level
) -> None:
    doors = {route: fake(route, says) for route, says in zip(SHORES, (cloud, on_prem), strict=True) if says is not None}
    asked = ask()
    parts = parts_of(asked, passage(of=document(level=level)))
    decision = decision_for(parts)
    connected = shores(**{route.value: door for route, door in doors.items()})
    draft = await connected.complete(asked, decision, parts, lambda: RULES)
    assert draft.route in (*decision.routes, Route.REFUSE)
    assert bool(draft.text) == (draft.route is not Route.REFUSE)
    assert all(route in decision.routes for route, door in doors.items() if door.prompts)
    assert [route for route, _ in draft.tried] == list(decision.routes[: len(draft.tried)])


HR = replace(RULES, model_sources={"handbook": "hr-small"})


async def of_hr(cloud: FakeDoor | None, on_prem: FakeDoor, missing: MissingModels, **more: Level) -> Draft:
    doors = {route: door for route, door in ((Route.CLOUD, cloud), (Route.ON_PREM, on_prem)) if door is not None}
    made = Shores({route: Endpoint(door, 2, 5) for route, door in doors.items()}, missing=missing)
    asked = ask()
    parts = parts_of(asked, passage(of=document(**more)), rules=HR)  # type: ignore[arg-type]
    return await made.complete(asked, decision_for(parts, HR), parts, lambda: HR)


async def test_the_domain_model_of_the_decision_is_asked_on_prem_and_the_cloud_its_own() -> None:
    cloud, on_prem = fake(Route.CLOUD, AWAY), FakeDoor(Route.ON_PREM, SAYS, domain=["hr-small"])
    draft = await of_hr(cloud, on_prem, missing := MissingModels())
    assert (draft.route, draft.model, draft.missing) == (Route.ON_PREM, "hr-small", None)
    assert (cloud.asked, on_prem.asked) == (["fake", "fake"], ["hr-small"])
    assert missing.problem() is None


async def test_its_base_answers_where_the_server_does_not_have_it_and_says_so() -> None:
    on_prem = FakeDoor(Route.ON_PREM, SAYS)
    draft = await of_hr(None, on_prem, missing := MissingModels(), level=Level.CONFIDENTIAL)
    assert (draft.route, draft.model, draft.missing) == (Route.ON_PREM, "fake", "hr-small")
    assert on_prem.asked == ["hr-small", "fake"]
    assert "hr-small" in (missing.problem() or "")
    loaded = FakeDoor(Route.ON_PREM, SAYS, domain=["hr-small"])
    assert (await of_hr(None, loaded, missing)).missing is None
    assert missing.problem() is None


@pytest.mark.parametrize(("fault", "asked"), [(AWAY, ["hr-small"] * 2), (REFUSES, ["hr-small"])])
async def test_another_trouble_of_a_domain_model_is_no_reason_to_ask_its_base(
    fault: ModelFault, asked: list[str]
) -> None:
    on_prem = FakeDoor(Route.ON_PREM, fault, domain=["hr-small"])
    assert (await of_hr(None, on_prem, missing := MissingModels())).route is Route.QUOTE
    assert on_prem.asked == asked
    assert missing.problem() is None


async def test_a_server_at_which_nothing_is_found_has_another_trouble() -> None:
    nothing = ModelFault("The model answered with status 404.", again=False, status=404)
    draft = await of_hr(None, FakeDoor(Route.ON_PREM, nothing), missing := MissingModels())
    assert (draft.route, draft.missing) == (Route.QUOTE, None)
    assert missing.problem() is None


async def test_a_domain_model_that_is_the_base_is_asked_once() -> None:
    on_prem = FakeDoor(Route.ON_PREM, REFUSES, model="hr-small")
    await of_hr(None, on_prem, MissingModels())
    assert on_prem.asked == ["hr-small"]


TOO_LONG = ModelFault("The model answered with status 400.", again=False, status=400, too_long=True)
IN_ENGLISH = "There are fifteen days of annual leave a year. [1]"


async def test_a_prompt_that_is_too_long_loses_its_weakest_passages_and_is_permitted_anew() -> None:
    door = Keeping(fake(Route.CLOUD, TOO_LONG, TOO_LONG, SAYS))
    found = [passage(f"{n}번 글입니다.", of=document(n), id=n) for n in range(1, 9)]
    draft = await completed(shores(cloud=door), *found)
    assert (draft.route, draft.text, draft.unread) == (Route.CLOUD, SAYS, frozenset(range(3, 9)))
    assert ["8번 글" in str(messages(prompt)) for prompt in door.door.prompts] == [True, False, False]
    assert all("연차는 며칠인가요?" in str(messages(prompt)) for prompt in door.door.prompts)
    assert len({permit.digest for permit in door.permits}) == 3


async def test_what_is_too_long_however_short_is_quoted() -> None:
    door = fake(Route.CLOUD, TOO_LONG)
    draft = await completed(shores(cloud=door), *(passage(of=document(n), id=n) for n in range(1, 9)))
    assert draft.route is Route.QUOTE
    assert len(door.prompts) == 4


async def test_an_answer_in_another_language_is_asked_for_once_more() -> None:
    door = fake(Route.CLOUD, IN_ENGLISH, SAYS)
    draft = await completed(shores(cloud=door))
    assert (draft.text, draft.other_language) == (SAYS, False)
    first, second = (str(messages(prompt)) for prompt in door.prompts)
    assert "한국어로 답하세요" not in first
    assert "한국어로 답하세요" in second


@pytest.mark.parametrize("then", [IN_ENGLISH, REFUSES])
async def test_an_answer_that_stays_in_another_language_is_shown_as_such(then: str | ModelFault) -> None:
    draft = await completed(shores(cloud=fake(Route.CLOUD, IN_ENGLISH, then)))
    assert (draft.route, draft.text, draft.other_language) == (Route.CLOUD, IN_ENGLISH, True)


async def test_whose_turn_does_not_come_gets_an_apology_and_the_passages() -> None:
    busy = Endpoint(fake(Route.CLOUD), 1, 5, line=Line(1))
    waiting = Shores({Route.CLOUD: busy}, wait_s=0.01)
    async with busy.line.turn(Asking()):
        draft = await completed(waiting)
    assert draft.route is Route.QUOTE
    assert "죄송합니다" in draft.text
    assert "먼저 온 질문이 많음" in draft.text
    assert "> 연차는 15일입니다. [1]" in draft.text


async def test_all_routes_together_take_no_longer_than_they_may() -> None:
    class Silent(FakeDoor):
        async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
            await asyncio.Event().wait()
            raise AssertionError

    silent = {route: Endpoint(Silent(route), 3, 60) for route in SHORES}
    began = time.monotonic()
    draft = await completed(Shores(silent, work_s=0.2))
    assert draft.route is Route.QUOTE
    assert time.monotonic() - began < 2


EVERYTHING = st.sampled_from([None, AWAY, REFUSES, TOO_LONG, IN_ENGLISH, SAYS])


@given(
    cloud=st.lists(EVERYTHING.filter(bool), min_size=1, max_size=4) | st.none(),
    on_prem=st.lists(EVERYTHING.filter(bool), min_size=1, max_size=4) | st.none(),
    level=st.sampled_from(Level),
    passages=st.integers(1, 5),
)
async def test_whatever_the_models_do_in_turn_no_prompt_goes_anywhere_that_was_not_decided(
    cloud: list[str | ModelFault] | None, on_prem: list[str | ModelFault] | None, level: Level, passages: int
) -> None:
    scripts = dict(zip(SHORES, (cloud, on_prem), strict=True))
    doors = {route: fake(route, *script) for route, script in scripts.items() if script}
    asked = ask()
    parts = parts_of(asked, *(passage(of=document(n, level=level), id=n) for n in range(1, passages + 1)))
    decision = decision_for(parts)
    quick = {route: Endpoint(door, 1, 5) for route, door in doors.items()}
    draft = await Shores(quick).complete(asked, decision, parts, lambda: RULES)
    assert draft.route in (*decision.routes, Route.REFUSE)
    assert all(route in decision.routes for route, door in doors.items() if door.prompts)
    assert all(asked.text in str(messages(prompt)) for door in doors.values() for prompt in door.prompts)
    assert draft.unread < frozenset(range(1, passages + 1))
