"""The statement of what left, from the audit; it only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Text, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.app import App
from admin.reports.period import Period
from admin.reports.statement import Sent, Statement, statement
from bot import tables
from bot.config_file import DataUse

SENT = "sent"
"""The kind of the audit's entry for a request that left; body: decision, question, host, vendor, country, model,
characters, prompt_tokens, completion_tokens, sources, masked."""


@dataclass(frozen=True, slots=True)
class LastSeal:
    """The audit's newest seal. unsealed: requests of the period that came after it."""

    id: int
    hash: str
    at: datetime
    unsealed: int


@dataclass(frozen=True, slots=True)
class Egress:
    """stayed: questions decided in the period of which nothing left; those whose rows retention has deleted are not
    among them. terms: what the contract in force says now; None: naru.toml says nothing of one. seal: None where the
    audit has none yet."""

    period: Period
    made: datetime
    statement: Statement
    stayed: int
    terms: DataUse | None
    seal: LastSeal | None


async def egress(app: App, period: Period, made: datetime) -> Egress:
    """made: when it is drawn up. Raises DatabaseFault."""
    zone = app.settings.timezone
    first, end = period.bounds(zone)
    a = tables.audit
    query = select(a).where(a.c.kind == SENT, a.c.at >= first, a.c.at < end).order_by(a.c.id)
    async with app.database.transaction() as connection:
        rows = (await connection.execute(query)).all()
        stayed = await _stayed(connection, first, end)
        seal = await _seal(connection, [row.id for row in rows])
    found = statement((_sent(row) for row in rows), zone)
    return Egress(period, made, found, stayed, app.settings.models.cloud.data_use, seal)


async def _stayed(connection: AsyncConnection, first: datetime, end: datetime) -> int:
    a, d = tables.audit, tables.decision
    left = exists().where(a.c.kind == SENT, a.c.body["question"].astext == cast(d.c.question, Text))
    query = select(func.count(d.c.question.distinct())).where(d.c.decided_at >= first, d.c.decided_at < end, ~left)
    return await connection.scalar(query) or 0


async def _seal(connection: AsyncConnection, ids: list[int]) -> LastSeal | None:
    s = tables.audit_seal
    row = (await connection.execute(select(s).order_by(s.c.id.desc()).limit(1))).one_or_none()
    if row is None:
        return None
    return LastSeal(row.id, row.hash, row.sealed_at, sum(id > row.last for id in ids))


def _sent(row: Row[Any]) -> Sent:
    body: Mapping[str, Any] = row.body
    return Sent(
        at=row.at,
        decision=body["decision"],
        question=body.get("question") or "",
        host=body.get("host") or "",
        vendor=body.get("vendor") or "",
        country=body.get("country") or "",
        model=body.get("model") or "",
        characters=body.get("characters") or 0,
        prompt_tokens=body.get("prompt_tokens"),
        completion_tokens=body.get("completion_tokens"),
        sources=tuple(body.get("sources") or ()),
        masked=dict(body.get("masked") or {}),
    )
