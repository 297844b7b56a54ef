"""Naru in Slack, wired: what comes in goes to the inbox, workers answer from it, until it is told to stop."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from admin.app import App, directory_now, spool_of, today
from admin.doors import back
from admin.indexing import Progress
from admin.notice import notices_of
from admin.owed import keep_the_clock
from admin.people import nobodies
from admin.reports.asked import Stats, stats
from admin.reports.pictured import Pictured, last_days
from admin.slack_history import IndexedRooms
from admin.slack_reviews import SlackReviews, remind
from admin.watch import problems, watch_over, watched
from bot.audit import of_decision
from bot.config_file import Slack
from bot.copies import Copies
from bot.deadlines import Deadlines
from bot.held import Holdings
from bot.inbox import Event, Inbox
from bot.masks import Masks
from bot.notices import Noticed
from bot.retention import Retention, events, records
from bot.slack.admins import Admins
from bot.slack.answering import Answering
from bot.slack.app import check_in, http_session, slack_app, web_client
from bot.slack.archive import Archive
from bot.slack.around import Around
from bot.slack.budget import Rate, UpdateBudget
from bot.slack.commands import Commands
from bot.slack.copies import MaskedCopies
from bot.slack.faults import translated
from bot.slack.files import SlackFiles
from bot.slack.first_contact import FirstContact
from bot.slack.history import History
from bot.slack.home import Home, OptOutActions
from bot.slack.locales import Locales
from bot.slack.optouts import SlackOptOuts
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.slack.posted import Posted
from bot.slack.reconcile import Reconciler
from bot.slack.returns import Returns
from bot.slack.reviewing import Reviewing
from bot.slack.shared_budget import SharedBudget
from bot.slack.sweep import Sweep
from bot.slack.withdrawing import Withdrawing
from bot.toml_file import Problem, SettingsFault
from bot.words import both
from bot.worker import Worker, supervised
from retrieval import changes, index
from retrieval.database import Database, DatabaseFault
from retrieval.errors import Fault
from retrieval.reindex import Report

PATH = "/slack/events"
PATIENCE_S = 20.0
"""How long what is being answered may go on after the word to stop; the rest is answered by whoever comes next."""
_RECONNECT_S = 20.0
_STOP_S = 0.5
_FOLLOWS_S = 0.3


async def serve(
    app: App,
    stop: asyncio.Event,
    ready: Callable[[str], object] = lambda how: None,
    opt_outs: OptOutActions | None = None,
) -> None:
    """Answer in Slack until `stop` is set. ready: told how Slack reaches us once it does. opt_outs: what the buttons of
    the Home tab do, where it is not what `/naru optout` does.

    Raises SettingsFault and SlackFault with a sentence when the tokens or scopes do not do.
    """
    slack = app.settings.slack
    if slack.bot_token is None or (slack.app_token is None and slack.signing_secret is None):
        told = "needs SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)"
        raise SettingsFault(Problem("Slack", "", told))
    notices = notices_of(app.settings)
    async with AsyncExitStack() as stack:
        session = http_session()
        stack.push_async_callback(session.close)
        client = web_client(slack.bot_token.get_secret_value(), session, api_url=slack.api_url)
        app_token = slack.app_token.get_secret_value() if slack.app_token else None
        identity = await check_in(client, app_token)
        directory = partial(directory_now, app.settings, app.people)
        directory()  # said at the start: with a file that cannot be used nobody could be answered
        rooms = IndexedRooms(app.catalogue)
        people = SlackPeople(
            client, identity.team, directory, everyone=slack.everyone, admins=slack.admins, rooms=rooms
        )
        stack.push_async_callback(people.close)
        locales = Locales(client, identity.team)
        stack.push_async_callback(locales.close)
        # Connections of its own: a burst of events must not wait behind the answers.
        database = Database(app.url)
        stack.push_async_callback(database.close)
        inbox = Inbox(database, app.seal, spool_of(app.settings, app.seal))
        budget = SharedBudget(database, identity.team, UpdateBudget(Rate.of(slack.updates_per_minute)))
        door = SlackDoor(client, bot_user=identity.bot_user, budget=budget)
        files = SlackFiles(client, session, app.attachments, max_mb=app.settings.parse.max_mb, api_url=slack.api_url)
        operations, holdings = SlackOperations(app), Holdings(app.database, app.seal)
        opting_out = SlackOptOuts(app.opting_out, door, people)
        reviews = SlackReviews(app, people)
        reviewing = Reviewing(door, reviews)
        kept = app.settings.retention
        posted = Posted(database, app.seal, keep=kept.posted > 0)
        sweep = Sweep(posted, people, app.search, partial(index.existing, database), app.rules)
        stack.enter_context(app.indexing.telling(sweep.look))
        days = {"events": events(inbox, slack.inbox_days)}
        days |= records(database, app.seal, kept.model_dump(), app.forgetting.kept)
        answering = Answering(
            inbox=inbox,
            door=door,
            people=people,
            deps=replace(app.deps, people=people, operator=None),
            commands=Commands(
                inbox,
                door,
                people,
                app.deps.records,
                operations,
                opt_outs=opting_out,
                sent=partial(of_decision, app.database, "sent"),
                reviewing=reviewing,
            ),
            copies=MaskedCopies(Copies(Masks(app.database, app.seal), app.rules), door, identity.bot_user),
            bot_user=identity.bot_user,
            team=identity.team,
            longest=app.settings.answer.max_question_chars,
            posted=posted,
            streaming=slack.streaming,
            around=Around(files, Archive(client), identity.bot_user).read,
            notify=FirstContact(notices, Noticed(app.database, app.seal), people, door).tell,
            machine=notices.machine,
            back=partial(back, app.settings.models),
            reviewing=reviewing,
            home=Home(
                door,
                people,
                locales,
                notices,
                holdings.of,
                app.catalogue.readable,
                partial(board, operations, app, inbox, holdings, Pictured(partial(asked_lately, app))),
                opt_outs or opting_out,
            ),
        )
        worker = Worker(inbox, answering.handle, answering.give_up, at_once=slack.at_once)
        follows = follow_ups(inbox) if slack.follow_ups else None
        secret = slack.signing_secret.get_secret_value() if slack.signing_secret else None
        bolt = slack_app(
            client,
            identity,
            signing_secret=secret,
            put=inbox.put,
            changed=both_told(people.changed, sweep.changed),
            follows=follows,
        )

        def missed() -> None:
            people.forget()
            sweep.forget()

        reconciler = Reconciler(History(client), inbox, identity.bot_user, follows=follows)
        entrance = socket_mode(bolt, app_token, reconciler, missed) if app_token else _http(bolt, slack, reconciler)
        working = asyncio.create_task(supervised(worker.run))
        for one in watched(app):
            await stack.enter_async_context(meanwhile(partial(watch_over, one, Admins(door, people).tell)))
        try:
            async with (
                entrance as how,
                meanwhile(reconciler.run),
                meanwhile(Retention(days).run),
                meanwhile(sweep.run),
                meanwhile(Returns(inbox).run),
                meanwhile(Withdrawing(database, door, app.audit).run),
                meanwhile(partial(keep_the_clock, app.opting_out, Admins(door, people).tell)),
                meanwhile(partial(remind, reviews, Admins(door, people).tell_one)),
            ):
                ready(how)
                await stop.wait()
        finally:
            await worker.stop(PATIENCE_S)
            working.cancel()
            await asyncio.wait({working})
            await answering.again.close()


def both_told(
    first: Callable[[Mapping[str, Any]], object], then: Callable[[Mapping[str, Any]], object]
) -> Callable[[Mapping[str, Any]], None]:
    """In this order: who looks again after an event must not find what was known before it."""

    def told(event: Mapping[str, Any]) -> None:
        first(event)
        then(event)

    return told


def follow_ups(inbox: Inbox) -> Callable[[Event], Awaitable[bool]]:
    deadlines = Deadlines()

    async def follows(event: Event) -> bool:
        """Whether it goes on in a thread that its author began with a question to us. Slack waits for the ack: where
        PostgreSQL does not say at once it may, and whoever answers asks again."""
        if deadlines.overdue:
            return True
        try:
            return await deadlines.within(_FOLLOWS_S, inbox.follows(event))
        except DatabaseFault:
            return True

    return follows


@asynccontextmanager
async def meanwhile(run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """It runs, supervised, for as long as the context is open."""
    task = asyncio.create_task(supervised(run))
    try:
        yield
    finally:
        while not task.done():  # asyncio.wait_for, which the SDK uses, can swallow a cancellation (Python 3.11)
            task.cancel()
            await asyncio.wait({task}, timeout=_STOP_S)


@asynccontextmanager
async def socket_mode(
    bolt: AsyncApp, app_token: str, reconciler: Reconciler, missed: Callable[[], object]
) -> AsyncIterator[str]:
    """Open while the context is. reconciler: told what the socket does, and may have it replaced. missed: told that
    events about people and channels may have been lost before this socket; Slack does not send them again."""
    handler = AsyncSocketModeHandler(bolt, app_token, web_client=bolt.client)
    handler.client.proxy = bolt.client.proxy  # it would take the environment's

    async def reconnect() -> None:
        with translated("apps.connections.open"):
            async with asyncio.timeout(_RECONNECT_S):  # the library would try one used address for ever
                await handler.client.connect_to_new_endpoint(force=True)

    async def heard(_client: object, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") == "hello":
            missed()
            reconciler.connected(reconnect)
        elif "envelope_id" in message:
            reconciler.delivered()

    handler.client.message_listeners.append(heard)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield "Socket Mode"
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def _http(bolt: AsyncApp, slack: Slack, reconciler: Reconciler) -> AsyncIterator[str]:
    async def events(request: web.Request) -> web.Response:
        # Bolt reads headers and body before it knows that they are Slack's, and fails where nothing can be read.
        if not _may_be_signed(request):
            return web.Response(status=401)
        try:
            asked = await to_bolt_request(request)
        except (ValueError, LookupError, AttributeError):
            return web.Response(status=400)
        return await to_aiohttp_response(await bolt.async_dispatch(asked))

    server = web.Application(client_max_size=1024**2)
    server.router.add_post(PATH, events)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, slack.host, slack.port)
        await site.start()
        reconciler.look()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}{PATH}"
    finally:
        await runner.cleanup()


def _may_be_signed(request: web.Request) -> bool:
    """Whether a time and a signature have the form that they need; that they are there and right is Bolt's to say."""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "0")
    return bool(re.fullmatch("[0-9]{1,12}", stamp)) and request.headers.get("X-Slack-Signature", "").isascii()


