"""`naru model serve | plan | list`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from admin.cli.base import Json, emit, err, load, out, run
from admin.serve import Model, planned, section_of, serve, weights_of
from admin.serving.plan import GIB
from admin.serving.supervisor import ServeFault
from bot.config_serving import Served
from bot.console import plain, table
from bot.models.probe import ProbeFault, offer
from bot.settings import Settings

app = typer.Typer(help="Models on this machine.", no_args_is_help=True)


Name = Annotated[str, typer.Argument(help="The NAME of a section models.NAME in naru.toml.")]
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@app.command("serve")
def serve_model(name: Name) -> None:
    """Serve a model with vLLM until it is stopped, behind a key and a list of paths; a dead one is started again."""
    settings = load()
    model = Model.of(settings, name)
    run(serve(settings, model, lambda sentence: err.print(plain(sentence), markup=False)))


@app.command("plan")
def plan_model(
    name: Name,
    gpu_memory: Annotated[
        float | None, typer.Option(min=0.1, help="Of one card, in GiB. Default: gpu_memory of the section.")
    ] = None,
    json: Json = False,
) -> None:
    """Count from a model's config.json what it needs, and for how many questions at once there is room."""
    settings = load()
    served = section_of(settings, name)
    memory = gpu_memory or served.gpu_memory
    if memory is None:
        raise typer.BadParameter("say how much memory a card has: --gpu-memory 24")
    found = planned(served, weights_of(settings, served), memory)
    if json:
        emit({name: getattr(found, name) for name in found.__slots__})
    else:
        rows = [
            ("parameters", f"{found.parameters / 1e9:.2f} billion"),
            ("weights on a card", f"{found.weights / GIB:.1f} GiB"),
            ("adapters on a card", f"{found.adapters / GIB:.1f} GiB"),
            ("usable of a card", f"{found.usable / GIB:.1f} of {memory:g} GiB"),
            ("a token under way", f"{found.token / 1024:.1f} KiB"),
            ("tokens under way", f"{found.tokens:,}"),
            (f"questions of {found.context:,} tokens at once", str(found.questions)),
        ]
        out.print(table(["", ""], rows))
    if found.problem:
        raise ServeFault(found.problem)


@app.command("list")
def list_models(json: Json = False) -> None:
    """List the models to serve: where each is asked, and what it says of itself right now."""
    settings = load()
    rows = run(_listed(settings))
    if json:
        emit(rows)
        return
    cells = [(row["name"], row["address"], row["weights"], row["state"], ", ".join(row["models"])) for row in rows]
    out.print(table(["name", "address", "weights", "", "models"], cells) if cells else "There is none to serve yet.")


async def _listed(settings: Settings) -> list[dict[str, Any]]:
    found = settings.models.served.items()
    return list(await asyncio.gather(*(_row(settings, name, served) for name, served in found)))


async def _row(settings: Settings, name: str, served: Served) -> dict[str, Any]:
    host = _EVERYWHERE.get(served.host, served.host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{served.port}/v1"
    key = served.api_key or settings.models.on_prem.api_key
    models: tuple[str, ...] = ()
    try:
        said = await offer(address, key.get_secret_value() if key else None)
    except ProbeFault as fault:
        state = str(fault)
    else:
        models = said.models or ()
        state = {200: "answers", 401: "refuses the key", 503: "is loading"}.get(said.status, f"status {said.status}")
    weights = str(weights_of(settings, served))
    return {"name": name, "address": address, "weights": weights, "state": state, "models": list(models)}
