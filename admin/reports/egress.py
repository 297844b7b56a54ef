"""The statement of what left, from the audit; it only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Row, Text, cast, except_, exists, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.reports.period import Period
from admin.reports.statement import Sent, Statement, statement
from bot import tables
from bot.config_file import DataUse
from retrieval.database import Database

SENT, SENDING, STOPPED, DECIDED = "sent", "sending", "stopped", "decision"
"""Kinds of the audit's entries: a request left; it is about to; it did not after all; a question was decided. The body
of the first three holds decision, question, call, host, vendor, country, model, characters, prompt_tokens,
completion_tokens, sources, masked; of the last decision and question."""


@dataclass(frozen=True, slots=True)
class LastSeal:
    """The audit's newest seal. unsealed: requests of the period that came after it."""

    id: int
    hash: str
    at: datetime
    unsealed: int


@dataclass(frozen=True, slots=True)
class Egress:
    """stayed: questions decided in the period of which nothing left, then or later. terms: what the contract in force
    says now; None: naru.toml says nothing of one. seal: None where the audit has none yet."""

    period: Period
    made: datetime
    statement: Statement
    stayed: int
    terms: DataUse | None
    seal: LastSeal | None


async def egress(database: Database, period: Period, zone: ZoneInfo, terms: DataUse | None, made: datetime) -> Egress:
    """zone: in which days begin. terms: what naru.toml says of the contract. made: when it is drawn up. Raises
    DatabaseFault."""
    first, end = period.bounds(zone)
    a = tables.audit
    query = select(a).where(_left(), a.c.at >= first, a.c.at < end).order_by(a.c.id)
    async with database.transaction() as connection:
        rows = (await connection.execute(query)).all()
        stayed = await _stayed(connection, first, end)
        seal = await _seal(connection, [row.id for row in rows])
    found = statement((_sent(row) for row in rows), zone)
    return Egress(period, made, found, stayed, terms, seal)


def _left() -> ColumnElement[bool]:
    """A request that left. Of which nothing more is known than that it was about to counts as one: whoever was killed
    in between may have sent it."""
    a, after = tables.audit, tables.audit.alias()
    known = exists().where(after.c.kind.in_((SENT, STOPPED)), _call(after) == _call(a))
    return (a.c.kind == SENT) | ((a.c.kind == SENDING) & ~known)


def _call(entries: FromClause) -> ColumnElement[str]:
    call: ColumnElement[str] = entries.c.body["call"].astext
    return call


async def _stayed(connection: AsyncConnection, first: datetime, end: datetime) -> int:
    """By the audit, which is kept longer, and by what is still kept of the questions themselves."""
    a, d = tables.audit, tables.decision
    asked = union(
        select(cast(d.c.question, Text)).where(d.c.decided_at >= first, d.c.decided_at < end),
        select(a.c.body["question"].astext).where(a.c.kind == DECIDED, a.c.at >= first, a.c.at < end),
    )
    gone = select(a.c.body["question"].astext).where(_left())
    stayed = except_(asked, gone).subquery()
    return await connection.scalar(select(func.count()).select_from(stayed)) or 0


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
