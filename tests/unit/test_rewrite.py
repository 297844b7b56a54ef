"""A follow-up is searched for together with what it follows; a question of its own is searched for as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Turn
from bot.rewrite import rewrite
from retrieval.label import NOTHING_SENSITIVE
from retrieval.text import MAX_QUERY_TERMS, query_terms
from tests.builders import api_key, ask, rrn

LEAVE = Turn("육아휴직은 언제까지 신청하나요?", "30일 전입니다.", NOTHING_SENSITIVE, ())
WHOLE = "해외 출장에서 법인카드로 호텔을 예약할 때 하루 숙박비 한도는 얼마인가요?"


@pytest.mark.parametrize(
    "text",
    [
        "그럼 배우자가 해외에서 근무하는 직원의 자녀도 해당되나요?",
        "아니면 회계 결산 기간에 팀 리더에게 먼저 알려야 하나요?",
        "What about employees of the Lisbon office with two young children?",
        "And for employees of the Lisbon office with two young children?",
        "며칠이요?",
        "신청은 어디서?",
    ],
)
def test_a_question_that_leans_back_brings_what_it_leans_on(text: str) -> None:
    assert rewrite(ask(text), [LEAVE]) == f"{text}\n{LEAVE.question}"


@pytest.mark.parametrize("thread", [[], [LEAVE], [LEAVE, LEAVE]])
def test_a_question_of_its_own_stays_as_it_is(thread: list[Turn]) -> None:
    assert rewrite(ask(WHOLE), thread) == WHOLE


def test_the_first_question_of_a_thread_stays_as_it_is() -> None:
    assert rewrite(ask("그럼 며칠?"), []) == "그럼 며칠?"


def test_a_question_whose_text_is_gone_is_passed_over() -> None:
    gone = Turn(None, None, NOTHING_SENSITIVE, ())
    assert rewrite(ask("며칠이요?"), [LEAVE, gone]) == f"며칠이요?\n{LEAVE.question}"
    assert rewrite(ask("며칠이요?"), [gone]) == "며칠이요?"


def test_however_long_the_question_before_was_this_one_is_searched_for() -> None:
    long = Turn(" ".join(f"alpha{n} beta{n}" for n in range(MAX_QUERY_TERMS)), "", NOTHING_SENSITIVE, ())
    query = rewrite(ask("그럼 병가는?"), [long])
    assert set(query_terms("그럼 병가는?")) <= set(query_terms(query))


@given(st.sampled_from([rrn(), api_key()]), st.sampled_from(["연차는 며칠인가요?", "그럼 ", WHOLE]), st.booleans())
def test_an_identifier_is_never_searched_for(value: str, words: str, before: bool) -> None:
    thread = [Turn(f"{value} 육아휴직", "", NOTHING_SENSITIVE, ())]
    query = rewrite(ask(f"{words} 병가 {value}"), thread if before else [])
    assert value not in query
    assert "병가" in query


def test_a_question_of_nothing_but_an_identifier_is_still_a_question() -> None:
    assert rewrite(ask(api_key()), []) == api_key()
