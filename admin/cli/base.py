"""What the commands share: one way into async, talk on stderr, data on stdout."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from admin.app import App
from admin.approved import settle
from admin.indexing import Progress as OnProgress
from bot.console import plain
from bot.settings import Settings
from retrieval.errors import Fault
from retrieval.passage import Source
from retrieval.reindex import Report

T = TypeVar("T")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Json = Annotated[bool, typer.Option("--json", help="Data as JSON on standard output.")]
As = Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Who asks: an id of the directory.")]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why you do it; kept with your name.")]
In = Annotated[str | None, typer.Option("--in", metavar="ROOM", help="In which room: id or name. Default: a DM.")]


def run(main: Coroutine[Any, Any, T]) -> T:
    """The one place where a command enters async."""
    return asyncio.run(main)


def load() -> Settings:
    settings = Settings.load()
    if settings.sample:
        err.print(f"[dim]The sample company 하늘나루 ({settings.config.name}, data in {settings.home}).[/dim]")
    return settings


def emit(data: object) -> None:
    """One JSON document on standard output, whatever the terminal's width."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


@contextmanager
def bar() -> Iterator[OnProgress]:
    """A progress bar on stderr, one line for each source; nothing where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=False, disable=not err.is_terminal) as progress:
        tasks: dict[str, Any] = {}

        def told(source: str, done: int, total: int) -> None:
            if source not in tasks:
                tasks[source] = progress.add_task(source, total=total)
            progress.update(tasks[source], completed=done, total=total)

        yield told


async def reindexed(
    app: App, sources: list[Source], *, patient: bool, by: str | None = None, accept_deletions: bool = False
) -> list[tuple[Source, Report | Fault]]:
    """Re-index with a bar; what was found goes to stderr, in one sentence for each source that has something.

    patient: wait for another Naru that is at it.
    """
    if not sources:
        return []
    with bar() as progress:
        results = await app.reindex(sources, progress, patient=patient, by=by, accept_deletions=accept_deletions)
    for source, result in results:
        for sentence in sentences(source, result):
            err.print(plain(sentence), markup=False)
    ended = await settle(app)
    if ended.expired:
        err.print(f"{ended.expired} examples have expired, because what they rest on has changed: `naru review`.")
    return results


def sentences(source: Source, result: Report | Fault) -> Iterator[str]:
    if isinstance(result, Fault):
        yield f"{source.name}: {result}"
        return
    if result.added or result.changed or result.removed or result.moved or result.relabelled:
        moved = f"{result.moved} moved, " if result.moved else ""
        relabelled = f"{result.relabelled} with other readers or titles, " if result.relabelled else ""
        yield (
            f"{source.name}: {result.added} documents added, {result.changed} changed, {result.removed} removed, "
            f"{moved}{relabelled}{result.unchanged} unchanged, in {result.seconds:.1f} s."
        )
    if result.problems:
        yield f"{source.name}: {len(result.problems)} documents cannot be read; `naru status` lists them."
