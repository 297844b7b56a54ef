"""`naru source add | list | remove | reindex | embed`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.app import opened
from admin.cli.base import Json, bar, emit, err, load, out, reindexed, run
from bot.config_file import SourceSection
from bot.console import table
from bot.toml_file import model_of
from retrieval.catalogue import Status
from retrieval.errors import Fault
from retrieval.passage import Source
from retrieval.reindex import Report
from retrieval.sources import SourceFault
from retrieval.sources.kinds import reader_of
from retrieval.vectors import Filled

app = typer.Typer(help="Where documents come from.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The source's name.")]


@app.command("add")
def add(
    name: Name,
    location: Annotated[str, typer.Argument(help="The folder.")],
    level: Annotated[str, typer.Option(help="public, internal, confidential or restricted.")],
    readers: Annotated[str, typer.Option(help="Who may read: everyone, group:hr, user:U1, ... separated by commas.")],
    link: Annotated[str | None, typer.Option(help="The address that a document's path is appended to.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whom to ask when the documents do not know.")] = None,
) -> None:
    """Add a folder of documents. Its level and its readers have no default: somebody has to say them."""
    fields = {
        "name": name,
        "location": location,
        "level": level,
        "readers": [reader.strip() for reader in readers.split(",") if reader.strip()],
        "link": link,
        "owner": owner,
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


@app.command("reindex")
def reindex(
    name: Annotated[str, typer.Argument(help="The source's name, or all.")] = "all", json: Json = False
) -> None:
    """Bring the index to what the source has now. Nothing is written where nothing changed."""
    results = run(_reindex(name))
    if json:
        emit({source.name: _report(result) for source, result in results})
    else:
        for source, result in results:
            if isinstance(result, Report) and not (result.added or result.changed or result.removed):
                err.print(f"{source.name}: nothing changed ({result.unchanged} documents).", markup=False)
    if any(isinstance(result, Fault) for _, result in results):
        raise typer.Exit(1)


@app.command("embed")
def embed(
    limit: Annotated[int | None, typer.Option(min=1, help="About how many passages at most.")] = None,
    json: Json = False,
) -> None:
    """Give vectors to the passages that lack one, as a re-index does behind its back. Stop it when you like: what is
    done stays done."""
    filled = run(_embed(limit))
    if json:
        emit(None if filled is None else {**asdict(filled), "seconds": round(filled.seconds, 3)})
    elif filled is None:
        err.print("No embedding model is set: see [models.embed] in naru.toml.example.", markup=False)
    else:
        err.print(embedded(filled), markup=False)


def embedded(filled: Filled) -> str:
    """What a run did, as a sentence or two."""
    said = f"{filled.made:,} passages got a vector in {filled.seconds:.1f} s"
    said += f", {filled.refused:,} may not have one by the policy" if filled.refused else ""
    said += f", {filled.left:,} are left" if filled.left else ""
    return f"{said}. {'Questions use them.' if filled.serving else 'Questions do not use them yet.'}"


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
        "problems": [{"uri": p.uri, "reason": p.sentence} for p in s.problems],
    }


def _report(result: Report | Fault) -> dict[str, Any]:
    if isinstance(result, Fault):
        return {"fault": str(result)}
    return {
        "added": result.added,
        "changed": result.changed,
        "removed": result.removed,
        "unchanged": result.unchanged,
        "problems": [{"uri": p.uri, "reason": p.sentence} for p in result.problems],
        "seconds": round(result.seconds, 3),
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


async def _embed(limit: int | None) -> Filled | None:
    async with opened(load()) as opened_app:
        with bar() as progress:
            return await opened_app.embedding.fill(lambda done, total: progress("vectors", done, total), limit)


async def _status() -> tuple[Status, ...]:
    async with opened(load()) as opened_app:
        return await opened_app.catalogue.status()


async def _remove(name: str) -> None:
    async with opened(load()) as opened_app:
        await opened_app.catalogue.remove(name)


async def _reindex(name: str) -> list[tuple[Source, Report | Fault]]:
    async with opened(load()) as opened_app:
        active = await opened_app.active()
        chosen = active if name == "all" else [s for s in active if s.name == name]
        if not chosen:
            known = ", ".join(s.name for s in active) or "none yet: `naru source add`"
            raise SourceFault(f"There is no source '{name}'; there is {known}.")
        return await reindexed(opened_app, chosen, patient=False)
