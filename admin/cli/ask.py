"""`naru ask | explain`: one question from the command line, through the same story."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from admin.app import App, opened
from admin.cli.base import As, In, Json, Reason, emit, load, out, reindexed, run
from admin.notice import notices_of
from admin.operators import titles_only
from bot import domain
from bot.answer import ASKABLE, CLOSE, QUOTABLE, Considered, answer, consider
from bot.attached import Sent
from bot.console import show, table
from bot.domain import Answer
from bot.why import domain_model, sink_says
from bot.words import Language, in_force_name
from bot.worth_reading import Choice
from retrieval.confidence import SIGNALS
from retrieval.label import Label
from retrieval.passage import InForce, Passage

Question = Annotated[str, typer.Argument(help="The question; - reads it from standard input.")]

Attach = Annotated[
    list[Path] | None,
    typer.Option("--attach", metavar="FILE", help="A file that the question is about; can be given several times."),
]


def ask(
    question: Question,
    person: As = None,
    room: In = None,
    reason: Reason = None,
    attach: Attach = None,
    json: Json = False,
) -> None:
    """Ask one question, as a person of the directory, in a room or in a direct message."""
    text = text_of(question)
    result, machine, only_titles = run(_ask(text, person, room, reason, attach or ()))
    if json:
        emit(answer_data(result, only_titles=only_titles))
    else:
        show(result, text, out, machine, only_titles=only_titles)


def explain(
    question: Question,
    person: As = None,
    room: In = None,
    reason: Reason = None,
    attach: Attach = None,
    json: Json = False,
) -> None:
    """Show what would be found and decided, and why. Nothing is sent to a model, nothing is kept."""
    considered, only_titles = run(_explain(text_of(question), person, room, reason, attach or ()))
    if json:
        emit(_explained(considered, only_titles))
        return
    _print_explained(considered, only_titles)


async def _ask(
    text: str, person: str | None, room: str | None, reason: str | None, files: Sequence[Path]
) -> tuple[Answer, Mapping[Language, str], bool]:
    """The answer, what says that a machine gave it, and whether only titles may be shown of documents."""
    async with opened(load()) as app:
        machine = notices_of(app.settings).machine
        question = await _question(app, text, person, room, files)
        only_titles = await titles_only(app, "ask", person, reason)
        await first_index(app)
        return await answer(question, app.deps), machine, only_titles


async def _explain(
    text: str, person: str | None, room: str | None, reason: str | None, files: Sequence[Path]
) -> tuple[Considered, bool]:
    async with opened(load()) as app:
        question = await _question(app, text, person, room, files)
        only_titles = await titles_only(app, "explain", person, reason)
        await first_index(app)
        return await consider(question, app.rules(), app.deps), only_titles


async def _question(
    app: App, text: str, person: str | None, room: str | None, files: Sequence[Path]
) -> domain.Question:
    sent = [Sent(path.name, partial(_content, path, app.settings.parse.max_mb)) for path in files]
    attached = await app.attachments.read(text, sent)
    return app.question(text, person=person, room=room, thread=uuid4().hex, attached=attached)


async def _content(path: Path, max_mb: int) -> bytes:
    """Raises UnreadableFault; and QuestionFault for what is not there: whoever typed its name is still here."""
    try:
        with path.open("rb") as file:
            content = file.read(max_mb * 1024**2 + 1)
    except OSError as error:
        raise domain.QuestionFault(f"{path} cannot be opened ({error.strerror}): name a file after --attach.") from None
    return content  # one byte too many is for the parser to refuse


async def first_index(app: App) -> None:
    await reindexed(app, await app.never_indexed(), patient=True)


def text_of(question: str) -> str:
    return sys.stdin.read() if question == "-" else question


def answer_data(result: Answer, *, only_titles: bool = False) -> dict[str, Any]:
    """The answer as `naru ask --json` prints it. only_titles: null for what is not for whoever looks."""
    return {
        "text": None if only_titles else result.text,
        "citations": [
            {
                "number": c.number,
                "title": c.title,
                "heading": None if only_titles else c.heading,
                "place": str(c.place) if c.place else None,
                "in_force": in_force_data(c.in_force),
                "uri": c.uri,
                "link": c.link,
                "also": list(c.also),
            }
            for c in result.citations
        ],
        "route": result.route.value,
        "label": result.label.level.name,
        "reasons": _reasons(result.label),
        "decision": str(result.decision),
    }


def in_force_data(in_force: InForce | None) -> dict[str, str | None] | None:
    if in_force is None:
        return None
    first, last = (str(day) if day else None for day in (in_force.first, in_force.last))
    return {"from": first, "until": last, "state": in_force.state}


def _reasons(label: Label) -> list[dict[str, str]]:
    reasons = sorted(label.reasons, reverse=True)
    return [{"level": r.level.name, "kind": r.kind, "origin": r.origin} for r in reasons]


def passage_data(passage: Passage, only_titles: bool = False) -> dict[str, Any]:
    document = passage.document
    return {
        "title": document.title,
        "heading": None if only_titles else passage.heading,
        "uri": document.uri,
        "source": document.source,
        "level": document.level.name,
        "in_force": in_force_data(passage.in_force),
        "score": round(passage.score, 3),
        "confidence": round(passage.confidence, 3),
        "text": None if only_titles else passage.text,
    }


def _chosen(choice: Choice, only_titles: bool) -> dict[str, Any]:
    """A passage as `naru explain --json` prints it: how likely it answers, what says so, and what became of it."""
    signals = {name: round(value, 3) for name, value in asdict(choice.passage.signals).items()}
    passage = {k: v for k, v in passage_data(choice.passage, only_titles).items() if k != "text"}
    return {**passage, "searched": choice.passage.how, "signals": signals, "why": choice.why}


def _explained(considered: Considered, only_titles: bool) -> dict[str, Any]:
    decision = considered.decision
    return {
        "query": considered.query,
        "passages": [_chosen(choice, only_titles) for choice in considered.choices],
        "in_prompt": [p.document.uri for p in considered.shown.passages],
        "attached": [{"name": f.name, "pieces": len(f.pieces), "unread": f.unread} for f in considered.shown.attached],
        "examples": [p.document.uri for p in considered.shown.examples],
        "title_only": [p.document.uri for p in considered.shown.title_only],
        "label": decision.label.level.name,
        "reasons": _reasons(decision.label),
        "sinks": {
            v.sink: {
                "allowed": v.allowed,
                "ceiling": v.ceiling.name,
                "against": _reasons(Label(frozenset(v.against))),
                "masked": sorted(v.masked),
            }
            for v in decision.verdicts
        },
        "routes": [route.value for route in decision.routes],
        "domain_model": decision.domain_model,
        "policy": decision.policy,
    }


def _print_explained(considered: Considered, only_titles: bool) -> None:
    decision = considered.decision
    rows = [("query", considered.query), ("label", decision.label.level.name)]
    rows += [(r.level.name, f"{r.kind} · {r.origin}") for r in sorted(decision.label.reasons, reverse=True)]
    rows += [(v.sink, sink_says(v.allowed, v.ceiling, v.against, v.masked)) for v in decision.verdicts]
    rows += [("attached", f.unread or f"{f.name}, {len(f.pieces)} of its pieces") for f in considered.shown.attached]
    rows.append(("routes", " → ".join(route.value for route in decision.routes)))
    rows += domain_model(decision.domain_model)
    rows.append(("bars", f"a model may look from {ASKABLE:g}, quoted from {QUOTABLE:g}, named from {CLOSE:g}"))
    out.print(table(["", ""], rows))
    print_passages(considered.found, only_titles)
    if considered.choices:
        columns = [*SIGNALS, "probability", "document", ""]
        out.print(table(columns, [_signals(choice) for choice in considered.choices]))


def _signals(choice: Choice) -> tuple[str, ...]:
    passage = choice.passage
    values = (f"{value:.2f}" for value in astuple(passage.signals))
    return (*values, f"{passage.confidence:.3f}", passage.document.uri, choice.why)


def print_passages(passages: tuple[Passage, ...], only_titles: bool) -> None:
    rows = [
        (
            f"{p.score:.2f}",
            f"{p.confidence:.2f}",
            p.document.level.name,
            p.document.uri,
            p.document.title if only_titles else p.heading,
            in_force_name("en", p.in_force),
        )
        for p in passages
    ]
    columns = ["score", "confidence", "level", "document", "title" if only_titles else "heading", ""]
    out.print(table(columns, rows) if rows else "Nothing that may be read there has any of these words.")
