"""What became of an opt-out, for whoever asked for it; and what the law holds back. The only writer of `receipt` and
`legal_hold`.

A receipt is there as soon as the opt-out is in force, and is finished once nothing is left to be done. The person must
have been told within DAYS (article 38 of the enforcement decree of PIPA). All times are the database's, so no clock
that jumps makes one late.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.seal import Seal
from bot.subjects import Scope, Subject

DAYS = 10
REMIND_DAYS = 3
"""So many days before it is due the admins hear of a receipt that is not finished."""
HELD = "legal_hold"
"""Where a table's name stands in the counts: nothing was erased, because the law holds it."""

Counts = Mapping[str, Mapping[str, int]]
"""By table: found, erased, withheld, held."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A document that names somebody. Its owner has to change it: Naru only reads it."""

    source: str
    uri: str
    title: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """finished_at: None: something is still to be done. documents: that their owners must change."""

    id: UUID
    opt_out: UUID
    requested_at: datetime
    due_at: datetime
    finished_at: datetime | None
    counts: Counts
    documents: tuple[Mentioned, ...]

    @property
    def held(self) -> bool:
        return HELD in self.counts


class Receipts:
    """seal: for the documents' names, and for whose a hold is."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    async def open(self, connection: AsyncConnection, opt_out: UUID) -> Receipt:
        """The receipt of an opt-out: the one that there is, or a new one."""
        r = tables.receipt
        known = await connection.scalar(select(r.c.id).where(r.c.opt_out == opt_out))
        if known is None:
            known = uuid4()
            due = func.now() + text(f"interval '{DAYS} days'")
            await connection.execute(insert(r).values(id=known, opt_out=opt_out, due_at=due))
        found = await self.find(connection, known)
        assert found is not None  # it was just read or written, in this transaction
        return found

    async def note(
        self, connection: AsyncConnection, id: UUID, counts: Counts, documents: Sequence[Mentioned] | None = None
    ) -> None:
        """What is known so far. documents: None: as they are."""
        r = tables.receipt
        values: dict[str, Any] = {"counts": {table: dict(each) for table, each in counts.items()}}
        if documents is not None:
            said = json.dumps([asdict(one) for one in documents])
            values["sealed"] = self._seal.close(said, _place(id))
        await connection.execute(update(r).where(r.c.id == id).values(values))

    async def finish(self, connection: AsyncConnection, id: UUID) -> bool:
        """Nothing is left to be done. False: it was finished before."""
        r = tables.receipt
        first = update(r).where(r.c.id == id, r.c.finished_at.is_(None)).values(finished_at=func.now())
        return await connection.scalar(first.returning(r.c.id)) is not None

    async def reopen(self, connection: AsyncConnection, id: UUID) -> None:
        """Something can be done again that could not: the law holds it no longer."""
        r = tables.receipt
        await connection.execute(update(r).where(r.c.id == id).values(finished_at=None, reminded_at=None))

    async def find(self, connection: AsyncConnection, id: UUID) -> Receipt | None:
        """None: there is no such receipt. Reading it changes nothing."""
        row = (await connection.execute(select(tables.receipt).where(tables.receipt.c.id == id))).one_or_none()
        return None if row is None else self._receipt(row)

    async def of(self, connection: AsyncConnection, opt_outs: Sequence[UUID]) -> tuple[Receipt, ...]:
        """The receipts of these opt-outs, the oldest first."""
        r = tables.receipt
        rows = await connection.execute(select(r).where(r.c.opt_out.in_(opt_outs)).order_by(r.c.requested_at, r.c.id))
        return tuple(map(self._receipt, rows))

    async def unfinished(self, connection: AsyncConnection) -> tuple[Receipt, ...]:
        r = tables.receipt
        rows = await connection.execute(select(r).where(r.c.finished_at.is_(None)).order_by(r.c.due_at, r.c.id))
        return tuple(map(self._receipt, rows))

    async def pressing(self, connection: AsyncConnection) -> tuple[Receipt, ...]:
        """The unfinished ones that are due in REMIND_DAYS or were due, and that nobody was reminded of yet."""
        r = tables.receipt
        soon = r.c.due_at < func.now() + text(f"interval '{REMIND_DAYS} days'")
        query = select(r).where(r.c.finished_at.is_(None), r.c.reminded_at.is_(None), soon).order_by(r.c.due_at)
        return tuple(map(self._receipt, await connection.execute(query)))

    async def reminded(self, connection: AsyncConnection, id: UUID) -> None:
        r = tables.receipt
        await connection.execute(update(r).where(r.c.id == id).values(reminded_at=func.now()))

    # -- what the law holds back -----------------------------------------------------------------------------

    async def hold(self, connection: AsyncConnection, subject: Subject, key: str, *, by: str, why: str) -> UUID:
        """From now on nothing of this subject is erased. key: the register's pseudonym of it."""
        id = uuid4()
        said = json.dumps({"id": subject.id, "also": list(subject.also), "by": by, "why": why})
        sealed = self._seal.close(said, f"legal_hold:{id}")
        await connection.execute(insert(tables.legal_hold).values(id=id, subject=key, sealed=sealed))
        return id

    async def release(self, connection: AsyncConnection, key: str) -> list[UUID]:
        """The holds of it that end now."""
        h = tables.legal_hold
        end = update(h).where(h.c.subject == key, h.c.until.is_(None)).values(until=func.now())
        return list(await connection.scalars(end.returning(h.c.id)))

    async def is_held(self, connection: AsyncConnection, key: str) -> bool:
        h = tables.legal_hold
        return bool(
            await connection.scalar(select(select(h.c.id).where(h.c.subject == key, h.c.until.is_(None)).exists()))
        )

    def _receipt(self, row: Any) -> Receipt:
        said = None if row.sealed is None else self._seal.open(row.sealed, _place(row.id))
        documents = () if said is None else tuple(Mentioned(**one) for one in json.loads(said))
        times = row.requested_at, row.due_at, row.finished_at
        return Receipt(row.id, row.opt_out, *times, row.counts or {}, documents)


