"""Kills a re-index at its k-th await: `python -m tests.integration.mortal_reindex SCENARIO URL DEATHS`.

SCENARIO: `by-hand`, in the process itself, or `job`, by a worker. DEATHS: a JSON list of steps; null: dies at none, and
says how many there were. Each time the index holds the first version of a source and the second comes in; then another
process says what is searchable, completes the run and says what the index is. One JSON line for each. How: see
mortal.py.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import text

from admin.indexing import Indexing, Reading
from admin.jobs import Jobs
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.parse.families import in_thread
from retrieval.passage import Rule, Said
from retrieval.search import Search
from tests.integration.mortal import KILLED, in_a_child, report
from tests.integration.mortal_answer import counting
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals

SOURCE = a_source("wiki", rules=(Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr")),))
FIRST: dict[str, str | bytes] = {
    "edited.md": "# 연차\n\n연차는 오래된 규정입니다.",
    "gone.md": "# 출장\n\n출장은 사라지는 문서입니다.",
    "kept.md": "# 보안\n\n보안 문서는 그대로입니다.",
    "open/moved.md": "# 급여\n\n급여 문서는 옮겨집니다.",
    "told.md": "# 평가\n\n평가 문서는 읽는 사람이 바뀝니다.",
    "broken.md": "# 장비\n\n장비 문서는 깨집니다.",
}
SECOND: dict[str, str | bytes] = {
    "edited.md": "# 연차\n\n연차는 새로운 규정입니다.",
    "kept.md": FIRST["kept.md"],
    "hr/moved.md": FIRST["open/moved.md"],
    "told.md": FIRST["told.md"],
    "broken.md": b"\0\0",
    "new.md": "# 복지\n\n복지 문서가 생겼습니다.",
}
SAID = {"told.md": Said(readers=principals("group:hr"))}


class Naru:
    """One process."""

    def __init__(self, url: str, shelf: Shelf) -> None:
        self.database = Database(url)
        self.catalogue = Catalogue(self.database)
        self.indexing = Indexing(self.database, self.catalogue, Reading(lambda _: shelf, in_thread))
        # A dead worker counts as dead at once, and is noticed as soon.
        zone = ZoneInfo("Asia/Seoul")
        self.jobs = Jobs(self.database, self.indexing, self.catalogue, zone, stale_s=0.5, sweep_s=0.2)

    async def by_hand(self) -> None:
        ((_, result),) = await self.indexing.all([SOURCE], lambda *_: None, patient=True)
        if isinstance(result, Exception):
            raise result

    async def by_job(self) -> None:
        """The run that waits, by a worker of this process."""
        working = asyncio.create_task(self.jobs.run())
        while not working.done() and not (await self.indexing.runs.latest())["wiki"].is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def begin(url: str) -> None:
    """The first version, and a run that waits."""
    naru = Naru(url, Shelf(FIRST))
    await naru.catalogue.sync([SOURCE])
    await naru.by_hand()
    async with naru.database.transaction() as connection:
        await connection.execute(text("delete from run"))
        await connection.execute(text("delete from procrastinate_jobs"))
    await naru.jobs.request("wiki")


async def second(url: str, scenario: str, dies_at: int | None) -> None:
    naru = Naru(url, Shelf(SECOND, SAID))
    steps = counting(dies_at)
    await (naru.by_job() if scenario == "job" else naru.by_hand())
    if dies_at is None:
        report(steps=steps())
    os._exit(0)


async def complete(url: str, scenario: str, killed: bool) -> None:
    naru = Naru(url, Shelf(SECOND, SAID))
    found = await searchable(naru.database)
    await naru.by_job() if scenario == "job" else await naru.by_hand()
    run = (await naru.indexing.runs.latest())["wiki"]
    again = await searchable(naru.database)
    report(killed=killed, found=found, again=again, state=run.state, index=await fingerprint(naru.database))
    os._exit(0)


async def searchable(database: Database) -> dict[str, list[str]]:
    """By question, what everyone finds."""
    questions = ("연차", "출장", "보안", "급여", "평가", "장비", "복지")
    search = Search(database)
    return {
        asked: sorted(f"{p.document.uri}: {p.text}" for p in await search(asked, ANYONE) if asked in p.text)
        for asked in questions
    }


async def fingerprint(database: Database) -> str:
    """Of all that is stored, without numbers and times."""
    async with database.transaction() as connection:
        rows = [
            [tuple(row) for row in await connection.execute(text(statement))]
            for statement in (
                "select uri, title, sha256, level, readers, said, problem from document order by uri",
                "select uri, ordinal, heading, text, terms from passage join document on document.id = document_id"
                " order by uri, ordinal",
                "select readers, term.id, df from term join audience on audience.id = audience_id"
                " order by readers, term.id",
                "select language, passages, length from corpus order by language",
            )
        ]
    return sha256(repr(rows).encode()).hexdigest()


def main(scenario: str, url: str, deaths: list[int | None]) -> None:
    for dies_at in deaths:
        in_a_child(begin(url))
        died = in_a_child(second(url, scenario, dies_at))
        in_a_child(complete(url, scenario, killed=died == KILLED))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
