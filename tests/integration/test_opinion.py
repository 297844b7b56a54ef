"""The second opinion in a whole Naru, over real sockets: it can keep a question back, and its silence does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from admin.watch import watch_over, watched
from bot.domain import Route
from bot.waiting import happens
from tests.builders import rrn
from tests.integration.company import company
from tests.integration.in_slack import in_slack
from tests.standins.openai import Garbage, HalfStream, Redirect, Reply, Says, Silent, Status

ASKED = "연차는 며칠인가요?"
DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n"}
NOTHING = Says('{"kind": "none"}')


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await happens(asyncio.Event(), 0.02)


async def test_where_it_finds_nothing_the_question_goes_its_way(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, opinion=(NOTHING,)) as naru:
        assert (await naru.ask(ASKED)).route is Route.CLOUD
        assert naru.opinion is not None
        (request,) = naru.opinion.requests
        assert request.json["response_format"]["json_schema"]["schema"]["properties"]["kind"]["enum"][-1] == "none"
        assert "1년에 15일" in str(request.json["messages"])


async def test_what_it_finds_keeps_the_question_in_the_building_and_is_recorded(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, opinion=(Says('{"kind": "health"}'), NOTHING)) as naru:
        answered = await naru.ask(ASKED)
        assert answered.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""
        row = await naru.app.records.decision_of(answered.decision)
        assert row is not None
        assert ["RESTRICTED", "second_opinion", "second opinion: health"] in row["reasons"]
        # The thread goes on where it began: what was found is still in it.
        assert (await naru.ask("반차도 되나요?")).route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""


@pytest.mark.parametrize(
    "broken",
    [Silent(), Status(500), Status(401), Garbage(), HalfStream('{"kind":'), Says("none"), Says('{"kind": "fine"}')],
    ids=["silent", "500", "401", "garbage", "half", "no form", "no kind"],
)
async def test_its_death_and_its_nonsense_keep_the_question_in_the_building(
    broken: Reply, tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, opinion=(broken,)) as naru:
        assert (await naru.ask(ASKED)).route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""


async def test_a_redirect_of_it_leads_nowhere(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, opinion=(Redirect("http://127.0.0.1:9/v1"),)) as naru:
        assert (await naru.ask(ASKED)).route is Route.ON_PREM


async def test_a_question_that_stays_anyway_needs_no_opinion(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, opinion=(NOTHING,)) as naru:
        await naru.ask(f"{ASKED} {rrn()}")
        assert naru.opinion is not None
        assert naru.opinion.requests == []


async def test_the_admins_are_told_once_that_it_is_away_and_once_that_it_is_back(
    tmp_path: Path, fresh_url: str
) -> None:
    heard: list[str] = []
    keys: set[str] = set()
    refuse = [True]

    async def tell(key: str, sentence: str) -> int:
        if refuse.pop() if refuse else False:
            return 0  # Slack is away as well
        heard.append(sentence)
        keys.add(key)
        return 1

    script: tuple[Reply, ...] = (NOTHING, *[Status(500)] * 4, NOTHING)
    async with company(tmp_path, fresh_url, DOCUMENTS, opinion=script) as naru:
        (opinion,) = (one for one in watched(naru.app) if one.over)
        watching = asyncio.create_task(watch_over(replace(opinion, every_s=0.01), tell))
        asked = naru.opinion.requests if naru.opinion else []
        await until(lambda: len(heard) == 2 and len(asked) >= 10)
        watching.cancel()
        await asyncio.wait({watching})
    assert ["500" in one for one in heard] == [True, False]
    assert len(keys) == 2, "what begins again the same day is told again"


async def test_in_slack_the_admins_hear_it_in_a_direct_message(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, opinion=(Status(500),)) as here:
        dm = here.slack.workspace.im
        await until(lambda: bool(here.slack.shown(dm(here.admin))))
        (told,) = here.slack.shown(dm(here.admin))
        assert "클라우드" in told.text
        assert "status 500" in told.text
        assert here.slack.shown(dm(here.engineer)) == []
