"""What is kept of questions, decisions, answers and feedback. The only writer of bot/tables.py.

A Decision's row is committed before the first byte leaves. Text is sealed, and kept only where the `record` sink
takes it; the rows themselves hold ids, levels, kinds and hashes, and people as pseudonyms.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.domain import Answer, Feedback, Question, Room, RoomKind, Route, Turn
from bot.policy.decide import Decision
from bot.policy.parts import found_in
from bot.policy.rules import Rules, allowed
from bot.seal import Seal
from retrieval.database import Database, DatabaseFault
from retrieval.label import Label, Level, Reason

_log = logging.getLogger(__name__)
TURNS = 4
"""How many earlier turns a prompt may carry; older ones are out of the conversation's reach."""
_REMEMBERED = 50
"""How many older questions are still looked at for the other half of an identifier."""


Fence = Callable[[AsyncConnection], Awaitable[None]]
"""Asks, in a transaction of ours, whether whoever writes may still; raises when not."""


class Records:
    """fence: asked in the transaction that stores an answer, so that a worker that was overtaken replaces nothing.
    unkept: of these (question, answer, feedback) no text is stored at all."""

    def __init__(
        self, database: Database, seal: Seal, fence: Fence | None = None, *, unkept: Collection[str] = ()
    ) -> None:
        self._database = database
        self._seal = seal
        self._fence = fence
        self._unkept = unkept

    def fenced(self, fence: Fence) -> Records:
        return Records(self._database, self._seal, fence, unkept=self._unkept)

    async def decided(self, decision: Decision, question: Question, operator: str | None) -> Decision:
        """Commit the Decision. When that fails the cloud is out: nothing leaves without a trace."""
        try:
            async with self._database.transaction() as connection:
                # The same question comes again when the worker that had it died.
                asked = insert(tables.question).on_conflict_do_nothing()
                await connection.execute(asked, self._question(question, decision, operator))
                await connection.execute(insert(tables.decision), _decision(decision, question))
        except DatabaseFault as fault:
            _log.error("decision %s was not recorded, so the cloud is out: %s", decision.id, fault)
            return decision.without(Route.CLOUD)
        return decision

    async def store(self, answer: Answer, question: Question, decision: Decision, operator: str | None) -> None:
        """Keep the answer before it is shown, with what `decided` could not write, if so. Raises DatabaseFault, and
        what the fence raises."""
        row = {
            "id": answer.id,
            "question": answer.question,
            "decision": answer.decision,
            "text": self._kept(answer.text, f"answer:{answer.id}", decision),
            "route": answer.route.value,
            "known": answer.known,
            "reasons": _reasons(answer.label.reasons),
            "documents": list(answer.documents),
            "tried": [[route.value, why] for route, why in answer.tried],
            "model": answer.model,
            "prompt_version": answer.prompt_version,
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
        }
        async with self._database.transaction() as connection:
            if self._fence is not None:
                await self._fence(connection)
            asked = insert(tables.question).on_conflict_do_nothing()
            await connection.execute(asked, self._question(question, decision, operator))
            decided = insert(tables.decision).on_conflict_do_nothing()
            await connection.execute(decided, _decision(decision, question))
            # Of an answer that was stored and never shown, because its worker died, the next attempt's takes the place.
            kept = insert(tables.answer).values(row)
            await connection.execute(kept.on_conflict_do_update(index_elements=["question"], set_=row))

    async def thread(self, question: Question) -> tuple[Turn, ...]:
        """The last turns of the question's thread, oldest first."""
        q, a, d = tables.question, tables.answer, tables.decision
        query = (
            sa.select(
                q.c.id, q.c.text, a.c.id.label("answer_id"), a.c.text.label("answer"), a.c.documents,
                a.c.reasons.label("answer_reasons"), d.c.reasons,
            )
            .join_from(q, a, a.c.question == q.c.id)
            .join(d, d.c.id == a.c.decision)
            .where(q.c.thread == self._seal.pseudonym(question.thread), q.c.id != question.id)
            .order_by(q.c.received_at.desc())
            .limit(TURNS)
        )  # fmt: skip
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            Turn(
                question=self._opened(row.text, f"question:{row.id}"),
                answer=self._opened(row.answer, f"answer:{row.answer_id}"),
                label=_label(row.reasons) | _label(row.answer_reasons),
                documents=tuple(row.documents),
            )
            for row in reversed(rows)
        )

    async def typed_before(self, question: Question) -> tuple[str, ...]:
        """What was asked in the question's thread before the turns that `thread` gives, oldest first, as far as it was
        kept."""
        q = tables.question
        query = (
            sa.select(q.c.id, q.c.text)
            .where(q.c.thread == self._seal.pseudonym(question.thread), q.c.id != question.id)
            .where(sa.exists().where(tables.answer.c.question == q.c.id))
            .order_by(q.c.received_at.desc())
            .offset(TURNS)
            .limit(_REMEMBERED)
        )
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        texts = [self._opened(row.text, f"question:{row.id}") for row in reversed(rows)]
        return tuple(text for text in texts if text is not None)

    async def asked(self, question: UUID, person: str) -> tuple[str, Label] | None:
        """The text of a question, for the person who asked it, with what the room it was asked in says of it; None
        where it was not kept, or was another's."""
        q, d = tables.question, tables.decision
        query = (
            sa.select(q.c.text, d.c.reasons)
            .join_from(q, d, d.c.question == q.c.id)
            .where(q.c.id == question, q.c.asker == self._seal.pseudonym(person))
        )
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        text = self._opened(rows[0].text, f"question:{question}") if rows else None
        if text is None:
            return None
        reasons = frozenset(reason for row in rows for reason in _label(row.reasons).reasons)
        return text, Label(frozenset(reason for reason in reasons if reason.kind == "channel"))

    async def rests_on(self, question: UUID) -> tuple[int, ...]:
        """The ids of the documents that the stored answer to a question was made from."""
        a = tables.answer
        async with self._database.transaction() as connection:
            found = await connection.scalar(sa.select(a.c.documents).where(a.c.question == question))
        return tuple(found or ())

    async def decision_of(self, answer_or_decision: UUID) -> Mapping[str, Any] | None:
        """A Decision's row, by its own id or by its answer's."""
        d, a = tables.decision, tables.answer
        of_answer = sa.select(a.c.decision).where(a.c.id == answer_or_decision)
        query = sa.select(d).where((d.c.id == answer_or_decision) | d.c.id.in_(of_answer))
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).mappings().first()
        return dict(row) if row else None

    async def last(self, person: str, room: Room) -> Mapping[str, Any] | None:
        """The last answer to that person in that room, with its Decision; None where there is none."""
        q, a, d = tables.question, tables.answer, tables.decision
        query = (
            sa.select(d, a.c.route, a.c.model, a.c.tried)
            .join_from(a, d, a.c.decision == d.c.id)
            .join(q, q.c.id == a.c.question)
            .where(q.c.asker == self._seal.pseudonym(person), q.c.room == self._room(room.id, room.kind))
            .order_by(a.c.answered_at.desc())
            .limit(1)
        )
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).mappings().first()
        return dict(row) if row else None

    async def recent(self, most: int) -> AsyncIterator[tuple[Label, bool]]:
        """The labels of the last questions as they were decided, and whether the room's `slack` sink took what there
        was to show; the newest first."""
        d = tables.decision
        query = sa.select(d.c.reasons, d.c.verdicts).order_by(d.c.decided_at.desc()).limit(most)
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        for row in rows:
            yield _label(row.reasons), bool(row.verdicts["slack"]["allowed"])

    async def give(self, feedback: Feedback, rules: Rules) -> bool:
        """Keep what somebody thinks of an answer; the last word of each person stands. A text that the `record` sink
        refuses is left out. False: there is no such answer any more."""
        person = self._seal.pseudonym(feedback.person)

        def kept(text: str | None, what: str) -> bytes | None:
            if (
                "feedback" in self._unkept
                or not text
                or not allowed(found_in(text, "feedback", rules), rules.sinks["record"])
            ):
                return None
            return self._seal.close(text, f"{what}:{feedback.answer}:{person}")

        said = {
            "verdict": feedback.verdict,
            "reason": kept(feedback.reason, "feedback"),
            "better": kept(feedback.better, "better"),
        }
        # What was said before in a form stays when only a button is clicked again.
        said = {column: value for column, value in said.items() if value is not None}
        statement = insert(tables.feedback).values(answer=feedback.answer, person=person, **said)
        upsert = statement.on_conflict_do_update(
            index_elements=["answer", "person"], set_={**said, "given_at": sa.func.now()}
        )
        exists = sa.select(sa.exists().where(tables.answer.c.id == feedback.answer))
        async with self._database.transaction() as connection:
            if not await connection.scalar(exists):
                return False
            await connection.execute(upsert)
        return True

    def _question(self, question: Question, decision: Decision, operator: str | None) -> dict[str, Any]:
        return {
            "id": question.id,
            "thread": self._seal.pseudonym(question.thread),
            "room": self._room(question.room.id, question.room.kind),
            "asker": self._seal.pseudonym(question.asker),
            "operator": operator,
            "text": self._kept(question.text, f"question:{question.id}", decision),
            "received_at": question.received_at,
        }

    def _room(self, id: str, kind: RoomKind) -> str:
        """A direct message's id stands for a person."""
        return self._seal.pseudonym(id) if kind == "dm" else id

    def _kept(self, text: str, place: str, decision: Decision) -> bytes | None:
        if place.partition(":")[0] in self._unkept or not decision.verdict("record").allowed:
            return None
        return self._seal.close(text, place)

    def _opened(self, sealed: bytes | None, place: str) -> str | None:
        return self._seal.open(sealed, place) if sealed is not None else None


