"""What people allowed Naru to learn from, and what reviewers made of it. The only writer of `review`.

A review is about one person's feedback on one answer. It goes with these (bot/forget/), and its example with it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.forget.reviews import unlearnt
from bot.learning import Approval, Candidate, Pair
from bot.records import label_of_row
from bot.seal import Seal
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import Principal


class Reviews:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    async def candidates(self, most: int, *, in_force: bool = False) -> tuple[Candidate, ...]:
        """What may be reviewed: of those who allowed it, on questions whose askers allowed it too, and that no reviewer
        has discarded; those with the most votes first. in_force: those that are examples now, instead."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_CANDIDATES, {"most": most, "in_force": in_force})).all()
            reviewed = await self._approvals(connection, [row.answer for row in rows])
        found = (self._candidate(row, reviewed.get((row.answer, row.person), ())) for row in rows)
        return tuple(one for one in found if one is not None)

    async def approve(
        self, connection: AsyncConnection, candidate: Candidate, reviewer: str, pair: Pair, level: Level
    ) -> UUID:
        """Keep that a reviewer approves of these words, in place of what they said before; its id. What was approved
        before and has expired counts no more. In a transaction of somebody else's, who holds `locked`."""
        id, r = uuid4(), tables.review
        mine = r.c.answer == candidate.answer, r.c.person == candidate.person
        await connection.execute(
            sa.delete(r).where(*mine, sa.or_(r.c.reviewer == reviewer, r.c.expired_at.is_not(None)))
        )
        sealed = self._seal.close(json.dumps([pair.question, pair.answer], ensure_ascii=False), _place(id))
        row = {"id": id, "answer": candidate.answer, "person": candidate.person, "reviewer": reviewer}
        await connection.execute(insert(r).values(**row, verdict="approved", pair=sealed, level=int(level)))
        return id

    async def approvals(self, connection: AsyncConnection, candidate: Candidate) -> tuple[Approval, ...]:
        """What stands, the oldest first."""
        return (await self._approvals(connection, [candidate.answer])).get((candidate.answer, candidate.person), ())

    async def in_force(self, connection: AsyncConnection, id: UUID, readers: Collection[Principal]) -> None:
        """This review was the last that the example needed. readers: to whom it was given, beside those that what it
        rests on decides."""
        r = tables.review
        values = {"in_force_at": sa.func.now(), "readers": sorted(readers)}
        await connection.execute(sa.update(r).where(r.c.id == id).values(values))

    async def discard(self, connection: AsyncConnection, candidate: Candidate, reviewer: str) -> None:
        """It is no example, and will be none: whoever approved it before is overruled."""
        r = tables.review
        mine = r.c.answer == candidate.answer, r.c.person == candidate.person
        await unlearnt(connection, list(await connection.scalars(sa.select(r.c.id).where(*mine))))
        row = {"id": uuid4(), "answer": candidate.answer, "person": candidate.person, "reviewer": reviewer}
        await connection.execute(insert(r).values(**row, verdict="discarded"))

    async def expire(self, connection: AsyncConnection, ids: Collection[UUID]) -> None:
        """What they rest on has changed: they are no examples any more, and may be approved anew."""
        r = tables.review
        about = sa.select(r.c.answer, r.c.person).where(r.c.id.in_(ids))
        mine = sa.tuple_(r.c.answer, r.c.person).in_(about)
        await connection.execute(sa.update(r).where(mine).values(expired_at=sa.func.now()))

    async def locked(self, connection: AsyncConnection, candidate: Candidate) -> bool:
        """Whether it is still what may be reviewed; until the transaction ends it stays so, and nobody else reviews
        it."""
        values = {"answer": candidate.answer, "person": candidate.person}
        return await connection.scalar(_LOCKED, values) is not None

    async def _approvals(
        self, connection: AsyncConnection, answers: Sequence[UUID]
    ) -> Mapping[tuple[UUID, str], tuple[Approval, ...]]:
        r = tables.review
        rows = await connection.execute(
            sa.select(r).where(r.c.answer.in_(answers), r.c.verdict == "approved").order_by(r.c.reviewed_at, r.c.id)
        )
        found: dict[tuple[UUID, str], tuple[Approval, ...]] = {}
        for row in rows:
            pair = None if row.pair is None else self._seal.open(row.pair, _place(row.id))
            if pair is not None:
                in_force = row.in_force_at is not None and row.expired_at is None
                one = Approval(
                    row.id, row.reviewer, Pair(*json.loads(pair)), in_force, frozenset(map(Principal, row.readers))
                )
                found[row.answer, row.person] = (*found.get((row.answer, row.person), ()), one)
        return found

    def _candidate(self, row: Any, approvals: tuple[Approval, ...]) -> Candidate | None:
        """None: it cannot be opened with this key. Of what was approved, the texts may be too old to be kept."""
        asked = self._opened(row.asked, f"question:{row.question}")
        if asked is None and not approvals:
            return None
        return Candidate(
            answer=row.answer,
            person=row.person,
            asker=row.asker,
            room=row.room,
            private=row.private,
            asked=asked or approvals[-1].pair.question,
            answered=self._opened(row.answered, f"answer:{row.answer}"),
            better=self._opened(row.better, f"better:{row.answer}:{row.person}"),
            reason=self._opened(row.reason, f"feedback:{row.answer}:{row.person}"),
            verdict=row.verdict,
            good=row.good,
            bad=row.bad,
            label=label_of_row(row.reasons) | label_of_row(row.answer_reasons),
            documents=tuple(row.documents),
            passages=tuple(row.passages),
            approvals=() if row.expired else approvals,
            expired=row.expired,
        )

    def _opened(self, sealed: bytes | None, place: str) -> str | None:
        return None if sealed is None else self._seal.open(sealed, place)


