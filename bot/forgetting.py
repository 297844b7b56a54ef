"""Forgets a subject: all that is kept of it, table by table, in batches. The only writer of `forgetting`.

Where it is and what it has done so far stand in its row, written in the transaction of each batch: whoever is killed
leaves a row that anybody goes on with, and nothing is counted twice or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.forget.reach import Counts, Erasure, Named, Reach, Step, names_of, reach_of
from bot.forget.registry import STEPS
from bot.forget.replayed import ASKER, ROOM, SOURCE, forgotten
from bot.forget.reviews import reviews
from bot.optouts import key_of
from bot.seal import Seal
from bot.spool import Spool
from bot.subjects import Subject
from retrieval import erasures, index, tombstones
from retrieval.database import Database
from retrieval.errors import Fault
from retrieval.tombstones import nothing

BATCH = 2000

Holds = Callable[[AsyncConnection], Awaitable[Sequence[Subject]]]
"""Whose rows a legal hold keeps, as of now."""


class ForgettingFault(Fault):
    """What was to be forgotten cannot be told any more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """counts: by table. documents: source and uri of those that name the subject, which their owners must change."""

    id: UUID
    counts: Mapping[str, Counts]
    documents: tuple[tuple[str, str], ...]
    finished: bool

    def data(self) -> dict[str, dict[str, int]]:
        return {table: counts.data() for table, counts in sorted(self.counts.items())}


