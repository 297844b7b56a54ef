"""A copy of the ledger of erasures outside of the database, for the day on which that is gone.

    home/erasures.jsonl   one entry a line (0600), the same as in the database
    home/erasures.head    the last entry once more: a copy that lost its end is told from a whole one

Each process copies what is new when it begins, once a minute while it serves, and when it ends.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from retrieval.database import Database, DatabaseFault
from retrieval.erasures import Entry, LedgerFault, since

_TAIL = 1 << 16
_log = logging.getLogger(__name__)


class LedgerFile:
    """The copy in `home`."""

    def __init__(self, home: Path) -> None:
        self.path = home / "erasures.jsonl"
        self._head = home / "erasures.head"

    async def follow(self, database: Database) -> None:
        """Copy what is new. What stands in the way is logged: nobody waits for an answer because of it."""
        try:
            await self.copy(database)
        except (OSError, DatabaseFault, LedgerFault) as error:
            why = error.strerror if isinstance(error, OSError) else error
            _log.warning("what was erased could not be copied to %s: %s", self.path, why)

    async def copy(self, database: Database) -> None:
        """Copy what is new. A copy of another database's ledger, or a damaged one, is set aside and begun anew.

        Raises OSError, DatabaseFault, LedgerFault.
        """
        seen = await asyncio.to_thread(self._last)
        async with database.transaction() as connection:
            entries = await since(connection, 0 if seen is None else seen.seq)
            continued = bool(entries) and entries[0] == seen
            if seen is not None and not continued:
                entries = await since(connection, 0)
        await asyncio.to_thread(self._write, seen, entries[1:] if continued else entries, not continued)

    def entries(self) -> tuple[Entry, ...]:
        """All of it; nothing where there is no copy. Raises LedgerFault where it is damaged or lost its end."""
        try:
            lines = _text(self.path).split("\n")
            head = Entry.of(said) if (said := _text(self._head)) else None
        except (OSError, ValueError):
            raise self._damaged("cannot be read") from None
        found: list[Entry] = []
        for number, line in enumerate(lines[:-1], start=1):
            try:
                entry = Entry.of(line)
            except (ValueError, TypeError):
                raise self._damaged(f"is damaged at line {number}") from None
            if found and not entry.follows(found[-1]):
                raise self._damaged(f"was changed at line {number}")
            found.append(entry)
        if head is not None and (len(found) <= head.seq or found[head.seq] != head):
            raise self._damaged(f"lost its end: it should reach to entry {head.seq}")
        return tuple(found)

    def _last(self) -> Entry | None:
        """The last entry; None where there is no copy, or a damaged one."""
        with suppress(OSError, ValueError):  # then all of it has to be read
            head = Entry.of(self._head.read_text(encoding="utf-8"))
            with self.path.open("rb") as file:
                if _tail(file).endswith(f"\n{head.line()}\n".encode()):
                    return head
        try:
            entries = self.entries()
        except LedgerFault:
            return None
        return entries[-1] if entries else None

    def _write(self, seen: Entry | None, entries: Sequence[Entry], anew: bool) -> None:
        if not entries:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            if self._last() != seen:
                return  # another process was faster
            if anew and self.path.exists():
                self.path.rename(self.path.with_name(f"erasures-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.jsonl"))
            if anew:
                self._head.unlink(missing_ok=True)
            _append(self.path, entries)
            fresh = self._head.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            _append(fresh, entries[-1:])
            fresh.replace(self._head)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _damaged(self, how: str) -> LedgerFault:
        return LedgerFault(f"The copy of the ledger of erasures in {self.path} {how}.")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _append(path: Path, entries: Sequence[Entry]) -> None:
    """Whole lines, synced; a line that a crash left unfinished goes first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        tail = _tail(file)
        file.truncate(file.seek(0, os.SEEK_END) - len(tail) + tail.rfind(b"\n") + 1)
        file.seek(0, os.SEEK_END)
        file.write("".join(f"{entry.line()}\n" for entry in entries).encode())
        file.flush()
        os.fsync(file.fileno())


def _tail(file: BinaryIO) -> bytes:
    """The end of a file, long enough for two lines."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
    return file.read()
