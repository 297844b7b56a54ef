"""What Slack did not deliver is read from its history: after a time without Naru, and behind a deaf socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from admin.slack import meanwhile, serve, socket_mode
from bot.config_file import Slack
from bot.inbox import Inbox
from bot.slack.app import check_in, http_session, slack_app, web_client
from bot.slack.history import History
from bot.slack.reconcile import GRACE_S, LATE_S, Reconciler
from retrieval.database import Database
from tests.integration.company import Company, company
from tests.integration.events import an_inbox, rows
from tests.standins.slack import Channel, Limit, Message, SlackStandIn, Timings, User, Workspace, rate_limited, refuses

DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n"}
ASKED = "연차는 며칠인가요?"
GIVES_UP = Timings(ack=0.2, retries=())
"""Slack tries once: what is not taken then is not delivered any more."""
FAST = {Limit.POST_RATE: "several answers within a second are what is tested here"}


@dataclass
class Room:
    """A workspace in which somebody asks."""

    slack: SlackStandIn
    hana: User
    general: Channel

    async def asks(self, text: str = ASKED, thread_ts: str | None = None) -> Message:
        mention = f"<@{self.slack.workspace.bot.id}> {text}"
        return await self.slack.says(self.hana, self.general, mention, thread_ts)

    def answers(self, message: Message) -> list[Message]:
        return [reply for reply in self.slack.replies(message) if reply.user == self.slack.workspace.bot.id]

    def answered(self, message: Message) -> bool:
        return any("15일" in str(reply.blocks) for reply in self.answers(message))


@asynccontextmanager
async def a_room() -> AsyncIterator[Room]:
    made = Workspace()
    hana = made.user("hana")
    general = made.channel("general", members=[hana, made.bot])
    async with SlackStandIn(made, timings=GIVES_UP, relaxed=FAST) as slack:
        yield Room(slack, hana, general)


@asynccontextmanager
async def serving(room: Room, naru: Company, *, http: bool = False) -> AsyncIterator[None]:
    slack = room.slack
    tokens = Slack(
        bot_token=SecretStr(slack.bot_token),
        app_token=None if http else SecretStr(slack.app_token),
        signing_secret=SecretStr(slack.signing_secret),
        api_url=slack.api_url,
        port=0,
    )
    app = replace(naru.app, settings=replace(naru.app.settings, slack=tokens))
    stop = asyncio.Event()
    task = asyncio.create_task(serve(app, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


async def test_what_was_asked_while_naru_was_down_is_answered_after_its_start_and_once(
    tmp_path: Path, fresh_url: str
) -> None:
    async with a_room() as room, company(tmp_path, fresh_url, DOCUMENTS) as naru:
        asked = await room.asks()
        direct = await room.slack.says(room.hana, room.slack.workspace.im(room.hana), ASKED)
        chatter = await room.slack.says(room.hana, room.general, "점심 먹으러 가요")
        below = await room.asks(ASKED, chatter.ts)
        await room.slack.settled()
        async with serving(room, naru):
            for message in (asked, direct, chatter):
                await until(lambda message=message: room.answered(message))  # type: ignore[misc]
            for delivery in room.slack.deliveries:
                await room.slack.courier.repeat(delivery)
        async with serving(room, naru):
            again = await room.asks()
            await until(lambda: room.answered(again))
        assert [len(room.answers(message)) for message in (asked, direct, chatter)] == [1, 1, 1]
        assert room.answers(chatter)[0].ts > below.ts
        assert len(naru.cloud.requests) == 4


async def test_over_http_too_what_was_missed_is_answered_after_the_start(tmp_path: Path, fresh_url: str) -> None:
    async with a_room() as room, company(tmp_path, fresh_url, DOCUMENTS) as naru:
        asked = await room.asks()
        async with serving(room, naru, http=True):
            await until(lambda: room.answered(asked))


async def test_a_question_that_was_changed_meanwhile_is_answered_once_as_it_reads_now(
    tmp_path: Path, fresh_url: str
) -> None:
    async with a_room() as room, company(tmp_path, fresh_url, DOCUMENTS) as naru:
        asked = await room.asks("반차는 며칠인가요?")
        await room.slack.edits(asked, f"<@{room.slack.workspace.bot.id}> {ASKED}")
        await room.slack.settled()
        async with serving(room, naru):
            await until(lambda: room.answered(asked))
            for delivery in room.slack.delivered("app_mention"):
                await room.slack.courier.repeat(delivery)
        assert len(room.answers(asked)) == len(naru.cloud.requests) == 1
        assert ASKED in str(naru.cloud.requests[0])


async def test_a_question_that_was_taken_back_meanwhile_is_not_answered(tmp_path: Path, fresh_url: str) -> None:
    async with a_room() as room, company(tmp_path, fresh_url, DOCUMENTS) as naru:
        gone, asked = await room.asks(), await room.asks()
        await room.slack.deletes(gone)
        await room.slack.settled()
        async with serving(room, naru):
            await until(lambda: room.answered(asked))
        assert room.answers(gone) == []


# -- the parts, with a clock that can be moved --------------------------------------------------------------------


@dataclass
class Watched(Room):
    """Naru without a worker: what is kept stays in the inbox."""

    inbox: Inbox
    database: Database
    reconciler: Reconciler

    async def kept(self) -> list[str]:
        return [row.key for row in await rows(self.database, "key")]

    async def looks(self) -> None:
        """Until history has been read once more."""
        before = len(self.slack.calls_of("conversations.list"))
        self.reconciler.look()
        await until(lambda: len(self.slack.calls_of("conversations.list")) > before)
        self.reconciler.look()  # the next look begins when this one has ended
        await until(lambda: len(self.slack.calls_of("conversations.list")) > before + 1)

    async def keeps(self, *messages: Message) -> None:
        async with asyncio.timeout(20):
            while True:
                if {key(message) for message in messages} <= set(await self.kept()):
                    return
                await asyncio.sleep(0.02)


def key(message: Message) -> str:
    return f"{message.channel}/{message.ts}"


@asynccontextmanager
async def watched(database: Database, folder: Path) -> AsyncIterator[Watched]:
    async with a_room() as room, http_session() as session:
        client = web_client(room.slack.bot_token, session, api_url=room.slack.api_url)
        inbox = an_inbox(database, folder)
        identity = await check_in(client, room.slack.app_token)
        reconciler = Reconciler(
            History(client, calls_a_minute=600), inbox, identity.bot_user, clock=room.slack.clock.now
        )
        app = slack_app(client, identity, signing_secret=None, put=inbox.put, changed=lambda event: None)
        async with socket_mode(app, room.slack.app_token, reconciler, lambda: None), meanwhile(reconciler.run):
            await until(lambda: bool(room.slack.calls_of("conversations.history")))
            yield Watched(room.slack, room.hana, room.general, inbox, database, reconciler)


@pytest.mark.parametrize("steps", range(6))
async def test_what_runs_meanwhile_ends_even_where_a_library_swallows_its_cancellation(steps: int) -> None:
    async def run() -> None:
        await asyncio.wait_for(asyncio.Lock().acquire(), 5)
        await asyncio.Event().wait()

    async with asyncio.timeout(10), meanwhile(run):
        for _ in range(steps):
            await asyncio.sleep(0)


async def test_a_deaf_socket_is_replaced_and_what_it_did_not_bring_is_kept(
    fresh_database: Database, tmp_path: Path
) -> None:
    async with watched(fresh_database, tmp_path) as here:
        here.slack.sockets.set_health("deaf")
        missed = await here.asks()
        here.slack.advance(GRACE_S + 1)
        here.reconciler.look()
        await until(lambda: here.slack.sockets.opened == 2)
        await here.keeps(missed)
        await until(lambda: len(here.slack.sockets.open) == 1)
        heard = await here.asks()
        await here.slack.settled()
        assert await here.kept() == [key(missed), key(heard)]


async def test_a_socket_that_could_not_be_replaced_is_replaced_later(
    fresh_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(fresh_database, tmp_path) as here:
        here.slack.sockets.set_health("deaf")
        missed = await here.asks()
        here.slack.advance(GRACE_S + 1)
        here.slack.scripts("apps.connections.open", refuses("internal_error"))
        here.reconciler.look()
        await here.keeps(missed)
        await until(lambda: "apps.connections.open failed" in caplog.text)
        here.reconciler.look()
        await until(lambda: here.slack.sockets.opened == 2)


async def test_what_the_socket_may_still_bring_is_left_to_it(fresh_database: Database, tmp_path: Path) -> None:
    async with watched(fresh_database, tmp_path) as here:
        here.slack.courier.hold()
        await here.asks()
        await here.looks()
        assert (await here.kept(), here.slack.sockets.opened) == ([], 1)


async def test_a_single_loss_is_made_good_and_the_socket_stays(fresh_database: Database, tmp_path: Path) -> None:
    async with watched(fresh_database, tmp_path) as here:
        here.slack.courier.hold()
        lost = await here.asks()
        here.slack.courier.release(lambda held: ())
        heard = await here.asks()
        await here.slack.settled()
        here.slack.advance(GRACE_S + 1)
        await here.looks()
        assert set(await here.kept()) == {key(lost), key(heard)}
        assert here.slack.sockets.opened == 1


async def test_nothing_old_is_kept(fresh_database: Database, tmp_path: Path) -> None:
    async with watched(fresh_database, tmp_path) as here:
        known = await here.asks()
        await here.slack.settled()
        here.slack.courier.hold()
        old = await here.asks()
        here.slack.advance(LATE_S + 1)
        new = await here.asks()
        here.slack.advance(GRACE_S + 1)
        await here.looks()
        await here.keeps(known, new)
        assert key(old) not in await here.kept()


async def test_what_is_kept_as_an_edit_is_not_kept_again_as_a_message(fresh_database: Database, tmp_path: Path) -> None:
    async with watched(fresh_database, tmp_path) as here:
        chatter = await here.slack.says(here.hana, here.general, ASKED)
        await here.slack.edits(chatter, f"<@{here.slack.workspace.bot.id}> {ASKED}")
        await here.slack.settled()
        before = await here.kept()
        here.slack.advance(GRACE_S + 1)
        await here.looks()
        assert await here.kept() == before
        assert len(before) == 1


async def test_replies_are_read_where_there_are_new_ones_and_only_once(
    fresh_database: Database, tmp_path: Path
) -> None:
    async with watched(fresh_database, tmp_path) as here:
        first = await here.slack.says(here.hana, here.general, "회의록입니다")
        here.slack.advance(LATE_S + 1)
        here.slack.courier.hold()
        below = await here.asks(thread_ts=first.ts)
        here.slack.advance(GRACE_S + 1)
        await here.looks()
        await here.keeps(below)
        await here.looks()
        assert len(here.slack.calls_of("conversations.replies")) == 1


async def test_only_conversations_that_the_bot_is_in_are_read(fresh_database: Database, tmp_path: Path) -> None:
    async with watched(fresh_database, tmp_path) as here:
        others = here.slack.workspace.channel("others", members=[here.hana])
        await here.looks()
        assert others.id not in {call.arguments["channel"] for call in here.slack.calls_of("conversations.history")}


@pytest.mark.parametrize("code", ["not_in_channel", "missing_scope", "internal_error"])
async def test_a_conversation_that_cannot_be_read_keeps_nobody_else_waiting(
    code: str, fresh_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(fresh_database, tmp_path) as here:
        closed = here.slack.workspace.channel("closed", members=[here.hana, here.slack.workspace.bot])
        here.slack.script.otherwise = lambda call: refuses(code) if call.arguments.get("channel") == closed.id else None
        here.slack.courier.hold()
        asked = await here.asks()
        here.slack.advance(GRACE_S + 1)
        here.reconciler.look()
        await here.keeps(asked)
        await here.looks()
        await here.looks()
        assert caplog.text.count("cannot be searched everywhere") == 1
        assert ASKED not in caplog.text


async def test_where_slack_asks_to_wait_it_is_waited_for(fresh_database: Database, tmp_path: Path) -> None:
    async with watched(fresh_database, tmp_path) as here:
        here.slack.courier.hold()
        asked = await here.asks()
        here.slack.advance(GRACE_S + 1)
        here.slack.scripts("conversations.history", rate_limited(1))
        here.reconciler.look()
        await here.keeps(asked)


async def test_one_conversation_that_slack_closes_for_a_day_keeps_no_question_waiting(
    fresh_database: Database, tmp_path: Path
) -> None:
    async with watched(fresh_database, tmp_path) as here:
        here.slack.courier.hold()
        asked = await here.asks()
        here.slack.advance(GRACE_S + 1)
        here.slack.scripts("conversations.history", rate_limited(86_400))
        await here.looks()
        await here.looks()
        await here.keeps(asked)


async def test_without_a_list_of_conversations_those_that_were_heard_from_are_read(
    fresh_database: Database, tmp_path: Path
) -> None:
    async with watched(fresh_database, tmp_path) as here:
        await here.asks()
        await here.slack.settled()
        here.slack.courier.hold()
        asked = await here.asks()
        here.slack.advance(GRACE_S + 1)
        here.slack.scripts("conversations.list", *[refuses("unknown_method")] * 9)
        here.reconciler.look()
        await here.keeps(asked)
