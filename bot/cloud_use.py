"""What is used of the cloud model, counted by all processes together, by day: of all, of each person, in each room. The
only writer of `cloud_use`.

A request is counted at the most that it can take before it is sent. One statement looks at all of its budgets and adds
to them, with their rows locked: however many processes ask at once, what is reserved stays within each budget. Where a
budget is set and cannot be read it counts as used up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cloud_budget import NO_TOKENS, SCOPES, CloudLimits, Prices, Scope, State, Tokens
from bot.models.faults import ModelFault, SpentFault
from retrieval.database import Database, DatabaseFault
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

_LEFT = {
    "all": "What is left of today's budget of the cloud model does not cover this question, so nothing was sent there.",
    "person": "What is left of this person's budget of the cloud model for today does not cover this question, so "
    "nothing was sent there.",
    "room": "What is left of this room's budget of the cloud model for today does not cover this question, so nothing "
    "was sent there.",
}
_UNREAD = "The budget of the cloud model cannot be read, so it counts as used up and nothing was sent there."


class _FullFault(Fault):
    """Of these something would be more than its budget."""

    def __init__(self, full: Sequence[Scope]) -> None:
        super().__init__("It does not fit.")
        self.full = full


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was counted of a request before it was sent. person, room: as its question has them."""

    day: date
    person: str
    room: str
    most: Tokens
    micros: int


@dataclass(frozen=True, slots=True)
class Use:
    """Of one day. key: a person's pseudonym, or a room; empty for all. requests: that were sent, `estimated` of them
    counted at the most that they may have taken. refused: how often one did not fit any more. micros: millionths of the
    currency."""

    day: date
    scope: Scope
    key: str = ""
    requests: int = 0
    estimated: int = 0
    refused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    micros: int = 0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Standing:
    """How a kind of budget stands today. share: of the one of which most is used. near, at: how many are."""

    scope: Scope
    share: float = 0.0
    near: int = 0
    at: int = 0

    @property
    def state(self) -> State | None:
        return "at" if self.at else "near" if self.near else None


class CloudUse:
    """limits: of one day. prices: None where nothing is counted in money. max_tokens: of an answer. today: the
    company's day."""

    def __init__(
        self,
        database: Database,
        limits: CloudLimits,
        prices: Prices | None,
        max_tokens: int,
        today: Callable[[], date],
    ) -> None:
        self.limits = limits
        self.prices = prices
        self.today = today
        self._database = database
        self._max_tokens = max_tokens

    async def afford(self, decision: UUID, prompt_tokens: int) -> None:
        """Look, before somebody stands in line for it, whether a prompt of so many tokens would fit; nothing is
        reserved. Raises as `reserve`."""
        if not self.limits:
            return
        day, most = self.today(), Tokens(prompt_tokens, self._max_tokens)
        try:
            async with self._database.transaction() as connection:
                person, room = await _whose(connection, decision)
                values = self._values(Reserved(day, person, room, most, self._micros(most)))
                full = list(await connection.scalars(_FULL, values))
        except DatabaseFault as fault:
            raise self._unread(fault) from fault
        if full:
            raise await self._refused(day, person, room, full)

    async def reserve(self, decision: UUID, prompt_tokens: int) -> Reserved | None:
        """Count a request that is about to be sent, at the most that it can take. prompt_tokens: at most. None: it
        could not be counted, and no budget is set. Raises SpentFault where it does not fit, or where nobody can tell,
        and ModelFault where the Decision is not recorded."""
        most = Tokens(prompt_tokens, self._max_tokens)
        day = self.today()
        person = room = ""
        try:
            async with self._database.transaction() as connection:
                person, room = await _whose(connection, decision)
                reserved = Reserved(day, person, room, most, self._micros(most))
                taken = set(await connection.scalars(_RESERVE, self._values(reserved)))
                if full := [scope for scope in SCOPES if scope not in taken]:
                    raise _FullFault(full)  # which undoes what was added to the others
        except DatabaseFault as fault:
            if self.limits:
                raise self._unread(fault) from fault
            _log.error("a request to the cloud is not counted: %s", fault)
            return None
        except _FullFault as fault:
            raise await self._refused(day, person, room, fault.full) from fault
        return reserved

    async def settle(self, reserved: Reserved | None, used: Tokens) -> None:
        """Count what a request took in the place of the most that it could; NO_TOKENS: it was not sent, or refused.
        What cannot be written stays counted at the most."""
        if reserved is None:
            return
        none = used == NO_TOKENS
        values = {
            "day": reserved.day,
            "person": reserved.person,
            "room": reserved.room,
            "requests": int(none),
            "prompt": used.prompt - reserved.most.prompt,
            "completion": used.completion - reserved.most.completion,
            "micros": self._micros(used) - reserved.micros,
        }
        try:
            async with self._database.transaction() as connection:
                await connection.execute(_SETTLE, values)
        except DatabaseFault as fault:
            _log.error("what a request to the cloud took stays counted at the most: %s", fault)

    async def between(self, first: date, last: date) -> list[Use]:
        """What is counted of these days, both included, by day. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_BETWEEN, {"first": first, "last": last})).mappings()
            return [_use(row) for row in rows]

    async def of_all(self) -> Use:
        """What all have used today. Raises DatabaseFault."""
        today = self.today()
        found = [one for one in await self.between(today, today) if one.scope == "all"]
        return found[0] if found else Use(today, "all")

    async def standings(self) -> Mapping[Scope, Standing]:
        """How the budgets stand today, by what they are of; those that are set. Raises DatabaseFault."""
        today = self.today()
        uses = await self.between(today, today)
        return {scope: self._standing(scope, uses) for scope in SCOPES if self.limits.limit(scope)}

    def _standing(self, scope: Scope, uses: Sequence[Use]) -> Standing:
        limit = self.limits.limit(scope)
        mine = [(limit.share(use.tokens, use.micros), use.refused) for use in uses if use.scope == scope]
        states = [self.limits.state(scope, share, refused) for share, refused in mine]
        return Standing(scope, max((share for share, _ in mine), default=0.0), states.count("near"), states.count("at"))

    def _micros(self, tokens: Tokens) -> int:
        return self.prices.micros(tokens) if self.prices else 0

    def _values(self, reserved: Reserved) -> dict[str, Any]:
        values: dict[str, Any] = {
            "day": reserved.day,
            "person": reserved.person,
            "room": reserved.room,
            "prompt": reserved.most.prompt,
            "completion": reserved.most.completion,
            "micros": reserved.micros,
        }
        for scope in SCOPES:
            limit = self.limits.limit(scope)
            values |= {f"{scope}_tokens": limit.tokens, f"{scope}_micros": limit.micros}
        return values

    def _unread(self, fault: DatabaseFault) -> SpentFault:
        _log.error("the budget of the cloud cannot be read, so the cloud is out: %s", fault)
        return SpentFault(_UNREAD)

    async def _refused(self, day: date, person: str, room: str, full: Sequence[Scope]) -> SpentFault:
        """Count it, for whoever is told; of a budget of several the widest is named."""
        try:
            async with self._database.transaction() as connection:
                keys = {"day": day, "person": person, "room": room, "full": list(full)}
                await connection.execute(_REFUSED, keys)
        except DatabaseFault as fault:
            _log.warning("that a budget is used up is not counted: %s", fault)
        return SpentFault(_LEFT[min(full, key=SCOPES.index)])


async def _whose(connection: AsyncConnection, decision: UUID) -> tuple[str, str]:
    """Whose question was decided, and where it was asked. Raises ModelFault where that is not recorded."""
    row = (await connection.execute(_WHOSE, {"decision": decision})).one_or_none()
    if row is None:
        sentence = "The decision is not recorded, so nobody can tell whose budget it is, and nothing was sent."
        raise ModelFault(sentence, again=False, unsent=True)
    return row.asker, row.room


def _use(row: RowMapping) -> Use:
    return Use(**cast(dict[str, Any], dict(row)))


_ASKED = """
(values ('all', ''), ('person', cast(:person as text)), ('room', cast(:room as text))) as asked (scope, key)
"""
_MOST = """
case {0}.scope when 'all' then cast(:all_{1} as bigint) when 'person' then cast(:person_{1} as bigint)
  else cast(:room_{1} as bigint) end
