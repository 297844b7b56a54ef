"""The second opinion raises or says nothing, and what goes wrong with it raises too."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Route
from bot.models.breaker import Breaker
from bot.models.faults import ModelFault
from bot.models.opinion import CHOICES, NONE, SecondOpinion
from bot.policy.decide import decide, decide_opinion
from bot.policy.rules import OPINION
from retrieval.label import Label, Level
from tests.builders import DM, ask, decision_for, document, parts_of, passage, rrn, shipped_rules
from tests.standins.door import FakeDoor

RULES = shipped_rules()
AWAY = ModelFault("The second opinion did not answer in time.", again=True)


def says(kind: str) -> str:
    return json.dumps({"kind": kind})


def opinion(*script: str | ModelFault) -> tuple[SecondOpinion, FakeDoor]:
    door = FakeDoor(Route.ON_PREM, *script)
    return SecondOpinion(door, 5.0, lambda: RULES, Breaker(clock=lambda: 0.0)), door


@pytest.mark.parametrize("kind", CHOICES)
async def test_each_kind_but_none_keeps_a_question_in_the_building(kind: str) -> None:
    asked, _ = opinion(says(kind))
    label = await asked(parts_of(ask()), RULES)
    assert label.kinds == (set() if kind == NONE else {OPINION})
    assert label.level is (Level.PUBLIC if kind == NONE else Level.RESTRICTED)


@pytest.mark.parametrize(
    "answer",
    [
        AWAY,
        "",
        "none",
        "none of these",
        says("nothing"),
        says("NONE"),
        "[]",
        '{"kind": ["none"]}',
        '{"kind": null}',
        '{"kind": "none", "sure": false}',
        '{"kind": "none"} or so',
    ],
)
async def test_whatever_is_no_choice_keeps_a_question_in_the_building(answer: str | ModelFault) -> None:
    asked, _ = opinion(answer)
    assert (await asked(parts_of(ask()), RULES)).kinds == {OPINION}


async def test_it_reads_all_that_would_leave_and_never_where_the_policy_lets_nothing_go() -> None:
    asked, door = opinion(says(NONE))
    await asked(parts_of(ask("연차는?"), passage("열다섯 날", of=document(title="휴가 규정"))), RULES)
    assert {"연차는?", "열다섯 날", "휴가 규정"} <= {part.text for part in door.prompts[0]}
    nothing = replace(RULES, sinks={**RULES.sinks, "on_prem": replace(RULES.sinks["on_prem"], ceiling=Level.PUBLIC)})
    assert (await asked(parts_of(ask()), nothing)).kinds == {OPINION}
    assert len(door.prompts) == 1


async def test_one_that_is_away_is_not_waited_for_by_each_question() -> None:
    asked, door = opinion(AWAY)
    for _ in range(10):
        assert (await asked(parts_of(ask()), RULES)).kinds == {OPINION}
    assert len(door.prompts) == 2


async def test_that_it_is_back_is_found_without_a_question() -> None:
    asked, _ = opinion(AWAY, AWAY, says(NONE))
    for _ in range(3):
        assert await asked(parts_of(ask()), RULES) != Label()
    assert await asked.trouble() is None
    assert await asked(parts_of(ask()), RULES) == Label()


async def test_its_trouble_is_a_sentence() -> None:
    asked, _ = opinion(AWAY)
    assert await asked.trouble() == str(AWAY)


def test_it_may_be_asked_in_the_building_and_nowhere_else() -> None:
    parts = parts_of(ask(rrn()), passage())
    assert decide_opinion(parts, RULES, decision_for(()).id).routes == (Route.ON_PREM,)


levels = st.sampled_from(list(Level))
opinions = st.builds(lambda level, kind: Label.of(level, kind, "x"), levels, st.sampled_from([OPINION, "phone", "new"]))
texts = st.sampled_from(["연차는?", rrn(), "a.b@corp.example"])


@given(st.lists(texts, max_size=3), levels, opinions)
def test_an_opinion_never_allows_what_was_not_allowed_without_it(said: list[str], level: Level, opinion: Label) -> None:
    parts = parts_of(ask(" ".join(said)), passage(of=document(level=level)))
    id = decision_for(()).id
    with_it, without = decide(parts, DM, RULES, id, opinion=opinion), decide(parts, DM, RULES, id)
    assert set(with_it.routes) <= set(without.routes)
    assert with_it.label.reasons >= without.label.reasons
    assert all(a.allowed <= b.allowed for a, b in zip(with_it.verdicts, without.verdicts, strict=True))
