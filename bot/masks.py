"""Which placeholder stands for which value, thread by thread, sealed. The only writer of `placeholder`.

Each value is sealed for its own row. A row stays when its value is forgotten: a number never comes to stand for
somebody else.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.policy.mask import Placeholders
from bot.seal import Seal
from retrieval.database import Database
from retrieval.errors import Fault


class TakenFault(Fault):
    """Another question of the same thread was given the same placeholders at the same moment: what they stand for was
    not kept, so nothing that holds them may be sent."""


class Masks:
    """The placeholders of threads. A thread is named as its questions name it; the table holds its pseudonym."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    async def of(self, thread: str) -> Placeholders:
        """All that the thread has. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            return await self.read(connection, self._seal.pseudonym(thread))

    async def read(self, connection: AsyncConnection, own: str) -> Placeholders:
        """The same within a transaction, of a thread by its pseudonym. A value that was sealed by another key is as
        good as forgotten."""
        p = tables.placeholder
        rows = (await connection.execute(sa.select(p.c.name, p.c.value).where(p.c.thread == own))).all()
        values: dict[str, str] = {}
        last: dict[str, int] = {}
        # By number, so that of two placeholders for one value the older is the one that is given again.
        for row in sorted(rows, key=lambda row: _number(row.name)):
            type_ = row.name.rpartition("_")[0]
            last[type_] = max(last.get(type_, 0), _number(row.name))
            value = self._seal.open(row.value, _place(own, row.name)) if row.value is not None else None
            if value is not None:
                values[row.name] = value
        return Placeholders(values, last)

    async def issue(
        self,
        connection: AsyncConnection,
        thread: str,
        before: Placeholders,
        after: Placeholders,
        known: bool = True,
    ) -> None:
        """Keep what is new in `after`, in the transaction that records why it is sent. known: False where somebody has
        opted out of being kept: the numbers are taken, and nobody learns later what they stood for. Raises TakenFault
        where somebody else has issued one of them meanwhile."""
        own = self._seal.pseudonym(thread)
        rows = [
            {
                "thread": own,
                "name": name,
                "value": self._seal.close(value, _place(own, name)) if known else None,
            }
            for name, value in after.values.items()
            if name not in before.values
        ]
        if not rows:
            return
        new = insert(tables.placeholder).values(rows).on_conflict_do_nothing().returning(tables.placeholder.c.name)
        if len((await connection.execute(new)).all()) < len(rows):
            raise TakenFault("Two questions of one thread were masked at once: ask the second one again.")

    async def keep(self, thread: str, before: Placeholders, after: Placeholders) -> None:
        """`issue` in a transaction of its own. Raises DatabaseFault and TakenFault."""
        async with self._database.transaction() as connection:
            await self.issue(connection, thread, before, after)


def _number(name: str) -> int:
    return int(name.rpartition("_")[2])


def _place(thread: str, name: str) -> str:
    return f"placeholder:{thread}:{name}"
