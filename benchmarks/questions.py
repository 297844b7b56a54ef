"""How good the sample company's answers are: the right document first, and "I don't know" where there is none.

`python -m benchmarks questions --fit` fits the weights of a confidence anew (fitting.py).
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from uuid import uuid4

from admin.app import App
from benchmarks import Machine, Row, Tell, fitting, own
from benchmarks.sample import Asked, company, empty_home, environment, questions
from bot.answer import answer
from bot.rewrite import rewrite

FIRST = Fraction(52, 60)
TOP = Fraction(58, 60)
UNKNOWN = Fraction(16, 20)
"""Shares, so that the promise stays the same when somebody adds questions."""

TOP_DOCUMENTS = 5
MRR_DOCUMENTS = 10
PASSAGES = 100
"""Enough to hold ten distinct documents of the handbook."""


@dataclass(frozen=True, slots=True)
class Result:
    """rank: of the first right document among the distinct documents found, from 1; None: not among the first ten.
    known: whether the answer says something, and not that it does not know."""

    asked: Asked
    rank: int | None
    known: bool

    def miss(self) -> str | None:
        """What is wrong with it, if so."""
        if not self.asked.relevant:
            return "is answered, but no document answers it" if self.known else None
        if self.rank != 1:
            return f"has its document at rank {self.rank or 'nowhere'}" + (
                "" if self.known else ", and is not answered"
            )
        return None if self.known else "is not answered"


def main(arguments: Sequence[str]) -> int:
    """With --fit only."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks questions", description=fitting.__doc__)
    parser.add_argument("--fit", action="store_true", required=True, help="the weights, as confidence.py has them")
    parser.add_argument("--data", type=Path, help="the folder with KorQuAD; without it only our own questions count")
    asyncio.run(fitting.fit(print, parser.parse_args(arguments).data))
    return 0


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    with empty_home() as home:
        async with company(environment(home)) as app:
            results = [await _result(app, asked) for asked in questions()]
            conditions = await machine.conditions(app.database, f"{len(results)} questions asked once, no models")
            ours = await own.rows(app, await machine.conditions(app.database, "100 each, half to tune"), tell)
    for result in results:
        if miss := result.miss():
            tell(f"{result.asked.person}: {result.asked.text!r} {miss}")
    return [*rows(results, conditions), *ours]


def rows(results: Sequence[Result], conditions: str) -> list[Row]:
    answerable = [result for result in results if result.asked.relevant]
    others = [result for result in results if not result.asked.relevant]
    ranks = [result.rank for result in answerable if result.rank is not None]
    first, top = ranks.count(1), sum(rank <= TOP_DOCUMENTS for rank in ranks)
    unknown, silent = sum(not r.known for r in others), sum(not r.known for r in answerable)
    mrr = sum(1 / rank for rank in ranks) / len(answerable)
    n, m = len(answerable), len(others)
    return [
        Row.at_least(f"right document at rank 1, of {n} questions", first, ceil(FIRST * n), conditions),
        Row.at_least(f"right document in the top {TOP_DOCUMENTS}, of {n} questions", top, ceil(TOP * n), conditions),
        Row.at_least(f'"I don\'t know", of {m} questions without an answer', unknown, ceil(UNKNOWN * m), conditions),
        Row.reported(f'false "I don\'t know", of {n} questions', silent, conditions),
        Row.reported(f"MRR@{MRR_DOCUMENTS}, of {n} questions", mrr, conditions),
    ]


async def _result(app: App, asked: Asked) -> Result:
    question = app.question(asked.text, person=asked.person, room=None, thread=uuid4().hex)
    readers = await app.deps.people.readers(question.asker, question.room)
    passages = await app.search(rewrite(question, ()), readers, PASSAGES)
    documents = list(dict.fromkeys(passage.document.uri for passage in passages))[:MRR_DOCUMENTS]
    rank = next((place for place, uri in enumerate(documents, 1) if uri in asked.relevant), None)
    return Result(asked, rank, (await answer(question, app.deps)).known)
