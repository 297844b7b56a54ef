"""Erased again, in a database that was restored from an older backup: what the ledger says was erased since, and who
opted out since. The ledger holds pseudonyms, ids, digests and sealed rows: nobody's name, and no text."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.forget import asked
from retrieval import erasures, index
from retrieval.erasures import key_of
from retrieval.tables import source

ASKER, ROOM, SOURCE = "asker", "room", "answers_from"
"""Whose questions, in which room, resting on which source all answers were erased."""
OPT_OUT = "opt_out"
"""An opt-out as it stood then: its whole row, whose text is sealed."""


async def asked_by(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.of_askers(connection, list(keys))


async def asked_in(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.of_askers(connection, [], list(keys))


async def resting_on(connection: AsyncConnection, keys: Collection[str]) -> int:
    names = [name for name in await connection.scalars(sa.select(source.c.name)) if key_of(name) in keys]
    return await asked.resting_on(connection, await index.of_sources(connection, names))


async def whole(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.delete(connection, list(map(UUID, keys)))


async def texts(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.strip(connection, list(map(UUID, keys)), questions=True)


async def answers(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.strip(connection, list(map(UUID, keys)), questions=False)


async def opted_out(connection: AsyncConnection, id: UUID) -> None:
    """Write into the ledger how an opt-out stands now. To be called last, in each transaction that adds one or takes
    it back: a backup from before knows nothing of it."""
    o = tables.opt_out
    row = (await connection.execute(sa.select(o).where(o.c.id == id))).one()
    said = {
        "id": str(row.id),
        "subject": row.subject,
        "kind": row.kind,
        "scope": row.scope,
        "sealed": b64encode(row.sealed).decode(),
        "since": row.since.isoformat(),
        "until": None if row.until is None else row.until.isoformat(),
    }
    await erasures.erased(connection, OPT_OUT, [json.dumps(said)])


async def opt_outs(connection: AsyncConnection, keys: Collection[str]) -> int:
    """Of each opt-out what was said last: taken back, where it was. How many rows it is."""
    last: dict[str, dict[str, str | None]] = {}
    for said in map(json.loads, keys):
        if said["id"] not in last or said["until"] is not None:  # taken back once, it is a new one that comes after
            last[said["id"]] = said
    rows = [_row(said) for said in last.values()]
    for row in sorted(rows, key=lambda row: row["until"] is None):  # one that is over makes room for one in force
        if row["until"] is None:
            await connection.execute(_ENDED, {"subject": row["subject"], "scope": row["scope"], "id": row["id"]})
        await connection.execute(insert(tables.opt_out).values(row).on_conflict_do_update(
            index_elements=["id"], set_={"until": row["until"]}
        ))  # fmt: skip
    await connection.execute(_EPOCH)
    return len(rows)


def _row(said: dict[str, str | None]) -> dict[str, object]:
    until = said["until"]
    return {
        **said,
        "id": UUID(said["id"] or ""),
        "sealed": b64decode(said["sealed"] or ""),
        "since": datetime.fromisoformat(said["since"] or ""),
        "until": None if until is None else datetime.fromisoformat(until),
    }


_ENDED = text(
    "update opt_out set until = now() where subject = :subject and scope = :scope and until is null and id <> :id"
)
_EPOCH = text("update opt_out_epoch set epoch = epoch + 1")
