"""Everything that is held about a person, opened, for the person: what they asked, were told and thought, and what was
done in their name. Another's text is left out; what is not in it is said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.app import App
from admin.operators import EXPORTED, Operator, noted
from admin.people import PersonFault, Shown, shown
from bot import tables
from bot.policy.conversation import labels_of
from bot.seal import Seal
from bot.slack import history_kind
from bot.subjects import Subject
from retrieval import labelled
from retrieval.tables import document as documents_table

Rows = list[dict[str, Any]]

LEFT_OUT = (
    "What another asked in the same thread, and what others think of these answers.",
    "The text of questions that an operator asked in this person's name: it is the operator's.",
    "The reasons that operators gave for looking: `naru report operators` shows them to an officer.",
    "The text of requests that were kept as a sample: `naru report sample` shows it to an officer.",
    "What stands behind the placeholders of masked texts: in a room it can be another's.",
    "Messages in transit: they are deleted when they are answered.",
    "The company's documents: their owners change them. Of what people said to each other in Slack it is said where: "
    "it is there with what others said.",
)


@dataclass(frozen=True, slots=True)
class Held:
    """sections: by name, JSON that says it. ids: by which the person was found, the first one's in the audit."""

    ids: tuple[str, ...]
    sections: Mapping[str, Any]

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in self.sections.items() if isinstance(rows, list)}


async def exported(app: App, wanted: str, operator: Operator, reason: str) -> Held:
    """wanted: a Slack id, an address or an employee number; somebody whom nobody knows any more by the id alone. That
    it was done is in the audit before it is given. Raises PersonFault, DatabaseFault."""
    found = await _known(app, wanted)
    ids = _ids(found) if found else (wanted,)
    held = await _held(app, ids, found)
    if found is None and not any(held.counts.values()):
        raise PersonFault(
            f"Nobody is known by '{wanted}' and nothing is held by it: of somebody who has left, name the Slack id."
        )
    await noted(app.database, app.seal, operator, EXPORTED, reason, {"held": held.counts}, f"user:{ids[0]}")
    return held


async def _known(app: App, wanted: str) -> Shown | None:
    try:
        return await shown(app.settings, wanted)
    except PersonFault:
        return None


def _ids(found: Shown) -> tuple[str, ...]:
    """Slack's first: in Slack people are kept by it, at a console by the directory's."""
    ids = [found.member.user.id if found.member else None, found.person.id if found.person else None]
    return tuple(dict.fromkeys(id for id in ids if id))


