"""`naru source reindex | cancel | coverage`, and `naru work`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer

from admin.app import App, opened
from admin.approved import settling
from admin.cli.base import Json, bar, emit, err, load, out, reindexed, run
from admin.indexing import counts
from admin.slack import meanwhile
from bot.console import table
from retrieval.coverage import Coverage, coverage
from retrieval.errors import Fault
from retrieval.passage import Source
from retrieval.reindex import Report
from retrieval.runs import Run
from retrieval.sources import SourceFault
from retrieval.sources.kinds import reader_of

Name = Annotated[str, typer.Argument(help="The source's name.")]
Names = Annotated[str, typer.Argument(help="The source's name, or all.")]
_REASONS = {
    "not_read": "not read yet",
    "changed": "changed since it was read",
    "problem": "cannot be read",
    "gone": "no longer listed",
}


def reindex(
    name: Names = "all",
    json: Json = False,
    background: Annotated[
        bool, typer.Option("--background", help="Return at once: a `naru run` in Slack or a `naru work` does it.")
    ] = False,
    accept_deletions: Annotated[
        bool, typer.Option("--accept-deletions", help="Though most of the documents are gone from the source.")
    ] = False,
) -> None:
    """Bring the index to what the source has now. Nothing is written where nothing changed."""
    if background:
        requested = run(_request(name, accept_deletions))
        if json:
            emit({one.source: one.data() for one in requested})
        else:
            for one in requested:
                err.print(f"{one.source}: waits. `naru status` shows its progress.", markup=False)
        return
    results = run(_reindex(name, accept_deletions))
    if json:
        emit({source.name: report_data(result) for source, result in results})
    else:
        for source, result in results:
            if isinstance(result, Report) and not _did(result):
                err.print(f"{source.name}: nothing changed ({result.unchanged} documents).", markup=False)
    if any(isinstance(result, Fault) for _, result in results):
        raise typer.Exit(1)


def cancel(name: Name) -> None:
    """Stop the source's re-index, here or in another process. What was done stays; the next one goes on from there."""
    if not run(_cancel(name)):
        raise SourceFault(f"Source '{name}' is not being re-indexed and no run of it waits.")
    err.print(f"{name}: its re-index stops.", markup=False)


def cover(name: Name, json: Json = False) -> None:
    """Name what the source lists and the index lacks, and the other way round. The exit status is 1 where there is any.

    The source is listed anew; nothing of it is read and nothing is changed.
    """
    found = run(_cover(name))
    if json:
        emit({"listed": found.listed, "indexed": found.indexed, "gaps": [asdict(gap) for gap in found.gaps]})
    else:
        _show(found)
    if found.gaps:
        raise typer.Exit(1)


def work() -> None:
    """Do re-indexes that are scheduled or wait, until told to stop. A `naru run` in Slack does them as well; more
    processes share them."""
    run(_work())


def report_data(result: Report | Fault) -> dict[str, Any]:
    if isinstance(result, Fault):
        return {"fault": str(result)}
    problems = [{"uri": p.uri, "reason": p.sentence, "kind": p.why} for p in result.problems]
    return counts(result) | {"problems": problems}


def _did(report: Report) -> bool:
    return bool(report.added or report.changed or report.removed or report.moved or report.relabelled)


def _show(found: Coverage) -> None:
    rows = [
        (gap.uri, _REASONS[gap.reason], gap.sentence or "", "an older version" if gap.searched else "nothing")
        for gap in found.gaps
    ]
    if rows:
        out.print(table(["document", "why", "", "is searched"], rows))
    err.print(f"{found.listed} documents are listed, {found.indexed} of them indexed; {len(rows)} gaps.")


async def _chosen(app: App, name: str) -> list[Source]:
    active = await app.active()
    chosen = active if name == "all" else [s for s in active if s.name == name]
    if not chosen:
        known = ", ".join(s.name for s in active) or "none yet: `naru source add`"
        raise SourceFault(f"There is no source '{name}'; there is {known}.")
    return chosen


async def _reindex(name: str, accept_deletions: bool) -> Sequence[tuple[Source, Report | Fault]]:
    async with opened(load()) as app:
        chosen = await _chosen(app, name)
        results = await reindexed(app, chosen, patient=True, by=app.deps.operator, accept_deletions=accept_deletions)
        # Whoever waits for a re-index here waits for the vectors as well: no other process may be there to make them.
        with bar() as progress:
            await app.embedding.follow(lambda done, total: progress("vectors", done, total))
        return results


async def _request(name: str, accept_deletions: bool) -> list[Run]:
    async with opened(load()) as app:
        by = app.deps.operator
        return [
            await app.jobs.request(source.name, by=by, accept_deletions=accept_deletions)
            for source in await _chosen(app, name)
        ]


async def _cancel(name: str) -> bool:
    async with opened(load()) as app:
        await app.catalogue.get(name)
        return await app.indexing.runs.cancel(name)


async def _cover(name: str) -> Coverage:
    async with opened(load()) as app:
        source = await app.catalogue.get(name)
        return await coverage(app.database, source, reader_of(source, app.means), app.tokenizer)


async def _work() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened(load(), migrate=True) as app, app.jobs.at_work(), meanwhile(partial(settling, app)):
        err.print("Working: scheduled and waiting re-indexes are done here.")
        await stop.wait()
