"""A first load that is killed: `python -m tests.integration.retrieval.mortal_load URL`.

It says how many documents are stored, a line each time, and never ends: its source hangs in the middle.
"""

from __future__ import annotations

import asyncio
import sys

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.sources import Loaded
from tests.integration.retrieval.shelf import Shelf, a_source, reindex

DOCUMENTS: dict[str, str | bytes] = {f"{n:04}.md": f"# 규정 {n}\n\n연차는 {n}일입니다. leave" for n in range(2_400)}
HANGS_AT = "1600.md"


class Hanging(Shelf):
    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        if uri >= HANGS_AT:
            await asyncio.Event().wait()
        return await super().load(uri, version)


async def load(url: str) -> None:
    database = Database(url)
    await Catalogue(database).sync([a_source()])
    await reindex(database, a_source(), Hanging(DOCUMENTS), lambda done, *_: print(done, flush=True), processes=1)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(load(sys.argv[1]))
