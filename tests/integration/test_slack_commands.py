"""`/naru reindex`: its progress stands in one direct message, its result there and with the command too."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from bot.inbox import Fenced, Inbox
from bot.records import Records
from bot.slack.app import http_session, web_client
from bot.slack.budget import Rate, UpdateBudget
from bot.slack.commands import Commands, Progress
from bot.slack.events import event_of
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from retrieval.database import Database
from tests.builders import no_directory
from tests.integration.company import company
from tests.integration.events import SEAL, an_inbox, claimed, lease_runs_out, rows, until
from tests.integration.in_slack import InSlack, in_slack, modes
from tests.integration.test_slack_killed import RELAXED, handled
from tests.standins.slack import TEAM, Delayed, LostReply, Message, Reply, SlackStandIn, User, Workspace, refuses
from tests.standins.slack.interactions import command

RESULT = "**handbook**: 추가 3 added"
OFTEN_S = 0.02
KILLED = 5
CLOSED = refuses("cannot_dm_bot")


def direct(slack: SlackStandIn, user: User) -> list[Message]:
    """What stands in the bot's conversation with one person."""
    return slack.shown(slack.workspace.im(user))


def shown(message: Message) -> str:
    return f"{message.text} {message.blocks}"


def said(slack: SlackStandIn) -> list[str]:
    """What the person who gave a command saw of it."""
    return [message.text for message in slack.workspace.ephemerals]


def drawn(slack: SlackStandIn) -> list[str]:
    return [str(call.arguments["text"]).splitlines()[-1] for call in slack.calls_of("chat.update")]


# The whole of Naru


def many(here: InSlack) -> None:
    """More documents than go into one batch, and a change of one that stands in the last."""
    folder = here.naru.folder / "handbook" / "public"
    for number in range(210):
        (folder / f"a{number:03}.md").write_text(f"# 문서 {number}\n\n글 {number}", encoding="utf-8")
    (folder / "leave.md").write_text("# 휴가 규정\n\n연차는 1년에 16일입니다.", encoding="utf-8")


