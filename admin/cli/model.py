"""`naru model serve | plan | list | test | quantize`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.check.served import tried
from admin.cli.base import Json, emit, err, load, out, run
from admin.cli.check import show
from admin.serve import Model, address_of, key_of, planned, python_of, section_of, serve, weights_of
from admin.serving.plan import GIB, PRECISIONS, Plan
from admin.serving.quantize import SCHEMES, quantize
from admin.serving.supervisor import ServeFault
from bot.config_serving import Served
from bot.console import plain, table
from bot.models.probe import ProbeFault, offer
from bot.settings import Settings

app = typer.Typer(help="Models on this machine.", no_args_is_help=True)


Name = Annotated[str, typer.Argument(help="The NAME of a section models.NAME in naru.toml.")]


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
    weights = weights_of(settings, served)
    found = planned(served, weights, memory)
    others = {name: planned(served, weights, memory, size) for name, size in PRECISIONS.items()}
    if json:
        emit({**_fields(found), "precisions": {name: _fields(one) for name, one in others.items()}})
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
        cells = [
            (name, f"{one.weights / GIB:.1f} GiB", f"{one.tokens:,}", str(one.questions))
            for name, one in others.items()
        ]
        out.print(table(["precision", "weights on a card", "tokens under way", "questions at once"], cells))
    if found.problem:
        raise ServeFault(found.problem)


def _fields(found: Plan) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__slots__}


@app.command("test")
def try_model(name: Name, json: Json = False) -> None:
    """Ask a model that is served here for all that Naru asks of it: an answer, each adapter, its key, closed paths.

    Nothing is changed, and nobody's text is sent. The exit status is 1 when something is wrong.
    """
    report = run(tried(load(), name))
    show(report, json=json)
    raise typer.Exit(report.worst())


@app.command("quantize")
def quantize_model(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="fp8 (newer cards) or w8a8 (older ones).")] = "fp8",
    output: Annotated[Path | None, typer.Option(help="The new folder. Default: beside the weights.")] = None,
    python: Annotated[
        str | None, typer.Option(help="The Python that has llmcompressor. Default: that of vLLM.")
    ] = None,
) -> None:
    """Make weights of 8 bits of a model's, into a folder of their own; what is served stays as it is."""
    if to not in SCHEMES:
        raise typer.BadParameter(f"must be {' or '.join(SCHEMES)}", param_hint="--to")
    settings = load()
    served = section_of(settings, name)
    weights = weights_of(settings, served)
    target = (output or weights.with_name(f"{weights.name}-{to}")).absolute()
    err.print(f"Quantizing {plain(str(weights))}: this takes minutes to hours ...", markup=False)
    made = quantize(python or python_of(settings, served), weights, target, to)
    out.print(f"{made.before / 1e9:.2f} GB became {made.after / 1e9:.2f} GB. To serve it:")
    out.print(f'[models.{name}]\nweights = "{made.at}"', markup=False, highlight=False, soft_wrap=True)


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
    address, key = address_of(served), key_of(settings, served)
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
