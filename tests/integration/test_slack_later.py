"""A model that is away: the documents are quoted at once, and a button has them summarised when it is back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.slack.blocks import LATER
from tests.integration.in_slack import SALARY, InSlack, in_slack
from tests.standins.openai import OpenAIStandIn, Says, Status
from tests.standins.slack import Message

WAITS = "돌아오면 여기에 요약합니다"
LABEL = "모델이 돌아오면 요약"


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.returns.EACH_S", 0.2)


async def quoted(here: InSlack) -> Message:
    """The answer to what only the on-prem model may see, while it is away."""
    await here.naru.on_prem.__aexit__(None, None, None)
    asked = await here.writes(here.hr, SALARY)
    answer = here.answer(asked)
    assert "구천만" in str(answer.blocks)
    assert LABEL in str(answer.blocks)
    return answer


async def said(here: InSlack, words: str) -> list[Message]:
    """What stands in the direct message with these words, once something does."""
    async with asyncio.timeout(20):
        while True:
            found = [
                one for one in here.slack.workspace.im(here.hr).messages.values() if words in str(one.blocks) + one.text
            ]
            if found:
                return found
            await asyncio.sleep(0.1)


async def test_it_is_summarised_when_the_model_is_back_and_once(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        answer = await quoted(here)
        for _ in range(2):
            await here.slack.clicks(here.hr, answer, LATER)
            await here.quiet()
        (waiting,) = await said(here, WAITS)
        async with OpenAIStandIn(
            [Says("돌아왔습니다: 구천만 원부터입니다. [1]")], port=urlsplit(here.naru.on_prem.base_url).port or 0
        ) as back:
            (summary,) = await said(here, "돌아왔습니다")
            await here.quiet()
            assert summary.ts == waiting.ts
            assert sum(request.json is not None for request in back.requests) == 1
        assert here.naru.cloud.bytes_received == b""


async def test_what_the_other_shore_may_see_waits_for_nobody(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(Status(503),)) as here:
        asked = await here.mentions(here.engineer, here.general, "연차는 며칠인가요?")
        assert LABEL not in str(here.answer(asked).blocks)


async def test_a_question_of_somebody_else_is_not_asked_again_for_them(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(Status(503),), on_prem=(Status(503),)) as here:
        asked = await here.mentions(here.engineer, here.general, "연차는 며칠인가요?")
        await here.slack.clicks(here.hr, here.answer(asked), LATER)
        await here.quiet()
        assert "직접 다시 물어봐 주세요" in here.slack.workspace.ephemerals[-1].text


async def test_a_room_is_told_once_that_a_model_is_away(tmp_path: Path, fresh_url: str) -> None:
    """And not below every answer; the button stands below each."""
    async with in_slack(tmp_path, fresh_url, cloud=(Status(503),), on_prem=(Status(503),)) as here:
        told = []
        for _ in range(2):
            asked = await here.mentions(here.engineer, here.general, "연차는 며칠인가요?")
            shown = str(here.answer(asked).blocks)
            assert LABEL in shown
            told.append("정책이 고른 곳" in shown)
        assert told == [True, False]