@dataclass(frozen=True, slots=True)
class SlackOperations:
    """What admins can have done from Slack."""

    app: App

    async def status(self) -> str:
        lines: list[str] = []
        if self.app.settings.directory.file and (problem := self.app.people.problem()):
            lines.append(f"**directory**: {problem}")
        found = ((name, problem()) for name, problem in problems(self.app).items())
        lines += [f"**{name}**: {problem}" for name, problem in found if problem]
        for s in await self.app.catalogue.status():
            lines.append(f"**{s.source.name}**: 문서 {s.documents} documents · 구절 {s.passages} passages")
            lines += [f"• {s.problem}"] if s.problem else []
            lines += [f"• {_unread(s.problems)}"] if s.problems else []
        lines += [f"• {sentence}" for sentence in await self._nobodies()]
        return "\n".join(lines) or both("no_source")

    async def _nobodies(self) -> list[str]:
        try:
            return list((await nobodies(self.app)).sentences())
        except SettingsFault:
            return []  # said above already

    async def sources(self) -> tuple[str, ...]:
        return tuple(source.name for source in await self.app.active())

    async def reindex(self, sources: Sequence[str], progress: Progress, *, patient: bool, by: str) -> str:
        chosen = [source for source in await self.app.active() if source.name in sources]
        results = await self.app.reindex(chosen, progress, patient=patient, by=self.app.seal.pseudonym(by))
        return "\n".join(f"**{one.name}**: {_report(result)}" for one, result in results)


