"""What can be asked: anything with words in it that is not too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Question, QuestionFault
from tests.builders import DM

LONGEST = 4_000


def asked(text: str) -> Question:
    return Question.asked(text, asker="U1", room=DM, thread="t", longest=LONGEST)


@pytest.mark.parametrize("text", ["", " \n\t", "\x00", "\u3000"])
def test_an_empty_question_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(QuestionFault, match="empty"):
        asked(text)


def test_a_question_that_is_too_long_is_refused_with_both_figures_and_none_of_its_words() -> None:
    with pytest.raises(QuestionFault) as refused:
        asked("연차" * 20_000)
    assert "40,000" in str(refused.value)
    assert "4,000" in str(refused.value)
    assert "연차" not in str(refused.value)


def test_a_question_of_just_the_longest_length_is_taken() -> None:
    assert len(asked("가" * LONGEST).text) == LONGEST


def test_two_questions_with_the_same_words_are_two_questions() -> None:
    assert asked("연차는?").id != asked("연차는?").id


@given(st.text(st.characters(), min_size=1, max_size=100))
def test_a_question_that_is_taken_can_always_be_stored_and_sent(text: str) -> None:
    try:
        clean = asked(text).text
    except QuestionFault:
        return
    assert clean.encode("utf-8")
    assert "\x00" not in clean
    assert clean == clean.strip()
