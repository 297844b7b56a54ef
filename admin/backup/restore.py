"""`naru restore`: a backup becomes the database, all or nothing.

It is restored beside the database in use, brought to this release's tables, cleared of what was erased since, and only
then takes the other's name, in one transaction. Whoever is killed before leaves the old one in use.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from admin import schema
from admin.audit.keeper import restored as noted
from admin.backup.archive import BackupFault, Manifest, dump_of, key_of, verified
from admin.backup.make import counted
from admin.backup.replay import missing, replay
from admin.backup.tools import Tools
from admin.key import keep_key, kept_key
from admin.ledger import LedgerFile
from bot import inbox, optouts, receipts
from bot.audit import Audit
from bot.seal import Seal
from bot.settings import Settings
from bot.slack import posted
from retrieval import erasures
from retrieval.database import Database, DatabaseFault, beside, name_of
from retrieval.erasures import Entry, LedgerFault

_MAINTENANCE = ("postgres", "template1")
_OF_EVERY_DATABASE = ("alembic_version", "corpus", "erasure", "opt_out_epoch")
"""The tables that hold rows from the first start on."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. erased: what was erased again, by kind. covered: a ledger said what was erased since the
    backup. closed: events that were open when the backup was made."""

    manifest: Manifest
    erased: dict[str, int]
    covered: bool
    closed: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody allows. replace: a database in use may go. without_ledger: erased things may come back."""

    replace: bool = False
    without_ledger: bool = False


async def restore(settings: Settings, url: str, path: Path, wanted: Wanted) -> Restored:
    """Make the backup the database at `url`. Raises a Fault that says what is in the way; then nothing was changed."""
    manifest = await asyncio.to_thread(verified, path)
    if not schema.knows(manifest.schema_revision):
        raise BackupFault(
            f"The backup was made by a newer Naru ({manifest.naru}, revision {manifest.schema_revision}): update Naru."
        )
    key = _key(settings, path, manifest)
    async with place_of(url) as place:
        await place.free(wanted.replace)
        live = await place.ledger()
        entries = _since(manifest, live, LedgerFile(settings.home), wanted.without_ledger)
        await place.clear()
        await place.fill(path, manifest, key)
        erased, closed = await place.cleaned(entries or ())
        if kept_key(settings) is None:
            keep_key(settings, key)
        erased.update(await place.swap(live))  # a Counter adds up
    database = Database(url)
    await LedgerFile(settings.home).follow(database)
    said = {"created": manifest.created, "sha256": manifest.sha256, "without_ledger": entries is None}
    await noted(database, Audit(Seal(key)), settings, said)
    await database.close()
    return Restored(manifest, dict(erased), entries is not None, closed)


def _key(settings: Settings, path: Path, manifest: Manifest) -> bytes:
    kept = kept_key(settings)
    key = kept or key_of(path)
    if key is None:
        raise BackupFault(
            f"The backup's text is sealed with the key {manifest.key}, and there is none here: set NARU_KEY to it, or "
            f"put it into {settings.home / 'key'}."
        )
    found = Seal(key).fingerprint
    if found != manifest.key:
        raise BackupFault(
            f"The backup's text is sealed with the key {manifest.key}, and the one here is {found}: set NARU_KEY to "
            f"that one, or put it into {settings.home / 'key'}."
        )
    return key


def _since(manifest: Manifest, live: Sequence[Entry], copy: LedgerFile, without_ledger: bool) -> Sequence[Entry] | None:
    """What was erased since the backup, as the longer of the two ledgers knows it that go back to the backup; None:
    neither does, and that is accepted."""
    why = "there is none"
    try:
        ledgers = [live, copy.entries()]
    except LedgerFault as fault:
        ledgers, why = [live], str(fault)
    known = [
        found for one in ledgers if (found := missing(one, manifest.ledger_seq, manifest.ledger_chain)) is not None
    ]
    if known:
        return max(known, key=len)
    if without_ledger:
        return None
    if any(ledgers):
        why = "those here are of another database"
    raise BackupFault(
        f"No ledger says what was erased since {manifest.created} ({why}), so erased things could come back: put the "
        f"old {copy.path.name} and erasures.head into {copy.path.parent}, or accept it with --without-ledger."
    )


@asynccontextmanager
async def place_of(url: str) -> AsyncIterator[Place]:
    """Alone: two restores at once would take each other's databases away."""
    name = name_of(url)
    server = await _maintenance(url)
    try:
        async with server.exclusively(f"restore {name}") as alone:
            if not alone:
                raise BackupFault("Another restore of this database is running: wait for it.")
            yield Place(url, name, server)
    finally:
        await server.close()


