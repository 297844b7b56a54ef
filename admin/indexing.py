"""Runs of sources as a process does them: begun, watched by all, recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.catalogue import Catalogue
from retrieval.database import Database, DatabaseFault
from retrieval.errors import Fault
from retrieval.first_load import settle
from retrieval.pace import AT_ONCE, Pace
from retrieval.parse import Parse
from retrieval.passage import Source
from retrieval.reindex import Report, reindex
from retrieval.runs import CancelledFault, Run, Runs
from retrieval.sources import BusyFault, Reader, SourceFault
from retrieval.tokenizer import BIGRAMS, Tokenizer
from retrieval.tombstones import Whom, nobody

_log = logging.getLogger(__name__)

WATCH_S = 1.0
"""Between two looks at whether a run is to stop; its progress is written as often."""
_BUSY_S = 0.5

Progress = Callable[[str, int, int], None]
"""(source, documents done, documents in all)"""


Noted = Callable[[AsyncConnection, Run, Mapping[str, Any]], Awaitable[None]]


async def not_noted(connection: AsyncConnection, run: Run, counts: Mapping[str, Any]) -> None:
    """Where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read. readers: what reads a source. changed: told when a run has written something. withheld:
    of which texts nothing is taken in. processes: that count terms, where much is new. tokenizer: of the searches."""

    readers: Callable[[Source], Reader]
    parse: Parse
    at_once: int = AT_ONCE
    per_second: float | None = None
    changed: Callable[[], Awaitable[None]] | None = None
    withheld: Whom = nobody
    processes: int = 0
    tokenizer: Tokenizer = BIGRAMS


class Indexing:
    """noted: told of each run that came to its end, with its counts, in the transaction that says so."""

    def __init__(self, database: Database, catalogue: Catalogue, reading: Reading, noted: Noted = not_noted) -> None:
        self._noted = noted
        self.runs = Runs(database)
        self._database = database
        self._catalogue = catalogue
        self._reading = reading
        self._told: list[Callable[[], object]] = []

    @contextmanager
    def telling(self, told: Callable[[], object]) -> Iterator[None]:
        """told: called after each run in this process, however it ended: what it had written by then stays."""
        self._told.append(told)
        try:
            yield
        finally:
            self._told.remove(told)

    async def all(
        self,
        sources: Sequence[Source],
        progress: Progress,
        *,
        patient: bool = False,
        by: str | None = None,
        accept_deletions: bool = False,
    ) -> list[tuple[Source, Report | Fault]]:
        """One source after the other; one that cannot be re-indexed says why, and the rest goes on.

        patient: where somebody else is at it, wait for them, so that what follows finds what is there.
        """
        done: list[tuple[Source, Report | Fault]] = []
        for source in sources:
            try:
                run = await self.runs.begin(source.name, by=by, accept_deletions=accept_deletions)
                done.append((source, await self.one(source, run, progress, patient=patient)))
            except Fault as fault:
                done.append((source, fault))
        return done

    async def again(self, id: int) -> None:
        """Do a run that waits, or go on with one that a killed process left. Raises what another try may mend."""
        run = await self.runs.resume(id)
        if run is None:
            return
        try:
            await self.one(await self._catalogue.get(run.source), run, lambda *_: None, patient=True)
        except Fault as fault:
            if fault.again:
                raise
            _log.warning("re-index of %s: %s", run.source, fault)

    async def one(self, source: Source, run: Run, progress: Progress, *, patient: bool) -> Report:
        """Raises the Fault that it ends with, which is written too."""
        try:
            report = await self._patiently(source, run, progress) if patient else await self._do(source, run, progress)
        except BusyFault:
            await self.runs.forget(run.id)
            raise
        except CancelledFault:
            await self.runs.cancelled(run.id)
            await settle(self._database)  # what a first load stored before it was stopped should be searched quickly
            raise
        except DatabaseFault:
            raise  # the row says that it runs until somebody goes on with it
        except Fault as fault:
            if isinstance(fault, SourceFault):
                await self._catalogue.note(source.name, str(fault))
            await self.runs.failed(run.id, str(fault))
            raise
        finally:
            for told in self._told:
                told()
        await self._catalogue.note(source.name, None)
        numbers = counts(report)
        await self.runs.done(run.id, numbers, lambda connection: self._noted(connection, run, numbers))
        if self._reading.changed and (report.added or report.changed or report.moved):
            await self._reading.changed()
        return report

    async def _patiently(self, source: Source, run: Run, progress: Progress) -> Report:
        while True:
            try:
                return await self._do(source, run, progress)
            except BusyFault:
                other = await self.runs.running(source.name, but=run.id)
                if other is not None:
                    progress(source.name, other.done, other.total)
                await asyncio.sleep(_BUSY_S)
            if await self.runs.seen(run.id, 0, 0):
                raise _cancelled(source)

    async def _do(self, source: Source, run: Run, progress: Progress) -> Report:
        done = total = 0

        def told(count: int, of: int, _: str) -> None:
            nonlocal done, total
            done, total = count, of
            progress(source.name, count, of)

        reading = self._reading
        work = asyncio.create_task(
            reindex(
                self._database,
                source,
                reading.readers(source),
                told,
                parse=reading.parse,
                pace=Pace(reading.at_once, reading.per_second),
                accept_deletions=run.accept_deletions,
                withheld=reading.withheld,
                processes=reading.processes,
                tokenizer=reading.tokenizer,
            )
        )
        try:
            while not (await asyncio.wait({work}, timeout=WATCH_S))[0]:
                if await self._is_to_stop(run, done, total):
                    raise _cancelled(source)
            report = work.result()
        finally:
            work.cancel()
            await asyncio.wait({work})
        await self._is_to_stop(run, done, total)
        return report

    async def _is_to_stop(self, run: Run, done: int, total: int) -> bool:
        """Where the database does not say, the run, which needs it too, finds out by itself."""
        try:
            return await self.runs.seen(run.id, done, total)
        except DatabaseFault as fault:
            _log.info("run %d: its progress was not written: %s", run.id, fault)
            return False


def _cancelled(source: Source) -> CancelledFault:
    return CancelledFault(f"The re-index of '{source.name}' was cancelled: what was done stays.")


def counts(report: Report) -> dict[str, Any]:
    """What a run did, without the names of documents: the sources' problems have those."""
    kinds: dict[str, int] = {}
    for problem in report.problems:
        kinds[problem.why] = kinds.get(problem.why, 0) + 1
    numbers = {name: value for name, value in asdict(report).items() if name not in ("problems", "seconds")}
    return numbers | {"problems": kinds, "seconds": round(report.seconds, 3)}
