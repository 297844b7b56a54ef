"""Naru in Slack, whole: a strict look-alike of Slack, real sockets, a real database, models as stand-ins."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from admin.slack import follow_ups, serve
from bot.config_file import Slack
from bot.inbox import Event
from bot.slack.blocks import BAD, BETTER, GOOD, REASON
from bot.slack.faults import SlackFault
from retrieval.database import Database
from tests.builders import rrn
from tests.integration.company import company
from tests.integration.events import an_inbox, claimed, until
from tests.integration.in_slack import ASKED, DAYS, DOCUMENTS, SALARY, in_slack, modes
from tests.integration.line import Line
from tests.integration.test_slack_killed import a_mention
from tests.standins.openai import Request, Says
from tests.standins.slack import (
    LostReply,
    SlackStandIn,
    User,
    Usergroup,
    rate_limited,
    refuses,
)


@modes
async def test_a_mention_gets_a_cited_answer_in_its_thread(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        shown = here.answer(asked)
        blocks = str(shown.blocks)
        assert "15일" in blocks
        assert "https://handbook.example/public/leave.md" in blocks
        assert "cloud" in blocks, "says which way it went"
        assert here.naru.cloud.heard("15일이고")


@modes
async def test_a_direct_message_is_answered_for_its_writer_alone(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        hr, engineer = await here.writes(here.hr, SALARY), await here.writes(here.engineer, SALARY)
        assert "구천만" in str(here.answer(hr).blocks)
        assert "구천만" not in str(here.answer(engineer).blocks)
        assert not here.naru.cloud.heard("구천만")


async def test_what_only_hr_may_read_is_not_shown_in_a_room_of_others(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        assert "구천만" not in str(here.answer(await here.mentions(here.hr, here.general, SALARY)).blocks)


async def test_a_right_that_ends_while_the_model_writes_ends_the_answer(tmp_path: Path, fresh_url: str) -> None:
    """Slack says nothing of it by event: what is shown rests on a look of this very moment."""
    groups: list[Usergroup] = []

    def leave(request: Request) -> str:
        groups[0].users.clear()
        return "구천만 원부터입니다. [1]"

    async with in_slack(tmp_path, fresh_url, on_prem=(leave,)) as here:
        groups += here.slack.workspace.usergroups.values()
        shown = str(here.answer(await here.writes(here.hr, SALARY)).blocks)
        assert here.naru.on_prem.requests
        assert "구천만" not in shown


@modes
async def test_a_group_dm_is_answered_for_all_who_are_in_it(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http, on_prem=(DAYS,)) as here:
        bot = here.slack.workspace.bot
        group = here.slack.workspace.channel("mpdm-1", members=[here.engineer, here.hr, bot], kind="mpim")
        assert "15일" in str(here.answer(await here.mentions(here.engineer, group, ASKED)).blocks)
        assert here.answer(await here.mentions(here.hr, group, SALARY))
        assert not here.naru.on_prem.heard("구천만")


async def test_with_a_guest_in_the_room_nothing_of_the_company_is_shown(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        assert "15일" not in str(here.answer(await here.mentions(here.engineer, here.shared, ASKED)).blocks)


async def test_a_secret_in_a_mention_never_reaches_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.mentions(here.engineer, here.general, f"{rrn()} {ASKED}")
        assert "on_prem" in str(here.answer(asked).blocks)
        assert here.naru.cloud.bytes_received == b""


@modes
async def test_a_follow_up_in_a_direct_message_needs_no_mention(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        first = await here.writes(here.engineer, ASKED)
        await here.writes(here.engineer, "그럼 언제까지 올려요?", first.ts)
        assert len(here.answers(first)) == 2
        assert "15일" in str(here.answers(first)[1].blocks)


@pytest.mark.parametrize("follow_ups", [False, True])
async def test_a_follow_up_in_a_channel_is_answered_only_where_the_setting_says_so(
    follow_ups: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, follow_ups=follow_ups) as here:
        first = await here.mentions(here.engineer, here.general, ASKED)
        for who in (here.engineer, here.hr):
            await here.slack.says(who, here.general, "그럼 언제까지 올려요?", first.ts)
        await here.quiet()
        assert len(here.answers(first)) == (2 if follow_ups else 1)


@modes
async def test_thanks_get_a_reaction_and_a_bare_mention_a_hint(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        thanks, bare = (
            await here.writes(here.engineer, "고마워요!"),
            await here.mentions(here.engineer, here.general, ""),
        )
        assert here.answers(thanks) == []
        assert here.slack.calls_of("reactions.add")
        assert "적어 주세요" in str(here.answer(bare).blocks) or "what you want to know" in str(
            here.answer(bare).blocks
        )
        assert here.naru.cloud.requests == here.naru.on_prem.requests == []


@modes
async def test_an_edited_question_is_answered_again_in_the_same_place(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    says = (Says("연차는 15일입니다. [1]"), Says("3영업일 전입니다. [1]"))
    async with in_slack(tmp_path, fresh_url, http=http, cloud=says) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        await here.slack.edits(asked, f"<@{here.slack.workspace.bot.id}> 연차는 며칠 전에 올려요?")
        await here.quiet()
        assert "3영업일 전입니다" in str(here.answer(asked).blocks)


@modes
async def test_a_deleted_question_takes_its_answer_with_it(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        await here.slack.deletes(asked)
        await here.quiet()
        assert here.answers(asked) == []


async def test_bots_and_chatter_are_never_answered(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        bot = await here.slack.integration_says(here.general, f"<@{here.slack.workspace.bot.id}> {ASKED}")
        chatter = await here.slack.says(here.engineer, here.general, ASKED)
        await here.quiet()
        assert here.answers(bot) == here.answers(chatter) == []


async def test_an_event_that_is_delivered_twice_is_answered_once(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        for delivery in here.slack.delivered("app_mention"):
            await here.slack.courier.repeat(delivery)
        await here.quiet()
        assert len(here.answers(asked)) == 1
        assert len(here.naru.cloud.requests) == 1


@pytest.mark.parametrize(
    ("method", "reply"),
    [
        ("chat.postMessage", LostReply()),
        ("chat.postMessage", rate_limited(1)),
        ("chat.update", LostReply()),
        ("chat.update", rate_limited(1)),
        ("chat.update", refuses("internal_error")),
    ],
)
async def test_trouble_of_slack_costs_time_and_no_second_answer(
    method: str, reply: object, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.scripts(method, reply)  # type: ignore[arg-type]
        asked = await here.mentions(here.engineer, here.general, ASKED)
        assert "15일" in str(here.answer(asked).blocks)
        assert len(here.naru.cloud.requests) == 1


async def test_a_channel_that_is_archived_meanwhile_ends_the_question(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        # A draft may come first: what is archived refuses that too.
        here.slack.scripts("chat.update", *[refuses("is_archived")] * 4)
        await here.mentions(here.engineer, here.general, ASKED)
        with psycopg.connect(here.url) as database:
            assert database.execute("select outcome from inbox").fetchall() == [("gone",)]


@modes
async def test_feedback_with_a_reason_and_a_better_answer_is_kept_and_can_change(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        shown = here.answer(await here.mentions(here.engineer, here.general, ASKED))
        await here.slack.clicks(here.hr, shown, GOOD)
        await here.slack.clicks(here.engineer, shown, BAD)
        await here.quiet()
        (form,) = here.slack.workspace.views.values()
        await here.slack.submits(form, {(REASON, REASON): "빠졌어요", (BETTER, BETTER): "15일, 3영업일 전"})
        await here.quiet()
        with psycopg.connect(here.url) as database:
            rows = database.execute("select verdict, reason is not null, better is not null from feedback").fetchall()
        assert sorted(rows) == [("bad", True, True), ("good", False, False)]


async def test_the_commands(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await here.mentions(here.engineer, here.general, ASKED)

        async def says(user: User, text: str) -> str:
            before = len(here.slack.workspace.ephemerals)
            await here.slack.slash(user, here.general, "/naru", text)
            await here.quiet()
            return " ".join(f"{m.text} {m.blocks}" for m in here.slack.workspace.ephemerals[before:])

        assert "/naru why" in await says(here.engineer, "help")
        assert "cloud → on_prem → quote" in await says(here.engineer, "why")
        assert "관리자" in await says(here.engineer, "reindex all")
        (here.naru.folder / "handbook" / "public" / "new.md").write_text("# 새 문서\n\n글", encoding="utf-8")
        assert "1 added" in await says(here.admin, "reindex handbook")
        assert "handbook" in await says(here.admin, "status")


async def test_what_is_done_leaves_no_text_in_the_inbox(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await here.mentions(here.engineer, here.general, ASKED)
        with psycopg.connect(here.url) as database:
            rows = database.execute("select body, finished from inbox").fetchall()
            assert rows == [(None, None)]
            threads = str(database.execute("select thread, room, asker from question").fetchall())
        assert here.engineer.id not in threads


async def test_questions_of_one_thread_are_answered_in_order(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(Says("연차는 15일입니다. [1]", delay_first_s=0.2),)) as here:
        room = here.slack.workspace.im(here.engineer)
        first = await here.slack.says(here.engineer, room, ASKED)
        await here.slack.settled()  # what arrives later than its successor is answered later
        for n in range(4):
            await here.slack.says(here.engineer, room, f"연차 규정 {n}번은 무엇인가요?", first.ts)
            await here.slack.settled()
        await here.quiet()
        assert len(here.answers(first)) == 5
        with psycopg.connect(here.url) as database:
            done = database.execute("select ts from inbox order by done_at").fetchall()
        assert done == sorted(done)


@pytest.mark.parametrize(
    ("method", "error", "says"),
    [
        ("auth.test", "invalid_auth", "SLACK_BOT_TOKEN does not work"),
        ("apps.connections.open", "not_authed", "SLACK_APP_TOKEN does not work"),
    ],
)
async def test_a_token_that_does_not_work_is_one_sentence_at_the_start(
    method: str, error: str, says: str, tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru, SlackStandIn() as slack:
        slack.scripts(method, *[refuses(error)] * 3)
        tokens = Slack(
            bot_token=SecretStr(slack.bot_token), app_token=SecretStr(slack.app_token), api_url=slack.api_url
        )
        app = replace(naru.app, settings=replace(naru.app.settings, slack=tokens))
        with pytest.raises(SlackFault, match=says):
            await serve(app, asyncio.Event())


async def test_whether_a_message_follows_up_is_not_waited_for_while_the_database_is_silent(
    tmp_path: Path, fresh_url: str
) -> None:
    """Slack waits 3 s for its ack, and the inbox takes 2.5 of them to turn to the spool."""
    follow_up = Event("C1/2.0", "message", "C1", "C1/1.0", "2.0", {"thread_ts": "1.0", "addressed": False})
    async with Line(fresh_url) as line:
        database = Database(line.url)
        follows = follow_ups(an_inbox(database, tmp_path))
        assert not await follows(follow_up)
        line.hush()
        for _ in range(2):
            async with asyncio.timeout(1):
                assert await follows(follow_up)
        line.speak()
        await database.close()


async def test_what_turns_out_to_follow_nothing_is_left_alone(
    tmp_path: Path, fresh_database: Database, fresh_url: str
) -> None:
    async with a_mention(tmp_path, fresh_database, fresh_url, DAYS) as here:
        question = await claimed(here.inbox)
        await here.answering.handle(question)
        await here.inbox.done(question, "answered")
        body = {**question.event.body, "addressed": False, "text": "그럼 언제까지 올려요?"}
        outcomes = {}
        for thread_ts, ts in ((here.asked.ts, "9000000000.0"), ("1.0", "9000000001.0")):
            told = body | {"thread_ts": thread_ts, "ts": ts}
            channel = here.asked.channel
            await here.inbox.put(Event(f"{channel}/{ts}", "message", channel, f"{channel}/{thread_ts}", ts, told))
            outcomes[thread_ts] = await here.answering.handle(await claimed(here.inbox))
        assert outcomes == {here.asked.ts: "answered", "1.0": "ignored"}


async def test_what_changed_while_no_socket_was_open_counts_once_there_is_one(tmp_path: Path, fresh_url: str) -> None:
    """The events of that time are not sent again."""
    async with in_slack(tmp_path, fresh_url) as here:
        before = await here.writes(here.engineer, SALARY)
        assert "구천만" not in str(here.answer(before).blocks)
        next(iter(here.slack.workspace.usergroups.values())).users.append(here.engineer.id)
        await here.slack.sockets.disconnect()
        await until(lambda: here.slack.sockets.opened, 2)
        await until(lambda: len(here.slack.sockets.open), 1)
        after = await here.writes(here.engineer, SALARY)
        assert "구천만" in str(here.answer(after).blocks)
