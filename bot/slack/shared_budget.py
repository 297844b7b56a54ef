"""One budget of updates for all processes of a workspace. The only writer of the table `update_budget`."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from bot.deadlines import Deadlines
from bot.slack.budget import UpdateBudget
from retrieval.database import Database, DatabaseFault

_PATIENCE_S = 1.0
_ANY = float("-inf")


class SharedBudget:
    """A Budget that several processes share through PostgreSQL, by its clock. team: the workspace's id. own: the
    bucket of this process.

    An update takes from two buckets: this process's own, and the workspace's row. While the database does not answer
    the own one alone decides, so that a final text waits for Slack and never for PostgreSQL; drafts are left out then.
    Of each process only the final text that came first asks for the row; it is promised the next update, which may
    lie ahead. So processes take turns, none starves, and one that is killed wastes at most one update.
    """

    def __init__(self, database: Database, team: str, own: UpdateBudget) -> None:
        self._database = database
        self._team = team
        self._own = own
        self._rate = own.rate
        self._turn = asyncio.Lock()
        self._deadlines = Deadlines()

    async def spare(self) -> bool:
        if self._turn.locked() or not await self._own.spare():
            return False
        try:
            granted = await self._left_after_one(least=self._rate.reserve + 1) is not None
        except DatabaseFault:
            granted = False
        if not granted:
            self._own.give_back()
        return granted

    async def take(self) -> None:
        await self._own.take()
        async with self._turn:
            try:
                left = await self._left_after_one(least=_ANY)
            except DatabaseFault:
                return
            if left is not None and left < 0:
                await asyncio.sleep(-left / self._rate.per_s)

    async def _left_after_one(self, *, least: float) -> float | None:
        """What is left once one is taken: less than 0 when it lies ahead. None: there were fewer than `least`.

        Raises DatabaseFault, at once while an earlier statement is still unanswered."""
        if self._deadlines.overdue:
            raise DatabaseFault("PostgreSQL does not answer: check that it runs, and its load.")

        async def taken() -> float | None:
            values = {
                "team": self._team,
                "burst": float(self._rate.burst),
                "per_s": self._rate.per_s,
                "least": least,
            }
            async with self._database.transaction() as connection:
                found: float | None = await connection.scalar(_TAKE, values)
            return found

        return await self._deadlines.within(_PATIENCE_S, taken())


# clock_timestamp(), not now(): the row may have been waited for. A clock that was set back fills nothing.
_FILLED = """
least(:burst, bucket.remaining + :per_s * greatest(0, extract(epoch from clock_timestamp() - bucket.at)::float8))
"""

_TAKE = text(f"""
insert into update_budget as bucket (team, remaining, at) values (:team, :burst - 1, clock_timestamp())
on conflict (team) do update set remaining = {_FILLED} - 1, at = clock_timestamp()
where {_FILLED} >= :least
returning remaining
""")
