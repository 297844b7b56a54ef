"""What answering in Slack asks of others, and what stands in where nobody is there to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.domain import Question
from bot.inbox import Claimed
from bot.slack.place import Place
from bot.words import Language

Around = Callable[[Question, Place, str], Awaitable[Question]]
"""(a question, where its answer stands, that one's ts) -> it with its files and what was said around it. Raises
SlackFault."""

Notify = Callable[[Claimed, Language], Awaitable[None]]
"""Shows the asker of an event what they are to know before their first answer, in that language."""


async def no_notice(claimed: Claimed, tongue: Language) -> None:
    return None


Back = Callable[[Sequence[str]], Awaitable[bool]]
"""(names of routes) -> whether a model of any of them would answer now."""


async def nobody_is_away(routes: Sequence[str]) -> bool:
    return True


async def nothing_around(question: Question, place: Place, ts: str) -> Question:
    return question
