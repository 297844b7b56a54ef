"""`naru example import | list | remove`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.app import opened
from admin.cli.base import As, In, Json, Reason, emit, err, load, out, reindexed, run
from admin.example_file import COLUMNS, ExampleFault, read_examples
from admin.examples import Example, Kept, kept, remove, take
from admin.operators import titles_only
from bot.console import table
from retrieval.passage import APPROVED
from retrieval.pushed import Counts
from retrieval.sources.push import Pushed

app = typer.Typer(help="Approved answers that show the models how an answer is to be.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {', '.join(COLUMNS)}; - is standard input.")],
    json: Json = False,
) -> None:
    """Take approved answers from a spreadsheet: all of its rows, or none and each problem with its row.

    level and readers have no default. A question that is there already gets the new answer.
    """
    counts = run(_import(read_examples(_content(file), str(file))))
    if json:
        emit({"stored": counts.stored, "unchanged": counts.unchanged})
    else:
        err.print(f"{counts.stored} examples stored, {counts.unchanged} unchanged.")


@app.command("list")
def list_examples(person: As = None, room: In = None, reason: Reason = None, json: Json = False) -> None:
    """List the examples that a person may read there; of the others only how many there are."""
    found = run(_list(person, room, reason))
    if json:
        emit({"examples": [_data(one) for one in found.examples], "others": found.others})
        return
    rows = [(one.id, one.level.name, ", ".join(sorted(one.readers)), one.question) for one in found.examples]
    out.print(table(["id", "level", "readers", "question"], rows) if rows else "There is no example to be read there.")
    if found.others:
        err.print(f"{found.others} more may not be read there.")


@app.command("remove")
def remove_example(id: Annotated[str, typer.Argument(help="As `naru example list` says it.", metavar="ID")]) -> None:
    """Remove an example: from the next question on no model is shown it."""
    run(_remove(id))
    err.print(f"Removed the example {id}.", markup=False)


async def _import(examples: Sequence[Pushed]) -> Counts:
    async with opened(load()) as opened_app:
        counts = await take(opened_app, examples)
        source = await opened_app.catalogue.get(APPROVED)
        await reindexed(opened_app, [source], patient=True, by=opened_app.deps.operator)
        return counts


async def _list(person: str | None, room: str | None, reason: str | None) -> Kept:
    async with opened(load()) as opened_app:
        readers = await opened_app.people.readers(*opened_app.present(person, room))
        # Their questions are titles, which is as much as somebody with another's eyes may see.
        await titles_only(opened_app, "example list", person, reason)
        return await kept(opened_app, readers)


async def _remove(id: str) -> None:
    async with opened(load()) as opened_app:
        await remove(opened_app, id)


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise ExampleFault(f"{file} cannot be read ({error.strerror}).") from None


def _data(one: Example) -> dict[str, Any]:
    return {"id": one.id, "question": one.question, "level": one.level.name, "readers": sorted(one.readers)}
