"""Somebody opts out, or comes back: from what they say to the receipt.

The opt-out, its receipt and its line of the audit are one transaction, and from its commit on every decision honours
it, in every process. What there is of the subject is erased after that, so nothing new comes in behind the erasing. A
process that dies in between leaves a receipt that is not finished, and the next look finishes it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import Audit
from bot.blast import Hit
from bot.forget.replayed import held, opted_out
from bot.optouts import Entry, Register
from bot.policy.detect.common_words import COMMON
from bot.policy.detect.letters import letters_of
from bot.receipts import HELD, Counts, Receipt, Receipts
from bot.subjects import Scope, Subject
from retrieval.database import Database
from retrieval.errors import Fault

_log = logging.getLogger(__name__)
_SHORTEST_NAME = 2
_SHORTEST_IDENTIFIER = 5

Forget = Callable[[Subject], Awaitable[Mapping[str, Mapping[str, int]]]]
"""Erases what there is of a subject, and says by table what was found, erased, withheld. Twice is once."""
Lift = Callable[[AsyncConnection, Subject], Awaitable[None]]
"""Lets the texts of a subject come in again."""
Look = Callable[[Subject], Awaitable[Hit]]


class OptOutFault(Fault):
    """An opt-out that cannot be taken as it stands."""


@dataclass(frozen=True, slots=True)
class OptingOut:
    """blast: what an opt-out hits. forget: erases it. unlearn: erases what was learnt from it. lift: when somebody
    comes back whose texts were erased."""

    database: Database
    register: Register
    receipts: Receipts
    audit: Audit
    blast: Look
    forget: Forget
    unlearn: Forget
    lift: Lift

    async def out(
        self, subject: Subject, scope: Scope, *, by: str, why: str = "", confirmed: str | None = None
    ) -> Receipt:
        """From the return on it binds. by: the id of who asks for it; confirmed: the code of the Hit that somebody has
        looked at. Said twice, it is one opt-out with one receipt. Raises OptOutFault, DatabaseFault."""
        check_person(subject)
        alone = subject.kind == "person" and not subject.also and scope in (Scope.ALL, Scope.RECORD)
        if alone and not await self._in_force(subject, scope):
            await self._confirm(subject, scope, confirmed)
        async with self.database.transaction() as connection:
            id, new = await self.register.add(connection, subject, scope, by=by, why=why, confirmed=alone)
            receipt = await self.receipts.open(connection, id)
            if new:
                body = {"opt_out": str(id), "scope": scope.value, "of": subject.kind, "receipt": str(receipt.id)}
                await self.audit.note(connection, "opt_out.add", body, actor=by, subject=str(subject))
                await opted_out(connection, id)
        await self.register.look()
        return await self._finished(receipt)

    async def back(self, subject: Subject, scope: Scope | None = None, *, by: str, why: str = "") -> int:
        """How many opt-outs were taken back. What was erased stays erased."""
        async with self.database.transaction() as connection:
            taken = await self.register.take_back(connection, subject, scope)
            for id in taken:
                await self.audit.note(
                    connection, "opt_out.take_back", {"opt_out": str(id)}, actor=by, subject=str(subject)
                )
                entry = await self.register.entry(connection, id)
                if entry is None or entry.scope is Scope.ALL:
                    await self.lift(connection, subject)
            for id in taken:
                await opted_out(connection, id)
        await self.register.look()
        return len(taken)

    async def receipt(self, id: UUID) -> tuple[Receipt, Entry] | None:
        """A receipt with its opt-out; None where there is none, or it cannot be opened."""
        async with self.database.transaction() as connection:
            receipt = await self.receipts.find(connection, id)
            entry = None if receipt is None else await self.register.entry(connection, receipt.opt_out)
        return None if receipt is None or entry is None else (receipt, entry)

    async def receipts_of(self, subject: Subject) -> tuple[tuple[Receipt, Entry], ...]:
        """Of what is in force, the oldest first."""
        entries = {entry.id: entry for entry in await self.register.listed(subject)}
        async with self.database.transaction() as connection:
            found = await self.receipts.of(connection, list(entries))
        return tuple((one, entries[one.opt_out]) for one in found)

    async def finish_open(self) -> int:
        """Do what is still to be done; how many receipts are finished now that were not."""
        async with self.database.transaction() as connection:
            open_ = await self.receipts.unfinished(connection)
        return sum([(await self._finished(one)).finished_at is not None for one in open_])

    async def hold(self, subject: Subject, *, by: str, why: str) -> None:
        """The law holds what there is of a subject: nothing of it is erased from now on."""
        async with self.database.transaction() as connection:
            id = await self.receipts.hold(connection, subject, self.register.key(subject), by=by, why=why)
            await self.audit.note(connection, "legal_hold.add", {"hold": str(id)}, actor=by, subject=str(subject))
            await held(connection, [id])

    async def release(self, subject: Subject, *, by: str) -> int:
        """How many holds ended. What an opt-out asked for meanwhile is erased now."""
        entries = await self.register.listed(subject)
        async with self.database.transaction() as connection:
            ended = await self.receipts.release(connection, self.register.key(subject))
            if ended:
                await self.audit.note(
                    connection, "legal_hold.end", {"holds": len(ended)}, actor=by, subject=str(subject)
                )
            waiting = [one for one in await self.receipts.of(connection, [e.id for e in entries]) if one.held]
            for one in waiting:
                await self.receipts.note(connection, one.id, {t: c for t, c in one.counts.items() if t != HELD})
                await self.receipts.reopen(connection, one.id)
            await held(connection, ended)
        await self.finish_open()
        return len(ended)

    async def _in_force(self, subject: Subject, scope: Scope) -> bool:
        return any(entry.scope is scope for entry in await self.register.listed(subject))

    async def _confirm(self, subject: Subject, scope: Scope, code: str | None) -> None:
        """A name alone is many people's: what it hits has to be looked at first."""
        hit = await self.blast(subject)
        if code == hit.code:
            return
        many = "that is so much that it may be several people's" if hit.common else "it may be another person's too"
        stale = "What was confirmed is not what it hits now. " if code else ""
        raise OptOutFault(
            f"{stale}The name alone hits {hit.questions} questions, {hit.answers} answers and "
            f"{sum(hit.sources.values())} documents, and {many}: give a second identifier with --also (an e-mail "
            f"address, an employee number), or look at `naru optout preview` and say --confirm {hit.code}. For --scope "
            "cloud or train a name alone will do, and nothing is erased."
        )

    async def _finished(self, receipt: Receipt) -> Receipt:
        """The receipt once what it needs is done, or as it stands where that has to wait: another process is at it, or
        it fails for now."""
        if receipt.finished_at is not None:
            return receipt
        async with self.database.exclusively(f"receipt {receipt.id}") as mine:
            if mine:
                try:
                    await self._erased(receipt)
                except Fault as fault:
                    _log.warning("receipt %s is not finished: %s", receipt.id, fault)
        async with self.database.transaction() as connection:
            return await self.receipts.find(connection, receipt.id) or receipt

    @property
    def _forgets(self) -> Mapping[Scope, Forget]:
        """What there is to erase, by scope: the others bind from now on alone."""
        return {Scope.ALL: self.forget, Scope.TRAIN: self.unlearn}

    async def _erased(self, receipt: Receipt) -> None:
        async with self.database.transaction() as connection:
            entry = await self.register.entry(connection, receipt.opt_out)
            kept = entry is not None and await self.receipts.is_held(connection, self.register.key(entry.subject))
        if entry is None:
            raise OptOutFault("The opt-out cannot be opened with this key: restore the key that it was sealed with.")
        counts: Counts = receipt.counts
        forget = self._forgets.get(entry.scope) if entry.until is None else None
        if forget is not None:
            # Counted before anything is erased: an attempt that comes after a crash finds less.
            if not counts and entry.scope is Scope.ALL:
                hit = await self.blast(entry.subject)
                counts = hit.counts
                async with self.database.transaction() as connection:
                    await self.receipts.note(connection, receipt.id, counts, hit.documents)
            counts = {**counts, HELD: {"held": 1}} if kept else _together(counts, await forget(entry.subject))
        async with self.database.transaction() as connection:
            await self.receipts.note(connection, receipt.id, counts)
            if await self.receipts.finish(connection, receipt.id):
                body = {"receipt": str(receipt.id), "counts": {t: dict(each) for t, each in counts.items()}}
                await self.audit.note(connection, "opt_out.receipt", body, subject=str(entry.subject))


def check_person(subject: Subject) -> None:
    """Raises OptOutFault for somebody who would be found in every text. Never says the name: it may be a secret."""
    if subject.kind != "person":
        return
    name = letters_of(subject.id)
    if len(name) < _SHORTEST_NAME or name.isdecimal():
        raise OptOutFault("A person's name needs two letters: give the name as it is written in the documents.")
    if name in COMMON:
        raise OptOutFault("The name is an ordinary word, which every second text has: give the full name.")
    for other in subject.also:
        if len(letters_of(other)) < _SHORTEST_IDENTIFIER:
            raise OptOutFault(
                f"A second identifier needs {_SHORTEST_IDENTIFIER} letters or digits, or it is found in texts about "
                "others: give an e-mail address, an employee number or a telephone number."
            )


def _together(before: Counts, done: Counts) -> Counts:
    """What was found and what was done, by table. Of both counts of what was found the higher one is the first one."""
    return {
        table: {
            what: max(before.get(table, {}).get(what, 0), done.get(table, {}).get(what, 0))
            for what in (*before.get(table, {}), *done.get(table, {}))
        }
        for table in dict.fromkeys((*before, *done))
    }
