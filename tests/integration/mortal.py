"""Kills a process at its k-th await, for every k: `python -m tests.integration.mortal SCENARIO URL FOLDER`.

As kill -9 does: the child leaves by os._exit between two steps of its tasks, so that no `finally` runs and the kernel
closes its sockets. Then another child, of the same code, resumes and says what it found. One JSON line for each k.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Callable, Coroutine, Generator
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.inbox import Claimed, Event, Inbox
from bot.spool import Spool
from bot.worker import Worker
from retrieval.database import Database
from tests.integration.events import SEAL, an_event, an_inbox, rows, run

ENDED, KILLED = 0, 9
NOWHERE = "postgresql://naru@/naru?host=/nowhere"


class Counted(Coroutine[Any, Any, Any]):
    """A coroutine that counts its steps, together with all others of this process."""

    def __init__(self, inner: Coroutine[Any, Any, Any], step: Callable[[], None]) -> None:
        self._inner = inner
        self._step = step

    def send(self, value: Any) -> Any:
        self._step()
        return self._inner.send(value)

    def throw(self, *error: Any) -> Any:  # a cancellation is a step as well
        self._step()
        return self._inner.throw(*error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()


def in_a_child(scenario: Coroutine[Any, Any, None], dies_at: int | None = None) -> int:
    """Run it in a process of its own; KILLED or ENDED. dies_at: the number of the step that it does not survive."""
    child = os.fork()
    if child:
        scenario.close()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in (ENDED, KILLED):
            raise SystemExit(f"a child ended with {code}")
        return code
    steps = count()

    def step() -> None:
        if next(steps) == dies_at:
            os._exit(KILLED)

    def counted(loop: asyncio.AbstractEventLoop, inner: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(Counted(inner, step), loop=loop, **options)

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(counted)
        await asyncio.create_task(scenario)
        os._exit(ENDED)

    try:
        asyncio.run(main())
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


async def put_one(url: str, folder: Path, event: Event) -> None:
    await an_inbox(Database(url), folder).put(event)


async def put_again(url: str, folder: Path, event: Event, acked: bool) -> None:
    """Slack delivers again what was not acked; then the spool is drained, and what is in the table is reported."""
    database = Database(url)
    inbox = an_inbox(database, folder)
    if not acked:
        await inbox.put(event)
    await inbox.drain_spool()
    report(killed=not acked, rows=[row.key == event.key for row in await rows(database)])


async def start_over(url: str, folder: Path) -> None:
    database = Database(url)
    await run(database, "truncate inbox", "truncate runs", "truncate answers")
    inbox = an_inbox(database, folder)
    for thread, ts in (("C1/1", "10.0"), ("C1/1", "20.0"), ("C2/1", "30.0")):
        await inbox.put(an_event(thread, ts))


async def handle(database: Database, inbox: Inbox, claimed: Claimed) -> str:
    """As the real one: a placeholder, an answer that a question can have once, and then the outcome."""
    values = {"question": claimed.question, "ts": claimed.event.ts}
    async with database.transaction() as connection:
        await connection.execute(text("insert into runs (question) values (:question)"), values)
    if claimed.placeholder is None:
        await inbox.placed(claimed, f"{claimed.event.ts}1")
    async with database.transaction() as connection:
        await connection.execute(
            text("insert into answers (question, ts) values (:question, :ts) on conflict do nothing"), values
        )
    return "answered"


class UntilEmpty(Inbox):
    """Says when the last of `left` events is done."""

    left = 0

    async def done(self, claimed: Claimed, outcome: str, keep: bool = False) -> None:
        await super().done(claimed, outcome, keep)
        self.left -= 1
        if self.left == 0:
            self.empty.set()

    async def count(self) -> None:
        self.empty = asyncio.Event()
        self.left = (await self.backlog()).count
        if self.left == 0:
            self.empty.set()


async def work(url: str, folder: Path) -> None:
    """Until nothing is left."""
    database = Database(url)
    inbox = UntilEmpty(database, SEAL, Spool(folder / "spool", SEAL))
    await inbox.count()

    async def apologise(claimed: Claimed) -> None:
        raise AssertionError(claimed.id)

    worker = Worker(inbox, lambda claimed: handle(database, inbox, claimed), apologise)
    running = asyncio.create_task(worker.run())
    emptied = asyncio.create_task(inbox.empty.wait())
    await asyncio.wait({running, emptied}, return_when=asyncio.FIRST_COMPLETED)
    await worker.stop(1)


async def work_again(url: str, folder: Path, killed: bool) -> None:
    database = Database(url)
    await run(database, "update inbox set lease = now() where state = 'running'")
    await work(url, folder)
    async with database.transaction() as connection:
        runs = (await connection.scalars(text("select count(*) from runs group by question"))).all()
        answers = (await connection.scalars(text("select ts from answers order by id"))).all()
    states = [[row.state, row.outcome, row.placeholder] for row in await rows(database)]
    report(killed=killed, runs=list(runs), answers=list(answers), states=states)
    await start_over(url, folder)


def report(**found: object) -> None:
    print(json.dumps(found), flush=True)  # noqa: T201


def each_of(scenario: str) -> int:
    """Of so many steps one is killed at: of a worker's a third, and with NARU_TEST_EVERY_AWAIT=1 all."""
    return 3 if scenario == "work" and not os.environ.get("NARU_TEST_EVERY_AWAIT") else 1


def main(scenario: str, url: str, folder: Path) -> None:
    if scenario == "work":
        in_a_child(start_over(url, folder))
    for k in count(step=each_of(scenario)):
        if scenario == "work":
            killed = in_a_child(work(url, folder), dies_at=k) == KILLED
            in_a_child(work_again(url, folder, killed))
        else:
            event = an_event(f"C{k}/1")
            first = url if scenario == "put" else NOWHERE
            killed = in_a_child(put_one(first, folder, event), dies_at=k) == KILLED
            in_a_child(put_again(url, folder, event, acked=not killed))
        if not killed:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
