"""`naru evaluate retrieval`: how well a source's documents are found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.app import App, opened
from admin.calibrate import calibrated
from admin.cli import evaluate_answers
from admin.cli.base import As, In, Json, Reason, bar, emit, load, out, run
from admin.cli.compared import print_compared
from admin.compare import GRAMMAR, Setting, Side, two_of, without_and_with
from admin.compare import adopt as keep_verdict
from admin.compare import compare as ask_both
from admin.evaluate import Asked, EvaluationFault, Result, evaluate, figures, read
from admin.operators import titles_only
from bot.answer import ASKABLE, CLOSE, QUOTABLE
from bot.calibration_file import NAME, save_calibration
from bot.config_file import EvaluatedReaders
from bot.console import table
from bot.toml_file import model_of
from retrieval.passage import Principal, Readers
from retrieval.sources import SourceFault

app = typer.Typer(help="How good it is, in figures.", no_args_is_help=True)
app.command("answers")(evaluate_answers.answers)


@app.command("retrieval")
def retrieval(
    file: Annotated[Path, typer.Argument(help='JSON lines {"question": "...", "relevant": ["uri", ...]}; - is stdin.')],
    source: Annotated[str, typer.Option(help="The source that the uris are of.")],
    person: As = None,
    room: In = None,
    readers: Annotated[
        str | None, typer.Option(help="In place of --as: everyone, group:hr, ... separated by commas.")
    ] = None,
    reason: Reason = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help=f"Two ways of searching, each {GRAMMAR}.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Compare without and with the re-ranking model, and keep the verdict.")
    ] = False,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate",
            help="Count confidences as these questions say, from now on: writes calibration.toml beside naru.toml.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Measure recall@1/5/10, MRR@10, nDCG@10 and abstention on questions of your own, of one way of searching or two.

    "relevant" holds what answers: a document's uri, or {"uri": "...", "contains": "..."} for the passage with that
    text; it is empty where nothing answers. Whose eyes to look with has no default: --as or --readers.
    """
    if (person is None) == (readers is None):
        raise typer.BadParameter("say with whose eyes to look: --as PERSON, or --readers everyone")
    if compare is not None and adopt:
        raise typer.BadParameter("--adopt says itself what to compare: leave --compare out")
    if calibrate and (compare is not None or adopt):
        raise typer.BadParameter("--calibrate counts confidences and compares nothing: run it by itself")
    asked = _questions(file)
    if compare is not None or adopt:
        sides = two_of(*compare) if compare else None
        compared = run(_compare(asked, source, person, room, readers, reason, sides, file))
        emit(compared) if json else print_compared(compared)
        return
    results = run(_evaluate(asked, source, person, room, readers, reason))
    found = figures(results)
    if calibrate:
        found["calibrated"] = _calibrated(results)
    if json:
        emit(found)
        return
    rows = [(name, _cell(value)) for name, value in found.items() if name != "missed"]
    out.print(table(["", ""], [*rows, ("missed, by line", ", ".join(map(str, found["missed"])) or "-")]))


def _questions(file: Path) -> tuple[Asked, ...]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EvaluationFault(f"{file} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise EvaluationFault(f"{file} is not UTF-8: save it as UTF-8.") from None
    return read(text.splitlines())


async def _evaluate(
    asked: Sequence[Asked], source: str, person: str | None, room: str | None, readers: str | None, reason: str | None
) -> list[Result]:
    async with opened(load()) as opened_app:
        eyes = await _eyes(opened_app, source, person, room, readers, reason)
        with bar() as progress:
            results = await evaluate(
                opened_app.search, asked, source, eyes, lambda done, total: progress("questions", done, total)
            )
    return results


def _calibrated(results: Sequence[Result]) -> dict[str, Any]:
    """What was fitted and written. Raises CalibrationFault, SettingsFault."""
    settings = load()
    if settings.sample:
        raise EvaluationFault("The sample company is counted as it was shipped: set up a naru.toml of your own.")
    made = calibrated([result.judged for result in results], QUOTABLE)
    path = settings.config.parent / NAME
    save_calibration(path, made.calibration)
    scales = {how: made.calibration.words if how == "words" else made.calibration.fused for how in made.fitted}
    return {
        "file": str(path),
        **{how: f"{scale.slope} x log odds {scale.shift:+}" for how, scale in scales.items()},
        "bars": {"ask": ASKABLE, "quote": QUOTABLE, "close": CLOSE},
        "false_answers": dict(made.false_answers),
        "false_refusals": dict(made.false_refusals),
    }


async def _compare(
    asked: Sequence[Asked],
    source: str,
    person: str | None,
    room: str | None,
    readers: str | None,
    reason: str | None,
    settings: tuple[Setting, Setting] | None,
    file: Path,
) -> dict[str, Any]:
    """settings: None to decide whether the re-ranking model is to be used, and keep what came of it."""
    async with opened(load()) as opened_app:
        eyes = await _eyes(opened_app, source, person, room, readers, reason)
        a, b = [await Side.of(opened_app, one) for one in settings or without_and_with(opened_app)]
        with bar() as progress:
            compared = await ask_both(a, b, asked, source, eyes, lambda done, total: progress("questions", done, total))
        data = compared.data()
        return data if settings else data | {"adopted": keep_verdict(opened_app.settings, compared, file)}


async def _eyes(
    opened_app: App, source: str, person: str | None, room: str | None, readers: str | None, reason: str | None
) -> Readers:
    if source not in (known := [s.name for s in await opened_app.active()]):
        raise SourceFault(f"There is no source '{source}'; there is {', '.join(known) or 'none yet'}.")
    eyes = await _readers(opened_app, person, room, readers)
    # Only figures come out; but whose eyes they are is somebody's business all the same.
    await titles_only(opened_app, "evaluate retrieval", person, reason, readers=readers is not None)
    return eyes


async def _readers(opened_app: App, person: str | None, room: str | None, readers: str | None) -> Readers:
    if readers is not None:
        names = [name.strip() for name in readers.split(",") if name.strip()]
        section = model_of(EvaluatedReaders, {"readers": names}, "naru evaluate retrieval")
        return Readers(frozenset(map(Principal, section.readers)))
    asker, where = opened_app.present(person, room)
    return await opened_app.people.readers(asker, where)


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(inner)}" for name, inner in value.items())
    return "-" if value is None else str(value)
