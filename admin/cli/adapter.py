"""`naru adapter list | load | unload`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from admin.cli.base import Json, emit, load, out, run
from admin.serve import section_of
from admin.serving.adapters import Control
from bot.console import table

app = typer.Typer(help="Adapters of a model that is served on this machine.", no_args_is_help=True)

Model = Annotated[str, typer.Argument(help="The NAME of a section models.NAME in naru.toml.")]
Adapter = Annotated[str, typer.Argument(help="The adapter's name, as policy.toml names it under domain_models.")]


@app.command("list")
def list_adapters(model: Model, json: Json = False) -> None:
    """List the adapters that a served model has right now."""
    _shown(run(_control(model).tell("GET")), json=json)


@app.command("load")
def load_adapter(
    model: Model,
    adapter: Adapter,
    folder: Annotated[Path, typer.Argument(help="With its adapter_config.json and adapter_model.safetensors.")],
    json: Json = False,
) -> None:
    """Load an adapter into a model that is being served, or another one in its place; nothing is started anew."""
    _shown(run(_control(model).tell("PUT", adapter, folder.absolute())), json=json)


@app.command("unload")
def unload_adapter(model: Model, adapter: Adapter, json: Json = False) -> None:
    """Take away an adapter that was loaded so; where the policy names it, the base answers from then on."""
    _shown(run(_control(model).tell("DELETE", adapter)), json=json)


def _control(model: str) -> Control:
    settings = load()
    section_of(settings, model)
    return Control(settings.home / "models", model)


def _shown(adapters: dict[str, str], *, json: bool) -> None:
    if json:
        emit(adapters)
    else:
        out.print(table(["adapter", "folder"], sorted(adapters.items())) if adapters else "There is no adapter.")
