"""After a push its source is re-indexed without anybody asking."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from admin.pushing import by_jobs, take
from retrieval.label import Level
from retrieval.passage import EVERYONE, Readers, Source
from retrieval.pushed import PushStore
from tests.integration.company import company


async def test_what_is_pushed_is_searched_a_moment_later(tmp_path: Path, fresh_url: str) -> None:
    crm = Source("crm", "push", "", Level.INTERNAL, frozenset({EVERYONE}))
    async with company(tmp_path, fresh_url, {"a.md": "# 가\n\n글"}) as made, made.app.jobs.at_work():
        app, wanted = made.app, by_jobs(made.app.jobs)
        await app.catalogue.add(crm)
        for number in range(3):
            line = {
                "uri": f"n{number}",
                "text": f"# 출장 {number}\n\n출장비는 7일 안에 청구한다.",
                "format": "markdown",
            }

            async def chunks(line: dict[str, str] = line) -> AsyncIterator[bytes]:
                yield json.dumps(line).encode()

            await take(PushStore(app.database), "crm", chunks(), wanted, whole=False)
        readers, uris = Readers(frozenset({EVERYONE})), {"n0", "n1", "n2"}
        async with asyncio.timeout(20):
            while {one.document.uri for one in await app.search("출장비 청구", readers)} != uris:  # noqa: ASYNC110 - a re-index sets no event
                await asyncio.sleep(0.05)


async def test_a_wanted_source_that_is_gone_or_cannot_be_listed_stops_nothing(tmp_path: Path, fresh_url: str) -> None:
    crm = Source("crm", "push", "", Level.INTERNAL, frozenset({EVERYONE}))
    async with company(tmp_path, fresh_url, {"a.md": "# 가\n\n글"}) as made, made.app.jobs.at_work():
        app, wanted = made.app, by_jobs(made.app.jobs)
        await app.catalogue.add(crm)
        await app.catalogue.add(replace(crm, name="broken", kind="files", location=str(tmp_path / "nowhere")))

        async def chunks() -> AsyncIterator[bytes]:
            yield json.dumps({"uri": "a", "text": "# 출장\n\n출장비", "format": "markdown"}).encode()

        await wanted("nothing")
        await wanted("broken")
        await take(PushStore(app.database), "crm", chunks(), wanted, whole=False)
        async with asyncio.timeout(20):
            while not await app.search("출장비", Readers(frozenset({EVERYONE}))):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
