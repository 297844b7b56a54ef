"""`naru model serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from admin.cli.base import err, load, run
from admin.serve import Model, serve
from bot.console import plain

app = typer.Typer(help="Models on this machine.", no_args_is_help=True)


@app.callback()
def _noun() -> None:
    """Models on this machine."""


@app.command("serve")
def serve_model(name: Annotated[str, typer.Argument(help="The NAME of a section models.NAME in naru.toml.")]) -> None:
    """Serve a model with vLLM until it is stopped, behind a key and a list of paths; a dead one is started again."""
    settings = load()
    model = Model.of(settings, name)
    run(serve(settings, model, lambda sentence: err.print(plain(sentence), markup=False)))
