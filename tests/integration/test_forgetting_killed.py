"""A process that forgets is killed with -9; a worker of another finishes, and the counts are those of all."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import text

from admin.indexing import Indexing, Reading
from admin.jobs import Jobs
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.parse.families import in_thread
from tests.integration.events import SEAL
from tests.integration.retrieval.shelf import Shelf
from tests.integration.test_forgetting import KIM, Desk

QUESTIONS = 3000
_CHILD = """
import asyncio, sys
from pathlib import Path
from retrieval.database import Database
from bot.subjects import Subject
from tests.integration.test_forgetting import KIM, Desk
async def main():
    desk = Desk(Database(sys.argv[1]), Path(sys.argv[2]))
    await desk.forgetting(batch=20)(Subject("user", KIM))
asyncio.run(main())
"""


async def many(database: Database) -> None:
    async with database.transaction() as connection:
        for statement in (
            "insert into question (id, thread, room, asker, text, received_at)"
            " select gen_random_uuid(), 't', 'C1', :asker, 'sealed', now() from generate_series(1, :many)",
            "insert into decision (id, question, routes, level, reasons, verdicts, policy)"
            " select id, id, '{cloud}', 0, '[]', '{}', 'p' from question",
            "insert into answer (id, question, decision, text, route, known, reasons, documents, tried)"
            " select id, id, id, 'sealed', 'cloud', true, '[]', '{}', '[]' from question",
        ):
            await connection.execute(text(statement), {"asker": SEAL.pseudonym(KIM), "many": QUESTIONS})


def progress(url: str) -> tuple[int, bool]:
    """How many questions the row counts, and whether it is finished."""
    with psycopg.connect(url) as database:
        row = database.execute(
            "select coalesce((counts->'question'->>'erased')::int, 0), finished_at is not null from forgetting"
        ).fetchone()
    return (0, False) if row is None else (row[0], row[1])


async def test_what_was_cut_off_by_kill_9_is_finished_by_a_worker(
    fresh_database: Database, fresh_url: str, tmp_path: Path
) -> None:
    await many(fresh_database)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", _CHILD, fresh_url, str(tmp_path))
    while progress(fresh_url)[0] == 0:  # noqa: ASYNC110 - what another process commits sets no event
        await asyncio.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    await child.wait()
    done, finished = progress(fresh_url)
    assert 0 < done < QUESTIONS
    assert not finished
    desk, catalogue = Desk(fresh_database, tmp_path), Catalogue(fresh_database)
    indexing = Indexing(fresh_database, catalogue, Reading(lambda source: Shelf({}), in_thread))
    jobs = Jobs(fresh_database, indexing, catalogue, ZoneInfo("Asia/Seoul"), None, desk.forgetting(), sweep_s=0.5)
    working = asyncio.create_task(jobs.run())
    try:
        async with asyncio.timeout(60):
            while not progress(fresh_url)[1]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        working.cancel()
        await asyncio.wait({working})
    assert progress(fresh_url) == (QUESTIONS, True)
    assert await desk.rows("select count(*) from question") == [(0,)]
