"""What else is held of people: placeholders, samples of what was sent, what stands in Slack, events, what they used of
the cloud model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.forget import asked
from bot.forget.reach import Batch, Erasure, Reach, erased, held
from bot.seal import Seal
from bot.slack import posted

_FIRST = str(UUID(int=0))


async def placeholders(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """What masked values were: in threads where the subject asked, because nobody can tell any more who wrote which,
    and wherever a value names somebody, with what names them by its placeholder. The rows stay without their values, so
    that no number comes to stand for another."""
    wanted, kept, seal = erasure.wanted, erasure.kept, erasure.seal
    thread, _, name = (after or "/").partition("/")
    names = wanted.names is not None
    values = {"thread": thread, "name": name, "most": most, "names": names}
    values |= _whose(wanted, "") | _whose(kept, "kept_")
    rows = (await connection.execute(_PLACEHOLDERS, values)).all()

    untold: dict[str, set[str]] = {}

    def judged() -> tuple[list[Row[Any]], dict[str, set[str]], int]:
        gone, naming, stay = [], dict[str, set[str]](), 0
        for row in rows:
            if row.value is None:
                untold.setdefault(row.thread, set()).add(row.name)
                continue
            value = seal.open(row.value, f"placeholder:{row.thread}:{row.name}")
            named = wanted.named_in(value)
            if not row.own and not named:
                continue
            if row.kept or kept.named_in(value):
                stay += 1
                continue
            gone.append(row)
            if named:
                naming.setdefault(row.thread, set()).add(row.name)
        return gone, naming, stay

    gone, naming, stay = await asyncio.to_thread(judged)
    counts = await asked.masked(connection, erasure, naming, untold)
    keys = {"threads": [row.thread for row in gone], "names": [row.name for row in gone]}
    await connection.execute(_VALUES, keys)
    more = f"{rows[-1].thread}/{rows[-1].name}" if len(rows) == most else None
    return Batch({**counts, "placeholder": erased(len(gone)) + held(stay)}, more)


async def samples(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """What was sent and names somebody. The samples of a subject's own questions go with these (asked.py)."""
    if erasure.wanted.names is None:
        return Batch({})
    rows = (await connection.execute(_SAMPLES, {"after": after or _FIRST, "most": most})).all()
    gone, stay = await asyncio.to_thread(_named, rows, erasure, "payload", "egress_sample")
    await connection.execute(_SAMPLE, {"ids": gone})
    more = str(rows[-1].id) if len(rows) == most else None
    return Batch({"egress_sample": erased(len(gone)) + held(stay)}, more)


