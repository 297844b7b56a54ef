"""Summaries of a thread, translations and drafts: the way of every question, from what was said, without a document.

In Slack as people do it: a strict look-alike of Slack has the thread, over real sockets.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from bot.slack.blocks import LATER
from bot.words import say
from tests.builders import rrn
from tests.integration.in_slack import SALARY, InSlack, in_slack
from tests.integration.test_slack_alone import offers
from tests.integration.test_slack_optouts import offered, presses
from tests.standins.openai import Says, Status
from tests.standins.slack import Message

FRIDAY = "금요일 세 시에 배포합시다"
NOTICE = "좋아요, 공지는 제가 씁니다"
SUMMED_UP = Says("금요일 세 시에 배포하고 공지를 쓰기로 했습니다.")
NO_DOCUMENT = say("ko", "no_document").strip("_")


async def thread(here: InSlack, *more: str) -> Message:
    """What two people said to each other, and more."""
    first = await here.slack.says(here.engineer, here.general, FRIDAY)
    for text in (NOTICE, *more):
        await here.slack.says(here.hr, here.general, text, thread_ts=first.ts)
    return first


async def summarised(here: InSlack, first: Message, text: str = "이 스레드 요약해 줘") -> str:
    await here.mentions(here.engineer, here.general, text, first.ts)
    return str(here.answers(first)[-1].blocks)


async def test_a_thread_is_summarised_from_what_was_said_there_and_the_answer_says_so(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(SUMMED_UP,)) as here:
        told = await summarised(here, await thread(here))
        assert "공지를 쓰기로" in told
        assert NO_DOCUMENT in told
        assert here.naru.cloud.heard(f"seoyun: {NOTICE}")
        assert not here.naru.cloud.heard("15일이고"), "no document was looked for"
        with psycopg.connect(here.url) as database:
            kept = database.execute("select count(*) from inbox where body is not null").fetchone()
        assert kept == (0,)


async def test_what_somebody_said_in_it_keeps_it_in_the_building(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(SUMMED_UP,)) as here:
        told = await summarised(here, await thread(here, f"제 주민번호는 {rrn()} 입니다"))
        assert "공지를 쓰기로" in told
        assert here.naru.cloud.bytes_received == b""
        assert here.naru.on_prem.heard(rrn())


async def test_whoever_opted_out_is_not_read_by_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(SUMMED_UP,)) as here:
        await presses(here, here.hr, await offered(here, here.hr), "opt_out:cloud")
        told = await summarised(here, await thread(here))
        assert "공지를 쓰기로" in told
        assert here.naru.cloud.bytes_received == b""


async def test_an_answer_is_translated_without_a_search_and_stands_as_long_as_what_it_rests_on(
    tmp_path: Path, fresh_url: str
) -> None:
    replies = Says("연차는 15일입니다. [1]"), Says("Annual leave is 15 days.")
    async with in_slack(tmp_path, fresh_url, cloud=replies) as here:
        asked = await here.mentions(here.engineer, here.general, "연차는 며칠인가요?")
        told = await summarised(here, asked, "위 답변을 영어로 번역해 줘")
        assert "Annual leave is 15 days." in told
        assert "<passage" not in str(here.naru.cloud.requests[-1].json)
        with psycopg.connect(here.url) as database:
            rests_on = database.execute("select documents from answer order by answered_at").fetchall()
        assert rests_on[0][0]
        assert rests_on[0] == rests_on[1]


async def test_a_question_in_a_thread_is_searched_for_and_the_thread_is_not_read(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await summarised(here, await thread(here), "연차는 며칠인가요?")
        assert here.naru.cloud.heard("15일이고")
        assert not here.naru.cloud.heard(NOTICE)


async def test_without_a_model_it_is_said_and_done_when_one_is_back(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(Status(503),), on_prem=(Status(503),)) as here:
        told = await summarised(here, await thread(here))
        assert "이 일에는 모델이 필요" in told
        assert LATER in told
        assert NO_DOCUMENT not in told


async def test_what_was_said_long_before_is_left_out_and_counted(
    tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.around.MOST_CHARACTERS", 45)
    async with in_slack(tmp_path, fresh_url, cloud=(SUMMED_UP,)) as here:
        told = await summarised(here, await thread(here, "그럼 그렇게 합시다"))
        assert not here.naru.cloud.heard(FRIDAY)
        assert here.naru.cloud.heard(NOTICE)
        assert say("ko", "said_partly", unheard="1").strip("_") in told


async def test_nobody_is_offered_documents_who_asked_for_none(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(Says("How much is a manager paid?"),)) as here:
        await here.mentions(here.hr, here.general, SALARY)
        assert len(offers(here)) == 1
        await here.mentions(here.hr, here.general, f"번역해 줘: {SALARY} {SALARY}")
        assert len(offers(here)) == 1
