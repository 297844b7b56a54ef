"""Whoever asks for the first time is told what happens with what they ask, and nobody else sees it."""

from __future__ import annotations

from pathlib import Path

from tests.integration.in_slack import ASKED, InSlack, in_slack
from tests.standins.slack import LostReply, Message, User, refuses

NOTICE = "나루를 쓰기 전에"


def ephemerals(here: InSlack, user: User) -> list[Message]:
    seen = [message for message in here.slack.workspace.ephemerals if message.seen_only_by == user.id]
    return [message for message in seen if NOTICE in str(message.blocks)]


def in_dm(here: InSlack, user: User) -> list[Message]:
    return [message for message in here.slack.shown(here.slack.workspace.im(user)) if NOTICE in str(message.blocks)]


async def test_each_asker_is_told_once_before_the_first_answer_and_alone(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        first = await here.mentions(here.engineer, here.general, ASKED)
        methods = [call.method for call in here.slack.calls]
        assert methods.index("chat.postEphemeral") < methods.index("chat.postMessage")
        await here.mentions(here.engineer, here.general, ASKED)
        await here.mentions(here.hr, here.general, ASKED)
        assert [len(ephemerals(here, user)) for user in (here.engineer, here.hr, here.admin)] == [1, 1, 0]
        assert NOTICE not in str([message.blocks for message in here.slack.shown(here.general)])
        assert "127.0.0.1, 처리하는 나라는 kr" in str(ephemerals(here, here.engineer)[0].blocks)
        await here.writes(here.engineer, ASKED)
        assert in_dm(here, here.engineer) == []
        assert str(here.answer(first).blocks).count("기계(AI)가 답했습니다") == 1


async def test_in_a_direct_message_it_stands_once_though_slack_lost_its_reply(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.scripts("chat.postMessage", LostReply())
        asked = await here.writes(here.engineer, ASKED)
        (told,) = in_dm(here, here.engineer)
        assert told.ts < here.answer(asked).ts
        await here.writes(here.engineer, ASKED)
        assert len(in_dm(here, here.engineer)) == 1


async def test_a_notice_that_slack_refuses_keeps_no_answer_back_and_is_shown_at_the_next_question(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.scripts("chat.postEphemeral", refuses("user_not_in_channel"))
        asked = await here.mentions(here.engineer, here.general, ASKED)
        assert "15일" in str(here.answer(asked).blocks)
        assert ephemerals(here, here.engineer) == []
        await here.mentions(here.engineer, here.general, ASKED)
        assert len(ephemerals(here, here.engineer)) == 1


async def test_a_text_that_changed_is_shown_again_and_a_guests_says_nothing_of_rooms(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await here.mentions(here.engineer, here.general, ASKED)
        await here.mentions(here.guest, here.shared, ASKED)
        (told,) = ephemerals(here, here.guest)
        assert "그 방 사람들" not in str(told.blocks)
        assert "그 방 사람들" in str(ephemerals(here, here.engineer)[0].blocks)
    changed = '\n[notice]\ncontact = "#privacy"\n'
    async with in_slack(tmp_path, fresh_url, settings=changed) as here:
        await here.mentions(here.engineer, here.general, ASKED)
        await here.mentions(here.engineer, here.general, ASKED)
        (again,) = ephemerals(here, here.engineer)
        assert "#privacy" in str(again.blocks)
