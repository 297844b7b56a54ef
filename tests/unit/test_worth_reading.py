"""Which passages go into a prompt: what may answer, never more than fits, and always the best."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.worth_reading import Budget, choices, likeliest
from retrieval.passage import Passage
from tests.builders import passage

ROOMY = Budget(passages=20, characters=10_000)
FOUND = st.lists(
    st.builds(
        lambda confidence, length: passage("가" * length, confidence=confidence), st.floats(0, 1), st.integers(1, 400)
    ),
    max_size=12,
)


def whys(found: list[Passage], budget: Budget = ROOMY, least: float = 0.01) -> list[str]:
    return [choice.why for choice in choices(found, least, budget)]


def found(*confidences: float, length: int = 100) -> list[Passage]:
    return [passage("가" * length, confidence=confidence) for confidence in confidences]


def test_nothing_is_read_where_even_the_likeliest_does_not_answer() -> None:
    assert set(whys(found(0.004, 0.002))) == {"too unlikely"}
    assert whys([]) == []


def test_a_drop_behind_the_best_ends_what_is_read_and_a_doubtful_best_takes_more_with_it() -> None:
    assert whys(found(0.9, 0.5, 0.01)) == ["in the prompt", "in the prompt", "far behind the best"]
    assert whys(found(0.04, 0.03, 0.02)) == ["in the prompt"] * 3


def test_a_fall_of_the_score_ends_what_is_read_where_many_say_a_short_question() -> None:
    first, second = found(0.9, 0.9)
    assert whys([first, replace(second, score=first.score / 3)]) == ["in the prompt", "far behind the best"]


def test_a_short_passage_takes_the_room_that_a_long_one_had_no_use_for() -> None:
    three = [*found(0.9, length=500), *found(0.8, length=600), *found(0.7, length=300)]
    assert whys(three, Budget(20, 1000)) == ["in the prompt", "no room", "in the prompt"]


def test_the_best_is_read_however_long_it_is() -> None:
    assert whys(found(0.9, 0.8, length=5000), Budget(20, 1000)) == ["in the prompt", "no room"]


def test_a_passage_far_down_does_not_decide_whether_there_is_an_answer() -> None:
    assert likeliest(found(*[0.002] * 6, 0.9)) == 0.002


@given(FOUND, st.integers(1, 20), st.integers(100, 2000))
def test_a_prompt_never_carries_more_than_its_budget(found: list[Passage], passages: int, characters: int) -> None:
    chosen = choices(found, 0.01, Budget(passages, characters))
    read = [choice.passage for choice in chosen if choice.why == "in the prompt"]
    assert [choice.passage for choice in chosen] == found
    assert len(read) <= passages
    assert len(read) == 1 or sum(len(one.heading) + len(one.text) for one in read) <= characters
