"""`naru report egress | costs | sample | policy | operators`: what an officer asks for."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from admin.app import App, opened, today
from admin.cli.base import Json, Reason, emit, err, load, out, run
from admin.costs import prices_of
from admin.operators import REVIEWED, SAMPLED, Operator, noted
from admin.reports import costs, egress_shown
from admin.reports.egress import Egress, egress
from admin.reports.looks import Look, known_names, looks
from admin.reports.period import Period
from admin.reports.policies import Revision, revisions
from bot.console import plain, table
from bot.egress import Sample
from bot.settings import Settings

app = typer.Typer(help="What left, what it cost, by which policy, and who looked where.", no_args_is_help=True)

Days = Annotated[
    str | None,
    typer.Option(
        "--period", metavar="DAYS", help="2026-10, 2026-10-05 or 2026-10-01..2026-10-31. Default: this month."
    ),
]


@app.command("egress")
def egress_(
    period: Days = None,
    lang: Annotated[Literal["ko", "en"], typer.Option(help="In Korean or in English.")] = "en",
    as_csv: Annotated[bool, typer.Option("--csv", help="The lines as CSV on standard output.")] = False,
    json: Json = False,
) -> None:
    """Show what left for the cloud model, like a bank statement (반출 명세서): figures of requests, never a text."""
    if json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    settings = load()
    found = run(_egress(settings, Period.of(period, today(settings))))
    if json:
        emit(egress_shown.data(found))
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(egress_shown.COLUMNS)
        writer.writerows(egress_shown.rows(found))
    else:
        for sheet in egress_shown.sheets(found, lang, settings.timezone):
            if sheet.title:
                out.print(plain(sheet.title), style="bold", markup=False)
            out.print(table(sheet.columns, sheet.rows))
            out.print()


@app.command("costs")
def costs_(
    period: Days = None,
    by: Annotated[Literal["day", "person", "room"], typer.Option(help="Of what a line is.")] = "day",
    json: Json = False,
) -> None:
    """Show what the cloud model took, in tokens and money: by day, by person (a pseudonym, no name) or by room."""
    settings = load()
    found = run(_costs(settings, Period.of(period, today(settings))))
    prices = prices_of(settings.models.cloud)
    if json:
        emit(costs.data(found, prices))
        return
    lines = {"day": found.days, "person": found.people, "room": found.rooms}[by]
    rows = [costs.row(one, prices) for one in (*lines, found.total)]
    out.print(table([by, *costs.COLUMNS], rows) if lines else "The cloud model was asked nothing in that time.")


@app.command("sample")
def sample(reason: Reason = None, period: Days = None, json: Json = False) -> None:
    """Show the requests that were kept word for word. For officers, with a reason; it is written down who read them."""
    settings = load()
    found = run(_sample(settings, Period.of(period, today(settings)), reason))
    if json:
        emit([_sample_data(one) for one in found])
        return
    for one in found:
        when = f"{one.at.astimezone(settings.timezone):%Y-%m-%d %H:%M:%S}"
        out.print(f"{when}  decision {one.decision}", style="bold", markup=False)
        out.print(plain(one.payload or "Sealed with another key: it cannot be opened."), markup=False, soft_wrap=True)
        out.print()
    err.print(_samples_kept(settings, len(found)), markup=False)


@app.command("policy")
def policy(
    period: Annotated[
        str | None, typer.Option(metavar="DAYS", help="As for egress. Default: all that is known.")
    ] = None,
    json: Json = False,
) -> None:
    """Show each policy that came into force: when, by whom, what became looser or stricter. Terms are not named."""
    settings = load()
    days = Period.of(period, today(settings)) if period else None
    found = run(_policy(settings, days))
    if json:
        emit([asdict(one) | {"only_tightens": one.only_tightens} for one in found])
        return
    for one in found:
        when = f"{one.since.astimezone(settings.timezone):%Y-%m-%d %H:%M}"
        line = f"{when}  {one.hash[:12]}  {one.author or 'author not known'}  {_verdict(one)}"
        out.print(plain(line), style="bold", markup=False, soft_wrap=True)
        if one.changes:
            out.print(table(["", "what", "before", "after"], [(c.way, c.what, c.before, c.after) for c in one.changes]))
    if not found:
        err.print("No policy came into force in that time.")


@app.command("operators")
def operators(reason: Reason = None, period: Days = None, json: Json = False) -> None:
    """Show who looked with others' eyes, read samples or exported a person, and why. For officers, with a reason."""
    settings = load()
    found = run(_operators(settings, Period.of(period, today(settings)), reason))
    if json:
        emit([asdict(one) for one in found])
        return
    rows = [
        (
            f"{one.at.astimezone(settings.timezone):%Y-%m-%d %H:%M}",
            one.kind,
            one.who,
            one.whom,
            one.command,
            one.reason or "cannot be opened",
        )
        for one in found
    ]
    out.print(table(["at", "what", "who", "whom", "command", "reason"], rows) if rows else "Nobody did.")


async def _egress(settings: Settings, period: Period) -> Egress:
    async with opened(settings, sync=False) as naru:
        terms = settings.models.cloud.data_use
        return await egress(naru.database, period, settings.timezone, terms, datetime.now(UTC))


async def _costs(settings: Settings, period: Period) -> costs.Costs:
    async with opened(settings, sync=False) as naru:
        return costs.costs_of(await naru.use.between(period.first, period.last))


async def _sample(settings: Settings, period: Period, reason: str | None) -> list[Sample]:
    operator = Operator.at(settings)
    said = operator.must("read what left, word for word,", "officer", reason=reason)
    async with opened(settings, sync=False) as naru:
        found = [one async for one in naru.samples.of(*period.bounds(settings.timezone))]
        body = {"period": str(period), "samples": len(found)}
        await noted(naru.database, naru.seal, operator, SAMPLED, said, body)
        return found


async def _policy(settings: Settings, period: Period | None) -> list[Revision]:
    async with opened(settings, sync=False) as naru:
        return [one async for one in revisions(naru.history, period, settings.timezone)]


async def _operators(settings: Settings, period: Period, reason: str | None) -> list[Look]:
    operator = Operator.at(settings)
    said = operator.must("see what operators did", "officer", reason=reason)
    async with opened(settings, sync=False) as naru:
        told = looks(naru.database, naru.seal, known_names(naru), period, settings.timezone)
        found = [one async for one in told]
        await _reviewed(naru, operator, said, period)
        return found


async def _reviewed(naru: App, operator: Operator, reason: str, period: Period) -> None:
    await noted(naru.database, naru.seal, operator, REVIEWED, reason, {"period": str(period)})


def _sample_data(one: Sample) -> dict[str, Any]:
    return {"decision": one.decision, "at": one.at.isoformat(), "payload": one.payload}


def _samples_kept(settings: Settings, count: int) -> str:
    days = settings.retention.samples
    return f"{count} kept; {settings.egress.sample:.1%} of the requests are (egress.sample), for {days} days."


def _verdict(one: Revision) -> str:
    if one.changes is None:
        return one.unreadable or "the first that is known"
    return "only tightens" if one.only_tightens else f"{sum(c.way == 'looser' for c in one.changes)} looser"
