"""Which of the allowed models comes first, by what is asked, where, and of what."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from bot.domain import Room, Route
from bot.policy.decide import decide
from bot.policy.rules import Rules
from tests.builders import DM, ask, document, parts_of, passage, shipped_rules

GENERAL = Room("C1", "General", "public")
ON_PREM = Route.ON_PREM


def first(rules: Rules, text: str = "연차는 며칠인가요?", room: Room = DM, source: str = "handbook") -> Route:
    parts = parts_of(ask(text, room=room), passage(of=document(source=source)), rules=rules)
    return decide(parts, room, rules, UUID(int=1)).routes[0]


@pytest.mark.parametrize("text", ["안녕하세요", "thanks!", "ㅋㅋㅋ"])
def test_small_talk_stays_on_prem_where_the_policy_says_so(text: str) -> None:
    rules = shipped_rules()
    assert first(rules, text) is Route.CLOUD
    talk = replace(rules, small_talk=ON_PREM)
    assert first(talk, text) is ON_PREM
    assert first(talk) is Route.CLOUD


def test_one_room_may_prefer_another_model_by_its_id_or_its_name() -> None:
    for key in ("C1", "general"):
        rules = replace(shipped_rules(), prefer_rooms={key: ON_PREM})
        assert first(rules, room=GENERAL) is ON_PREM
        assert first(rules) is Route.CLOUD


def test_where_sources_differ_in_what_they_prefer_it_is_on_prem() -> None:
    rules = replace(shipped_rules(), prefer_sources={"wiki": ON_PREM, "handbook": Route.CLOUD})
    assert first(rules) is Route.CLOUD
    assert first(rules, source="wiki") is ON_PREM
    both = (passage(of=document(1)), passage(of=document(2, source="wiki")))
    assert decide(parts_of(ask(), *both, rules=rules), DM, rules, UUID(int=1)).routes[0] is ON_PREM


def test_a_preference_never_allows_anything() -> None:
    private = Room("C3", "hr", "private")
    rules = replace(shipped_rules(), prefer_rooms={"C3": Route.CLOUD}, small_talk=Route.CLOUD)
    assert first(rules, "안녕하세요", private) is ON_PREM
