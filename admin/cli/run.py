"""`naru run`: the console, until Slack's tokens are there."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from functools import partial
from uuid import uuid4

import typer

from admin.app import App, opened
from admin.approved import settling
from admin.cli.base import err, load, out, reindexed, run
from admin.http import http_served
from admin.ledger import LedgerFile
from admin.notice import notices_of
from admin.operators import titles_only
from admin.preview import quoted_only
from admin.pushing import by_jobs
from admin.slack import meanwhile, serve
from admin.watch import log_alone, watch, watch_over, watched
from bot.ahead import ShowAhead
from bot.answer import answer
from bot.audit import of_decision
from bot.console import Actions, Session
from bot.domain import Answer, Feedback, Question
from bot.policy.detect import warm_up
from bot.policy.profiles import meaning
from bot.settings import Settings
from bot.why import explained, masked
from bot.worker import ended
from retrieval.pushed import PushStore

_STOP_S = 0.5


def run_naru() -> None:
    """Start Naru: brings the database up to date, re-indexes the sources, opens the console; with Slack's tokens it
    answers in Slack instead. With `http.port` it also takes what other systems push, and opens no console.

    Questions can be piped in, one a line; the exit status is 1 when one of them could not be answered.
    """
    faults = run(_run())
    if faults and not sys.stdin.isatty():
        raise typer.Exit(1)


async def _run() -> int:
    settings = load()
    # In a thread, while the database starts, so that the first question need not wait for it.
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    async with opened(settings, migrate=True) as app:
        await warming
        await _say_of_the_policy(app)
        await app.keeper.started()
        if settings.slack.bot_token is not None or settings.http.port is not None:
            await _until_stopped(app)
            return 0
        person, room = app.present(None, None)
        await reindexed(app, await app.active(), patient=True)
        session = Session(actions(app), out, person, room, uuid4().hex)
        if not sys.stdin.isatty():
            return await session.run(_read)
        err.print("질문을 입력하세요. Ask a question; /help lists the commands.\n")
        with _working(replace(settings, database_url=app.url)):
            return await session.run(_read)


async def _say_of_the_policy(app: App) -> None:
    """What people would otherwise only wonder about."""
    rules = app.rules()
    if rules.profile == "cloud_only":
        err.print(meaning(rules, [one async for one in quoted_only(app.database, rules)]), markup=False)
    if rules.shadow:
        err.print("Shadow mode: everything is decided and recorded, and no model is called.", markup=False)


@contextmanager
def _working(settings: Settings) -> Iterator[None]:
    """Scheduled re-indexes are done meanwhile. In a thread of its own: the console blocks its event loop."""
    stop = threading.Event()

    async def work() -> None:
        async with opened(settings, sync=False) as app, app.jobs.at_work():
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: run(work()), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


async def _until_stopped(app: App) -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.jobs.at_work())
        await stack.enter_async_context(meanwhile(app.keeper.run))
        await stack.enter_async_context(meanwhile(partial(settling, app)))
        if app.settings.http.port is not None:
            served = http_served(app.settings.http, PushStore(app.database, app.forgetting.withheld), by_jobs(app.jobs))
            err.print(f"Taking documents at {await stack.enter_async_context(served)}/sources/NAME/documents.")
        if app.settings.slack.bot_token is not None:
            await _in_slack(app, stop)
        else:
            for one in watched(app):
                await stack.enter_async_context(meanwhile(partial(watch_over, one, log_alone)))
            await reindexed(app, await app.active(), patient=True)
            await stop.wait()


async def _in_slack(app: App, stop: asyncio.Event) -> None:
    notices_of(app.settings)  # what is wrong with them is said now, and not when everything has been read
    # What was never read is read first: until then every answer would be that nobody knows. The rest follows behind.
    await reindexed(app, await app.never_indexed(), patient=True)
    serving = asyncio.create_task(serve(app, stop, lambda how: err.print(f"Answering in Slack ({how}).")))
    indexing = asyncio.create_task(reindexed(app, await app.active(), patient=True))
    watching = asyncio.create_task(watch(app.database, LedgerFile(app.settings.home), stop))
    try:
        await serving
        await watching  # which says so where a newer Naru was the reason to stop
    finally:
        await ended(indexing, watching, again_s=_STOP_S)


def actions(app: App) -> Actions:
    async def ask(question: Question, show_ahead: ShowAhead) -> Answer:
        return await answer(question, app.deps, show_ahead=show_ahead)

    async def give(feedback: Feedback) -> None:
        await app.records.give(feedback, app.rules())

    async def why(answered: Answer) -> list[tuple[str, str]]:
        return await _why(app, answered)

    async def look_as(person: str, reason: str | None) -> bool:
        return await titles_only(app, "run", person, reason)

    machine = notices_of(app.settings).machine
    return Actions(ask, why, give, look_as, app.people.directory, app.settings.answer.max_question_chars, machine)


async def _why(app: App, answered: Answer) -> list[tuple[str, str]]:
    """From the Decision's row, as it was committed before anything left."""
    row = await app.records.decision_of(answered.decision)
    if row is None:
        return [("decision", "is not recorded")]
    tried = [(route.value, reason) for route, reason in answered.tried]
    calls = await of_decision(app.database, "sent", str(answered.decision))
    return [*explained(row, answered.route.value, answered.model, tried), *masked(call.body for call in calls)]


def _read(prompt: str) -> str:
    """One line from the terminal or the pipe; EOFError at its end.

    It blocks the event loop, which has nothing else to do. While it waits, Ctrl-C is an ordinary
    KeyboardInterrupt: asyncio's own handler would only take note of it until a line is there.
    """
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line
    import readline  # noqa: F401  # gives input() editing and history; only where a person types

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(prompt)
    finally:
        signal.signal(signal.SIGINT, handler)