async def board(
    operations: SlackOperations, app: App, inbox: Inbox, holdings: Holdings, pictured: Callable[[], Awaitable[str]]
) -> str:
    """How Naru is doing, in lines for admins: of what is asked and who asks, nothing that fewer than five share."""
    shadow = await asyncio.to_thread(lambda: app.policy().shadow)
    says = "켜짐, 모델에 아무것도 보내지 않음 · on, nothing is sent to a model" if shadow else "꺼짐 · off"
    waiting, due = await inbox.backlog(), await holdings.due()
    return "\n".join(
        (
            await operations.status(),
            f"**shadow**: {says}",
            f"**inbox**: 하는 중이거나 기다리는 일 {waiting.count}건 in work or waiting",
            f"**receipts**: 처리할 영수증 {due.open}건 due, 기한 지남 {due.late}건 late",
            "",
            await pictured(),
        )
    )


async def asked_lately(app: App) -> Stats:
    """Raises DatabaseFault."""
    return await stats(app.database, app.seal, last_days(today(app.settings)), app.settings.timezone)


def _unread(problems: Sequence[changes.Problem]) -> str:
    """Counted, not named: an admin of the workspace need not be a reader of the documents, nor Slack."""
    kinds = ", ".join(f"{count} {why}" for why, count in sorted(Counter(one.why for one in problems).items()))
    return f"못 읽음 {len(problems)} cannot be read ({kinds}): `naru status`"


def _report(result: Report | Fault) -> str:
    if isinstance(result, Fault):
        return str(result)
    told = (
        f"추가 {result.added} added · 변경 {result.changed} changed · 삭제 {result.removed} removed · "
        f"그대로 {result.unchanged} unchanged"
    )
    if result.moved or result.relabelled:
        told += f" · 옮김 {result.moved} moved · 표시 바뀜 {result.relabelled} relabelled"
    unread = len(result.problems)
    return f"{told} · 못 읽음 {unread} cannot be read (`/naru status`)" if unread else told
