"""Whoever asks is told once: not twice at once, and never not at all."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from sqlalchemy import text

from bot.notices import Noticed, forget
from retrieval.database import Database
from tests.integration.events import SEAL

ROOT = Path(__file__).parent.parent.parent


class Shown:
    """Counts, and holds whoever shows it until it may go on."""

    def __init__(self) -> None:
        self.times = 0
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> None:
        self.times += 1
        self.begun.set()
        await self.may_end.wait()


async def table(database: Database) -> list[tuple[str, str]]:
    async with database.transaction() as connection:
        return [(r.person, r.version) for r in await connection.execute(text("select person, version from noticed"))]


async def test_each_version_is_shown_once_to_each_person(database: Database) -> None:
    noticed, show = Noticed(database, SEAL), Shown()
    assert [await noticed.once(who, "v1", show) for who in ("U1", "U1", "U2")] == [True, False, True]
    assert [await noticed.once("U1", version, show) for version in ("v2", "v2")] == [True, False]
    assert show.times == 3
    assert sorted(await table(database)) == sorted([(SEAL.pseudonym("U1"), "v2"), (SEAL.pseudonym("U2"), "v1")])


async def test_who_is_forgotten_is_told_again(database: Database) -> None:
    noticed, show = Noticed(database, SEAL), Shown()
    for who in ("U1", "U2"):
        await noticed.once(who, "v1", show)
    async with database.transaction() as connection:
        assert await forget(connection, [SEAL.pseudonym("U1"), SEAL.pseudonym("U3")]) == 1
    assert [await noticed.once(who, "v1", show) for who in ("U1", "U2")] == [True, False]


async def test_asked_twice_at_once_in_two_processes_it_is_never_shown_twice(
    fresh_url: str, fresh_database: Database
) -> None:
    other = Database(fresh_url)
    show = Shown()
    show.may_end.clear()
    first = asyncio.create_task(Noticed(fresh_database, SEAL).once("U1", "v1", show))
    await show.begun.wait()
    second = asyncio.create_task(Noticed(other, SEAL).once("U1", "v1", show))
    _, waiting = await asyncio.wait({second}, timeout=0.3)
    assert waiting, "its answer would come before the notice"
    show.may_end.set()
    assert (await first, await second, show.times) == (True, False, 1)
    await other.close()


async def test_of_many_at_once_one_shows_it(fresh_database: Database) -> None:
    noticed, show = Noticed(fresh_database, SEAL), Shown()
    assert sum(await asyncio.gather(*(noticed.once("U1", "v1", show) for _ in range(8)))) == show.times == 1


async def test_a_showing_that_does_not_end_counts_for_nothing(fresh_database: Database) -> None:
    for ends in ("fails", "is cut off", "takes too long", "loses its connection"):
        await shows_in_vain(ends, fresh_database)
        assert await table(fresh_database) == [], ends
    assert await Noticed(fresh_database, SEAL).once("U1", "v1", Shown()) is True


async def shows_in_vain(ends: str, database: Database) -> None:
    noticed, show = Noticed(database, SEAL, showing_s=0.3), Shown()
    show.may_end.clear()

    async def fail() -> None:
        raise OSError

    task = asyncio.create_task(noticed.once("U1", "v1", fail if ends == "fails" else show))
    if ends in ("is cut off", "loses its connection"):
        await show.begun.wait()
    if ends == "is cut off":
        task.cancel()
    if ends == "loses its connection":
        async with database.transaction() as connection:
            idle = "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'"
            await connection.execute(text(idle))
        show.may_end.set()
    (result,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(result, BaseException), ends


KILLED = """
import asyncio, os, signal, sys
from bot.notices import Noticed
from bot.seal import Seal
from retrieval.database import Database

async def show():
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(Noticed(Database(sys.argv[1]), Seal(b"k" * 32)).once("U1", "v1", show))
"""


async def test_a_process_that_is_killed_while_it_shows_it_leaves_it_to_the_next(
    fresh_url: str, fresh_database: Database
) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, fresh_url, cwd=ROOT)
    assert await child.wait() == -signal.SIGKILL
    show = Shown()
    assert await Noticed(fresh_database, SEAL).once("U1", "v1", show) is True
    assert show.times == 1
