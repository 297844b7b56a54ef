"""Why a room is shown what it is shown: a search with its numbers, and what an answer would make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from admin.app import App
from bot.answer import least_of
from bot.domain import Question
from bot.worth_reading import choices
from retrieval.explain import Explained, Explanation
from retrieval.passage import Document, Principal, Readers

Outcome = Literal["read", "below", "beyond", "superseded", "folded"]
"""What becomes of a passage: an answer may rest on it; it is so far behind that none would; and as in
retrieval/explain.py, where `read` and `below` are what is chosen there."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A document that would have been found, had the room been allowed to read it. alone: the asker may read it by
    themselves. needs: one of these principals."""

    document: Document
    alone: bool
    needs: tuple[Principal, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """outcomes: of each explained passage, in the same order. hidden: None where nobody asked for it."""

    readers: Readers
    limit: int
    explanation: Explanation
    outcomes: tuple[Outcome, ...]
    hidden: tuple[Hidden, ...] | None = None


async def why(app: App, question: Question, limit: int | None, *, hidden: bool) -> Why:
    """limit: how many passages are chosen; None: as many as an answer may rest on. hidden: look for what the room may
    not read, too: ask for role and reason before."""
    readers = await app.people.readers(question.asker, question.room)
    budget = app.deps.budget
    limit = limit or budget.passages
    explanation = await app.search.explained(question.text, readers, limit)
    chosen = tuple(one.passage for one in explanation.explained if one.fate == "chosen")
    made = choices(chosen, least_of(question), replace(budget, passages=limit))
    worth = {choice.passage.id for choice in made if choice.why == "in the prompt"}
    outcomes = tuple(_outcome(one, worth) for one in explanation.explained)
    unseen = await _hidden(app, question, readers, limit) if hidden else None
    return Why(readers, limit, explanation, outcomes, unseen)


def _outcome(one: Explained, worth: set[int]) -> Outcome:
    if one.fate != "chosen":
        return one.fate
    return "read" if one.passage.id in worth else "below"


async def _hidden(app: App, question: Question, readers: Readers, limit: int) -> tuple[Hidden, ...]:
    """By the same search, with the eyes of all readers together."""
    alone = await app.people.alone(question.asker)
    documents: dict[int, Document] = {}
    for passage in await app.search(question.text, await app.catalogue.every_reader(), limit):
        if not passage.document.readers & readers.principals:
            documents.setdefault(passage.document.id, passage.document)
    return tuple(
        Hidden(document, bool(document.readers & alone.principals), tuple(sorted(document.readers)))
        for document in documents.values()
    )