class Forgetting:
    """spool: events that were set aside. steps: what erases each place; batch: rows of one transaction."""

    def __init__(
        self,
        database: Database,
        seal: Seal,
        spool: Spool,
        holds: Holds,
        *,
        steps: Mapping[str, Step] = STEPS,
        batch: int = BATCH,
    ) -> None:
        self._database = database
        self._seal = seal
        self._spool = spool
        self._holds = holds
        self._steps = dict(steps)
        self._batch = batch
        self._withheld: tuple[tuple[UUID, ...], Named] | None = None

    async def __call__(self, subject: Subject) -> Mapping[str, Mapping[str, int]]:
        """Forget it now; what was found, erased, withheld and held, by table. Where it was begun before and not
        finished, that is gone on with. Raises DatabaseFault, ForgettingFault."""
        async with self._database.transaction() as connection:
            id = await self.begin(connection, subject)
        return (await self.run(id)).data()

    async def begin(self, connection: AsyncConnection, subject: Subject) -> UUID:
        """Say, in a transaction of somebody else's, that it is to be forgotten; what is begun already goes on."""
        f, key = tables.forgetting, key_of(subject, self._seal)
        await connection.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
        known = await connection.scalar(sa.select(f.c.id).where(f.c.subject == key, f.c.finished_at.is_(None)))
        if known is not None:
            return UUID(str(known))
        id = uuid4()
        sealed = self._sealed(id, subject, ())
        row = {"id": id, "subject": key, "sealed": sealed}
        begun = (await connection.execute(sa.insert(f).values(row).returning(f))).one()
        await forgotten(connection, begun)
        # With a hold on anything the ledger says row by row what went (bot/forget/asked.py).
        if not await self._holds(connection):
            for kind, keys in self._ledger(subject):
                await erasures.erased(connection, kind, keys)
        return id

    async def run(self, id: UUID) -> Outcome:
        """Do what is left of it. Raises DatabaseFault, ForgettingFault."""
        while not (outcome := await self._next(id)).finished:
            pass
        return outcome

    async def unfinished(self) -> list[UUID]:
        """What was begun and is not finished, the oldest first. Raises DatabaseFault."""
        f = tables.forgetting
        query = sa.select(f.c.id).where(f.c.finished_at.is_(None)).order_by(f.c.begun_at)
        async with self._database.transaction() as connection:
            return list(await connection.scalars(query))

    async def outcome(self, id: UUID) -> Outcome:
        """How far it is. Raises DatabaseFault, ForgettingFault."""
        async with self._database.transaction() as connection:
            return self._outcome(await _row(connection, id))

    async def kept(self, connection: AsyncConnection) -> Reach:
        """What a legal hold keeps, as of now. Raises what `holds` raises."""
        return await reach_of(connection, self._seal, await self._holds(connection))

    async def withheld(self, connection: AsyncConnection) -> Named:
        """Whether a text of a document names somebody who was forgotten: it is not taken in again."""
        f = tables.forgetting
        rows = (await connection.execute(sa.select(f.c.id, f.c.sealed).order_by(f.c.id))).all()
        ids = tuple(row.id for row in rows)
        if self._withheld is None or self._withheld[0] != ids:
            people = [subject for row in rows if (subject := self._opened(row)[0]).kind == "person"]
            self._withheld = ids, names_of(*people) if people else nothing
        return self._withheld[1]

    async def unlearn(self, subject: Subject) -> Mapping[str, Mapping[str, int]]:
        """Forget what was learnt from it, and nothing else; counts as of `__call__`. Twice is once. Raises
        DatabaseFault."""
        counts: dict[str, Counts] = {}
        after: str | None = None
        while True:
            async with self._database.transaction() as connection:
                wanted = await reach_of(connection, self._seal, [subject])
                erasure = Erasure(uuid4(), wanted, await self.kept(connection), self._seal)
                done = await reviews(connection, erasure, after, self._batch)
            counts = _added(counts, done.counts)
            if (after := done.after) is None:
                return {table: each.data() for table, each in counts.items()}

    async def lift(self, connection: AsyncConnection, subject: Subject) -> None:
        """Its texts may come in again: the documents that it was withheld from are read anew by their next run. What
        was erased stays erased."""
        f = tables.forgetting
        mine = sa.delete(f).where(f.c.subject == key_of(subject, self._seal))
        for row in (await connection.execute(mine.returning(f))).all():
            await tombstones.lift(connection, row.id)
            await index.reread(connection)
            await forgotten(connection, row, lifted=True)

    async def _next(self, id: UUID) -> Outcome:
        """One batch more. Whoever else is at it waits for the row."""
        async with self._database.transaction() as connection:
            row = await _row(connection, id)
            if row.finished_at is not None:
                return self._outcome(row)
            subject, documents = self._opened(row)
            order = list(self._steps)
            step = row.step or order[0]
            wanted = await reach_of(connection, self._seal, [subject])
            kept = await self.kept(connection)
            done = await self._steps[step](connection, Erasure(id, wanted, kept, self._seal), row.after, self._batch)
            counts = _added({table: Counts(**each) for table, each in row.counts.items()}, done.counts)
            last = done.after is None and step == order[-1]
            if last:
                counts = _added(counts, {"spool": await self._spooled(wanted, kept)})
            following = step if done.after is not None or last else order[order.index(step) + 1]
            values = {
                "counts": {table: each.data() for table, each in counts.items()},
                "step": following,
                "after": done.after,
                "finished_at": sa.func.now() if last else None,
                "sealed": self._sealed(id, subject, tuple(dict.fromkeys((*documents, *done.documents)))),
            }
            f = tables.forgetting
            changed = sa.update(f).where(f.c.id == id).values(values).returning(f)
            outcome = self._outcome(stands := (await connection.execute(changed)).one())
            if last:
                await forgotten(connection, stands)
            return outcome

    async def _spooled(self, wanted: Reach, kept: Reach) -> Counts:
        """Events that were set aside for a person; those that wait go through the inbox."""

        def theirs(reach: Reach, event: Mapping[str, Any]) -> bool:
            body = event.get("body") or {}
            asker = self._seal.pseudonym(str(body.get("user", "")))
            return reach.of(asker, str(event.get("channel"))) or reach.named_in(body.get("text"))

        gone, unreadable, held = await self._spool.forget(
            lambda event: theirs(wanted, event), lambda event: theirs(kept, event)
        )
        return Counts(found=gone + held + unreadable, erased=gone, withheld=unreadable, held=held)

    def _ledger(self, subject: Subject) -> list[tuple[str, list[str]]]:
        """What a restore erases again. Of a person the rows are named one by one: their name is in no ledger."""
        match subject.kind:
            case "user":
                return [(ASKER, [self._seal.pseudonym(subject.id)])]
            case "room":
                return [(ROOM, [subject.id, self._seal.pseudonym(subject.id)])]
            case "source":
                return [(SOURCE, [erasures.key_of(subject.id)])]
            case "person":
                return []

    def _sealed(self, id: UUID, subject: Subject, documents: Sequence[tuple[str, str]]) -> bytes:
        said = {"kind": subject.kind, "id": subject.id, "also": subject.also, "documents": documents}
        return self._seal.close(json.dumps(said), f"forgetting:{id}")

    def _opened(self, row: Any) -> tuple[Subject, tuple[tuple[str, str], ...]]:
        opened = self._seal.open(row.sealed, f"forgetting:{row.id}")
        if opened is None:
            raise ForgettingFault(
                "Whom to forget cannot be read with this key: set NARU_KEY to the one that it was asked with."
            )
        said = json.loads(opened)
        documents = tuple((source, uri) for source, uri in said["documents"])
        return Subject(said["kind"], said["id"], tuple(said["also"])), documents

    def _outcome(self, row: Row[Any]) -> Outcome:
        counts = {table: Counts(**each) for table, each in row.counts.items()}
        return Outcome(row.id, counts, self._opened(row)[1], row.finished_at is not None)


async def _row(connection: AsyncConnection, id: UUID) -> Row[Any]:
    f = tables.forgetting
    found = (await connection.execute(sa.select(f).where(f.c.id == id).with_for_update())).one_or_none()
    if found is None:
        raise ForgettingFault("There is nothing to forget under this number any more.")
    return found


def _added(before: Mapping[str, Counts], more: Mapping[str, Counts]) -> dict[str, Counts]:
    tables_of = dict.fromkeys((*before, *more))
    return {table: before.get(table, Counts()) + more.get(table, Counts()) for table in tables_of}
