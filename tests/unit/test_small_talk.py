"""What is no question, as people type it and as Slack sends it."""

from __future__ import annotations

import pytest

from bot.small_talk import SmallTalk, small_talk


@pytest.mark.parametrize(
    "text",
    ["고마워요 :pray:", "감사합니다 :bow::skin-tone-2:", "thanks! :+1:", "정말 고마워요 🙏", "고마워요 :감사콘:"],
)
def test_thanks_may_come_with_any_emoji(text: str) -> None:
    assert small_talk(text) is SmallTalk.THANKS


@pytest.mark.parametrize("text", ["", " ", ":smile:", ":+1: :tada:", "🙂🎉", "???", "ㅇㅇ :thumbsup:", "넵!"])
def test_what_holds_no_word_is_nothing_to_search_for(text: str) -> None:
    assert small_talk(text) is SmallTalk.NOTHING


@pytest.mark.parametrize(
    "text",
    ["고마워요. 연차는 며칠인가요?", ":calendar: 연차는?", "10:30:00 에 뭐 있나요", "연차", "https://a.example/x"],
)
def test_what_says_more_is_a_question(text: str) -> None:
    assert small_talk(text) is None
