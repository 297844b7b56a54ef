"""`naru prompt diff | try`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from admin.app import data_use, directory_file, opened, today
from admin.cli.ask import Question, answer_data, first_index, text_of
from admin.cli.base import As, In, Json, Reason, emit, err, load, out, run
from admin.operators import titles_only
from admin.prompt_trial import Difference, Tried, differences, tried, two_of
from admin.prompts import prompts_of
from bot.console import plain, table
from bot.domain import SHORES
from bot.lists_file import ListFiles
from bot.policy.policy_file import load_rules
from bot.policy.rules import Rules
from bot.prompt import NAMES
from bot.prompt_folder import read_prompts
from bot.settings import Settings
from bot.words import say, spoken

app = typer.Typer(help="What the models are told: compare and try prompts.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option("--prompts", metavar="DIR", help="A folder of prompts in place of the company's.", show_default=False),
]


@app.command("diff")
def diff(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help=f"{', '.join(NAMES)}. Default: all.", show_default=False)
    ] = None,
    prompts: Folder = None,
    json: Json = False,
) -> None:
    """Show what the company's prompts say otherwise than the shipped ones, and whether the cloud may be told it.

    What Naru always says behind them (what is data, what has to be cited) is no part of it: nobody replaces that.
    """
    if name is not None and name not in NAMES:
        raise typer.BadParameter(f"must be one of {', '.join(NAMES)}", param_hint="NAME")
    settings = load()
    own = prompts_of(settings) if prompts is None else read_prompts(prompts)
    found = list(differences(own, _rules(settings), NAMES if name is None else (name,)))
    if json:
        emit([_data(one) for one in found])
        return
    for one in found:
        _print(one)


@app.command("try")
def try_(
    question: Question,
    person: As = None,
    room: In = None,
    reason: Reason = None,
    prompts: Folder = None,
    json: Json = False,
) -> None:
    """Answer one question twice, by the shipped prompts and by the company's, and show both side by side.

    With --prompts by those in force and by those of a folder. Both take the whole way of a question: who may read what,
    what may go where, and the entry in the audit of what left. Neither is kept as an answer.
    """
    text = text_of(question)
    both, only_titles = run(_try(text, person, room, reason, prompts))
    if json:
        emit([_tried(one, only_titles) for one in both])
        return
    _show(text, both, only_titles)


async def _try(
    text: str, person: str | None, room: str | None, reason: str | None, other: Path | None
) -> tuple[list[Tried], bool]:
    async with opened(load()) as opened_app:
        sides = two_of(opened_app.prompts, other)
        if problem := opened_app.prompts.problem():
            err.print(plain(problem), style="yellow", markup=False)
        asked = [opened_app.question(text, person=person, room=room, thread=uuid4().hex) for _ in sides]
        only_titles = await titles_only(opened_app, "prompt try", person, reason)
        await first_index(opened_app)
        pairs = zip(sides, asked, strict=True)
        return [await tried(opened_app, *side, one) for side, one in pairs], only_titles


def _rules(settings: Settings) -> Rules:
    lists = ListFiles(settings.lists, directory_file(settings).directory)()
    return replace(load_rules(settings.policy).under(data_use(settings), today(settings)), lists=lists)


def _data(one: Difference) -> dict[str, Any]:
    return {
        "name": one.name,
        "state": one.state,
        "versions": {"shipped": one.versions[0], "own": one.versions[1]},
        "diff": list(one.lines),
        "not_to_the_cloud": [[reason.level.name, reason.kind] for reason in one.against],
    }


def _print(one: Difference) -> None:
    if one.state == "as shipped":
        err.print(f"{one.name}: as shipped (version {one.versions[0]}).", markup=False)
        return
    changed = f"{one.added} lines added, {one.removed} removed" if one.lines else "the same words as shipped"
    err.print(f"{one.name}: {changed} (version {one.versions[0]} → {one.versions[1]}).", markup=False)
    if one.against:
        kinds = ", ".join(sorted({reason.kind for reason in one.against}))
        err.print(f"{one.name}: it holds {kinds}, so nothing goes to the cloud with it.", style="yellow", markup=False)
    for line in one.lines:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        out.print(plain(line), style=style, markup=False, soft_wrap=True)


def _tried(one: Tried, only_titles: bool) -> dict[str, Any]:
    answer = one.answer
    return {
        "prompts": one.prompts,
        "version": answer.prompt_version,
        "model": answer.model,
        "seconds": round(one.seconds, 3),
        "tokens": {"prompt": answer.usage.prompt_tokens, "completion": answer.usage.completion_tokens},
        "tried": [[route.value, why] for route, why in answer.tried],
        **answer_data(answer, only_titles=only_titles),
    }


def _show(question: str, both: Sequence[Tried], only_titles: bool) -> None:
    answers = [one.answer for one in both]
    hidden = say(spoken(question), "only_titles")
    rows = [
        ("version", *(one.prompt_version or "-" for one in answers)),
        ("route", *(one.route.value for one in answers)),
        ("model", *(one.model or "-" for one in answers)),
        ("seconds", *(f"{one.seconds:.1f}" for one in both)),
        ("tokens", *(_tokens(one.usage.prompt_tokens, one.usage.completion_tokens) for one in answers)),
        ("cites", *(", ".join(c.title for c in one.citations) or "-" for one in answers)),
        ("", *(hidden if only_titles else f"\n{one.text}" for one in answers)),
    ]
    out.print(table(["", *(one.prompts for one in both)], rows))
    if not any(one.route in SHORES for one in answers):
        err.print("No model answered, so the prompts made no difference: `naru explain` says why.")


def _tokens(prompt: int | None, completion: int | None) -> str:
    return "-" if prompt is None and completion is None else f"{prompt or 0} + {completion or 0}"
