"""Who has opted out of what: the list as it is kept, and as each process knows it. The only writer of `opt_out` and
`opt_out_epoch`.

The list is sealed; whoever reads the table sees pseudonyms. Each change counts the epoch up in its own transaction, and
whoever decides looks at the epoch first: that is one row, and the list is read only when it has changed.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.policy.detect.letters import letters_of
from bot.policy.optout import UNKNOWN, OptedOut, OptOuts
from bot.policy.permit import ChangedFault
from bot.seal import Seal
from bot.subjects import Scope, Subject
from retrieval.database import Database, DatabaseFault

_log = logging.getLogger(__name__)
_UNREADABLE = (
    "{count} opt-outs cannot be opened with this key, so nobody can say who has opted out, and nothing goes to the "
    "cloud, is kept, or becomes training data: restore the key that they were sealed with (`naru check`)."
)

_EPOCH = select(tables.opt_out_epoch.c.epoch)


def key_of(subject: Subject, seal: Seal) -> str:
    """The pseudonym of a subject. A person is who has this name and these identifiers, however they are spelt."""
    if subject.kind != "person":
        return seal.pseudonym(str(subject))
    said = [letters_of(subject.id), *sorted({letters_of(one) for one in subject.also})]
    return seal.pseudonym("person:" + "/".join(said))


@dataclass(frozen=True, slots=True)
class Entry:
    """One opt-out. until: when it was taken back; None: it is in force. by: who asked for it. confirmed: a person's
    name alone was confirmed to be theirs."""

    id: UUID
    subject: Subject
    scope: Scope
    since: datetime
    until: datetime | None
    by: str
    why: str
    confirmed: bool


class Register:
    """The list. Called, it gives the opt-outs as they were at the last look; before the first one, and where a look
    failed, they are unknown, and everything counts as opted out."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._now = UNKNOWN
        self._unreadable = 0

    def __call__(self) -> OptOuts:
        return self._now

    def problem(self) -> str | None:
        """Why they are not known although the database is there, for an admin; None: they are."""
        return _UNREADABLE.format(count=self._unreadable) if self._unreadable else None

    async def look(self) -> None:
        """Know what is in force at this moment."""
        try:
            # Until the epoch is the one that was read: the list may change while it is read. After the last look at it
            # nothing is waited for, so whoever looked decides by what that look has seen.
            while await self._epoch() != self._now.epoch:
                epoch, rows = await self._rows()
                self._now = await asyncio.to_thread(self._read, epoch, rows)
        except DatabaseFault as fault:
            _log.warning("it is not known who has opted out, so nothing goes to the cloud: %s", fault)
            self._now = UNKNOWN

    async def add(
        self,
        connection: AsyncConnection,
        subject: Subject,
        scope: Scope,
        *,
        by: str,
        why: str = "",
        confirmed: bool = False,
    ) -> tuple[UUID, bool]:
        """The id of the opt-out, and whether it is new: the same one twice is once."""
        o, id, key = tables.opt_out, uuid4(), self.key(subject)
        said = {"id": subject.id, "also": list(subject.also), "by": by, "why": why, "confirmed": confirmed}
        sealed = self._seal.close(json.dumps(said), _place(id))
        row = {"id": id, "subject": key, "kind": subject.kind, "scope": scope.value, "sealed": sealed}
        once = insert(o).on_conflict_do_nothing(index_elements=["subject", "scope"], index_where=o.c.until.is_(None))
        if await connection.scalar(once.returning(o.c.id), row) is not None:
            await self._counted(connection)
            return id, True
        known = select(o.c.id).where(o.c.subject == key, o.c.scope == scope.value, o.c.until.is_(None))
        return (await connection.execute(known)).scalar_one(), False

    async def take_back(self, connection: AsyncConnection, subject: Subject, scope: Scope | None = None) -> list[UUID]:
        """Those of this subject that were in force until now. scope: of this scope only. Decisions of then stand."""
        o = tables.opt_out
        mine = update(o).where(o.c.subject == self.key(subject), o.c.until.is_(None)).values(until=func.now())
        if scope is not None:
            mine = mine.where(o.c.scope == scope.value)
        taken = list(await connection.scalars(mine.returning(o.c.id)))
        if taken:
            await self._counted(connection)
        return taken

    async def listed(self, subject: Subject | None = None) -> tuple[Entry, ...]:
        """What is in force, the oldest first, as far as it can be opened. subject: of this one only."""
        o = tables.opt_out
        query = select(o).where(o.c.until.is_(None)).order_by(o.c.since, o.c.id)
        if subject is not None:
            query = query.where(o.c.subject == self.key(subject))
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(entry for row in rows if (entry := self._opened(row)) is not None)

    async def entry(self, connection: AsyncConnection, id: UUID) -> Entry | None:
        """One opt-out, in force or not; None where there is none, or it cannot be opened."""
        row = (await connection.execute(select(tables.opt_out).where(tables.opt_out.c.id == id))).one_or_none()
        return None if row is None else self._opened(row)

    def key(self, subject: Subject) -> str:
        return key_of(subject, self._seal)

    async def _epoch(self) -> int:
        async with self._database.transaction() as connection:
            return int((await connection.execute(_EPOCH)).scalar_one())

    async def _rows(self) -> tuple[int, Sequence[Any]]:
        o = tables.opt_out
        async with self._database.transaction() as connection:
            # Read first: what is changed meanwhile belongs to an epoch that the next look does not know yet.
            epoch = int((await connection.execute(_EPOCH)).scalar_one())
            return epoch, (await connection.execute(select(o).where(o.c.until.is_(None)))).all()

    def _read(self, epoch: int, rows: Sequence[Any]) -> OptOuts:
        entries = [entry for row in rows if (entry := self._opened(row)) is not None]
        self._unreadable = len(rows) - len(entries)
        if self._unreadable:
            _log.error("%s", self.problem())
            return OptOuts(epoch, known=False)
        return OptOuts(epoch, (self._opted_out(entry) for entry in entries))

    def _opted_out(self, entry: Entry) -> OptedOut:
        pseudonym = self._seal.pseudonym(entry.subject.id) if entry.subject.kind in ("user", "room") else ""
        return OptedOut(entry.subject, entry.scope, pseudonym, entry.confirmed)

    def _opened(self, row: Any) -> Entry | None:
        text = self._seal.open(row.sealed, _place(row.id))
        if text is None:
            return None
        said = json.loads(text)
        subject = Subject(row.kind, said["id"], tuple(said["also"]))
        who = said["by"], said["why"], said["confirmed"]
        return Entry(row.id, subject, Scope(row.scope), row.since, row.until, *who)

    async def _counted(self, connection: AsyncConnection) -> None:
        e = tables.opt_out_epoch
        await connection.execute(update(e).values(epoch=e.c.epoch + 1))


async def honours(connection: AsyncConnection, epoch: int) -> None:
    """Raises ChangedFault where the opt-outs are others than those; until the end of the transaction they stay. What
    is then written stands before any opt-out that comes after it, and so is found by whoever erases for that."""
    now = await connection.scalar(_EPOCH.with_for_update(read=True))
    if now != epoch:
        raise ChangedFault("Somebody has opted out since: it has to be decided again.")


async def carry(old: AsyncConnection, restored: AsyncConnection) -> None:
    """Into a database that was restored from an older backup: who has opted out since, and who has come back. Both
    are of one key."""
    o, e = tables.opt_out, tables.opt_out_epoch
    rows = [dict(row) for row in (await old.execute(select(o))).mappings()]
    for row in rows:
        if row["until"] is not None:
            await restored.execute(update(o).where(o.c.id == row["id"]).values(until=row["until"]))
    if rows:
        await restored.execute(insert(o).on_conflict_do_nothing(), rows)
    epoch = (await old.execute(select(e.c.epoch))).scalar_one()
    await restored.execute(update(e).values(epoch=func.greatest(e.c.epoch, epoch) + 1))


def _place(id: UUID) -> str:
    return f"opt_out:{id}"
