"""What came with a question in Slack: its files, and the messages of its thread where it is about those. Read for this
one answer, and kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.basis import may_need_thread
from bot.domain import Question, Said
from bot.slack.archive import Archive
from bot.slack.faults import SlackFault
from bot.slack.files import SlackFiles
from bot.slack.place import Place
from bot.slack.transcript import MENTION, Voices

MOST_CHARACTERS = 20_000
"""Of a thread; what was said before them is counted and left out."""
MOST_PEOPLE = 50
"""Whose names are asked for in one thread; the others are called by their id."""
WITHIN_S = 20.0

Json = Mapping[str, Any]


class Around:
    """archive: one of its own, so that a source's run does not keep a question waiting."""

    def __init__(self, files: SlackFiles, archive: Archive, bot_user: str, within_s: float = WITHIN_S) -> None:
        self._files = files
        self._archive = archive
        self._bot_user = bot_user
        self._within_s = within_s

    async def read(self, question: Question, place: Place, ts: str) -> Question:
        """The question with what came with it. ts: of its answer, after which nothing was read when it was asked.
        Raises SlackFault where the thread cannot be had: an answer that rests on half of it would not show that."""
        body = place.claimed.event.body
        files = await self._files.read(question.text, body.get("files") or ())
        asked = replace(question, attached=files)
        if files or place.thread is None or question.room.kind == "dm" or not may_need_thread(question.text):
            return asked
        try:
            async with asyncio.timeout(self._within_s):
                messages = await self._archive.thread(place.channel, place.thread)
                before = [m for m in messages if float(m["ts"]) < float(ts) and m["ts"] != body.get("ts")]
                said = await self._said(before)
        except TimeoutError:
            raise SlackFault("Slack does not give the thread in time.", code="timeout", retry=True) from None
        kept = _newest(said)
        return replace(asked, said=kept, unsaid=len(said) - len(kept))

    async def _said(self, messages: Iterable[Json]) -> list[Said]:
        names: dict[str, str] = {}
        voices = Voices(self._bot_user, lambda id: names.get(id, id), lambda _: False)
        heard = [message for message in messages if voices.heard(message)]
        people = (id for one in heard for id in (one["user"], *MENTION.findall(one.get("text") or "")))
        for id in list(dict.fromkeys(people))[:MOST_PEOPLE]:
            names[id] = await self._archive.person(id)
        told = ((one["user"], voices.readable(one.get("text") or "")) for one in heard)
        return [Said(user, f"{names.get(user, user)}: {text}") for user, text in told if text]


def _newest(said: list[Said]) -> tuple[Said, ...]:
    """As many of the last as fit, and always the last one."""
    left, first = MOST_CHARACTERS, len(said)
    while first and (left := left - len(said[first - 1].text)) >= 0:
        first -= 1
    return tuple(said[min(first, max(len(said) - 1, 0)) :])
