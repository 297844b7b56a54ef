"""What reviewers approved, and the examples that it became."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.forget.reach import Batch, Erasure, erased, held
from retrieval import labelled
from retrieval.passage import APPROVED

PREFIX = "review/"
_DIGITS = 12
_FIRST = str(UUID(int=0))


def uri_of(review: UUID) -> str:
    """Of the example in the source `approved` that this review put in force; short enough to be typed."""
    return f"{PREFIX}{review.hex[:_DIGITS]}"


async def reviews(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
    """What was learnt from a subject, in their room, or from documents that are to go, and what names somebody. To be
    done before the questions: with these the reviews go, and nobody could tell any more which examples they became."""
    wanted, kept, seal = erasure.wanted, erasure.kept, erasure.seal
    rows = (await connection.execute(_ROWS, {"after": after or _FIRST, "most": most})).all()

    def judged() -> tuple[list[UUID], int]:
        gone, stay = list[UUID](), 0
        for row in rows:
            pair = None if row.pair is None else seal.open(row.pair, f"review:{row.id}")
            if not (_whose(row, wanted) or wanted.rests_on(row.documents) or wanted.named_in(pair)):
                continue
            if _whose(row, kept) or kept.rests_on(row.documents) or kept.named_in(pair):
                stay += 1
            else:
                gone.append(row.id)
        return gone, stay

    gone, stay = await asyncio.to_thread(judged)
    await unlearnt(connection, gone)
    counts = {"review": erased(len(gone)) + held(stay)}
    return Batch(counts if gone or stay else {}, str(rows[-1].id) if len(rows) == most else None)


def _whose(row: Row[Any], reach: Any) -> bool:
    return reach.of(row.asker, row.room) or row.person in reach.askers


async def unlearnt(connection: AsyncConnection, ids: Iterable[UUID]) -> int:
    """Delete these reviews, and the examples that they became: from now on no model is shown these, and what was
    answered with them is withdrawn by the next sweep (bot/slack/sweep.py). How many reviews it were."""
    reviewed = list(ids)
    if not reviewed:
        return 0
    uris = list(map(uri_of, reviewed))
    examples = list(await connection.scalars(_EXAMPLES, {"source": APPROVED, "uris": uris}))
    if examples:
        await labelled.delete(connection, examples)
    await connection.execute(_PUSHED, {"source": APPROVED, "uris": uris})
    return (await connection.execute(_REVIEWS, {"ids": reviewed})).rowcount


async def learnt_by(connection: AsyncConnection, uri: str) -> list[UUID]:
    """The review that put the example of this uri in force."""
    return list(await connection.scalars(_OF_URI, {"digits": uri.removeprefix(PREFIX), "number": _DIGITS}))


_OF_URI = text("select id from review where left(replace(cast(id as text), '-', ''), :number) = :digits")
_ROWS = text("""
select review.id, review.person, review.pair, question.asker, question.room, answer.documents
from review join answer on answer.id = review.answer join question on question.id = answer.question
where review.id > cast(:after as uuid) order by review.id limit :most for update of review
""")
_EXAMPLES = text("""
select document.id from document join source on source.id = document.source_id
where source.name = :source and document.uri = any(:uris)
""")
_PUSHED = text(
    "delete from pushed using source where source.id = pushed.source_id and source.name = :source"
    " and pushed.uri = any(:uris)"
)
_REVIEWS = text("delete from review where id = any(cast(:ids as uuid[]))")
