"""Questions with all that came of them: decisions, answers, feedback, samples of what was sent, what stands in Slack.

Of whom a question is, nothing of it stays. Where another's text names somebody, or rests on a document that is to go,
only that text goes: the row holds none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.forget.reach import Batch, Counts, Erasure, Reach, erased, held
from bot.policy.mask import CLOSE, OPEN
from bot.seal import Seal
from bot.slack import posted
from retrieval import erasures

WHOLE, QUESTION, ANSWER = "asked", "question", "answer"
"""In the ledger: of which question, by its id, everything went, or all texts, or only those of its answer."""
_FIRST = "00000000-0000-0000-0000-000000000000"
_LATER = "later/"


@dataclass(slots=True)
class _Found:
    """Questions, by id. whole: all of them goes. texts: every text of them. answers: the text of what answered them.
    untold: what answered them may name somebody."""

    whole: list[UUID] = field(default_factory=list)
    texts: list[UUID] = field(default_factory=list)
    answers: list[UUID] = field(default_factory=list)
    untold: list[UUID] = field(default_factory=list)
    held: int = 0

    @property
    def shown(self) -> list[UUID]:
        return [*self.whole, *self.texts, *self.answers]


async def forget(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """First the answers of others that came later in the same threads: whoever wrote them had read what is to go."""
    if after is None or after.startswith(_LATER):
        return await _after(connection, erasure, (after or "").removeprefix(_LATER), most)
    wanted = erasure.wanted
    values = {
        "after": after,
        "texts": wanted.names is not None or erasure.kept.names is not None,
        "all": wanted.names is not None,
        "askers": list(wanted.askers),
        "rooms": list(wanted.rooms),
        "documents": list(wanted.documents),
        "most": most,
    }
    rows = (await connection.execute(_ROWS, values)).all()
    # In a thread: opening and reading thousands of texts takes longer than a question may wait.
    found = await asyncio.to_thread(_judged, rows, erasure)
    counts = {"question": held(found.held), "posted": Counts()}
    named = [*found.texts, *found.answers] if wanted.names is not None else []
    # Of an answer that is not kept nobody can tell whether it took a name from its thread.
    beside = list(await connection.scalars(_UNKEPT_BESIDE, {"ids": named})) if named else []
    stays = posted.Kept(sorted(erasure.kept.askers), sorted(erasure.kept.rooms), sorted(erasure.kept.documents))
    shown = await posted.withdraw(connection, "opt_out", questions=found.shown)
    shown += await posted.withdraw(connection, "opt_out", questions=beside, kept=stays)
    counts["posted"] += erased(shown)
    counts["egress_sample"] = erased((await connection.execute(_SAMPLES, {"ids": found.shown})).rowcount)
    for table, statement in _WHOLE.items():
        gone = erased((await connection.execute(statement, {"ids": found.whole})).rowcount)
        counts[table] = counts.get(table, Counts()) + gone
    counts["question"] += erased((await connection.execute(_QUESTION_TEXT, {"ids": found.texts})).rowcount)
    for table, statement in _ANSWER_TEXTS.items():
        gone = erased((await connection.execute(statement, {"ids": [*found.texts, *found.answers]})).rowcount)
        counts[table] = counts.get(table, Counts()) + gone
    if wanted.names is not None or wanted.said or erasure.kept:  # the rest is found again by whose it is
        for kind, ids in ((WHOLE, found.whole), (QUESTION, found.texts), (ANSWER, found.answers)):
            await erasures.erased(connection, kind, map(str, ids))
    return Batch(counts, str(rows[-1].id) if len(rows) == most else None)


async def _after(connection: AsyncConnection, erasure: Erasure, after: str, most: int) -> Batch:
    wanted, kept = erasure.wanted, erasure.kept
    values = {
        "after": after or _FIRST,
        "texts": kept.names is not None,
        "askers": list(wanted.askers),
        "rooms": list(wanted.rooms),
        "documents": list(wanted.documents),
        "most": most,
    }
    rows = (await connection.execute(_ROWS_AFTER, values)).all()

    def judged() -> list[UUID]:
        return [row.id for row in rows if not _kept(row, *_opened(row, erasure.seal), kept)]

    free = await asyncio.to_thread(judged)
    stripped = await strip(connection, free, questions=False)
    await erasures.erased(connection, ANSWER, map(str, free))
    counts = {"answer": erased(stripped), "question": held(len(rows) - len(free))}
    return Batch(counts, f"{_LATER}{rows[-1].id}" if len(rows) == most else _FIRST)


def _opened(row: Row[Any], seal: Seal) -> tuple[str | None, str | None]:
    asked = None if row.text is None else seal.open(row.text, f"question:{row.id}")
    given = None if row.answer_text is None else seal.open(row.answer_text, f"answer:{row.answer}")
    return asked, given


def _kept(row: Row[Any], asked: str | None, given: str | None, kept: Reach) -> bool:
    held_by_columns = kept.of(row.asker, row.room) or kept.rests_on(row.documents)
    return held_by_columns or kept.named_in(asked, given)


def _judged(rows: Sequence[Row[Any]], erasure: Erasure) -> _Found:
    found = _Found()
    wanted, kept = erasure.wanted, erasure.kept
    for row in rows:
        asked, given = _opened(row, erasure.seal)
        if wanted.of(row.asker, row.room):
            into = found.whole
        elif wanted.named_in(asked):
            into = found.texts
        elif (wanted.rests_on(row.documents) and row.has_text) or wanted.named_in(given):
            into = found.answers
        else:
            continue
        if _kept(row, asked, given, kept):
            found.held += 1
        else:
            into.append(row.id)
    return found


async def strip(connection: AsyncConnection, ids: Sequence[UUID], *, questions: bool) -> int:
    """Erase the texts of these questions' answers, and with `questions` their own, and what was sent and is shown of
    them; how many rows had a text."""
    values = {"ids": list(ids)}
    await _unseen(connection, ids)
    own = (await connection.execute(_QUESTION_TEXT, values)).rowcount if questions else 0
    return own + sum([(await connection.execute(one, values)).rowcount for one in _ANSWER_TEXTS.values()])


async def delete(connection: AsyncConnection, ids: Sequence[UUID]) -> int:
    """Delete these questions with all that came of them; how many were there."""
    await _unseen(connection, ids)
    return (await connection.execute(_WHOLE["question"], {"ids": list(ids)})).rowcount


async def _unseen(connection: AsyncConnection, ids: Sequence[UUID]) -> None:
    await posted.withdraw(connection, "opt_out", questions=list(ids))
    await connection.execute(_SAMPLES, {"ids": list(ids)})


async def of_askers(connection: AsyncConnection, askers: Sequence[str], rooms: Sequence[str] = ()) -> int:
    """Delete all that these askers, by their pseudonyms, asked, or that was asked in these rooms; how many it was."""
    values = {"askers": list(askers), "rooms": list(rooms)}
    await connection.execute(_OPINIONS, values)
    await connection.execute(_VALUES_OF_ASKERS, values)
    await connection.execute(_COSTS_OF_ASKERS, values)
    return await delete(connection, list(await connection.scalars(_OF_ASKERS, values)))


async def resting_on(connection: AsyncConnection, documents: Collection[int]) -> int:
    """Erase the texts of the answers that rest on these documents; how many it were."""
    ids = list(await connection.scalars(_RESTING, {"documents": list(documents)}))
    await strip(connection, ids, questions=False)
    return len(ids)


async def masked(
    connection: AsyncConnection,
    erasure: Erasure,
    gone: Mapping[str, Collection[str]],
    untold: Mapping[str, Collection[str]],
) -> dict[str, Counts]:
    """Erase what names somebody by a placeholder: the name is not in the text, and stands in Slack. gone: placeholders
    of theirs, by thread; untold: those of which nobody kept what they stand for. An answer with one of these is
    withdrawn, and so is one in a thread that named them whose text is not kept: they may be in it."""
    threads = sorted({*gone, *untold})
    if not threads:
        return {}
    rows = (await connection.execute(_ROWS_OF, {"threads": threads})).all()

    def judged() -> _Found:
        found = _Found()
        for row in rows:
            asked, given = _opened(row, erasure.seal)
            theirs = gone.get(row.thread, ())
            in_question, in_answer = _holds(asked, theirs), _holds(given, theirs)
            if _kept(row, asked, given, erasure.kept):
                found.held += in_question or in_answer
            elif in_question:
                found.texts.append(row.id)
            elif in_answer:
                found.answers.append(row.id)
            elif (given is None and theirs) or _holds(given, untold.get(row.thread, ())):
                found.untold.append(row.id)
        return found

    found = await asyncio.to_thread(judged)
    shown = await posted.withdraw(connection, "opt_out", questions=[*found.shown, *found.untold])
    samples = (await connection.execute(_SAMPLES, {"ids": found.shown})).rowcount
    own = await strip(connection, found.texts, questions=True)
    own += await strip(connection, found.answers, questions=False)
    for kind, ids in ((QUESTION, found.texts), (ANSWER, found.answers)):
        await erasures.erased(connection, kind, map(str, ids))
    counts = {"question": erased(own) + held(found.held), "egress_sample": erased(samples), "posted": erased(shown)}
    return {table: each for table, each in counts.items() if each.found}


def _holds(text: str | None, placeholders: Collection[str]) -> bool:
    return any(f"{OPEN}{name}{CLOSE}" in (text or "") for name in placeholders)


async def opinions(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """What people thought of others' answers, and what they wrote of somebody."""
    wanted, kept, seal = erasure.wanted, erasure.kept, erasure.seal
    answer, _, person = (after or f"{_FIRST}/").partition("/")
    rows = (await connection.execute(_FEEDBACK, {"answer": answer, "person": person, "most": most})).all()

    def judged() -> tuple[list[Row[Any]], list[Row[Any]], int]:
        whole: list[Row[Any]] = []
        texts: list[Row[Any]] = []
        stay = 0
        for row in rows:
            places = f"feedback:{row.answer}:{row.person}", f"better:{row.answer}:{row.person}"
            said = [
                seal.open(one, at) if one else None for one, at in zip((row.reason, row.better), places, strict=True)
            ]
            own = row.person in wanted.askers
            if not own and not wanted.named_in(*said):
                continue
            if row.person in kept.askers or kept.of(row.asker, row.room) or kept.named_in(*said):
                stay += 1
            else:
                (whole if own else texts).append(row)
        return whole, texts, stay

    whole, texts, stay = await asyncio.to_thread(judged)
    for rows_of, statements in ((whole, (_OPINION,)), (texts, (_OPINION_TEXT, _REVIEWED))):
        keys = {"answers": [row.answer for row in rows_of], "people": [row.person for row in rows_of]}
        for statement in statements:
            await connection.execute(statement, keys)
    counts = {"feedback": erased(len(whole) + len(texts)) + held(stay)}
    return Batch(counts, f"{rows[-1].answer}/{rows[-1].person}" if len(rows) == most else None)


