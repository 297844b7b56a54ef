"""What a model has written so far is shown in whole sentences, looked at like the answer, and never after it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drafts import LOOK_S, Drafts, whole_sentences
from retrieval.errors import Fault
from retrieval.passage import Document

WRITTEN = st.text(st.sampled_from("가나다 ab.!?。\n`~1-)\"'"), max_size=60) | st.text(max_size=40)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("연차는 15일입니다. [1] 그리고", "연차는 15일입니다."),
        ("연차는 15일입니다.", ""),
        ("연차는 15일입니다.\n", "연차는 15일입니다."),
        ("It is 3.5 days. And", "It is 3.5 days."),
        ("It is 3.", ""),
        ("1. 신청\n2. 승", "1. 신청"),
        ("1. 신청", ""),
        ('그는 "된다." 라고', '그는 "된다."'),
        ("정말요?! 네", "정말요?!"),
        ("예입니다.\n```\nrm -rf\n", "예입니다."),
        ("예입니다.\n```\nls\n```\n끝", "예입니다.\n```\nls\n```"),
        ("", ""),
    ],
)
def test_sentences_and_lines_count_once_they_are_whole(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole


def test_nothing_of_a_key_is_shown_before_it_can_be_recognised() -> None:
    begun = "키는 이것입니다.\n" + "-----BEGIN " + "PRIVATE KEY-----\nMIIE\nabcd\n"
    assert whole_sentences(begun) == "키는 이것입니다."


@given(WRITTEN)
def test_a_draft_never_says_more_than_the_model_and_never_ends_in_a_word(text: str) -> None:
    whole, written = whole_sentences(text), text.lstrip()
    assert written.startswith(whole)
    assert not whole or written[len(whole)].isspace()


@given(WRITTEN, st.sampled_from(("```", "~~~", "-----BEGIN ")), WRITTEN)
def test_a_draft_never_shows_half_a_block_of_code_or_a_key(before: str, opening: str, text: str) -> None:
    whole = whole_sentences(f"{before}\n{opening}\n{text}")
    assert "-----BEGIN" not in whole
    assert sum(line.lstrip(" \t").startswith(("```", "~~~")) for line in whole.split("\n")) % 2 == 0


class Here:
    """Whoever may read, and what is shown."""

    def __init__(self, **more: float) -> None:
        self.readable = True
        self.looks: list[float] = []
        self.shown: list[str] = []
        self.fault: Fault | None = None
        self.slow = asyncio.Event()
        self.slow.set()
        self.drafts = Drafts(self.look, self.checked, self.show, apart_s=more.get("apart_s", 0))

    async def look(self, within_s: float) -> Mapping[int, Document]:
        self.looks.append(within_s)
        return {}

    def checked(self, text: str, present: Mapping[int, Document]) -> str:
        return text if self.readable else ""

    async def show(self, text: str) -> None:
        await self.slow.wait()
        if self.fault:
            raise self.fault
        self.shown.append(text)


async def rest() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_sentences_are_shown_while_the_model_writes() -> None:
    here = Here()
    async with here.drafts.shown() as heard:
        for end in range(1, 30):
            heard("연차는 15일입니다. 3일 전에 올립니다. 끝"[:end])
            await rest()
    assert here.shown == ["연차는 15일입니다.", "연차는 15일입니다. 3일 전에 올립니다."]


async def test_who_may_read_is_asked_before_the_first_sentence_is_there() -> None:
    here = Here()
    async with here.drafts.shown() as heard:
        heard("연")
        await rest()
        assert here.looks == [0]
        heard("연차는 15일입니다. ")
        await rest()
    assert here.looks == [0, LOOK_S]


async def test_what_may_not_be_read_any_more_is_not_shown() -> None:
    here = Here()
    here.readable = False
    async with here.drafts.shown() as heard:
        heard("연차는 15일입니다. ")
        await rest()
    assert here.shown == []


async def test_once_closed_no_draft_is_under_way() -> None:
    here = Here()
    here.slow.clear()

    async def write() -> None:
        async with here.drafts.shown() as heard:
            heard("연차는 15일입니다. ")
            await rest()

    writing = asyncio.create_task(write())
    await rest()
    await rest()
    assert not writing.done()
    here.slow.set()
    await writing
    shown = list(here.shown)
    await rest()
    assert here.shown == shown == ["연차는 15일입니다."]


async def test_no_further_draft_follows_once_the_answer_is_there() -> None:
    here = Here(apart_s=60)
    async with here.drafts.shown() as heard:
        heard("연차는 15일입니다. ")
        await rest()
        heard("연차는 15일입니다. 3일 전에 올립니다. ")
        await rest()
    assert here.shown == ["연차는 15일입니다."]


async def test_a_draft_that_cannot_be_shown_does_not_cost_the_answer() -> None:
    here = Here()
    here.fault = Fault("Slack asks for fewer calls.")
    async with here.drafts.shown() as heard:
        heard("연차는 15일입니다. ")
        await rest()
        heard("연차는 15일입니다. 3일 전에 올립니다. ")
        await rest()
    assert here.shown == []


async def test_without_a_word_of_the_model_nobody_is_asked() -> None:
    here = Here()
    async with here.drafts.shown():
        await rest()
    assert here.looks == []


async def test_an_answer_that_fails_ends_its_drafts() -> None:
    here = Here()
    here.slow.clear()

    async def fail() -> None:
        async with here.drafts.shown() as heard:
            heard("연차는 15일입니다. ")
            await rest()
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    here.slow.set()
    await rest()
    assert here.shown == []


async def test_an_answer_that_is_cut_off_while_it_waits_for_its_last_draft_leaves_none_behind() -> None:
    here = Here()
    here.slow.clear()

    async def write() -> None:
        async with here.drafts.shown() as heard:
            heard("연차는 15일입니다. ")
            await rest()

    writing = asyncio.create_task(write())
    await rest()
    await rest()
    writing.cancel()
    await asyncio.wait({writing})
    here.slow.set()
    await rest()
    assert writing.cancelled()
    assert here.shown == []


async def test_a_second_try_of_the_model_begins_anew() -> None:
    here = Here()
    async with here.drafts.shown() as heard:
        heard("연차는 15일입니다. 그리")
        await rest()
        heard("열다섯 날입니다. 그")
        await rest()
    assert here.shown == ["연차는 15일입니다.", "열다섯 날입니다."]
