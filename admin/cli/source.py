"""`naru source add | list | remove | embed`; reindexing.py, source_push.py and source_trial.py have the rest."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.app import App, opened
from admin.cli import reindexing, source_push, source_trial
from admin.cli.base import Json, bar, emit, err, load, out, run
from bot.config_file import SourceSection
from bot.console import table
from bot.slack import history_kind
from bot.toml_file import model_of
from retrieval.catalogue import Status
from retrieval.database import Then
from retrieval.passage import Source
from retrieval.sources.kinds import reader_of
from retrieval.vectors import Filled

app = typer.Typer(help="Where documents come from.", no_args_is_help=True)
app.command("reindex")(reindexing.reindex)
app.command("cancel")(reindexing.cancel)
app.command("coverage")(reindexing.cover)

app.command("push")(source_push.push)
app.command("token")(source_push.token)
app.command("try")(source_trial.try_)

Name = Annotated[str, typer.Argument(help="The source's name.")]


@app.command("add")
def add(
    name: Name,
    location: Annotated[
        str, typer.Argument(help="The folder, s3://.., smb://.., an address; none for notion, push and slack.")
    ] = "",
    kind: Annotated[str, typer.Option(help="files, web, confluence, notion, push or slack.")] = "files",
    level: Annotated[str | None, typer.Option(help="public, internal, confidential or restricted.")] = None,
    readers: Annotated[
        str | None, typer.Option(help="Who may read: everyone, group:hr, user:U1, ... separated by commas.")
    ] = None,
    link: Annotated[str | None, typer.Option(help="The address that a document's path is appended to.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whom to ask when the documents do not know.")] = None,
    schedule: Annotated[str | None, typer.Option(help='When to re-index, as cron says it: "0 3 * * *".')] = None,
    option: Annotated[list[str] | None, typer.Option(help="What only its kind knows, as key=value.")] = None,
) -> None:
    """Add a source of documents. Its level and its readers have no default: somebody has to say them, and is asked on a
    terminal."""
    fields = {
        "name": name,
        "kind": kind,
        "location": location or None,
        "level": _asked(level, "--level", "How sensitive is it (public, internal, confidential, restricted)?"),
        "readers": _list(_asked(readers, "--readers", "Who may read it (everyone, group:hr, user:U1, ...)?")),
        "link": link,
        "owner": owner,
        "schedule": schedule,
        "options": dict(map(_option, option)) if option else None,
    }
    section = model_of(SourceSection, {k: v for k, v in fields.items() if v is not None}, "naru source add")
    source = section.source(lambda path: str(Path(path).absolute()))
    run(_add(source))
    then = f"naru source push {name} < FILE, or naru source token {name}" if kind == "push" else None
    err.print(f"Added. Now: {then or f'naru source reindex {name}'}", markup=False)
    if kind == history_kind.NAME:
        err.print(history_kind.SLOW, markup=False)


def _asked(said: str | None, flag: str, question: str) -> str:
    """What was said, or what whoever sits there says: neither has a default."""
    if said is not None:
        return said
    if not sys.stdin.isatty():
        raise typer.BadParameter("is missing, and has no default.", param_hint=flag)
    return str(typer.prompt(question, err=True))


def _list(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _option(text: str) -> tuple[str, bool | int | float | str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{key} has no value: write key=value.", param_hint="--option")
    if value in ("true", "false"):
        return key, value == "true"
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return key, number(value)
    return key, value


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
def remove(
    name: Name, yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is removed.")] = False
) -> None:
    """Remove a source and everything that was indexed from it. Whoever sits at a terminal is asked once more."""
    if not yes and sys.stdin.isatty():
        documents = sum(status.documents for status in run(_status()) if status.source.name == name)
        typer.confirm(f"Remove {name} and what is indexed of it (documents: {documents})?", abort=True, err=True)
    run(_remove(name))
    err.print(f"Removed {name} and its documents.", markup=False)


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
        "schedule": s.source.schedule,
        "options": dict(s.source.options),
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
        reader = reader_of(source, opened_app.means)
        async for one in reader.list():
            if one.withdrawn:
                await reader.load(one.uri)  # says why nothing of it may be read
            break  # it can be listed; a mistyped folder is said now, and not at the next run
        said = {"source": source.name, "kind": source.kind, "level": source.level.name}
        await opened_app.catalogue.add(source, _noted(opened_app, "source_added", said))


async def _embed(limit: int | None) -> Filled | None:
    async with opened(load()) as opened_app:
        with bar() as progress:
            return await opened_app.embedding.fill(lambda done, total: progress("vectors", done, total), limit)


async def _status() -> tuple[Status, ...]:
    async with opened(load()) as opened_app:
        return await opened_app.catalogue.status()


async def _remove(name: str) -> None:
    async with opened(load()) as opened_app:
        await opened_app.catalogue.remove(name, _noted(opened_app, "source_removed", {"source": name}))


def _noted(opened_app: App, kind: str, body: dict[str, Any]) -> Then:
    return partial(opened_app.audit.note, kind=kind, body=body, actor=opened_app.operator)