_ROWS = text("""
select question.id, question.asker, question.room, case when :texts then question.text end as text,
       answer.id as answer, answer.documents, case when :texts then answer.text end as answer_text,
       answer.text is not null as has_text
from question left join answer on answer.question = question.id
where question.id > cast(:after as uuid)
  and (:all or question.asker = any(cast(:askers as text[])) or question.room = any(cast(:rooms as text[]))
       or (answer.documents && cast(:documents as bigint[]) and answer.text is not null))
order by question.id limit :most for update of question
""")
_UNKEPT_BESIDE = text("""
select question.id from question left join answer on answer.question = question.id
where answer.text is null and question.thread in (
  select named.thread from question as named where named.id = any(cast(:ids as uuid[])))
""")
_ROWS_OF = text("""
select question.id, question.thread, question.asker, question.room, question.text, answer.id as answer,
       answer.documents, answer.text as answer_text
from question join answer on answer.question = question.id
where question.thread = any(cast(:threads as text[])) order by question.id for update of question
""")
_ROWS_AFTER = text("""
with mine as (
  select question.thread, min(question.received_at) as first
  from question left join answer on answer.question = question.id
  where question.asker = any(cast(:askers as text[])) or question.room = any(cast(:rooms as text[]))
     or answer.documents && cast(:documents as bigint[])
  group by question.thread
)
select question.id, question.asker, question.room, case when :texts then question.text end as text,
       answer.id as answer, answer.documents, case when :texts then answer.text end as answer_text
from mine join question on question.thread = mine.thread and question.received_at > mine.first
     left join answer on answer.question = question.id
where question.id > cast(:after as uuid)
  and question.asker <> all(cast(:askers as text[])) and question.room <> all(cast(:rooms as text[]))
  and not coalesce(answer.documents && cast(:documents as bigint[]), false)
order by question.id limit :most for update of question
""")