async def carry(old: AsyncConnection, restored: AsyncConnection) -> None:
    """Into a database that was restored from an older backup, behind its opt-outs: the receipts and holds as they are
    now, also where the backup has them as they were."""
    known = set(await restored.scalars(select(tables.opt_out.c.id)))
    for table in (tables.receipt, tables.legal_hold):
        rows = [dict(row) for row in (await old.execute(select(table))).mappings()]
        if rows := [row for row in rows if row.get("opt_out", None) in {None, *known}]:
            put = insert(table)
            columns = [column.name for column in table.columns if column.name != "id"]
            changed: dict[str, Any] = {name: put.excluded[name] for name in columns}
            if "until" in changed:  # the ledger may know of an end that the old database does not
                changed["until"] = func.coalesce(put.excluded["until"], table.c.until)
            await restored.execute(put.on_conflict_do_update(index_elements=["id"], set_=changed), rows)
    await owed(restored)


async def issued(connection: AsyncConnection, id: UUID, opt_out: UUID, at: datetime) -> None:
    """A receipt that the ledger knows, as it was when it was opened; one that is there stays as it is."""
    row = {"id": id, "opt_out": opt_out, "requested_at": at, "due_at": at + timedelta(days=DAYS)}
    await connection.execute(insert(tables.receipt).values(row).on_conflict_do_nothing())


async def owed(connection: AsyncConnection) -> None:
    """In a database that was restored from an older backup: what was erased since is back, so who asked for that has
    a receipt again that is not finished. Whether the law holds it is looked at anew."""
    r, o = tables.receipt, tables.opt_out
    erasing = select(o.c.id).where(o.c.scope.in_((Scope.ALL.value, Scope.TRAIN.value)), o.c.until.is_(None))
    again = {"finished_at": None, "reminded_at": None, "counts": r.c.counts.delete_path([HELD])}
    await connection.execute(update(r).where(r.c.opt_out.in_(erasing)).values(again))


def _place(id: UUID) -> str:
    return f"receipt:{id}"
