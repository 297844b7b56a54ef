"""`naru compare`: the ways of answering that a company can choose from, side by side on its own cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any

import typer

from admin.answer_cases import Case, read_cases
from admin.answer_comparison import Compared, compared, unknown_costs
from admin.answer_plot import PlotFault, draw, drawable
from admin.answer_ways import Named, named_models, ways
from admin.app import opened
from admin.cli.ask import first_index
from admin.cli.base import As, In, Json, Reason, bar, emit, err, load, out, run
from admin.cli.evaluate_answers import File, caution, content_of
from admin.operators import titles_only
from bot.console import plain, table
from bot.settings import Settings

_WIDE = 26
"""Of a cell with words, so that all columns fit into 120 signs."""


def _model(option: str, what: str) -> Any:
    return typer.Option(
        option, metavar="NAME", help=f"{what}: a section models.NAME, or a model or adapter of the on-prem server."
    )


def compare(
    file: File,
    person: As = None,
    room: In = None,
    reason: Reason = None,
    small: Annotated[str | None, _model("--small", "A small model of your domain")] = None,
    adapter: Annotated[str | None, _model("--adapter", "An adapter")] = None,
    eight: Annotated[str | None, _model("--eight", "A model with weights of 8 bits")] = None,
    four: Annotated[str | None, _model("--four", "A model with weights of 4 bits")] = None,
    gpu_hour: Annotated[
        float | None, typer.Option("--gpu-hour", metavar="PRICE", min=0, help="What an hour of one card costs.")
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Have the on-prem model say whether passages support each sentence.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw a picture of it; needs the extra plots.")
    ] = None,
    json: Json = False,
) -> None:
    """Set the ways of answering side by side on your own cases: quote, prompt only, few-shot, RAG, models of your own,
    cloud; what each gets right, cites, does not know and can forget, its seconds, its cost and its size.

    Each takes the whole way of a question, with its Decision and the audit of what left; nothing is kept as an answer.
    A way that cannot be asked here stays in the table and says why.
    """
    if gpu_hour is not None and not isfinite(gpu_hour):
        raise typer.BadParameter("must be a price such as 2.50", param_hint="--gpu-hour")
    cases = read_cases(content_of(file), str(file))
    if plot is not None:
        drawable(plot)
        if not any(one.answerable and (one.keywords or one.relevant) for one in cases):
            raise PlotFault(
                f"No case of {file} says what a right answer is (keywords, relevant): nothing can be drawn."
            )
    settings = load()
    named = named_models(settings, {"small": small, "adapter": adapter, "eight": eight, "four": four})
    found = run(_compared(settings, named, cases, person, room, reason, gpu_hour=gpu_hour, judge=judge))
    currency = settings.models.cloud.currency
    if json:
        emit({"currency": currency, "cases": len(cases), "ways": [one.data() for one in found]})
    else:
        _print(found, currency)
    if bare := next((one.worth.by_citation for one in found if one.worth), 0):
        err.print(
            f"{bare} of {len(cases)} cases have no keywords: there right means only that a document that answers is "
            "cited, and without passages none can be."
        )
    for sentence in unknown_costs(found, settings.models, gpu_hour):
        err.print(sentence, markup=False)
    caution(len(cases))
    if plot is not None:
        said = draw(found, plot, currency)
        err.print(f"The picture is in {plot}.", markup=False)
        if said:
            err.print(said, markup=False)


async def _compared(
    settings: Settings,
    named: dict[str, Named],
    cases: Sequence[Case],
    person: str | None,
    room: str | None,
    reason: str | None,
    *,
    gpu_hour: float | None,
    judge: bool,
) -> list[Compared]:
    async with opened(settings) as app:
        app.present(person, room)
        # Only figures come out; but whose eyes they are is somebody's business all the same.
        await titles_only(app, "compare", person, reason)
        rows = await ways(settings, named, shadow=app.rules().shadow)
        await first_index(app)
        with bar() as progress:
            return await compared(
                app,
                rows,
                cases,
                person,
                room,
                gpu_hour=gpu_hour,
                judge=judge,
                told=lambda n, of: progress("cases", n, of),
            )


def _print(found: Sequence[Compared], currency: str | None) -> None:
    cost = f"1,000 in {currency}" if currency else "1,000 cost"
    head = ["way", "right", "cited", "abstains", "wrongly", "seconds", cost, "GB", "can forget"]
    out.print(table(head, [_row(one) for one in found]))


def _row(one: Compared) -> list[str]:
    worth = one.worth
    shares = (worth.right, worth.cited, worth.abstains, worth.wrongly_abstains, worth.p50) if worth else (None,) * 5
    return [
        _folded(_says(one)),
        *("-" if share is None else f"{share:.2f}" for share in shares),
        "-" if one.cost is None else f"{one.cost:,.2f}",
        "-" if one.gigabytes is None else f"{one.gigabytes:,.1f}",
        _folded([one.way.forgetting]),
    ]


def _says(one: Compared) -> Iterator[str]:
    yield f"{one.way.said}: {one.way.model}" if one.way.model else one.way.said
    if one.worth is None:
        yield f"not asked: {one.way.why_not}"
        return
    if one.way.key == "cloud":
        yield f"{one.worth.asked} of {one.worth.questions} went there"
    if one.worth.failed:
        yield f"{one.worth.failed} of {one.worth.asked} failed: {one.worth.why}"


def _folded(said: Iterable[str]) -> str:
    return "\n".join(line for one in said for line in wrap(plain(one), _WIDE))
