"""Whose rows the law keeps: reads `legal_hold`, which bot/receipts.py writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.seal import Seal
from bot.subjects import Subject, SubjectKind
from retrieval.errors import Fault


class HoldFault(Fault):
    """A legal hold that cannot be read: then nothing may be erased."""


class Holds:
    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    async def __call__(self, connection: AsyncConnection) -> Sequence[Subject]:
        """Raises HoldFault where one cannot be read."""
        h = tables.legal_hold
        rows = (await connection.execute(sa.select(h.c.id, h.c.subject, h.c.sealed).where(h.c.until.is_(None)))).all()
        return [self._subject(row.subject, self._seal.open(row.sealed, f"legal_hold:{row.id}")) for row in rows]

    def _subject(self, key: str, opened: str | None) -> Subject:
        if opened is None:
            raise HoldFault(
                "A legal hold cannot be read with this key, so nothing is erased: set NARU_KEY to the one it was made "
                "with, or end the hold."
            )
        said = json.loads(opened)
        also = tuple(said.get("also", ()))
        for kind in get_args(SubjectKind):
            if self._seal.pseudonym(f"{kind}:{said['id']}") == key:
                return Subject(kind, said["id"], also)
        return Subject("person", said["id"], also)  # whose pseudonym is of all that they are known by
