"""`naru <noun> <verb>`. Data on stdout, talk on stderr; 0: done, 1: a sentence on stderr says why not, 2: usage."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import typer

from admin.cli import ask, backup, check, evaluate, glossary, migrate, people, reindexing, run, source, status
from admin.cli.base import err
from bot.console import plain
from retrieval.errors import Fault

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
app.command("search")(ask.search)
app.command("status")(status.status)
app.command("check")(check.check)
app.command("migrate")(migrate.migrate)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("work")(reindexing.work)
app.add_typer(source.app, name="source")
app.add_typer(people.app, name="people")
app.add_typer(glossary.app, name="glossary")
app.add_typer(evaluate.app, name="evaluate")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, by default the process's own. Raises SystemExit with the status, always."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        app(arguments)
    except Fault as fault:
        err.print(plain(str(fault)), style="red", markup=False)
        sys.exit(1)
    except OSError as error:
        # Standard output is a full disk, or a pipe whose reader has seen enough.
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
