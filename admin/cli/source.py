"""`naru source add | list | remove`; reindexing.py has what re-indexes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from admin.app import opened
from admin.cli import reindexing
from admin.cli.base import Json, emit, err, load, out, run
from bot.config_file import SourceSection
from bot.console import table
from bot.toml_file import model_of
from retrieval.catalogue import Status
from retrieval.passage import Source
from retrieval.sources.kinds import reader_of

app = typer.Typer(help="Where documents come from.", no_args_is_help=True)
app.command("reindex")(reindexing.reindex)
app.command("cancel")(reindexing.cancel)
app.command("coverage")(reindexing.cover)

Name = Annotated[str, typer.Argument(help="The source's name.")]


@app.command("add")
def add(
    name: Name,
    location: Annotated[str, typer.Argument(help="The folder.")],
    level: Annotated[str, typer.Option(help="public, internal, confidential or restricted.")],
    readers: Annotated[str, typer.Option(help="Who may read: everyone, group:hr, user:U1, ... separated by commas.")],
    link: Annotated[str | None, typer.Option(help="The address that a document's path is appended to.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whom to ask when the documents do not know.")] = None,
    schedule: Annotated[str | None, typer.Option(help="When it is re-indexed, as cron says it: '0 3 * * *'.")] = None,
) -> None:
    """Add a folder of documents. Its level and its readers have no default: somebody has to say them."""
    fields = {
        "name": name,
        "location": location,
        "level": level,
        "readers": [reader.strip() for reader in readers.split(",") if reader.strip()],
        "link": link,
        "owner": owner,
        "schedule": schedule,
    }
    section = model_of(SourceSection, {k: v for k, v in fields.items() if v is not None}, "naru source add")
    source = section.source(str(Path(location).absolute()))
    run(_add(source))
    err.print(f"Added. Now: naru source reindex {name}", markup=False)


@app.command("list")
def list_sources(json: Json = False) -> None:
    """List the sources."""
    found = run(_status())
    if json:
        emit([source_data(s) for s in found])
        return
    rows: list[tuple[str, ...]] = []
    for s in found:
        readers = ", ".join(sorted(s.source.readers))
        counts = (str(s.documents), str(s.passages), str(len(s.problems)))
        rows.append((s.source.name, s.source.level.name, readers, *counts, _state(s)))
    out.print(table(["name", "level", "readers", "documents", "passages", "problems", ""], rows))


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a source and everything that was indexed from it."""
    run(_remove(name))
    err.print(f"Removed {name} and its documents.", markup=False)


def source_data(s: Status) -> dict[str, Any]:
    return {
        "name": s.source.name,
        "kind": s.source.kind,
        "location": s.source.location,
        "level": s.source.level.name,
        "readers": sorted(s.source.readers),
        "declared": s.declared,
        "active": s.active,
        "documents": s.documents,
        "passages": s.passages,
        "problem": s.problem,
        "problems": [{"uri": p.uri, "reason": p.sentence, "kind": p.why} for p in s.problems],
    }


def _state(s: Status) -> str:
    where = "naru.toml" if s.declared else "added"
    if s.problem:
        return f"{where}: {s.problem}"
    return where if s.active else f"{where}, not searched: no longer in naru.toml"


async def _add(source: Source) -> None:
    async with opened(load()) as opened_app:
        async for _ in reader_of(source).list():
            break  # it can be listed; a mistyped folder is said now, and not at the next run
        await opened_app.catalogue.add(source)


async def _status() -> tuple[Status, ...]:
    async with opened(load()) as opened_app:
        return await opened_app.catalogue.status()


async def _remove(name: str) -> None:
    async with opened(load()) as opened_app:
        await opened_app.catalogue.remove(name)
