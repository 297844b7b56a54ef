"""Questions of our own on the sample handbook: slang, the other language, and near misses that no document answers.

Even lines (the first is line 0) are for tuning, and the odd ones report; tuning.jsonl is for tuning only (fitting.py).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from uuid import uuid4

from admin.app import App
from admin.calibrate import Judged
from benchmarks import Row, Tell
from bot.answer import answer
from bot.domain import Answer
from bot.glossary_file import GlossaryFile
from bot.settings import PROJECT
from bot.worth_reading import DECIDING
from retrieval.confidence import How
from retrieval.local_model import PACKAGE, LocalModel, folder_of
from retrieval.passage import Passage
from retrieval.search import Search
from retrieval.vectors import Vectors

FOLDER = PROJECT / "samples" / "asked"
RECALL = 0.85
FALSE = 0.08
TOP = 10
PASSAGES = 100
HOWS: Mapping[How, str] = {"words": "by words", "fused": "with the local model"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one of the files. even: whether it may be tuned on."""

    text: str
    relevant: frozenset[str]
    even: bool


@dataclass(frozen=True, slots=True)
class Found:
    """rank: of the first right document, from 1. answer: of the story without a model; None where it was not told."""

    asked: Asked
    how: How
    rank: int | None
    passages: tuple[Passage, ...]
    answer: Answer | None = None

    @property
    def judged(self) -> Judged:
        return Judged(tuple(p.signals for p in self.passages), bool(self.asked.relevant), self.how)


def read(name: str) -> list[Asked]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Asked(row["question"], frozenset(row["relevant"]), n % 2 == 0) for n, row in enumerate(rows)]


async def rows(app: App, conditions: str, tell: Tell) -> list[Row]:
    """The figures, by words and, where it is installed, with the local model."""
    told: list[Row] = []
    async for how, search in searches(app):
        for name in ("slang", "crossing"):
            ranked = [await found(app, search, one, how) for one in read(name)]
            told += _recall(f"recall@{TOP} of 100 questions, {name}, {HOWS[how]}", ranked, conditions, tell)
        known = [await _answered(app, search, one, how) for one in read("answered")]
        unknown = [await _answered(app, search, one, how) for one in read("unanswered")]
        told += _false(f"false refusals of 100 questions, {HOWS[how]}", known, False, conditions, tell)
        told += _false(f"false answers to 100 without an answer, {HOWS[how]}", unknown, True, conditions, tell)
        right = [one.asked.relevant.intersection(c.uri for c in _of(one).citations) for one in known if _of(one).known]
        told.append(Row.reported(f"answers from the right document, {HOWS[how]}", share(right), conditions))
    return told


async def searches(app: App) -> AsyncIterator[tuple[How, Search]]:
    glossary = GlossaryFile(app.settings.glossary)
    yield "words", Search(app.database, (), glossary)
    if _installed(PACKAGE):
        cache = app.settings.home / "models"
        model = await asyncio.to_thread(LocalModel.opened, folder_of(PACKAGE, cache), cache, frozenset({"en"}))
        await Vectors(app.database).fill(model)
        yield "fused", Search(app.database, (model,), glossary)


def _installed(package: str) -> bool:
    try:
        return distribution(package) is not None
    except PackageNotFoundError:
        return False


async def found(app: App, search: Search, asked: Asked, how: How) -> Found:
    person = app.settings.console.person or ""
    readers = await app.deps.people.readers(person, app.people.directory().room(None, person))
    passages = await search(asked.text, readers, PASSAGES)
    documents = list(dict.fromkeys(passage.document.uri for passage in passages))
    rank = next((rank for rank, uri in enumerate(documents, 1) if uri in asked.relevant), None)
    return Found(asked, passages[0].how if passages else how, rank, passages[:DECIDING])


async def _answered(app: App, search: Search, asked: Asked, how: How) -> Found:
    question = app.question(asked.text, person=None, room=None, thread=uuid4().hex)
    told = await answer(question, replace(app.deps, search=search))
    return replace(await found(app, search, asked, how), answer=told)


def _of(found: Found) -> Answer:
    assert found.answer is not None
    return found.answer


def _recall(figure: str, found: Sequence[Found], conditions: str, tell: Tell) -> list[Row]:
    for one in found:
        if one.rank is None or one.rank > TOP:
            tell(f"{one.asked.text!r} has its document at rank {one.rank or 'nowhere'}")
    shares = [(half, share([f.rank is not None and f.rank <= TOP for f in some])) for half, some in halves(found)]
    return [Row.at_least(f"{figure}: {half}", value, RECALL, conditions) for half, value in shares]


def _false(figure: str, found: Sequence[Found], when: bool, conditions: str, tell: Tell) -> list[Row]:
    """when: whether an answer that is known is the false one."""
    for one in found:
        if _of(one).known is when:
            tell(f"{one.asked.text!r} is {'answered' if when else 'not answered'}")
    return [
        Row.at_most(f"{figure}: {half}", share([_of(f).known is when for f in some]), FALSE, conditions)
        for half, some in halves(found)
    ]


def halves(found: Sequence[Found]) -> list[tuple[str, list[Found]]]:
    return [
        ("odd", [one for one in found if not one.asked.even]),
        ("even", [one for one in found if one.asked.even]),
        ("all", list(found)),
    ]


def share(values: Sequence[object]) -> float:
    return sum(map(bool, values)) / len(values) if values else 0.0
