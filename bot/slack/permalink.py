"""From a link to a message in Slack to the question that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import or_, select

from bot import tables
from bot.inbox import QUESTIONS
from retrieval.database import Database

_LINK = re.compile(r"https://[^/\s]+/archives/([A-Z0-9]+)/p(\d{6,16})(\d{6})(?:[?#].*)?")


@dataclass(frozen=True, slots=True)
class Permalink:
    """One message. ts: Slack's name of it."""

    channel: str
    ts: str

    @classmethod
    def of(cls, said: str) -> Permalink | None:
        """From `https://COMPANY.slack.com/archives/C0123/p1700000000123456`; None: it is no such link."""
        found = _LINK.fullmatch(said.strip().strip("<>"))
        return cls(found[1], f"{found[2]}.{found[3]}") if found else None


async def question_at(database: Database, link: Permalink) -> UUID | None:
    """The question that was asked, or is answered, in that message; None: nothing is known of it any more."""
    p, i = tables.posted, tables.inbox
    here = or_(i.c.placeholder == link.ts, i.c.ts == Decimal(link.ts))
    asked = select(i.c.key).where(i.c.channel == link.channel, i.c.kind == "message", here).order_by(i.c.id.desc())
    posted = select(p.c.question).where(p.c.channel == link.channel, p.c.ts == link.ts)
    async with database.transaction() as connection:
        question: UUID | None = await connection.scalar(posted)
        if question is not None:
            return question
        key = await connection.scalar(asked.limit(1))
    return uuid5(QUESTIONS, key) if key else None
