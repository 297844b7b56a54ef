"""An answer that may not stand in Slack any more is taken back, and can be asked again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.audit import Audit, Wanted, read
from bot.forgetting import Forgetting
from bot.holds import Holds
from bot.slack.blocks import AGAIN
from bot.slack.posted import Posted
from bot.slack.withdrawing import Withdrawing
from bot.spool import Spool
from bot.subjects import Subject
from retrieval.database import Database
from retrieval.reindex import Report
from tests.integration.events import claimed
from tests.integration.in_slack import ASKED, in_slack
from tests.integration.test_slack_alone import clicked
from tests.integration.test_slack_killed import Desk, a_mention
from tests.standins.openai import Says
from tests.standins.slack import Message, rate_limited, refuses

TAKEN_BACK = "회수되었습니다 · Withdrawn"


async def becomes(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not wanted():  # noqa: ASYNC110 - what Slack shows sets no event
            await asyncio.sleep(0.05)


async def test_when_a_guest_comes_into_a_room_its_answers_are_taken_back_and_can_be_asked_again(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        direct = await here.writes(here.engineer, ASKED)
        answer = here.answer(asked)
        assert "15일" in str(answer.blocks)
        await here.slack.joins(here.guest, here.general)
        await becomes(lambda: TAKEN_BACK in here.answer(asked).text)
        assert "15일" not in str(here.answer(asked))
        assert "15일" in str(here.answer(direct).blocks), "who it is shown to has not changed"
        await here.slack.leaves(here.guest, here.general)
        await here.slack.clicks(here.engineer, here.answer(asked), AGAIN)
        await here.quiet()
        first, second = here.answers(asked)
        assert TAKEN_BACK in first.text
        assert "15일" in str(second.blocks)


async def test_what_a_reindex_finds_gone_takes_its_answers_back_at_once(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        assert "15일" in str(here.answer(asked).blocks)
        (here.naru.folder / "handbook" / "public" / "leave.md").unlink()
        source, *_ = await here.naru.app.active()
        (report,) = await here.naru.app.reindex([source], lambda *_: None, accept_deletions=True)
        assert isinstance(report[1], Report)
        assert report[1].removed == 1
        await becomes(lambda: TAKEN_BACK in here.answer(asked).text)


@pytest.fixture
async def desk(tmp_path: Path, fresh_database: Database, fresh_url: str) -> AsyncIterator[Desk]:
    """A question that was answered in a room."""
    async with a_mention(tmp_path, fresh_database, fresh_url, Says("연차는 15일입니다. [1]")) as here:
        mention = await claimed(here.inbox)
        await here.answering.handle(mention)
        await here.inbox.done(mention, "answered")
        yield here


def shown(here: Desk) -> Message:
    (answer,) = here.slack.replies(here.asked)
    return answer


def withdrawing(here: Desk, database: Database) -> Withdrawing:
    return Withdrawing(database, here.answering.door, Audit(here.naru.app.seal), pace_s=0, again_s=0)


async def forgotten(here: Desk, database: Database, folder: Path) -> None:
    seal = here.naru.app.seal
    assert here.asked.user is not None
    await Forgetting(database, seal, Spool(folder / "spool", seal), Holds(seal))(Subject("user", here.asked.user))


async def test_what_was_posted_to_somebody_who_opts_out_is_taken_back_and_to_ask_again_says_why_not(
    desk: Desk, fresh_database: Database, tmp_path: Path
) -> None:
    await forgotten(desk, fresh_database, tmp_path)
    assert await withdrawing(desk, fresh_database).all() == 1
    assert shown(desk).text.startswith(TAKEN_BACK)
    assert "15일" not in str(shown(desk))
    assert await withdrawing(desk, fresh_database).all() == 0
    (entry,) = await read(fresh_database, Wanted(kinds=("withdrawn",)))
    assert entry.body["why"] == "opt_out"
    assert entry.body["question"] in str(shown(desk).blocks), "whoever asks again names that question"
    assert desk.asked.user is not None
    assert desk.asked.user not in str(entry)
    await clicked(desk, shown(desk), AGAIN)
    assert await desk.answering.handle(await claimed(desk.inbox)) == "gone"
    assert "직접 다시 물어봐 주세요" in desk.slack.workspace.ephemerals[-1].text


async def test_what_slack_does_not_take_now_stays_to_be_taken_back(
    desk: Desk, fresh_database: Database, tmp_path: Path
) -> None:
    await forgotten(desk, fresh_database, tmp_path)
    posted = Posted(fresh_database, desk.naru.app.seal)
    desk.slack.scripts("chat.update", refuses("is_archived"), refuses("cant_update_message"))
    desk.slack.scripts("chat.delete", refuses("cant_delete_message"))
    for _ in range(2):
        assert await withdrawing(desk, fresh_database).all() == 0
        assert await posted.pending() == 1
    assert await read(fresh_database, Wanted(kinds=("withdrawn",))) == []
    assert "15일" in str(shown(desk).blocks)
    desk.slack.scripts("chat.update", rate_limited(1))
    assert await withdrawing(desk, fresh_database).all() == 1
    assert TAKEN_BACK in shown(desk).text


async def test_a_message_that_is_gone_is_as_good_as_taken_back(
    desk: Desk, fresh_database: Database, tmp_path: Path
) -> None:
    await forgotten(desk, fresh_database, tmp_path)
    desk.slack.scripts("chat.update", refuses("message_not_found"))
    assert await withdrawing(desk, fresh_database).all() == 1
    assert await Posted(fresh_database, desk.naru.app.seal).pending() == 0
    assert len(await read(fresh_database, Wanted(kinds=("withdrawn",)))) == 1