async def _held(app: App, ids: Sequence[str], found: Shown | None) -> Held:
    emails = {found.person.email} - {None} if found and found.person else set()
    own = app.settings.sample or app.settings.console.person in ids
    async with app.database.transaction() as connection:
        reading = _Reading(connection, app.seal, ids, {str(one).casefold() for one in emails}, own)
        asked = await reading.questions()
        questions = [UUID(one["id"]) for one in asked]
        opt_outs = await reading.opt_outs()
        sections = {
            "person": {"ids": list(ids)} | (found.data() if found else {}),
            "questions": asked,
            "feedback": await reading.feedback(),
            "learnt": await reading.learnt(),
            "opt_outs": opt_outs,
            "receipts": await reading.receipts([UUID(one["id"]) for one in opt_outs]),
            "posted": await reading.posted(),
            "said": await reading.said(),
            "notices": await reading.notices(),
            "costs": await reading.costs(),
            "samples": await reading.samples(questions),
            "audit": await reading.audit(questions),
            "left_out": {"not_here": LEFT_OUT},
        }
    return Held(tuple(ids), sections)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One person's rows, in one transaction."""

    connection: AsyncConnection
    seal: Seal
    ids: Sequence[str]
    emails: set[str]
    own_terminal: bool

    @property
    def person(self) -> list[str]:
        return [self.seal.pseudonym(id) for id in self.ids]

    @property
    def subject(self) -> list[str]:
        return [self.seal.pseudonym(f"user:{id}") for id in self.ids]

    async def said(self) -> Rows:
        """Where what they said to others in Slack is searched."""
        labels = [labels_of(Subject("user", id), self.seal.pseudonym(id)) for id in self.ids]
        found = await labelled.carrying(self.connection, frozenset().union(*labels), history_kind.NAME)
        d = documents_table
        rows = await self._rows(select(d.c.uri, d.c.link).where(d.c.id.in_(found)).order_by(d.c.uri))
        return [{"uri": row.uri, "link": row.link} for row in rows]

    async def questions(self) -> Rows:
        q, a, d = tables.question, tables.answer, tables.decision
        rows = await self._rows(select(q).where(q.c.asker.in_(self.person)).order_by(q.c.received_at, q.c.id))
        ids = [row.id for row in rows]
        answers = {row.question: row for row in await self._rows(select(a).where(a.c.question.in_(ids)))}
        decided = await self._rows(select(d).where(d.c.question.in_(ids)).order_by(d.c.decided_at))
        return [
            {
                "id": str(row.id),
                "received_at": row.received_at.isoformat(),
                "room": row.room,
                "in_their_name": self._is_anothers(row),
                "text": None if self._is_anothers(row) else self._opened(row.text, f"question:{row.id}"),
                "decisions": [_decision(one) for one in decided if one.question == row.id],
                "answer": self._answer(answers.get(row.id)),
            }
            for row in rows
        ]

    async def feedback(self) -> Rows:
        f = tables.feedback
        return [
            {
                "answer": str(row.answer),
                "verdict": row.verdict,
                "reason": self._opened(row.reason, f"feedback:{row.answer}:{row.person}"),
                "better": self._opened(row.better, f"better:{row.answer}:{row.person}"),
                "given_at": row.given_at.isoformat(),
                "consent": row.consent,
            }
            for row in await self._rows(select(f).where(f.c.person.in_(self.person)).order_by(f.c.given_at))
        ]

    async def learnt(self) -> Rows:
        """What reviewers approved of theirs: the question where they asked it, the answer where they gave it."""
        r, a, q = tables.review, tables.answer, tables.question
        mine = or_(r.c.person.in_(self.person), q.c.asker.in_(self.person))
        query = select(r, q.c.asker).join(a, a.c.id == r.c.answer).join(q, q.c.id == a.c.question)
        found: Rows = []
        for row in await self._rows(query.where(mine, r.c.pair.is_not(None)).order_by(r.c.reviewed_at, r.c.id)):
            opened = self._opened(row.pair, f"review:{row.id}")
            question, given = json.loads(opened) if opened else (None, None)
            found.append(
                {
                    "answer": str(row.answer),
                    "question": question if row.asker in self.person else None,
                    "text": given if row.person in self.person else None,
                    "reviewed_at": row.reviewed_at.isoformat(),
                    "in_force": row.in_force_at is not None and row.expired_at is None,
                }
            )
        return found

    async def opt_outs(self) -> Rows:
        """Their own, and those of somebody outside Slack by the same address."""
        o = tables.opt_out
        rows = await self._rows(
            select(o).where(or_(o.c.subject.in_(self.subject), o.c.kind == "person")).order_by(o.c.since)
        )
        found: Rows = []
        for row in rows:
            opened = self._opened(row.sealed, f"opt_out:{row.id}")
            said = json.loads(opened) if opened else {}
            also = [str(one) for one in said.get("also", ())]
            if row.subject in self.subject or any(one.casefold() in self.emails for one in also):
                until = row.until.isoformat() if row.until else None
                told = {"kind": row.kind, "scope": row.scope, "since": row.since.isoformat(), "until": until}
                found.append({"id": str(row.id), **told, "by_what": [said.get("id"), *also]})
        return found

    async def receipts(self, opt_outs: Sequence[UUID]) -> Rows:
        r = tables.receipt
        rows = await self._rows(select(r).where(r.c.opt_out.in_(opt_outs)).order_by(r.c.requested_at))
        return [
            _plain(row, without=("sealed", "reminded_at"))
            | {"documents": json.loads(self._opened(row.sealed, f"receipt:{row.id}") or "[]")}
            for row in rows
        ]

    async def posted(self) -> Rows:
        """By whose question it answers: that may not be kept itself."""
        p = tables.posted
        rows = await self._rows(select(p).where(p.c.asker.in_(self.person)).order_by(p.c.posted_at))
        return [_plain(row, without=("asker",)) for row in rows]

    async def notices(self) -> Rows:
        n = tables.noticed
        return [
            _plain(row, without=("person",)) for row in await self._rows(select(n).where(n.c.person.in_(self.person)))
        ]

    async def costs(self) -> Rows:
        """What they used of the cloud model, by day."""
        c = tables.cloud_use
        mine = select(c).where(c.c.scope == "person", c.c.key.in_(self.person)).order_by(c.c.day)
        return [_plain(row, without=("scope", "key")) for row in await self._rows(mine)]

    async def samples(self, questions: Sequence[UUID]) -> Rows:
        s, d = tables.egress_sample, tables.decision
        query = select(s.c.id, s.c.decision, s.c.at).join(d, d.c.id == s.c.decision).where(d.c.question.in_(questions))
        return [_plain(row) for row in await self._rows(query.order_by(s.c.at))]

    async def audit(self, questions: Sequence[UUID]) -> Rows:
        """What they did, what was done about them, and what became of their questions."""
        a = tables.audit
        of_theirs = cast(a.c.body["question"].astext, String).in_([str(id) for id in questions])
        named = or_(a.c.actor.in_(self.person), a.c.subject.in_([*self.subject, *self.person]), of_theirs)
        rows = await self._rows(select(a).where(named).order_by(a.c.id))
        return [
            {
                "id": row.id,
                "at": row.at.isoformat(),
                "kind": row.kind,
                "by_them": row.actor in self.person,
                "body": {key: value for key, value in row.body.items() if key != "reason"},
            }
            for row in rows
        ]

    def _is_anothers(self, question: Row[Any]) -> bool:
        """Asked at a terminal that is not their own: the words are the operator's."""
        return question.operator is not None and not self.own_terminal

    def _answer(self, row: Row[Any] | None) -> dict[str, Any] | None:
        if row is None:
            return None
        return {
            "id": str(row.id),
            "answered_at": row.answered_at.isoformat(),
            "route": row.route,
            "model": row.model,
            "text": self._opened(row.text, f"answer:{row.id}"),
            "documents": len(row.documents),
        }

    def _opened(self, sealed: bytes | None, place: str) -> str | None:
        return None if sealed is None else self.seal.open(sealed, place)

    async def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        rows: Sequence[Row[Any]] = (await self.connection.execute(query)).all()
        return rows


def _decision(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "decided_at": row.decided_at.isoformat(),
        "routes": row.routes,
        "reasons": row.reasons,
        "policy": row.policy,
    }


def _plain(row: Row[Any], without: Sequence[str] = ()) -> dict[str, Any]:
    """As JSON has it."""
    values = ((name, value) for name, value in row._mapping.items() if name not in without)
    return {n: v if isinstance(v, dict | list | int | None) else str(v) for n, v in values}
