"""How fast documents come in: a first load of files, a first load with vectors that are ready, into a live index, and
runs that find nothing new. `python -m benchmarks ingest [--peers PYTHON] [--data FOLDER] [--json]`."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from sqlalchemy import text

from admin.app import App, opened
from benchmarks import BenchmarkFault, Machine, Row, Tell, loading, peers
from benchmarks.command import data_folder, parser_of, say, shown
from benchmarks.pages import page
from benchmarks.sample import empty_home
from bot.settings import Settings
from retrieval.database import Database
from retrieval.errors import Fault
from retrieval.label import Level
from retrieval.passage import EVERYONE, Source
from retrieval.reindex import Report, reindex
from retrieval.sources import Listed, Loaded, Reader
from retrieval.sources.files import RACY_NS
from retrieval.sources.kinds import reader_of

FILES, PASSAGES_PER_S, FILES_PER_S = 10_000, 3_000, 2_000
MB = 1_000_000
SAMPLING_S = 0.05


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where every figure is ok."""
    parser = parser_of("ingest", __doc__)
    data_folder(parser, "retrieval")
    parser.add_argument(
        "--peers", type=Path, help="a Python that has langchain-postgres and llama-index's PGVectorStore; reads --data"
    )
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()), help="where vectors are kept")
    options = parser.parse_args(arguments)

    def measured(tell: Tell) -> list[Row]:
        rows = asyncio.run(measure(tell))
        if not options.peers:
            say("The others were not measured: --peers names no Python that has them.")
            return rows
        return rows + asyncio.run(peers.measure(options.data, options.peers, options.cache, tell))

    return shown(options, measured)


async def measure(tell: Tell) -> list[Row]:
    return [*await files(tell), *await loading.measure(tell)]


async def files(tell: Tell) -> list[Row]:
    machine = Machine.now()
    with empty_home() as home, tempfile.TemporaryDirectory() as written:
        folder = Path(written)
        _write(folder)
        config = home / "naru.toml"
        config.write_text("", encoding="utf-8")
        source = Source("bench", "files", written, Level.INTERNAL, frozenset({EVERYONE}))
        async with opened(Settings.load({"NARU_HOME": str(home), "NARU_CONFIG": str(config)})) as app:
            database = app.database
            await app.catalogue.add(source)
            # As a source is re-indexed for anybody: files of the disk, parsed in the sandbox.
            await asyncio.sleep(RACY_NS / 1e9)
            first, peak = await _watched(_run(app, source))
            passages = await _passages(database)
            with_versions = await _run(app, source)
            without = await reindex(database, source, Unversioned(reader_of(source, app.means)), parse=app.means.parse)
            conditions = await machine.conditions(
                database, f"{FILES} files, {passages} passages, one run of each kind, without vectors"
            )
    if first.added != FILES or with_versions.unchanged != FILES or without.unchanged != FILES:
        raise BenchmarkFault("A run of the benchmark did not find what was written: nothing was measured.")
    tell(
        f"first load {first.seconds:.1f} s; unchanged {with_versions.seconds:.2f} s with, {without.seconds:.2f} without"
    )
    return [
        Row.at_least("first load (passages/s)", passages / first.seconds, PASSAGES_PER_S, conditions),
        Row.at_least("unchanged, with versions (files/s)", FILES / with_versions.seconds, FILES_PER_S, conditions),
        Row.at_least("unchanged, without versions (files/s)", FILES / without.seconds, FILES_PER_S, conditions),
        Row.reported("peak memory of the process in the first load, RSS (MB)", peak / MB, conditions),
    ]


async def _run(app: App, source: Source) -> Report:
    ((_, report),) = await app.reindex([source], lambda *_: None)
    if isinstance(report, Fault):
        raise report
    return report


class Unversioned:
    """A reader whose source says nothing, so that each file has to be read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self) -> AsyncIterator[Listed]:
        async for one in self._reader.list():
            yield replace(one, version=None)

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        loaded = await self._reader.load(uri)
        return replace(loaded, version=None) if loaded else None


def _write(folder: Path) -> None:
    """The same files each time: three sections of about 500 characters, one file of four in English."""
    rng = random.Random(20_261_122)
    for number in range(FILES):
        path = folder / f"{number % 100:02}" / f"{number:05}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(number, rng), encoding="utf-8")


async def _passages(database: Database) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(text("select count(*) from passage")) or 0)


async def _watched(run: Coroutine[Any, Any, Report]) -> tuple[Report, int]:
    """What the run did, and the most memory that this process took meanwhile, in bytes."""
    process, peak = psutil.Process(), 0
    task = asyncio.create_task(run)
    while not task.done():
        peak = max(peak, process.memory_info().rss)
        await asyncio.wait({task}, timeout=SAMPLING_S)
    return task.result(), peak
