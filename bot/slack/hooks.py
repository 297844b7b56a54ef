"""What answering in Slack asks of others, and what stands in where nobody is there to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.domain import Attached
from bot.inbox import Claimed
from bot.words import Language

ReadFiles = Callable[[str, Sequence[Mapping[str, Any]]], Awaitable[tuple[Attached, ...]]]
"""(what is asked, the files of an event) -> each as it was read; raises nothing."""


Notify = Callable[[Claimed, Language], Awaitable[None]]
"""Shows the asker of an event what they are to know before their first answer, in that language."""


async def no_notice(claimed: Claimed, tongue: Language) -> None:
    return None


Back = Callable[[Sequence[str]], Awaitable[bool]]
"""(names of routes) -> whether a model of any of them would answer now."""


async def nobody_is_away(routes: Sequence[str]) -> bool:
    return True


async def no_files(asked: str, files: Sequence[Mapping[str, Any]]) -> tuple[Attached, ...]:
    return ()
