"""`naru backup`: the database as it is at one moment, into one file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from importlib import metadata
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from admin import schema
from admin.app import App
from admin.backup.archive import Facts, Kept, Manifest, write
from admin.backup.tools import Tools
from admin.key import kept_key
from retrieval import erasures
from retrieval.database import Database


async def backup(app: App, path: Path, *, encrypt: bool, with_key: bool) -> Manifest:
    """Write everything that is committed now to a new file. Others go on working meanwhile. Raises BackupFault."""
    server = await app.database.server()
    tools = Tools.of(server.major)
    key = kept_key(app.settings)
    assert key is not None, "an App has a key"
    async with _moment(app.database) as moment:
        facts = Facts(
            naru=metadata.version("naru"),
            schema_revision=await schema.revision(app.database) or "",
            postgres=server.major,
            created=moment.created,
            key=app.seal.fingerprint,
            tables=moment.tables,
            ledger_seq=moment.last.seq,
            ledger_chain=moment.last.chain,
        )
        dump = tools.dump(app.url, moment.snapshot)
        return await asyncio.to_thread(write, path, facts, dump, Kept(key, encrypt, with_key))


@dataclass(frozen=True, slots=True)
class _Moment:
    """What one transaction sees. snapshot: by which others see the same."""

    created: str
    snapshot: str
    tables: dict[str, int]
    last: erasures.Entry


@asynccontextmanager
async def _moment(database: Database) -> AsyncIterator[_Moment]:
    async with database.transaction() as connection:
        await connection.execute(text("set transaction isolation level repeatable read, read only"))
        await connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
        row = (await connection.execute(text("select now(), pg_export_snapshot()"))).one()
        created = row[0].astimezone(UTC).isoformat(timespec="seconds")
        yield _Moment(created, row[1], await counted(connection), await erasures.head(connection))


async def counted(connection: AsyncConnection) -> dict[str, int]:
    """Rows of each table of the database's own schema."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    names = list(await connection.scalars(_TABLES))
    return {
        name: (await connection.execute(text(f"select count(*) from public.{quote(name)}"))).scalar_one()
        for name in names
    }


_TABLES = text("select tablename from pg_tables where schemaname = 'public' order by tablename")
