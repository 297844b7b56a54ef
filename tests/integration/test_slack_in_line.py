"""Who waits for a model sees how many are before them; who waits for too long gets an apology and a quotation."""

from __future__ import annotations

from pathlib import Path

from tests.integration.company import CONFIG
from tests.integration.in_slack import ASKED, in_slack
from tests.standins.openai import Says, Status

AWAY = (Status(503),)
SLOW = Says("연차는 15일입니다. [1]", delay_first_s=1.2)
ONE = CONFIG.replace("[models.cloud]\n", "[models.cloud]\n    at_once = 1\n")


async def test_who_waits_sees_how_many_are_before_and_then_the_answer(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(SLOW,), config=ONE) as here:
        asked = [
            await here.slack.says(here.engineer, here.general, f"<@{here.slack.workspace.bot.id}> {ASKED}")
            for _ in range(4)
        ]
        await here.quiet()
        assert all("15일" in str(here.answer(one).blocks) for one in asked)
        said = [str(call.arguments) for call in here.slack.calls_of("chat.update")]
        assert any("먼저 온 질문 2개" in one for one in said)
        assert any("다음 차례" in one for one in said)
        order = [request.received_at for request in here.naru.cloud.requests]
        assert order == sorted(order)


async def test_whose_turn_does_not_come_gets_an_apology_and_a_quotation(tmp_path: Path, fresh_url: str) -> None:
    patience = "\n[answer]\nmax_wait_s = 0.5\n"
    async with in_slack(tmp_path, fresh_url, cloud=(SLOW,), on_prem=AWAY, settings=patience, config=ONE) as here:
        words = f"<@{here.slack.workspace.bot.id}> {ASKED}"
        asked = [await here.slack.says(here.engineer, here.general, words) for _ in range(2)]
        await here.quiet()
        answers = [str(here.answer(one).blocks) for one in asked]
        assert all("15일" in answer for answer in answers)
        assert sum("죄송합니다" in answer for answer in answers) == 1
