"""Erased again, in a database that was restored from an older backup: what the ledger says was erased since, and who
opted out since. The ledger holds pseudonyms, ids, digests and sealed rows: nobody's name, and no text."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import DateTime, LargeBinary, Row, Table, Uuid, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from bot import receipts, tables
from bot.forget import asked
from bot.forget.reach import documents_of
from retrieval import erasures, index, tombstones
from retrieval.erasures import key_of
from retrieval.tables import source

ASKER, ROOM, SOURCE = "asker", "room", "answers_from"
"""Whose questions, in which room, resting on which source all answers were erased."""
OPT_OUT, HOLD, FORGETTING = "opt_out", "legal_hold", "forgetting"
"""An opt-out, a legal hold, an erasure as it stood then: its whole row, whose text is sealed."""


async def asked_by(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.of_askers(connection, list(keys))


async def asked_in(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.of_askers(connection, [], list(keys))


async def resting_on(connection: AsyncConnection, keys: Collection[str]) -> int:
    names = [name for name in await connection.scalars(sa.select(source.c.name)) if key_of(name) in keys]
    return await asked.resting_on(connection, await documents_of(connection, names))


async def whole(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.delete(connection, list(map(UUID, keys)))


async def texts(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.strip(connection, list(map(UUID, keys)), questions=True)


async def answers(connection: AsyncConnection, keys: Collection[str]) -> int:
    return await asked.strip(connection, list(map(UUID, keys)), questions=False)


async def opted_out(connection: AsyncConnection, id: UUID) -> None:
    """Write into the ledger how an opt-out stands now. To be called last, in each transaction that adds one or takes
    it back: a backup from before knows nothing of it, nor of its receipt."""
    o, r = tables.opt_out, tables.receipt
    query = sa.select(o, r.c.id.label("receipt")).outerjoin_from(o, r, r.c.opt_out == o.c.id).where(o.c.id == id)
    await erasures.erased(connection, OPT_OUT, [_line((await connection.execute(query)).one())])


async def held(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Write into the ledger how legal holds stand now: what a restore begins anew erases nothing that the law holds.
    To be called last, as `opted_out`."""
    h = tables.legal_hold
    rows = await connection.execute(sa.select(h).where(h.c.id.in_(ids)))
    await erasures.erased(connection, HOLD, map(_line, rows))


async def forgotten(connection: AsyncConnection, row: Row[Any], *, lifted: bool = False) -> None:
    """Write into the ledger how a row of `forgetting` stands now. To be called last, as `opted_out`."""
    await erasures.erased(connection, FORGETTING, [_line(row, lifted=lifted)])


async def opt_outs(connection: AsyncConnection, keys: Collection[str]) -> int:
    """Of each opt-out what was said last: taken back, where it was. How many rows it is."""
    said = _last(keys, lambda one: one["until"] is not None)  # taken back once, it is a new one that comes after
    for one in sorted(said, key=lambda one: one["until"] is None):  # one that is over makes room for one in force
        row = _row(tables.opt_out, one)
        if row["until"] is None:
            await connection.execute(_ENDED, {"subject": row["subject"], "scope": row["scope"], "id": row["id"]})
        await _put(connection, tables.opt_out, row, "until")
        if one["receipt"] is not None:
            await receipts.issued(connection, UUID(one["receipt"]), row["id"], row["since"])
    await receipts.owed(connection)
    await connection.execute(_EPOCH)
    return len(said)


async def holds(connection: AsyncConnection, keys: Collection[str]) -> int:
    """Of each legal hold what was said last. How many rows it is."""
    said = _last(keys, lambda one: one["until"] is not None)
    for one in said:
        await _put(connection, tables.legal_hold, _row(tables.legal_hold, one), "until")
    await receipts.owed(connection)
    return len(said)


async def forgettings(connection: AsyncConnection, keys: Collection[str]) -> int:
    """Whoever was forgotten is withheld from here on, and forgotten again by whoever goes on with what is begun; of
    who came back since, the documents are read anew. How many rows it is."""
    said = _last(keys, lambda one: (one["lifted"], one["finished_at"] is not None))
    for one in sorted(said, key=lambda one: str(one["begun_at"])):
        row = _row(tables.forgetting, one) | {"counts": {}, "step": None, "after": None, "finished_at": None}
        if one["lifted"]:
            await tombstones.lift(connection, row["id"])
            await index.reread(connection)
            await connection.execute(_LIFTED, {"id": row["id"]})
        else:
            # Of one subject one is begun: the last, which does all that those before it did.
            await connection.execute(_FINISHED, {"subject": row["subject"], "id": row["id"]})
            await _put(connection, tables.forgetting, row, "sealed", "step", "after", "finished_at")
    return len(said)


def _line(row: Row[Any], **more: object) -> str:
    return json.dumps({name: _plain(value) for name, value in row._mapping.items()} | more)


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return b64encode(value).decode()
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
    return value


def _last(keys: Collection[str], how_late: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
    """Of each row what was said last."""
    last: dict[str, dict[str, Any]] = {}
    for said in map(json.loads, keys):
        if said["id"] not in last or how_late(said) > how_late(last[said["id"]]):
            last[said["id"]] = said
    return list(last.values())


def _row(table: Table, said: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _value(column.type, said[column.name]) for column in table.columns}


def _value(type: TypeEngine[Any], value: Any) -> Any:
    match type:
        case _ if value is None:
            return None
        case LargeBinary():
            return b64decode(value)
        case DateTime():
            return datetime.fromisoformat(value)
        case Uuid():
            return UUID(value)
    return value


async def _put(connection: AsyncConnection, table: Table, row: Mapping[str, Any], *changing: str) -> None:
    """The row, or of one that is there these columns."""
    changed = {name: row[name] for name in changing}
    await connection.execute(insert(table).values(row).on_conflict_do_update(index_elements=["id"], set_=changed))


_ENDED = text(
    "update opt_out set until = now() where subject = :subject and scope = :scope and until is null and id <> :id"
)
_EPOCH = text("update opt_out_epoch set epoch = epoch + 1")
_LIFTED = text("delete from forgetting where id = :id")
_FINISHED = text(
    "update forgetting set finished_at = now() where subject = :subject and finished_at is null and id <> :id"
)