async def has_sealed_text(database: Database) -> bool:
    """Whether anything was sealed yet."""
    q = tables.question
    async with database.transaction() as connection:
        return bool(await connection.scalar(sa.select(sa.exists().where(q.c.text.is_not(None)))))


async def rooms(database: Database) -> frozenset[str]:
    """The ids of the rooms in which somebody asked; pseudonyms for direct messages."""
    async with database.transaction() as connection:
        return frozenset(await connection.scalars(sa.select(tables.question.c.room).distinct()))


async def opens(database: Database, seal: Seal) -> bool | None:
    """Whether this seal opens what was sealed last; None: nothing is sealed yet."""
    q = tables.question
    newest = sa.select(q.c.id, q.c.text).where(q.c.text.is_not(None)).order_by(q.c.received_at.desc()).limit(1)
    async with database.transaction() as connection:
        row = (await connection.execute(newest)).one_or_none()
    return None if row is None else seal.open(row.text, f"question:{row.id}") is not None


def _decision(decision: Decision, question: Question) -> dict[str, Any]:
    return {
        "id": decision.id,
        "question": question.id,
        "routes": [route.value for route in decision.routes],
        "level": int(decision.label.level),
        "reasons": _reasons(decision.label.reasons),
        "verdicts": {
            verdict.sink: {
                "allowed": verdict.allowed,
                "ceiling": verdict.ceiling.name,
                "against": _reasons(verdict.against),
            }
            for verdict in decision.verdicts
        },
        "policy": decision.policy,
        "domain_model": decision.domain_model,
    }


def _reasons(reasons: Iterable[Reason]) -> list[list[str]]:
    return [[reason.level.name, reason.kind, reason.origin] for reason in sorted(reasons)]


def _label(rows: list[list[str]]) -> Label:
    return Label(frozenset(Reason(Level.named(level), kind, origin) for level, kind, origin in rows))
