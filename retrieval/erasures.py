"""The ledger of what was erased: an older backup that is restored brings none of it back. The only writer of `erasure`.

An entry is written in the transaction that erases, and names what it erased by a digest or an id, never by text. Each
entry's chain covers the one before, so that two ledgers with the same last link are the same, and one that was cut or
changed is told from a whole one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import lock_key
from retrieval.errors import Fault
from retrieval.tables import erasure

DOCUMENT = "document"
SOURCE = "source"
_LOCK = lock_key("erasure ledger")


class LedgerFault(Fault):
    """A ledger of erasures that is damaged, or does not belong to this database."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure. seq: counted from 0, the entry that a ledger begins with. chain: hexadecimal."""

    seq: int
    kind: str
    key: str
    erased_at: datetime
    chain: str

    def next(self, kind: str, key: str, at: datetime) -> Entry:
        """The entry that follows this one."""
        return Entry(self.seq + 1, kind, key, at, _link(self.chain, self.seq + 1, kind, key, at))

    def follows(self, before: Entry) -> bool:
        return self == before.next(self.kind, self.key, self.erased_at)

    def line(self) -> str:
        """As one line of JSON, without its end."""
        return json.dumps([self.seq, self.kind, self.key, self.erased_at.astimezone(UTC).isoformat(), self.chain])

    @classmethod
    def of(cls, line: str) -> Self:
        """From such a line; raises ValueError for any other."""
        seq, kind, key, at, chain = json.loads(line)
        if type(seq) is not int or not all(isinstance(value, str) for value in (kind, key, at, chain)):
            raise ValueError("not an entry of the ledger")
        return cls(seq, kind, key, datetime.fromisoformat(at), chain)


def _link(before: str, seq: int, kind: str, key: str, at: datetime) -> str:
    said = json.dumps([before, seq, kind, key, at.astimezone(UTC).isoformat()])
    return sha256(said.encode()).hexdigest()


def key_of(source: str, uri: str = "") -> str:
    """What names a document in the ledger, or, without a uri, a whole source: the first 32 hexadecimal digits of a
    SHA-256. Names and not row ids: those count anew after a restore."""
    return sha256(f"{source}\n{uri}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


async def erased(connection: AsyncConnection, kind: str, keys: Iterable[str]) -> None:
    """Write down what this transaction erases. Call it last: until the commit no other transaction can do so."""
    wanted = sorted(set(keys))
    if not wanted:
        return
    await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = await head(connection)
    at = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    entries: list[Entry] = []
    for key in wanted:
        last = last.next(kind, key, at)
        entries.append(last)
    await append(connection, entries)


async def append(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Entries that continue the ledger, as they are: written by `erased`, here or where this database was copied from.

    Raises LedgerFault where they do not continue it.
    """
    last = await head(connection)
    for entry in entries:
        if not entry.follows(last):
            raise LedgerFault(
                f"Entry {entry.seq} does not continue the ledger of erasures: it was changed or is another's."
            )
        last = entry
    if entries:
        columns = ("seq", "kind", "key", "erased_at", "chain")
        rows = [{name: getattr(entry, name) for name in columns} for entry in entries]
        await connection.execute(insert(erasure), rows)


async def head(connection: AsyncConnection) -> Entry:
    """The last entry. Raises LedgerFault where even the first is missing."""
    row = (await connection.execute(select(erasure).order_by(erasure.c.seq.desc()).limit(1))).one_or_none()
    if row is None:
        raise LedgerFault("The ledger of erasures is empty: its first entry was deleted. Restore a backup.")
    return Entry(*row)


async def since(connection: AsyncConnection, seq: int) -> tuple[Entry, ...]:
    """The entries from `seq` on, that one included."""
    rows = await connection.execute(select(erasure).where(erasure.c.seq >= seq).order_by(erasure.c.seq))
    return tuple(Entry(*row) for row in rows)
