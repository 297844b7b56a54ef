"""Opting out, wired."""

from __future__ import annotations

from collections.abc import Mapping

from bot.audit import Audit
from bot.blast import Blast
from bot.opting_out import OptingOut, OptOutFault
from bot.optouts import Register
from bot.receipts import Receipts
from bot.seal import Seal
from bot.subjects import Subject
from retrieval.database import Database


async def nothing_erases(subject: Subject) -> Mapping[str, Mapping[str, int]]:
    """In the place of what erases; a receipt that waits for it is never finished, and the admins hear of that."""
    raise OptOutFault("This Naru cannot erase what it has kept: the opt-out binds, and its receipt stays open.")


def opting_out(database: Database, seal: Seal, register: Register) -> OptingOut:
    return OptingOut(database, register, Receipts(seal), Audit(seal), Blast(database, seal), nothing_erases)
