"""What operators did that needs a reason, with the reason opened; it only reads."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from admin.app import App
from admin.operators import EXPORTED, LOOKED, REVIEWED, SAMPLED, login_name, reason_place
from admin.reports.period import Period
from bot import tables
from bot.seal import Seal
from bot.toml_file import SettingsFault
from retrieval.database import Database

_KINDS = (LOOKED, SAMPLED, EXPORTED, REVIEWED)


@dataclass(frozen=True, slots=True)
class Look:
    """who, whom: a name that a pseudonym was recognised by, else the pseudonym's beginning. reason: None where the key
    is another one."""

    at: datetime
    kind: str
    who: str
    whom: str
    command: str
    reason: str | None


async def looks(
    database: Database, seal: Seal, names: Iterable[str], period: Period, zone: ZoneInfo
) -> AsyncIterator[Look]:
    """The oldest first. names: whose pseudonyms are recognised. Raises DatabaseFault."""
    first, end = period.bounds(zone)
    a = tables.audit
    query = select(a).where(a.c.kind.in_(_KINDS), a.c.at >= first, a.c.at < end).order_by(a.c.id)
    async with database.transaction() as connection:
        rows = (await connection.execute(query)).all()
    known = {seal.pseudonym(name): name for name in names}
    for row in rows:
        body: Mapping[str, Any] = row.body
        sealed = body.get("reason")
        reason = seal.open(b64decode(sealed), reason_place(str(body.get("id")))) if sealed else None
        who, whom = (_named(one, known) for one in (row.actor, row.subject))
        yield Look(row.at, row.kind, who, whom, str(body.get("command", "")), reason)


def known_names(app: App) -> list[str]:
    """Operators whom naru.toml names, and whom the directory knows; with one that cannot be used pseudonyms stay
    pseudonyms."""
    roles = app.settings.roles
    operators = [f"os:{login}" for login in (*roles.officers, *roles.admins, login_name())]
    try:
        return [*operators, *(f"user:{id}" for id in app.people.directory().people)]
    except SettingsFault:
        return operators


def _named(pseudonym: str | None, known: Mapping[str, str]) -> str:
    return "" if pseudonym is None else known.get(pseudonym, pseudonym[:12])
