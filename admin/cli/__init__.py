"""`naru <noun> <verb>`. Data on stdout, talk on stderr; 0: done, 1: a sentence on stderr says why not, 2: usage."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import typer

from admin.cli import ask, migrate, run, source, status
from admin.cli.base import err
from retrieval.errors import Fault

app = typer.Typer(
    name="naru",
    help="Answers a company's questions from the company's documents; nothing sensitive leaves the building.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with locals would print what people asked
    add_completion=False,
)
app.command("run")(run.run_naru)
app.command("ask")(ask.ask)
app.command("explain")(ask.explain)
app.command("search")(ask.search)
app.command("status")(status.status)
app.command("migrate")(migrate.migrate)
app.add_typer(source.app, name="source")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, by default the process's own. Raises SystemExit with the status, always."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        app(arguments)
    except Fault as fault:
        err.print(str(fault), style="red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
