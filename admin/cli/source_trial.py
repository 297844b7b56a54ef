"""`naru source try`: what becomes of a document, before it becomes anything."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from admin.app import opened
from admin.cli.base import As, Json, Reason, emit, load, out, run
from admin.operators import titles_only
from admin.trial import Step, Tried, steps
from bot.console import plain
from retrieval.errors import Fault

_MARKS = {True: "✓", False: "✗", None: "–"}
_ORDER = ("load", "parse", "split", "label", "embed", "store", "find")


def try_(
    uri: Annotated[str, typer.Argument(help="A path, an address, or SOURCE:uri.")],
    kind: Annotated[str | None, typer.Option(help="files or web, where it is of no source yet.")] = None,
    person: As = None,
    reason: Reason = None,
    question: Annotated[str | None, typer.Option(help="What it should be found by. Default: its title.")] = None,
    json: Json = False,
) -> None:
    """Show each step of a document's way into the index, from load to find. Nothing of it stays."""
    done = run(_try(uri, kind, person, reason, question, quiet=json))
    if json:
        emit([asdict(step) for step in done])
    if any(step.ok is False for step in done):
        raise typer.Exit(1)


async def _try(
    uri: str, kind: str | None, person: str | None, reason: str | None, question: str | None, *, quiet: bool
) -> list[Step]:
    done: list[Step] = []

    def note(step: Step) -> None:
        done.append(step)
        if not quiet:
            out.print(plain(_line(step)), markup=False, soft_wrap=True)

    async with opened(load()) as app:
        tried = Tried.of(uri, kind, await app.active())
        only_titles = await titles_only(app, "source try", person, reason)
        try:
            async for step in steps(app, tried, person=person, question=question, only_titles=only_titles):
                note(step)
        except Fault as fault:
            note(Step(_ORDER[len(done)], False, str(fault), 0.0))
    return done


def _line(step: Step) -> str:
    return f"{_MARKS[step.ok]} {step.name:5} {step.seconds:6.2f} s  {step.says}"
