"""What is kept of questions, decisions and answers. The only writer of these tables (bot/tables.py).

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
from bot.audit import Audit
from bot.domain import Answer, Feedback, Question, Room, RoomKind, Route, Turn
from bot.feedback import give
from bot.masks import Masks, TakenFault
from bot.optouts import honours
from bot.policy.decide import Decision
from bot.policy.mask import Placeholders, unmask
from bot.policy.optout import refuses
from bot.policy.parts import Masking
from bot.policy.rules import Rules, SinkName
from bot.seal import Seal
from retrieval.database import Database, DatabaseFault
from retrieval.label import Label, Level, Reason

_log = logging.getLogger(__name__)
TURNS = 4
"""How many earlier turns a prompt may carry; older ones are out of the conversation's reach."""
_REMEMBERED = 50
"""How many older questions are still looked at for the other half of an identifier."""

_QUESTION = insert(tables.question)
_ASKED = _QUESTION.on_conflict_do_update(
    index_elements=["id"], set_={"text": None}, where=_QUESTION.excluded.text.is_(None)
)
"""The same question comes again when the worker that had it died, or when it is decided again: then it may be that its
text is not to be kept any more."""

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
        self._masks = Masks(database, seal)
        self._audit = Audit(seal)
        self._unkept = unkept

    def fenced(self, fence: Fence) -> Records:
        return Records(self._database, self._seal, fence, unkept=self._unkept)

    async def placeholders(self, thread: str) -> Placeholders:
        """Which placeholder stands for which value in a thread. Raises DatabaseFault."""
        return await self._masks.of(thread)

    async def decided(
        self, decision: Decision, question: Question, operator: str | None, masking: Masking | None = None
    ) -> Decision:
        """Commit the Decision, and what its placeholders stand for. When that fails the cloud is out: nothing leaves
        without a trace, or without the way back. Raises ChangedFault where somebody has opted out since."""
        try:
            async with self._database.transaction() as connection:
                await honours(connection, decision.epoch)
                await connection.execute(_ASKED, self._question(question, decision, operator, masking))
                row = _decision(decision, question)
                await connection.execute(insert(tables.decision), row)
                body = {**row, "id": None, "decision": str(decision.id), "question": str(question.id)}
                noted = {**body, "room": self._room(question.room.id, question.room.kind), "operator": operator}
                await self._audit.note(connection, "decision", noted, actor=question.asker)
                if masking is not None:
                    known = not any(refuses(reason, "record") for reason in decision.label.reasons)
                    await self._masks.issue(connection, question.thread, masking.before, masking.placeholders, known)
        except (DatabaseFault, TakenFault) as fault:
            _log.error("decision %s was not recorded, so the cloud is out: %s", decision.id, fault)
            return decision.without(Route.CLOUD)
        return decision

    async def store(
        self, answer: Answer, question: Question, decision: Decision, operator: str | None, masking: Masking | None
    ) -> None:
        """Keep the answer before it is shown, with what `decided` could not write, if so. masking: whose placeholders
        `decided` has kept. Raises DatabaseFault, ChangedFault where somebody has opted out since the Decision, and what
        the fence raises."""
        row = {
            "id": answer.id,
            "question": answer.question,
            "decision": answer.decision,
            "text": self._kept_answer(answer, decision),
            "route": answer.route.value,
            "known": answer.known,
            "reasons": _reasons(answer.label.reasons),
            "documents": list(answer.documents),
            "passages": list(answer.passages),
            "tried": [[route.value, why] for route, why in answer.tried],
            "model": answer.model,
            "prompt_version": answer.prompt_version,
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
        }
        async with self._database.transaction() as connection:
            if self._fence is not None:
                await self._fence(connection)
            await honours(connection, decision.epoch)
            await connection.execute(_ASKED, self._question(question, decision, operator, masking))
            decided = insert(tables.decision).on_conflict_do_nothing()
            await connection.execute(decided, _decision(decision, question))
            # Of an answer that was stored and never shown, because its worker died, the next attempt's takes the place.
            kept = insert(tables.answer).values(row)
            await connection.execute(kept.on_conflict_do_update(index_elements=["question"], set_=row))
            if answer.strange:
                counted = {"decision": str(decision.id), "placeholders": answer.strange}
                await self._audit.note(connection, "unknown_placeholders", counted)

    async def thread(self, question: Question) -> tuple[Turn, ...]:
        """The last turns of the question's thread, oldest first."""
        q, a, d = tables.question, tables.answer, tables.decision
        query = (
            sa.select(
                q.c.id, q.c.text, q.c.asker, a.c.id.label("answer_id"), a.c.text.label("answer"), a.c.documents,
                a.c.reasons.label("answer_reasons"), a.c.route, d.c.reasons, d.c.verdicts,
            )
            .join_from(q, a, a.c.question == q.c.id)
            .join(d, d.c.id == a.c.decision)
            .where(q.c.thread == self._seal.pseudonym(question.thread), q.c.id != question.id)
            .order_by(q.c.received_at.desc())
            .limit(TURNS)
        )  # fmt: skip
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
            known = await self._known(connection, self._seal.pseudonym(question.thread), rows)
        return tuple(
            Turn(
                question=self._restored(row.text, f"question:{row.id}", known, _masked(row.verdicts, "record")),
                answer=self._restored(row.answer, f"answer:{row.answer_id}", known, _saw_masked(row)),
                label=label_of_row(row.reasons) | label_of_row(row.answer_reasons),
                documents=tuple(row.documents),
                asker=row.asker,
                masked=_saw_masked(row),
            )
            for row in reversed(rows)
        )

    async def typed_before(self, question: Question) -> tuple[str, ...]:
        """What was asked in the question's thread before the turns that `thread` gives, oldest first, as far as it was
        kept."""
        q, a, d = tables.question, tables.answer, tables.decision
        query = (
            sa.select(q.c.id, q.c.text, d.c.verdicts)
            .join_from(q, a, a.c.question == q.c.id)
            .join(d, d.c.id == a.c.decision)
            .where(q.c.thread == self._seal.pseudonym(question.thread), q.c.id != question.id)
            .order_by(q.c.received_at.desc())
            .offset(TURNS)
            .limit(_REMEMBERED)
        )
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
            known = await self._known(connection, self._seal.pseudonym(question.thread), rows)
        texts = [
            self._restored(row.text, f"question:{row.id}", known, _masked(row.verdicts, "record"))
            for row in reversed(rows)
        ]
        return tuple(text for text in texts if text is not None)

    async def asked(self, question: UUID, person: str) -> tuple[str, Label] | None:
        """The text of a question, for the person who asked it, with what the room it was asked in says of it; None
        where it was not kept, or was another's."""
        q, d = tables.question, tables.decision
        query = (
            sa.select(q.c.text, q.c.thread, d.c.reasons, d.c.verdicts)
            .join_from(q, d, d.c.question == q.c.id)
            .where(q.c.id == question, q.c.asker == self._seal.pseudonym(person))
        )
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
            known = await self._known(connection, rows[0].thread, rows) if rows else {}
        masked = frozenset[str]().union(*(_masked(row.verdicts, "record") for row in rows))
        text = self._restored(rows[0].text, f"question:{question}", known, masked) if rows else None
        if text is None:
            return None
        reasons = frozenset(reason for row in rows for reason in label_of_row(row.reasons).reasons)
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

    async def explained_by(self, id: UUID) -> Mapping[str, Any] | None:
        """The newest Decision about a question, an answer, or with that id, and the answer that came of it, if any."""
        a, d = tables.answer, tables.decision
        query = (
            sa.select(d, a.c.route, a.c.model, a.c.tried)
            .join_from(d, a, a.c.decision == d.c.id, isouter=True)
            .where((d.c.id == id) | (d.c.question == id) | (a.c.id == id))
            .order_by(a.c.answered_at.desc().nulls_last(), d.c.decided_at.desc())
            .limit(1)
        )
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
            yield label_of_row(row.reasons), bool(row.verdicts["slack"]["allowed"])

    async def give(self, feedback: Feedback, rules: Rules) -> bool:
        """As bot/feedback.py has it."""
        async with self._database.transaction() as connection:
            return await give(connection, feedback, rules, self._seal, self._unkept)

    def _question(
        self, question: Question, decision: Decision, operator: str | None, masking: Masking | None = None
    ) -> dict[str, Any]:
        return {
            "id": question.id,
            "thread": self._seal.pseudonym(question.thread),
            "room": self._room(question.room.id, question.room.kind),
            "asker": self._seal.pseudonym(question.asker),
            "operator": operator,
            "text": self._kept(
                masking.question if masking and decision.verdict("record").masked else question.text,
                f"question:{question.id}",
                decision,
                masked=masking is not None,
            ),
            "received_at": question.received_at,
            "private": not question.room.open,
        }

    def _room(self, id: str, kind: RoomKind) -> str:
        """A direct message's id stands for a person."""
        return self._seal.pseudonym(id) if kind == "dm" else id

    def _kept_answer(self, answer: Answer, decision: Decision) -> bytes | None:
        text = answer.text if answer.kept is None else answer.kept
        return self._kept(text, f"answer:{answer.id}", decision, masked=answer.kept is not None)

    def _kept(self, text: str, place: str, decision: Decision, *, masked: bool) -> bytes | None:
        """masked: it is the text with placeholders, where that is what may be kept."""
        verdict = decision.verdict("record")
        if place.partition(":")[0] in self._unkept or not (verdict.allowed or (masked and verdict.masked)):
            return None
        return self._seal.close(text, place)

    async def _known(self, connection: AsyncConnection, thread: str, rows: Iterable[Any]) -> Mapping[str, str]:
        """What the placeholders of a thread, by its pseudonym, stand for, where any of its rows may hold one."""
        masked = any(_masked(row.verdicts, sink) for row in rows for sink in ("cloud", "record"))
        return (await self._masks.read(connection, thread)).values if masked else {}

    def _restored(
        self, sealed: bytes | None, place: str, known: Mapping[str, str], masked: frozenset[str]
    ) -> str | None:
        text = self._opened(sealed, place)
        return unmask(text, known) if text is not None and masked else text

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
                "masked": sorted(verdict.masked),
            }
            for verdict in decision.verdicts
        },
        "policy": decision.policy,
        "domain_model": decision.domain_model,
    }


def _masked(verdicts: Mapping[str, Any], sink: SinkName) -> frozenset[str]:
    """The kinds of which a sink was given placeholders. Rows that were kept before there were any do not say."""
    return frozenset(verdicts[sink].get("masked", ()))


def _saw_masked(row: Any) -> frozenset[str]:
    """The kinds of which the model that answered saw placeholders: only the cloud is sent any."""
    return _masked(row.verdicts, "cloud") if row.route == Route.CLOUD else frozenset()


def _reasons(reasons: Iterable[Reason]) -> list[list[str]]:
    return [[reason.level.name, reason.kind, reason.origin] for reason in sorted(reasons)]


def label_of_row(rows: list[list[str]]) -> Label:
    """From a column `reasons`."""
    return Label(frozenset(Reason(Level.named(level), kind, origin) for level, kind, origin in rows))
