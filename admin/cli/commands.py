"""Every command that there is, under its noun."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer

from admin.cli import (
    adapter,
    ask,
    audit,
    backup,
    check,
    compare,
    evaluate,
    example,
    glossary,
    masking,
    migrate,
    model,
    optout,
    people,
    person,
    policy,
    prompt,
    reindexing,
    report,
    review,
    run,
    search,
    source,
    stats,
    status,
    why,
)

app = typer.Typer(
    name="naru",
    help="Answers a company's questions from the company's documents; nothing sensitive leaves the building.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with locals would print what people asked
    add_completion=False,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(metadata.version("naru"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Answers a company's questions from the company's documents; nothing sensitive leaves the building."""


app.command("run")(run.run_naru)
app.command("ask")(ask.ask)
app.command("explain")(ask.explain)
app.command("search")(search.search)
app.command("why")(why.why)
app.command("compare")(compare.compare)
app.command("mask")(masking.mask)
app.command("unmask")(masking.unmask)
app.command("status")(status.status)
app.command("stats")(stats.show_stats)
app.command("check")(check.check)
app.command("migrate")(migrate.migrate)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("work")(reindexing.work)
app.add_typer(source.app, name="source")
app.add_typer(people.app, name="people")
app.add_typer(glossary.app, name="glossary")
app.add_typer(policy.app, name="policy")
app.add_typer(prompt.app, name="prompt")
app.add_typer(example.app, name="example")
app.add_typer(review.app, name="review")
app.add_typer(optout.app, name="optout")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(audit.app, name="audit")
app.add_typer(report.app, name="report")
app.add_typer(person.app, name="person")
app.add_typer(model.app, name="model")
app.add_typer(adapter.app, name="adapter")