async def _maintenance(url: str) -> Database:
    """A database of the server that is not the one to be replaced."""
    for name in _MAINTENANCE:
        database = Database(beside(url, name))
        try:
            await database.server()
        except DatabaseFault as error:
            fault = error
            await database.close()
        else:
            return database
    raise fault


class Place:
    """A database, the one that will take its name, and the one that had it."""

    def __init__(self, url: str, name: str, server: Database) -> None:
        self._name = name
        self._fresh, self._old = f"{name}_restoring", f"{name}_replaced"
        self._url, self._fresh_url, self._old_url = url, beside(url, self._fresh), beside(url, self._old)
        self._server = server

    async def free(self, replace: bool) -> None:
        """Raise BackupFault where the database is in use: by somebody now, or because something is in it."""
        async with self._server.transaction() as connection:
            others = [row[0] or "unnamed" for row in await connection.execute(_OTHERS, {"name": self._name})]
        if others:
            raise BackupFault(
                f"{len(others)} sessions use the database {self._name} ({', '.join(sorted(set(others)))}): stop every "
                "`naru run` and whatever else is connected, then restore again."
            )
        if not replace and await self._is_used():
            raise BackupFault(
                f"The database {self._name} is not empty, and restoring replaces all of it: back it up, then restore "
                "with --replace."
            )

    async def ledger(self) -> tuple[Entry, ...]:
        """What the database in use says was erased; nothing where there is none."""
        if not await self._exists(self._name):
            return ()
        async with _opened(self._url) as connection:
            return await erasures.since(connection, 0) if "erasure" in await counted(connection) else ()

    async def clear(self) -> None:
        """Take away what a restore that was killed left, and begin with an empty database."""
        leftovers = [self._fresh, self._old] if await self._exists(self._name) else [self._fresh]
        async with self._server.autocommitting() as connection:
            for leftover in leftovers:
                await connection.execute(text(f"drop database if exists {_quoted(leftover)} with (force)"))
            await connection.execute(text(f"create database {_quoted(self._fresh)} template template0 encoding 'UTF8'"))

    async def fill(self, path: Path, manifest: Manifest, key: bytes) -> None:
        server = await self._server.server()
        if server.major < manifest.postgres:
            raise BackupFault(
                f"The backup is of PostgreSQL {manifest.postgres}, and this server is {server.major}: restore it to "
                f"{manifest.postgres} or newer."
            )
        dump = dump_of(path, manifest, key)
        await asyncio.to_thread(Tools.of(server.major).restore, self._fresh_url, dump)
        async with _opened(self._fresh_url) as connection:
            if await counted(connection) != manifest.tables:
                raise BackupFault(
                    "The restored tables do not have the rows that the backup counted: nothing was changed."
                )
        await schema.upgrade(self._fresh_url)

    async def cleaned(self, entries: Sequence[Entry]) -> tuple[Counter[str], int]:
        """What was erased again, and how many open events were closed."""
        async with _opened(self._fresh_url) as connection:
            return await replay(connection, entries), await inbox.close_open(connection)

    async def swap(self, known: Sequence[Entry]) -> Counter[str]:
        """The restored database takes the name, in one transaction. What was erased in the old one while this went on
        is erased in it too."""
        existed = await self._exists(self._name)
        async with self._server.transaction() as connection:
            if existed:
                await connection.execute(_rename(self._name, self._old))
            await connection.execute(_rename(self._fresh, self._name))
        if not existed:
            return Counter()
        again: Counter[str] = Counter()
        async with _opened(self._old_url) as old, _opened(self._url) as fresh:
            if "opt_out" in await counted(old):
                await optouts.carry(old, fresh)
                await receipts.carry(old, fresh)
                await posted.carry(old, fresh)
            if known:
                again = await replay(fresh, (await erasures.since(old, known[-1].seq))[1:])
        async with self._server.autocommitting() as connection:
            await connection.execute(text(f"drop database if exists {_quoted(self._old)} with (force)"))
        return again

    async def _exists(self, name: str) -> bool:
        async with self._server.transaction() as connection:
            return bool(await connection.scalar(_EXISTS, {"name": name}))

    async def _is_used(self) -> bool:
        if not await self._exists(self._name):
            return False
        async with _opened(self._url) as connection:
            return any(count for name, count in (await counted(connection)).items() if name not in _OF_EVERY_DATABASE)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[AsyncConnection]:
    """One transaction, and no connection afterwards: a database that somebody is connected to cannot be renamed."""
    database = Database(url)
    try:
        async with database.transaction() as connection:
            yield connection
    finally:
        await database.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rename(old: str, new: str) -> TextClause:
    return text(f"alter database {_quoted(old)} rename to {_quoted(new)}".replace(":", r"\:"))


_EXISTS = text("select exists (select from pg_database where datname = :name)")

_OTHERS = text(
    "select application_name from pg_stat_activity where datname = :name and backend_type = 'client backend'"
)
