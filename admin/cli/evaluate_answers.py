"""`naru evaluate answers`: prompts, numbers of passages and models, compared on a company's own cases."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.answer_cases import COLUMNS, FEW, Case, read_cases
from admin.answer_evaluation import Evaluated, evaluated
from admin.answer_variants import Variant, variants
from admin.app import opened
from admin.cli.ask import first_index
from admin.cli.base import As, In, Json, Reason, bar, emit, err, load, out, run
from admin.evaluate import EvaluationFault
from admin.operators import titles_only
from bot.console import table

File = Annotated[Path, typer.Argument(help=f"JSON lines or CSV: {', '.join(COLUMNS)}; question is needed. - is stdin.")]


def answers(
    file: File,
    person: As = None,
    room: In = None,
    reason: Reason = None,
    prompts: Annotated[
        list[Path] | None, typer.Option("--prompts", metavar="DIR", help="Compare with the prompts of a folder.")
    ] = None,
    passages: Annotated[
        list[int] | None,
        typer.Option("--passages", metavar="N", min=1, max=50, help="Compare with at most so many passages."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", metavar="NAME", help="Compare with cloud, on_prem or quote alone, or an on-prem model."
        ),
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Ask the on-prem model, too, whether passages support each sentence.")
    ] = False,
    json: Json = False,
) -> None:
    """Answer each case as Naru is, and once more for each thing that is named; count, and say what is better.

    Each named thing is one variant, which changes that alone. All take the whole way of a question, with its Decision
    and the audit of what left; nothing is kept as an answer.
    """
    cases = read_cases(content_of(file), str(file))
    chosen = variants(prompts or (), passages or (), model or ())
    found = run(_answers(cases, chosen, person, room, reason, judge=judge))
    if json:
        emit([one.data() for one in found])
    else:
        _print([one.data() for one in found])


async def _answers(
    cases: Sequence[Case],
    chosen: Sequence[Variant],
    person: str | None,
    room: str | None,
    reason: str | None,
    *,
    judge: bool,
) -> list[Evaluated]:
    async with opened(load()) as opened_app:
        opened_app.present(person, room)
        # Only figures come out; but whose eyes they are is somebody's business all the same.
        await titles_only(opened_app, "evaluate answers", person, reason)
        await first_index(opened_app)
        with bar() as progress:
            return await evaluated(
                opened_app, chosen, cases, person, room, judge=judge, told=lambda n, of: progress("cases", n, of)
            )


def _print(found: Sequence[Mapping[str, Any]]) -> None:
    names = [name for name in found[0] if name not in ("variant", "difference")]
    rows = [(name, *(_cell(one[name]) for one in found)) for name in names]
    out.print(table(["", *(one["variant"] for one in found)], rows))
    for one in found[1:]:
        said = one["difference"]
        how = {"not distinguishable": "not distinguishable from"}.get(said["verdict"], f"{said['verdict']} than")
        low, high = said["interval"]
        out.print(
            f"{one['variant']} is {how} {found[0]['variant']}: {said['mean']:+.3f} of a case (95% interval {low:+.3f} "
            f"to {high:+.3f}), {said['wins']} cases better, {said['losses']} worse, {said['ties']} alike "
            f"(sign test p = {said['sign_test']:.3g}).",
            markup=False,
        )
    caution(found[0]["questions"])


def caution(cases: int) -> None:
    """Where they are few."""
    if cases < FEW:
        err.print(f"{cases} cases show little: what looks better may be chance.")


def content_of(file: Path) -> bytes:
    """Raises EvaluationFault where it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise EvaluationFault(f"{file} cannot be read ({error.strerror}).") from None


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_cell(inner)}" for name, inner in value.items())
    return "-" if value is None else str(value)
