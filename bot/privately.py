"""Whether the asker alone may read what answers better than what a room was shown."""

from __future__ import annotations

from bot.answer import QUOTABLE, Deps
from bot.basis import Basis
from bot.check import Shown
from bot.domain import Question, Room
from bot.rewrite import rewrite
from retrieval.embed import UNKNOWN
from retrieval.passage import Readers

ALONE = Room("", "", "dm")
"""A direct message, whoever it is with: what may be shown there hangs on its kind."""


async def more_alone(question: Question, alone: Readers, deps: Deps) -> bool:
    """Whether the best passage for what was asked in a room is one that only the asker may be shown. alone: what the
    asker may read in a direct message. Nothing of it may be said to the room: that it exists is a secret too."""
    rules = deps.rules()
    thread = await deps.records.thread(question)
    if deps.basis(question.text, bool(thread or question.said)) is not Basis.DOCUMENTS:
        return False
    query = rewrite(question, thread)
    found = await deps.search(query, alone, deps.budget.passages, UNKNOWN)
    best = max(Shown.in_room(found, ALONE, rules).passages, key=lambda p: p.confidence, default=None)
    if best is None or best.confidence < QUOTABLE:
        return False
    here = await deps.people.readers(question.asker, question.room)
    present = await deps.search.present((best.document.id,), here)
    return not (present and Shown.in_room((best,), question.room, rules).passages)
