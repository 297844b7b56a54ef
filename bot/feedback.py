"""What people think of the answers, and what of it Naru may learn from. The only writer of `feedback`.

Consent is off until somebody says so, and can be taken back: what was learnt from it goes in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tables
from bot.domain import Feedback
from bot.forget.reviews import unlearnt
from bot.optouts import honours
from bot.policy.parts import found_in
from bot.policy.rules import Rules, allowed
from bot.seal import Seal
from retrieval import erasures
from retrieval.label import Label

CONSENT = "consent"
"""In the ledger: who took back that Naru may learn from what answer, as `answer/person`."""


async def give(
    connection: AsyncConnection, feedback: Feedback, rules: Rules, seal: Seal, unkept: Collection[str] = ()
) -> bool:
    """Keep what somebody thinks of an answer; the last word of each person stands. A text that the `record` sink
    refuses is left out, and of somebody who has opted out of `train` nothing is learnt. False: there is no such answer
    any more. Raises ChangedFault where somebody has opted out since."""
    person = seal.pseudonym(feedback.person)

    def kept(text: str | None, what: str, known: Label) -> bytes | None:
        says = found_in(text or "", "feedback", rules) | known
        if not text or "feedback" in unkept or not allowed(says, rules.sinks["record"]):
            return None
        return seal.close(text, f"{what}:{feedback.answer}:{person}")

    q, a, f = tables.question, tables.answer, tables.feedback
    await honours(connection, rules.opt_outs.epoch)
    asked_in = sa.select(q.c.room).join_from(q, a, a.c.question == q.c.id).where(a.c.id == feedback.answer)
    room = await connection.scalar(asked_in)
    if room is None:
        return False
    known = rules.opt_outs.of_user(feedback.person) | rules.opt_outs.of_room(room)
    said: dict[str, Any] = {
        "verdict": feedback.verdict,
        "reason": kept(feedback.reason, "feedback", known),
        "better": kept(feedback.better, "better", known),
        "consent": feedback.consent,
    }
    # What was said before in a form stays when only a button is clicked again.
    said = {column: value for column, value in said.items() if value is not None}
    mine = f.c.answer == feedback.answer, f.c.person == person
    before = (await connection.execute(sa.select(f.c.consent, f.c.better).where(*mine).with_for_update())).one_or_none()
    statement = insert(f).values(answer=feedback.answer, person=person, **said)
    upsert = statement.on_conflict_do_update(
        index_elements=["answer", "person"], set_={**said, "given_at": sa.func.now()}
    )
    await connection.execute(upsert)
    if before is None:
        return True
    if before.consent and feedback.consent is False:
        await take_back(connection, [f"{feedback.answer}/{person}"])
        await erasures.erased(connection, CONSENT, [f"{feedback.answer}/{person}"])
    elif said.get("better") is not None:
        # Somebody reviewed another text than the one that stands now.
        await unlearnt(connection, await connection.scalars(_ABOUT, {"answer": feedback.answer, "person": person}))
    return True


async def take_back(connection: AsyncConnection, keys: Collection[str]) -> int:
    """Naru may not learn from these any more, by answer and person as the ledger names them, and forgets what it has;
    how many they were. Without its asker's consent nothing of an answer is learnt."""
    taken = 0
    for key in sorted(keys):
        answer, _, person = key.partition("/")
        values = {"answer": answer, "person": person}
        taken += (await connection.execute(_TAKEN, values)).rowcount
        await unlearnt(connection, await connection.scalars(_LEARNT, values))
    return taken


_TAKEN = sa.text(
    "update feedback set consent = false where answer = cast(:answer as uuid) and person = :person and consent"
)
_ABOUT = sa.text("select id from review where answer = cast(:answer as uuid) and person = :person")
_LEARNT = sa.text("""
select review.id from review join answer on answer.id = review.answer join question on question.id = answer.question
where review.answer = cast(:answer as uuid) and :person in (review.person, question.asker)
""")