"""


def _fits(of: str, tokens: str, micros: str) -> str:
    """Whether what is used of a row's budget leaves room for the request. No limit: always."""
    return f"""
    coalesce({tokens} + cast(:prompt as bigint) + cast(:completion as bigint) <= {_MOST.format(of, "tokens")}, true)
    and coalesce({micros} + cast(:micros as bigint) <= {_MOST.format(of, "micros")}, true)
    """


_USED = "used.prompt_tokens + used.completion_tokens"
_WHOSE = text("""
select question.asker, question.room from decision join question on question.id = decision.question
where decision.id = :decision
""")
# On a conflict the row is locked and read as it is then: what others have added meanwhile counts.
_RESERVE = text(f"""
insert into cloud_use as used (day, scope, key, requests, estimated, prompt_tokens, completion_tokens, micros)
select :day, scope, key, 1, 1, :prompt, :completion, :micros from {_ASKED}
where {_fits("asked", "0", "0")} order by scope
on conflict (day, scope, key) do update
set requests = used.requests + 1, estimated = used.estimated + 1,
    prompt_tokens = used.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = used.completion_tokens + excluded.completion_tokens,
    micros = used.micros + excluded.micros
where {_fits("used", _USED, "used.micros")}
returning scope
""")
_FULL = text(f"""
select asked.scope from {_ASKED}
left join cloud_use as used on used.day = :day and used.scope = asked.scope and used.key = asked.key
where not ({_fits("asked", f"coalesce({_USED}, 0)", "coalesce(used.micros, 0)")}) order by asked.scope
""")
# Never less than nothing: whoever was forgotten meanwhile has a row that knows nothing of the reservation.
_SETTLE = text("""
with mine as (
  select day, scope, key from cloud_use
  where day = :day and (scope, key) in (('all', ''), ('person', :person), ('room', :room))
  order by scope for update
)
update cloud_use as used
set requests = greatest(0, used.requests - :requests), estimated = greatest(0, used.estimated - 1),
    prompt_tokens = greatest(0, used.prompt_tokens + :prompt),
    completion_tokens = greatest(0, used.completion_tokens + :completion),
    micros = greatest(0, used.micros + :micros)
from mine where used.day = mine.day and used.scope = mine.scope and used.key = mine.key
""")
_REFUSED = text(f"""
insert into cloud_use as used (day, scope, key, refused)
select :day, scope, key, 1 from {_ASKED} where scope = any(cast(:full as text[])) order by scope
on conflict (day, scope, key) do update set refused = used.refused + 1
""")
_BETWEEN = text("""
select day, scope, key, requests, estimated, refused, prompt_tokens, completion_tokens, micros
from cloud_use where day between :first and :last order by day, scope, key
""")
