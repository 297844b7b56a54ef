"""`naru source push | token`: documents that other systems send."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from admin.app import App, opened
from admin.cli.base import Json, emit, err, load, out, reindexed, run
from admin.pushing import take
from bot.config_file import RESERVED_SOURCES
from retrieval.intake import NOT_ALL, PushReport
from retrieval.pushed import PushStore
from retrieval.sources import SourceFault

Name = Annotated[str, typer.Argument(help="The source's name, one of kind push.")]


def push(
    name: Name,
    file: Annotated[Path | None, typer.Argument(help="JSON lines. Default: standard input.", dir_okay=False)] = None,
    whole: Annotated[bool, typer.Option("--all", help="These are all: what is not among them is deleted.")] = False,
    json: Json = False,
) -> None:
    """Take documents, one JSON object a line: uri, title, text, format, readers, level, effective_from, owner, link, or
    uri and deleted."""
    if file is None and sys.stdin.isatty():
        err.print("JSON lines, please; Ctrl-D ends them.")
    try:
        with sys.stdin.buffer if file is None else file.open("rb") as stream:
            report = run(_push(name, stream, whole))
    except OSError as error:
        raise SourceFault(f"{file or 'Standard input'} cannot be read ({error.strerror}).") from error
    if json:
        emit(report.data())
    else:
        _tell(report)
    if report.refused:
        raise typer.Exit(1)


def token(
    name: Name,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the token away, and make none.")] = False,
) -> None:
    """Make the token that lets another system push to this source by HTTP, and show it once. The one before ends."""
    made = run(_token(name, revoke))
    if made is None:
        err.print(f"Nobody can push to {name} by HTTP any more.", markup=False)
        return
    out.print(made, markup=False, soft_wrap=True)
    err.print("Keep it safe: it is shown only now, and whoever has it may write what this source says.")


def _tell(report: PushReport) -> None:
    counts = report.counts
    err.print(f"{counts.stored} stored, {counts.unchanged} unchanged, {counts.deleted} deleted.")
    for one in report.refused:
        err.print(f"line {one.line}: {one.why}", markup=False)
    if report.refused_in_all > len(report.refused):
        err.print(f"... {report.refused_in_all} lines were refused in all.")
    if report.kept_others:
        err.print(NOT_ALL)


async def _push(name: str, stream: BinaryIO, whole: bool) -> PushReport:
    async with opened(load()) as app:
        await _is_push(app, name)

        async def wanted(source: str) -> None:
            await reindexed(app, [await app.catalogue.get(source)], patient=True)

        return await take(PushStore(app.database, app.forgetting.withheld), name, _chunks(stream), wanted, whole=whole)


async def _chunks(stream: BinaryIO) -> AsyncIterator[bytes]:
    # It blocks the event loop, which has nothing else to do.
    while chunk := stream.read(65_536):
        yield chunk


async def _token(name: str, revoke: bool) -> str | None:
    async with opened(load()) as app:
        await _is_push(app, name)
        store = PushStore(app.database)
        if not revoke:
            return await store.new_token(name)
        await store.revoke(name)
        return None


async def _is_push(app: App, name: str) -> None:
    if name in RESERVED_SOURCES:
        raise SourceFault(f"Naru fills the source '{name}' itself: `naru example import` takes examples.")
    source = await app.catalogue.get(name)
    if source.kind != "push":
        raise SourceFault(f"Source '{name}' is of kind {source.kind}: only a source of kind push takes documents.")
