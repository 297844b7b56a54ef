"""`naru check`: the doctor."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from admin.check import Report
from admin.check import check as look
from admin.check.finding import Status
from admin.cli.base import Json, emit, out, run
from bot.console import plain
from bot.settings import Salvaged

_MARKS = {
    Status.OK: ("✓", "green"),
    Status.WARN: ("!", "yellow"),
    Status.FAIL: ("✗", "red"),
    Status.SKIP: ("–", "dim"),
}


def check(
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="What is only worth knowing counts as wrong too.")] = False,
) -> None:
    """Try every setting for real: database, key, Slack, models, policy, people, sources, this machine.

    Each finding is one sentence, with what to do. Both models are asked one question of our own. Nothing is changed.
    The exit status is 1 when something is wrong.
    """
    report = run(look(Salvaged.load()))
    show(report, json=json)
    raise typer.Exit(report.worst(strict=strict))


def show(report: Report, *, json: bool) -> None:
    """To standard output."""
    if json:
        emit(
            [
                {"area": area, "status": one.status.value, "sentence": one.sentence, "fix": one.fix}
                for area, one in report.findings
            ]
        )
    else:
        _show(report)


def _show(report: Report) -> None:
    table = Table.grid(padding=(0, 1))
    for _ in range(3):
        table.add_column(overflow="fold")
    before = ""
    for area, one in report.findings:
        mark, style = _MARKS[one.status]
        said = Text(plain(one.sentence))
        if one.fix:
            said.append(f"\n→ {plain(one.fix)}", style="bold" if one.status is Status.FAIL else "dim")
        table.add_row(Text(mark, style=style), Text("" if area == before else area, style="dim"), said)
        before = area
    out.print(table)
    counts = {status: sum(one.status is status for _, one in report.findings) for status in Status}
    out.print(
        f"\n{counts[Status.OK]} ok, {counts[Status.WARN]} worth knowing, {counts[Status.FAIL]} wrong, "
        f"{counts[Status.SKIP]} not tried."
    )
