"""`naru stats`: what people think of the answers, which way questions took, what nothing answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from admin.app import opened, today
from admin.cli.base import Json, emit, err, load, out, run
from admin.cli.report import Days
from admin.reports.asked import Stats, stats
from admin.reports.period import Period
from admin.reports.pictured import bar
from admin.reports.satisfaction import LEAST, Rated
from bot.console import table
from bot.settings import Settings

_WIDE = 20
_KINDS = 4


def show_stats(
    period: Days = None,
    by: Annotated[
        Literal["source", "model", "prompt"], typer.Option(help="Of what a line of satisfaction is, below that of all.")
    ] = "source",
    json: Json = False,
) -> None:
    """Show what people think of the answers, which way questions took and why, and what nothing answers.

    Figures of at least five people each, and no text: of questions that nothing answers, the words that five people
    used. What is sensitive is counted and never among them.
    """
    settings = load()
    found = run(_stats(settings, Period.of(period, today(settings))))
    if json:
        emit(_data(found))
    else:
        _print(found, by)


async def _stats(settings: Settings, period: Period) -> Stats:
    async with opened(settings) as opened_app:
        return await stats(opened_app.database, opened_app.seal, period, settings.timezone)


def _print(found: Stats, by: str) -> None:
    if not found.ways:
        out.print("Nothing was asked in that time.")
        return
    columns = ["satisfaction", "", "share of 👍", "95%", "answers", "with a vote"]
    out.print(table(columns, [_rated(one) for one in (*found.rated["all"], *found.rated[by])]))
    out.print()
    ways = (
        (one.route, bar(one.share, _WIDE), f"{one.share:.0%}", str(one.questions), _few(one.reasons))
        for one in found.ways
    )
    out.print(table(["route", "", "share", "questions", "because of"], ways))
    out.print()
    if found.clusters:
        rows = [(str(one.people), str(one.questions), " ".join(one.words)) for one in found.clusters]
        out.print(table(["people", "questions", "asked in vain for"], rows))
    err.print(
        f"{found.unanswered} questions were not answered; {found.unread} of them are sensitive or not kept, and in no "
        f"line above. A line is of {LEAST} people at least.",
        markup=False,
    )


def _rated(one: Rated) -> tuple[str, ...]:
    share, between = one.satisfaction, one.interval
    said = (
        ("", "too few people", "")
        if share is None or between is None
        else (bar(share, _WIDE), f"{share:.0%}", f"{between[0]:.0%} to {between[1]:.0%}")
    )
    return one.what, *said, str(one.answers), "-" if one.response is None else f"{one.response:.0%}"


def _few(reasons: Any) -> str:
    said = [f"{kind} {count}" for kind, count in reasons.items()]
    more = len(said) - _KINDS
    return ", ".join(said[:_KINDS] + ([f"and {more} more"] if more > 0 else []))


def _data(found: Stats) -> dict[str, Any]:
    def every(rated: Iterable[Rated]) -> list[dict[str, Any]]:
        return [one.data() for one in rated]

    return {
        "period": str(found.period),
        "satisfaction": {by: every(rated) for by, rated in found.rated.items()},
        "routes": [asdict(one) | {"share": round(one.share, 4)} for one in found.ways],
        "unanswered": {
            "questions": found.unanswered,
            "not_read": found.unread,
            "clusters": [asdict(one) for one in found.clusters],
        },
    }