_WHOLE = {
    "feedback": text(
        "delete from feedback using answer where answer.id = feedback.answer"
        " and answer.question = any(cast(:ids as uuid[]))"
    ),
    "answer": text("delete from answer where question = any(cast(:ids as uuid[]))"),
    "decision": text("delete from decision where question = any(cast(:ids as uuid[]))"),
    "question": text("delete from question where id = any(cast(:ids as uuid[]))"),
}
_SAMPLES = text(
    "delete from egress_sample using decision where decision.id = egress_sample.decision"
    " and decision.question = any(cast(:ids as uuid[]))"
)
_QUESTION_TEXT = text("update question set text = null where id = any(cast(:ids as uuid[])) and text is not null")
_ANSWER_TEXTS = {
    "answer": text("update answer set text = null where question = any(cast(:ids as uuid[])) and text is not null"),
    "review": text(
        "delete from review using answer where answer.id = review.answer"
        " and answer.question = any(cast(:ids as uuid[]))"
    ),
    "feedback": text(
        "update feedback set reason = null, better = null from answer where answer.id = feedback.answer"
        " and answer.question = any(cast(:ids as uuid[])) and (reason is not null or better is not null)"
    ),
}
_OF_ASKERS = text(
    "select id from question where asker = any(cast(:askers as text[])) or room = any(cast(:rooms as text[]))"
)
_VALUES_OF_ASKERS = text(
    "update placeholder set value = null from question where question.thread = placeholder.thread"
    " and (question.asker = any(cast(:askers as text[])) or question.room = any(cast(:rooms as text[])))"
)
_COSTS_OF_ASKERS = text(
    "delete from cloud_use where (scope = 'person' and key = any(cast(:askers as text[])))"
    " or (scope = 'room' and key = any(cast(:rooms as text[])))"
)
_OPINIONS = text("delete from feedback where person = any(cast(:askers as text[]))")
_RESTING = text("select question from answer where documents && cast(:documents as bigint[]) and text is not null")
_FEEDBACK = text("""
select feedback.answer, feedback.person, feedback.reason, feedback.better, question.asker, question.room
from feedback join answer on answer.id = feedback.answer join question on question.id = answer.question
where (feedback.answer, feedback.person) > (cast(:answer as uuid), :person)
order by feedback.answer, feedback.person limit :most for update of feedback
""")
_OPINION = text(
    "delete from feedback using unnest(cast(:answers as uuid[]), cast(:people as text[])) as gone (answer, person)"
    " where feedback.answer = gone.answer and feedback.person = gone.person"
)
_REVIEWED = text(
    "delete from review using unnest(cast(:answers as uuid[]), cast(:people as text[])) as gone (answer, person)"
    " where review.answer = gone.answer and review.person = gone.person"
)
_OPINION_TEXT = text(
    "update feedback set reason = null, better = null"
    " from unnest(cast(:answers as uuid[]), cast(:people as text[])) as gone (answer, person)"
    " where feedback.answer = gone.answer and feedback.person = gone.person"
)