def _place(id: UUID) -> str:
    return f"review:{id}"


_ALLOWED = """
  feedback.consent
  and exists (select from feedback as own
              where own.answer = answer.id and own.person = question.asker and own.consent)
"""
_CANDIDATES = text(f"""
with counted as (
  select answer, count(*) filter (where verdict = 'good') as good, count(*) filter (where verdict = 'bad') as bad,
         count(*) as votes
  from feedback group by answer
), standing as (
  select answer, person, bool_or(verdict = 'discarded') as discarded,
         bool_or(in_force_at is not null and expired_at is null) as in_force, bool_or(expired_at is not null) as expired
  from review group by answer, person
)
select feedback.answer, feedback.person, feedback.verdict, feedback.reason, feedback.better, counted.good, counted.bad,
       question.id as question, question.text as asked, question.asker, question.room, question.private,
       answer.text as answered, answer.documents, answer.passages, answer.reasons as answer_reasons,
       decision.reasons, coalesce(standing.expired, false) as expired
from feedback
  join answer on answer.id = feedback.answer
  join question on question.id = answer.question
  join decision on decision.id = answer.decision
  join counted on counted.answer = feedback.answer
  left join standing on standing.answer = feedback.answer and standing.person = feedback.person
where {_ALLOWED}
  and answer.passages is not null
  and (:in_force or (question.text is not null and (
    feedback.better is not null
    or (feedback.verdict = 'good' and feedback.person = question.asker and answer.text is not null))))
  and not coalesce(standing.discarded, false) and coalesce(standing.in_force, false) = :in_force
order by counted.votes desc, feedback.given_at, feedback.answer, feedback.person
limit :most
""")
_LOCKED = text(f"""
select feedback.answer from feedback
  join answer on answer.id = feedback.answer
  join question on question.id = answer.question
where feedback.answer = :answer and feedback.person = :person and {_ALLOWED}
  and not exists (select from review where review.answer = feedback.answer and review.person = feedback.person
                  and verdict = 'discarded')
for update of feedback
""")