@modes
async def test_the_progress_of_a_reindex_is_edited_in_place_and_ends_with_its_result(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        many(here)
        with psycopg.connect(here.url) as database:  # holds the last batch up
            database.execute("select from document where uri = 'public/leave.md' for update")
            await here.slack.slash(here.admin, here.general, "/naru", "reindex handbook")
            await until(lambda: len(here.slack.calls_of("chat.update")), 1)
            (post,) = direct(here.slack, here.admin)
            assert "다시 색인하는 중 · Re-indexing" in shown(post)
            assert "*handbook* ▰▰▰▰▰▰▰▰▰▱ 200 / 212" in shown(post)
            assert "DM" in said(here.slack)[-1]
        await here.quiet()
        (post,) = direct(here.slack, here.admin)
        assert "추가 210 added · 변경 1 changed · 삭제 0 removed · 그대로 1 unchanged" in shown(post)
        assert "Re-indexing" not in shown(post)
        assert "추가 210 added" in said(here.slack)[-1]
        assert len(here.slack.calls_of("response_url")) == 2


@modes
async def test_where_no_direct_message_can_be_opened_the_command_has_the_result(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        here.slack.scripts("conversations.open", CLOSED, CLOSED)
        (here.naru.folder / "handbook" / "public" / "new.md").write_text("# 새 문서\n\n글", encoding="utf-8")
        await here.slack.slash(here.admin, here.general, "/naru", "reindex handbook")
        await here.quiet()
        assert "추가 1 added" in said(here.slack)[-1]
        assert len(here.slack.calls_of("response_url")) == 1
        assert here.slack.calls_of("chat.postMessage", "chat.update") == []


async def test_who_is_no_admin_is_refused_before_anything_is_posted(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await here.slack.slash(here.engineer, here.general, "/naru", "reindex all")
        await here.quiet()
        assert "Only admins" in said(here.slack)[-1]
        assert here.slack.calls_of("conversations.open", "chat.postMessage") == []


async def test_a_source_that_is_not_there_is_named_and_nothing_is_posted(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await here.slack.slash(here.admin, here.general, "/naru", "reindex wiki")
        await here.quiet()
        assert "There is no source 'wiki'; there is handbook." in said(here.slack)[-1]
        assert here.slack.calls_of("conversations.open", "chat.postMessage") == []


async def test_a_second_reindex_says_that_one_runs_already(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here, here.naru.app.database.exclusively("reindex handbook"):
        await here.slack.slash(here.admin, here.general, "/naru", "reindex handbook")
        await here.quiet()
        assert "is being re-indexed already" in said(here.slack)[-1]
        (post,) = direct(here.slack, here.admin)
        assert "is being re-indexed already" in shown(post)


async def test_what_cannot_be_read_is_counted_and_what_stands_where_is_said_in_both_languages(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        (here.naru.folder / "handbook" / "public" / "leave.md").write_bytes(b"\x00\xff\x00")
        for text in ("reindex", "status"):
            await here.slack.slash(here.admin, here.general, "/naru", text)
            await here.quiet()
        assert "못 읽음 1 cannot be read" in shown(direct(here.slack, here.admin)[0])
        status = said(here.slack)[-1]
        assert "문서 2 documents" in status
        assert "못 읽음 1 cannot be read (1 binary)" in status
        assert "leave.md" not in status, "an admin of the workspace may not be one of its readers"


async def test_a_reindex_that_is_killed_anywhere_has_one_message_with_its_result(
    fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    made = Workspace()
    admin = made.user("admin", is_admin=True)
    general = made.channel("general", members=[admin])
    async with (
        company(tmp_path, fresh_url, {"public/leave.md": "# 휴가 규정\n\n연차는 15일"}) as naru,
        SlackStandIn(made, subscriptions=(), relaxed=RELAXED) as slack,
    ):

        async def run(*deaths: int | None) -> list[dict[str, int]]:
            given = [command(slack.state, admin, general, "/naru", "reindex all") for _ in deaths]
            return list(await handled(naru, slack, given, deaths))

        (whole,) = await run(None)
        assert whole["steps"] > 50
        count = whole["steps"] if os.environ.get("NARU_TEST_EVERY_AWAIT") else KILLED
        await run(*(number * whole["steps"] // count for number in range(count)))
        posts = direct(slack, admin)
        assert len(posts) == count + 1
        assert all("그대로 1 unchanged" in shown(post) for post in posts)
        assert sum("unchanged" in text for text in said(slack)) >= count + 1
        states = {(row.state, row.outcome, row.attempt <= 2) for row in await rows(fresh_database)}
        assert states == {("done", "commanded", True)}


# A run that goes as the test says


@dataclass
class Run:
    """A re-index: it tells what the test has it tell, and ends when the test says so."""

    progress: Progress
    patient: bool
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Runs:
    """What stands for admin/ here."""

    begun: list[Run] = field(default_factory=list)

    async def status(self) -> str:
        return "well"

    async def sources(self) -> Sequence[str]:
        return ("handbook",)

    async def reindex(self, sources: Sequence[str], progress: Progress, *, patient: bool, by: str) -> str:
        run = Run(progress, patient)
        self.begun.append(run)
        await run.over.wait()
        return RESULT


@dataclass(frozen=True)
class Desk:
    """A command in the inbox, and what does it."""

    slack: SlackStandIn
    database: Database
    inbox: Inbox
    commands: Commands
    runs: Runs
    admin: User

    async def begins(self) -> tuple[asyncio.Task[str], Run]:
        """The next attempt, once its run has begun."""
        number = len(self.runs.begun) + 1
        handling = asyncio.create_task(self.commands.handle(await claimed(self.inbox)))
        await until(lambda: len(self.runs.begun), number)
        return handling, self.runs.begun[-1]

    async def dies(self, handling: asyncio.Task[str]) -> None:
        handling.cancel()
        with suppress(asyncio.CancelledError):
            await handling
        await lease_runs_out(self.database)

    @property
    def post(self) -> Message:
        (only,) = direct(self.slack, self.admin)
        return only


@pytest.fixture
async def desk(fresh_database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(fresh_database, tmp_path, UpdateBudget()) as made:
        yield made


@asynccontextmanager
async def a_desk(database: Database, folder: Path, budget: UpdateBudget) -> AsyncIterator[Desk]:
    made = Workspace()
    admin = made.user("admin", is_admin=True)
    general = made.channel("general", members=[admin])
    async with SlackStandIn(made, subscriptions=(), relaxed=RELAXED) as slack, http_session() as session:
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        people, inbox, runs = SlackPeople(client, TEAM, no_directory), an_inbox(database, folder), Runs()
        door = SlackDoor(client, bot_user=made.bot.id, budget=budget, attempts=2)
        commands = Commands(inbox, door, people, Records(database, SEAL), runs, every_s=OFTEN_S)
        event = event_of(command(slack.state, admin, general, "/naru", "reindex all"), made.bot.id, datetime.now(UTC))
        assert event is not None
        await inbox.put(event)
        yield Desk(slack, database, inbox, commands, runs, admin)
        await people.close()


async def test_what_is_drawn_is_the_newest_and_the_result_is_the_last(desk: Desk) -> None:
    handling, run = await desk.begins()
    for done in (10, 20, 30):
        run.progress("handbook", done, 40)
    await until(lambda: len(desk.slack.calls_of("chat.update")), 1)
    run.progress("handbook", 40, 40)
    await until(lambda: len(desk.slack.calls_of("chat.update")), 2)
    run.over.set()
    await handling
    assert drawn(desk.slack) == ["*handbook* ▰▰▰▰▰▰▰▱▱▱ 30 / 40", "*handbook* ▰▰▰▰▰▰▰▰▰▰ 40 / 40", desk.post.text]
    assert "3 added" in desk.post.text


async def test_progress_leaves_the_budget_to_final_texts(fresh_database: Database, tmp_path: Path) -> None:
    budget = UpdateBudget(Rate(10, burst=2, reserve=1), clock=lambda: 0.0)
    async with a_desk(fresh_database, tmp_path, budget) as desk:
        handling, run = await desk.begins()
        run.progress("handbook", 1, 3)
        await until(lambda: len(desk.slack.calls_of("chat.update")), 1)
        run.progress("handbook", 2, 3)
        await asyncio.sleep(10 * OFTEN_S)
        run.over.set()
        await handling
        assert len(drawn(desk.slack)) == 2
        assert "3 added" in desk.post.text


async def test_the_result_waits_for_an_edit_that_is_on_its_way(desk: Desk) -> None:
    """Slack could set it later than the result."""
    desk.slack.scripts("chat.update", Delayed(0.5))
    handling, run = await desk.begins()
    run.progress("handbook", 1, 3)
    await until(lambda: len(desk.slack.calls_of("chat.update")), 1)
    run.over.set()
    await handling
    edit, result = desk.slack.calls_of("chat.update")
    assert result.at - edit.at >= 0.5
    assert "3 added" in desk.post.text


async def test_trouble_with_the_progress_does_not_touch_the_run(desk: Desk) -> None:
    desk.slack.scripts("chat.update", refuses("internal_error"))
    handling, run = await desk.begins()
    run.progress("handbook", 1, 3)
    await until(lambda: len(desk.slack.calls_of("chat.update")), 1)
    run.progress("handbook", 2, 3)
    await until(lambda: len(desk.slack.calls_of("chat.update")), 2)
    run.over.set()
    assert await handling == "commanded"
    assert "3 added" in desk.post.text


@pytest.mark.parametrize(
    ("method", "replies"),
    [
        ("conversations.open", [CLOSED] * 2),
        ("chat.postMessage", [refuses("restricted_action")] * 2),
        ("chat.update", [refuses("message_not_found")]),
    ],
)
async def test_a_result_that_cannot_stand_in_the_direct_message_goes_to_the_command(
    method: str, replies: Sequence[Reply], desk: Desk
) -> None:
    desk.slack.scripts(method, *replies)
    handling, run = await desk.begins()
    run.over.set()
    assert await handling == "commanded"
    assert "3 added" in said(desk.slack)[-1]


async def test_a_direct_message_that_opens_later_has_the_result_in_one_message(desk: Desk) -> None:
    """By then a response_url may be too old."""
    desk.slack.scripts("chat.postMessage", LostReply())
    desk.slack.scripts("conversations.history", refuses("missing_scope"))
    handling, run = await desk.begins()
    run.over.set()
    await handling
    assert "3 added" in desk.post.text


async def test_a_command_that_can_be_told_nothing_more_is_done_all_the_same(desk: Desk) -> None:
    handling, run = await desk.begins()
    desk.slack.advance(2000)  # response_urls live for 30 minutes
    run.over.set()
    assert await handling == "commanded"
    assert "3 added" in desk.post.text


async def test_another_attempt_goes_on_in_the_same_message_and_waits_for_the_first_to_let_go(desk: Desk) -> None:
    handling, first = await desk.begins()
    await desk.dies(handling)
    handling, second = await desk.begins()
    assert [run.patient for run in (first, second)] == [False, True]
    second.over.set()
    await handling
    assert "3 added" in desk.post.text
    assert len(desk.slack.calls_of("response_url")) == 2


async def test_what_has_begun_goes_on_though_slack_does_not_say_now_who_is_an_admin(desk: Desk) -> None:
    handling, _ = await desk.begins()
    await desk.dies(handling)
    desk.commands.people.forget()
    desk.slack.scripts("users.info", *[refuses("internal_error")] * 9)
    handling, run = await desk.begins()
    run.over.set()
    await handling
    assert "3 added" in desk.post.text


async def test_a_result_that_is_stored_is_shown_without_another_run(desk: Desk) -> None:
    desk.slack.scripts("chat.update", Delayed(30))
    handling, run = await desk.begins()
    run.over.set()
    await until(lambda: len(desk.slack.calls_of("chat.update")), 1)
    await desk.dies(handling)
    async with asyncio.timeout(10):  # another run would wait for its end
        assert await desk.commands.handle(await claimed(desk.inbox)) == "commanded"
    assert len(desk.runs.begun) == 1
    assert "3 added" in desk.post.text


async def test_an_attempt_that_was_overtaken_draws_nothing_over_the_result(desk: Desk) -> None:
    slow, first = await desk.begins()
    await lease_runs_out(desk.database)
    handling, second = await desk.begins()
    second.over.set()
    await handling
    first.progress("handbook", 1, 3)
    await asyncio.sleep(10 * OFTEN_S)
    first.over.set()
    with pytest.raises(Fenced):
        await slow
    assert "3 added" in desk.post.text


async def test_an_admin_is_told_when_a_reindex_is_given_up(desk: Desk) -> None:
    handling, _ = await desk.begins()
    await desk.dies(handling)
    await desk.commands.give_up(await claimed(desk.inbox))
    assert "Sorry" in desk.post.text
    assert "Sorry" in said(desk.slack)[-1]


async def test_a_command_that_cannot_be_read_is_given_up_in_silence(desk: Desk) -> None:
    found = await claimed(desk.inbox)
    await desk.commands.give_up(replace(found, event=replace(found.event, body={}), readable=False))
    assert said(desk.slack) == []
