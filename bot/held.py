"""What is stored of one person, in numbers: what they may know of it at a glance."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.seal import Seal
from bot.tables import feedback, question, receipt
from retrieval.database import Database


@dataclass(frozen=True, slots=True)
class Held:
    """questions: with `texts` of them the text too. opinions: on answers."""

    questions: int
    texts: int
    opinions: int


@dataclass(frozen=True, slots=True)
class Due:
    """Receipts that are not finished, and how many of them are late by the database's clock."""

    open: int
    late: int


class Holdings:
    """seal: for the pseudonyms."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    async def of(self, person: str) -> Held:
        who = self._seal.pseudonym(person)
        asked = sa.select(sa.func.count(), sa.func.count(question.c.text)).where(question.c.asker == who)
        said = sa.select(sa.func.count()).where(feedback.c.person == who)
        async with self._database.transaction() as connection:
            questions, texts = (await connection.execute(asked)).one()
            opinions = await connection.scalar(said)
        return Held(questions, texts, opinions or 0)

    async def due(self) -> Due:
        late = sa.func.count().filter(receipt.c.due_at < sa.func.now())
        query = sa.select(sa.func.count(), late).where(receipt.c.finished_at.is_(None))
        async with self._database.transaction() as connection:
            return Due(*(await connection.execute(query)).one())
