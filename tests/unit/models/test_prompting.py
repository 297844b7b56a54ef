"""A prompt that is too long loses its weakest passages, and never the question or the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import SHORES, Attached
from bot.models.prompting import MOST, Prompting
from bot.policy.decide import decide
from bot.policy.messages import messages
from bot.policy.parts import Prompt, Role, attached_parts, joined
from bot.policy.permit import permit
from bot.prompt import Template
from retrieval.split import Piece
from tests.builders import DM, ask, decision_for, document, parts_of, passage, shipped_rules

RULES = shipped_rules()
TEMPLATE = Template("Answer from the passages.")


def prompting(passages: int, pieces: int = 0) -> Prompting:
    parts = parts_of(ask(), *(passage(f"{n}번 글입니다.", of=document(n), id=n) for n in range(1, passages + 1)))
    file = Attached("계약.pdf", tuple(Piece((), f"조각 {n}") for n in range(pieces)))
    return Prompting(TEMPLATE, (*parts[:-1], *attached_parts((file,), passages + 1, DM, RULES), parts[-1]))


def numbers(parts: Prompt) -> set[int]:
    return {part.number for part in parts if part.number}


def test_the_weaker_half_of_the_passages_goes_first() -> None:
    one = prompting(12)
    left = [len(numbers(one.parts))]
    while one.shorten():
        left.append(len(numbers(one.parts)))
    assert left == [12, 6, 3, 1]
    assert numbers(one.parts) == {1}
    assert one.unread == frozenset(range(2, 13))


def test_what_came_attached_goes_last() -> None:
    one = prompting(2, pieces=4)
    assert one.shorten()
    assert numbers(one.parts) == {1, 3, 4, 5, 6}
    assert one.shorten()
    assert numbers(one.parts) == {1, 3, 4}


@settings(max_examples=25)  # each permits a dozen prompts
@given(passages=st.integers(0, 20), pieces=st.integers(0, 8))
def test_it_gets_shorter_a_few_times_and_keeps_the_question_and_the_rules(passages: int, pieces: int) -> None:
    one = prompting(passages, pieces)
    decision = decision_for(one.parts)
    before = len(one.parts)
    times = 0
    while one.shorten():
        times += 1
        built = one.built()
        assert len(one.parts) < before
        before = len(one.parts)
        assert [part.text for part in built if part.role is Role.QUESTION] == [ask().text]
        assert messages(built)[0]["content"].startswith(TEMPLATE.text)
        for route in decision.routes:
            if route in SHORES:
                assert permit(decision, built, route, "m", RULES).route is route
    assert times <= MOST


def test_a_shorter_prompt_is_never_more_sensitive() -> None:
    one = prompting(6)
    before = joined(one.parts, RULES).level
    while one.shorten():
        assert joined(one.parts, RULES).level <= before


def test_each_prompt_has_a_mark_of_its_own_and_ends_as_it_is_to_end() -> None:
    one = replace(prompting(1), ending="Answer in English.")
    first, second = messages(one.built()), messages(one.built())
    assert first != second
    assert _last(first).endswith("Answer in English.")


def _last(said: list[Mapping[str, str]] | list[dict[str, str]]) -> str:
    return said[-1]["content"].rstrip()


def test_a_decision_over_all_covers_each_part_of_it() -> None:
    one = prompting(4)
    assert decide(one.parts, DM, RULES, decision_for(one.parts).id).routes == decision_for(one.parts).routes