async def shown(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """What stands in Slack of a subject whose questions are not kept any more, or rests on a source's documents; and
    where neither question nor answer was kept, nobody can tell whom it names."""
    wanted, kept = erasure.wanted, erasure.kept
    stays = posted.Kept(sorted(kept.askers), sorted(kept.rooms), sorted(kept.documents))
    withdrawn = await posted.withdraw(
        connection,
        "opt_out",
        askers=sorted(wanted.askers),
        channels=sorted(wanted.rooms),
        documents=sorted(wanted.documents),
        kept=stays,
    )
    if wanted.names is not None:
        untold = list(await connection.scalars(_UNTOLD))
        withdrawn += await posted.withdraw(connection, "opt_out", questions=untold, kept=stays)
    return Batch({"posted": erased(withdrawn)})


async def events(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """Of events that are done, what is left of their texts. One that is not done is in transit: it is answered as the
    opt-out says, and its text goes with that."""
    wanted, kept, seal = erasure.wanted, erasure.kept, erasure.seal
    rows = (await connection.execute(_EVENTS, {"after": int(after or 0), "most": most})).all()

    def judged() -> tuple[list[int], int]:
        gone, stay = [], 0
        for row in rows:
            body = _body(row, seal)
            asker = seal.pseudonym(str(body.get("user", "")))
            if wanted.of(asker, row.channel) or wanted.named_in(body.get("text")):
                if kept.of(asker, row.channel) or kept.named_in(body.get("text")):
                    stay += 1
                else:
                    gone.append(row.id)
        return gone, stay

    gone, stay = await asyncio.to_thread(judged)
    await connection.execute(_EVENT, {"ids": gone})
    more = str(rows[-1].id) if len(rows) == most else None
    return Batch({"inbox": erased(len(gone)) + held(stay)}, more)


async def costs(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """What they used of the cloud model, by day; and of a room in which nobody else asked, whose rows say the same."""
    values = _whose(erasure.wanted, "") | _whose(erasure.kept, "kept_")
    rows = (await connection.execute(_COSTS, values)).all()
    gone = [row for row in rows if not row.kept]
    keys = {name: [getattr(row, name[:-1]) for row in gone] for name in ("days", "scopes", "keys")}
    await connection.execute(_COST, keys)
    counts = erased(len(gone)) + held(len(rows) - len(gone))
    return Batch({"cloud_use": counts} if counts.found else {})


def _body(row: Row[Any], seal: Seal) -> dict[str, Any]:
    opened = seal.open(row.body, f"inbox:{row.key}")
    body = {} if opened is None else json.loads(opened)
    return body if isinstance(body, dict) else {}


def _named(rows: Sequence[Row[Any]], erasure: Erasure, column: str, place: str) -> tuple[list[UUID], int]:
    gone, stay = [], 0
    for row in rows:
        opened = erasure.seal.open(getattr(row, column), f"{place}:{row.id}")
        if erasure.wanted.named_in(opened):
            if erasure.kept.named_in(opened):
                stay += 1
            else:
                gone.append(row.id)
    return gone, stay


def _whose(reach: Reach, prefix: str) -> dict[str, list[str]]:
    return {f"{prefix}askers": sorted(reach.askers), f"{prefix}rooms": sorted(reach.rooms)}


_MINE = "(question.asker = any(cast(:{0}askers as text[])) or question.room = any(cast(:{0}rooms as text[])))"
_PLACEHOLDERS = text(f"""
select placeholder.thread, placeholder.name, placeholder.value,
       exists (select from question where question.thread = placeholder.thread and {_MINE.format("")}) as own,
       exists (select from question where question.thread = placeholder.thread and {_MINE.format("kept_")}) as kept
from placeholder
where (placeholder.value is not null or :names) and (placeholder.thread, placeholder.name) > (:thread, :name)
order by placeholder.thread, placeholder.name limit :most for update of placeholder
""")
_VALUES = text(
    "update placeholder set value = null"
    " from unnest(cast(:threads as text[]), cast(:names as text[])) as gone (thread, name)"
    " where placeholder.thread = gone.thread and placeholder.name = gone.name"
)
_UNTOLD = text("""
select posted.question from posted
where why is null and withdrawn_at is null
  and not exists (select from question where question.id = posted.question and text is not null)
  and not exists (select from answer where answer.question = posted.question and text is not null)
""")
_SAMPLES = text("select id, payload from egress_sample where id > cast(:after as uuid) order by id limit :most")
_SAMPLE = text("delete from egress_sample where id = any(cast(:ids as uuid[]))")
_EVENTS = text(
    "select id, key, channel, body from inbox where state = 'done' and body is not null and id > :after"
    " order by id limit :most for update"
)
_ALONE_IN = """
select mine.room from question as mine where mine.asker = any(cast(:askers as text[])) and not exists (
  select from question as others where others.room = mine.room and others.asker <> all(cast(:askers as text[])))
"""
# In the order in which bot/cloud_use.py locks them.
_COSTS = text(f"""
select day, scope, key,
       key = any(cast(:kept_askers as text[])) or key = any(cast(:kept_rooms as text[]))
         or (scope = 'room' and exists (
           select from question where room = cloud_use.key and asker = any(cast(:kept_askers as text[])))) as kept
from cloud_use
where (scope = 'person' and key = any(cast(:askers as text[])))
   or (scope = 'room' and (key = any(cast(:rooms as text[])) or key in ({_ALONE_IN})))
order by day, scope, key for update
""")
_COST = text(
    "delete from cloud_use"
    " using unnest(cast(:days as date[]), cast(:scopes as text[]), cast(:keys as text[])) as gone (day, scope, key)"
    " where cloud_use.day = gone.day and cloud_use.scope = gone.scope and cloud_use.key = gone.key"
)
_EVENT = text("update inbox set body = null, finished = null where id = any(cast(:ids as bigint[]))")
