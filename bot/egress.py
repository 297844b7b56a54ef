"""A few of the requests that left for the cloud, word for word. The only writer of `egress_sample`.

They are what a statement cannot give: proof of what its lines are about. Sealed, and gone after some days.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.policy.permit import Permit
from bot.seal import Seal
from retrieval.database import Database

DAYS = 30
_TABLE = tables.egress_sample


@dataclass(frozen=True, slots=True)
class Sample:
    """payload: the request's body as it left; None: sealed with another key, or changed."""

    id: UUID
    decision: UUID
    at: datetime
    payload: str | None


class Samples:
    """rate: the share of the requests that is kept, 0 to 1. days: how long; 0: none is kept. draw: gives numbers from 0
    up to 1; nobody who asks may know which request is kept."""

    def __init__(
        self, database: Database, seal: Seal, rate: float, days: int = DAYS, draw: Callable[[], float] | None = None
    ) -> None:
        self._database = database
        self._seal = seal
        self._rate = rate if days else 0.0
        self._days = timedelta(days=days)
        self._draw = draw or SystemRandom().random

    async def take(self, permit: Permit, body: bytes) -> None:
        """Keep a body that is about to leave, if it is drawn and the `record` sink takes it. Raises DatabaseFault: what
        was drawn and cannot be kept does not leave by this try."""
        if not permit.kept or self._draw() >= self._rate:
            return
        id = uuid4()
        payload = self._seal.close(body.decode("utf-8", "surrogateescape"), _place(id))
        async with self._database.transaction() as connection:
            await self._forget_old(connection)
            await connection.execute(insert(_TABLE), {"id": id, "decision": permit.decision, "payload": payload})

    async def of(self, first: datetime, end: datetime) -> AsyncIterator[Sample]:
        """What was kept from `first` until before `end`, the oldest first, and is not too old by now."""
        query = select(_TABLE).where(_TABLE.c.at >= first, _TABLE.c.at < end).order_by(_TABLE.c.at, _TABLE.c.id)
        async with self._database.transaction() as connection:
            await self._forget_old(connection)
            rows = (await connection.execute(query)).all()
        for row in rows:
            yield Sample(row.id, row.decision, row.at, self._seal.open(row.payload, _place(row.id)))

    async def forget_old(self) -> int:
        """How many were too old."""
        async with self._database.transaction() as connection:
            return await self._forget_old(connection)

    async def _forget_old(self, connection: AsyncConnection) -> int:
        before = datetime.now(UTC) - self._days
        return (await connection.execute(delete(_TABLE).where(_TABLE.c.at < before))).rowcount


def _place(id: UUID) -> str:
    return f"egress_sample:{id}"
