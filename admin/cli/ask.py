"""`naru ask | explain | search`: one question from the command line, through the same story."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from uuid import uuid4

import typer

from admin.app import App, opened
from admin.cli.base import As, In, Json, emit, load, out, reindexed, run
from bot.answer import Considered, answer, consider
from bot.console import show, table
from bot.domain import Answer
from bot.why import sink_says
from bot.words import in_force_name
from retrieval.label import Label
from retrieval.passage import InForce, Passage

Question = Annotated[str, typer.Argument(help="The question; - reads it from standard input.")]


def ask(question: Question, person: As = None, room: In = None, json: Json = False) -> None:
    """Ask one question, as a person of the directory, in a room or in a direct message."""
    text = _text(question)
    result = run(_ask(text, person, room))
    if json:
        emit(answer_data(result))
    else:
        show(result, text, out)


def explain(question: Question, person: As = None, room: In = None, json: Json = False) -> None:
    """Show what would be found and decided, and why. Nothing is sent to a model, nothing is kept."""
    considered = run(_explain(_text(question), person, room))
    if json:
        emit(_explained(considered))
        return
    _print_explained(considered)


def search(
    question: Question,
    person: As = None,
    room: In = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many passages.")] = 10,
    json: Json = False,
) -> None:
    """Show the passages that a person may read there, best first."""
    passages = run(_search(_text(question), person, room, limit))
    if json:
        emit([_passage(p) for p in passages])
        return
    _print_passages(passages)


async def _ask(text: str, person: str | None, room: str | None) -> Answer:
    async with opened(load()) as app:
        question = app.question(text, person=person, room=room, thread=uuid4().hex)
        await _first_index(app)
        return await answer(question, app.deps)


async def _explain(text: str, person: str | None, room: str | None) -> Considered:
    async with opened(load()) as app:
        question = app.question(text, person=person, room=room, thread=uuid4().hex)
        await _first_index(app)
        return await consider(question, app.rules(), app.deps)


async def _search(text: str, person: str | None, room: str | None, limit: int) -> tuple[Passage, ...]:
    async with opened(load()) as app:
        question = app.question(text, person=person, room=room, thread="")
        await _first_index(app)
        readers = await app.deps.people.readers(question.asker, question.room)
        return await app.search(question.text, readers, limit)


async def _first_index(app: App) -> None:
    await reindexed(app, await app.never_indexed(), patient=True)


def _text(question: str) -> str:
    return sys.stdin.read() if question == "-" else question


def answer_data(result: Answer) -> dict[str, Any]:
    """The answer as `naru ask --json` prints it."""
    return {
        "text": result.text,
        "citations": [
            {
                "number": c.number,
                "title": c.title,
                "heading": c.heading,
                "place": str(c.place) if c.place else None,
                "in_force": in_force_data(c.in_force),
                "uri": c.uri,
                "link": c.link,
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


def _passage(passage: Passage) -> dict[str, Any]:
    document = passage.document
    return {
        "title": document.title,
        "heading": passage.heading,
        "uri": document.uri,
        "source": document.source,
        "level": document.level.name,
        "in_force": in_force_data(passage.in_force),
        "score": round(passage.score, 3),
        "confidence": round(passage.confidence, 3),
        "text": passage.text,
    }


def _explained(considered: Considered) -> dict[str, Any]:
    decision = considered.decision
    return {
        "query": considered.query,
        "passages": [{k: v for k, v in _passage(p).items() if k != "text"} for p in considered.found],
        "in_prompt": [p.document.uri for p in considered.shown.passages],
        "title_only": [p.document.uri for p in considered.shown.title_only],
        "label": decision.label.level.name,
        "reasons": _reasons(decision.label),
        "sinks": {
            v.sink: {
                "allowed": v.allowed,
                "ceiling": v.ceiling.name,
                "against": _reasons(Label(frozenset(v.against))),
            }
            for v in decision.verdicts
        },
        "routes": [route.value for route in decision.routes],
        "policy": decision.policy,
    }


def _print_explained(considered: Considered) -> None:
    decision = considered.decision
    rows = [("query", considered.query), ("label", decision.label.level.name)]
    rows += [(r.level.name, f"{r.kind} · {r.origin}") for r in sorted(decision.label.reasons, reverse=True)]
    rows += [(v.sink, sink_says(v.allowed, v.ceiling, v.against)) for v in decision.verdicts]
    rows.append(("routes", " → ".join(route.value for route in decision.routes)))
    out.print(table(["", ""], rows))
    _print_passages(considered.found)


def _print_passages(passages: tuple[Passage, ...]) -> None:
    rows = [
        (
            f"{p.score:.2f}",
            f"{p.confidence:.2f}",
            p.document.level.name,
            p.document.uri,
            p.heading,
            in_force_name("en", p.in_force),
        )
        for p in passages
    ]
    columns = ["score", "confidence", "level", "document", "heading", ""]
    out.print(table(columns, rows) if rows else "Nothing that may be read there has any of these words.")
