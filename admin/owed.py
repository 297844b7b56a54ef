"""What is owed to those who opted out, looked after while Naru runs."""

from __future__ import annotations

import asyncio
import logging

from admin.watch import Tell
from bot.opting_out import OptingOut
from bot.words import both
from retrieval.database import DatabaseFault

EVERY_S = 60.0

_log = logging.getLogger(__name__)


async def keep_the_clock(opting: OptingOut, tell: Tell, every_s: float = EVERY_S) -> None:
    """For ever: finish the receipts that a process left open, and tell the admins of those that are due soon. A
    database that is away is asked again."""
    while True:
        try:
            await opting.finish_open()
            await remind(opting, tell)
        except DatabaseFault as fault:
            _log.warning("open receipts were not looked at: %s", fault)
        await asyncio.sleep(every_s)


async def remind(opting: OptingOut, tell: Tell) -> int:
    """How many receipts the admins were reminded of. What nobody could be told is told at the next look."""
    async with opting.database.transaction() as connection:
        pressing = await opting.receipts.pressing(connection)
    told = 0
    for receipt in pressing:
        says = both("receipt_due", receipt=str(receipt.id), day=f"{receipt.due_at:%Y-%m-%d}")
        if await tell(f"receipt {receipt.id} is due", says):
            async with opting.database.transaction() as connection:
                await opting.receipts.reminded(connection, receipt.id)
            told += 1
    return told
