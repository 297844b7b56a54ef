"""What was erased after a backup was made is erased in it again, before anybody uses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from admin.backup.archive import BackupFault
from bot.feedback import CONSENT, take_back
from bot.forget import asked, replayed
from retrieval import erasures, forget, tombstones
from retrieval.erasures import Entry

Replay = Callable[[AsyncConnection, Collection[str]], Awaitable[int]]
"""Erases what these keys name, wherever it is still there; how much that was. Doing it twice changes nothing."""

BEGUN = "begun"
REPLAYS: Mapping[str, Replay] = {
    # What rests on a source goes while its documents still say which answers that is.
    replayed.SOURCE: replayed.resting_on,
    replayed.ASKER: replayed.asked_by,
    replayed.ROOM: replayed.asked_in,
    CONSENT: take_back,
    asked.WHOLE: replayed.whole,
    asked.QUESTION: replayed.texts,
    asked.ANSWER: replayed.answers,
    tombstones.PASSAGE: forget.passages,
    # Behind the passages: of who has come back since they are let in again.
    replayed.FORGETTING: replayed.forgettings,
    replayed.OPT_OUT: replayed.opt_outs,
    replayed.HOLD: replayed.holds,
    erasures.DOCUMENT: forget.documents,
    erasures.SOURCE: forget.sources,
}
"""Each kind of erasure, and what erases it again. Whatever begins to write another kind adds it here."""


async def replay(connection: AsyncConnection, entries: Sequence[Entry]) -> Counter[str]:
    """Erase again, and continue the ledger with these entries; how much was there, by kind.

    Raises BackupFault for a kind that this Naru does not know: to leave it out would bring something back.
    """
    keys: dict[str, set[str]] = {}
    for entry in entries:
        if entry.kind != BEGUN:
            keys.setdefault(entry.kind, set()).add(entry.key)
    unknown = sorted(keys.keys() - REPLAYS.keys())
    if unknown:
        raise BackupFault(
            f"The ledger of erasures has kinds that this Naru does not know ({', '.join(unknown)}): update Naru."
        )
    counts = Counter({kind: await REPLAYS[kind](connection, keys[kind]) for kind in REPLAYS if kind in keys})
    await erasures.append(connection, entries)
    return counts


def missing(ledger: Sequence[Entry], seq: int, chain: str) -> Sequence[Entry] | None:
    """What a ledger knows that a backup with this last entry does not; None: it is not of the same history."""
    for position, entry in enumerate(ledger):
        if entry.seq == seq:
            return ledger[position + 1 :] if entry.chain == chain else None
    return None
