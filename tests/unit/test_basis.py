"""What needs no document, as people ask for it, and what only looks like it."""

from __future__ import annotations

import pytest

from bot.basis import Basis, basis, may_need_thread

ABOUT_THE_THREAD = [
    "이 스레드 요약해 줘",
    "세 줄로 요약 부탁드려요",
    "지금까지 나눈 대화 정리해 줘",
    "위 답변을 영어로 번역해 줘",
    "방금 답변 영어로",
    "이 대화로 회의록 초안 작성해줘",
    "요약해 줘",
    "Summarise this thread",
    "tl;dr",
    "Translate your last answer into Korean",
    "draft a reply to the message above",
    "what did we decide in this thread? summarize",
]
BRINGS_ITS_TEXT = [
    "다음을 영어로 번역해 줘: 내일 저희 팀은 쉽니다. 급한 일은 모레 봅니다.",
    "다음 글을 다듬어 줘\n안녕하세요 저희 팀은 내일 쉽니다.\n감사합니다.",
    "내일 저희 팀은 쉽니다. 모두 감사합니다.\n위 글을 영어로 옮겨 줘",
    "“내일 저희 팀은 쉽니다” 이 문장을 영어로",
    "could you draft an email to the customer:\nwe are late\nsorry",
]
OF_DOCUMENTS = [
    "연차는 며칠인가요?",
    "휴가 규정을 요약해 줘",
    "연차 정책 영어로 번역해 줘",
    "summarise the travel policy",
    "이 스레드 내용이 출장 규정에 맞는지 정리해 줘",
    "출장비 정산 방법 정리해 줘",
    "위에서 말한 한도는 얼마인가요?",
    "영어로 답해 줘: 입사 3년차의 연차는 며칠인가요?",
    "출장비 정산을 하려고 합니다.\n정리해서 어디에 내야 하나요?",
    "회의록 초안은 누가 작성하나요? 이 대화에서",
    "how do I translate this thread?",
    "밖으로 나가지 않게 답해줘: 내년 조직 개편안 요약",
    "keep this on our own servers: rewrite the pitch for the board",
]


@pytest.mark.parametrize("text", ABOUT_THE_THREAD)
def test_a_task_about_the_thread_rests_on_what_was_said_there(text: str) -> None:
    assert basis(text, spoken_before=True) is Basis.CONVERSATION
    assert may_need_thread(text)


@pytest.mark.parametrize("text", ABOUT_THE_THREAD)
def test_where_nothing_was_said_before_documents_are_searched(text: str) -> None:
    assert basis(text, spoken_before=False) is Basis.DOCUMENTS


@pytest.mark.parametrize("text", BRINGS_ITS_TEXT)
def test_a_task_about_a_text_that_comes_with_it_needs_no_document(text: str) -> None:
    assert basis(text, spoken_before=False) is Basis.CONVERSATION


@pytest.mark.parametrize("text", OF_DOCUMENTS)
def test_what_asks_for_documents_or_about_a_task_is_searched_for(text: str) -> None:
    assert basis(text, spoken_before=True) is Basis.DOCUMENTS
