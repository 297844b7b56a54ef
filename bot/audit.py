"""What was done, by whom and with which effect; only ever added to. The only writer of `audit`.

An entry holds ids, levels, kinds, hashes and counts, and people as keyed pseudonyms: never text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.seal import Seal


class Audit:
    """seal: for the pseudonyms."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    async def note(
        self,
        connection: AsyncConnection,
        kind: str,
        body: Mapping[str, Any],
        *,
        actor: str | None = None,
        subject: str | None = None,
    ) -> None:
        """Add one entry, in the transaction that does what it says. actor: a person's id, or None for Naru itself;
        subject: as str(Subject) says it."""
        row = {"kind": kind, "body": dict(body), "actor": self._named(actor), "subject": self._named(subject)}
        await connection.execute(insert(tables.audit), row)

    def _named(self, who: str | None) -> str | None:
        return None if who is None else self._seal.pseudonym(who)
