"""`/naru`: what people can have done beside being answered.

What is said goes to its person alone, by the command's response_url: five times in 30 minutes, and not to be edited.
The progress of a re-index therefore stands in a direct message, which a later attempt takes over like an answer's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.audit_chain import Entry
from bot.inbox import Claimed, Fenced, Inbox
from bot.records import Records
from bot.slack.blocks import Message, progress, told
from bot.slack.faults import SlackFault
from bot.slack.optouts import SlackOptOuts
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.slack.reviewing import Reviewing
from bot.slack.shown import placeholder, store, stored
from bot.waiting import happens
from bot.why import explained, masked
from bot.words import both
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

PROGRESS_S = 3.0
"""Between two edits of a run's progress: 20 a minute of the 50 that chat.update allows, if answers leave them."""

Progress = Callable[[str, int, int], None]
"""(source, documents done, documents in all)"""
Sent = Callable[[str], Awaitable[Sequence[Entry]]]
"""The audit's entries of what left for the cloud under a Decision, by its id."""


async def nothing_sent(decision: str) -> Sequence[Entry]:
    """Where nothing is sent to a cloud."""
    return ()


class Operations(Protocol):
    """What admins can have done; admin/ brings it."""

    async def status(self) -> str:
        """How the sources stand, in lines."""
        ...

    async def sources(self) -> Sequence[str]:
        """The names of those that can be re-indexed."""
        ...

    async def reindex(self, sources: Sequence[str], progress: Progress, *, patient: bool, by: str) -> str:
        """What came of it, in a line for each source; running it again changes nothing. patient: wait for whoever is
        at it already. by: the id of who asked."""
        ...


@dataclass(frozen=True, slots=True)
class Commands:
    """The worker's `handle` and `give_up` for commands. every_s: between two edits of a run's progress. opt_outs: None:
    nobody can opt out here. sent: as the audit has it. reviewing: None: nobody reviews here."""

    inbox: Inbox
    door: SlackDoor
    people: SlackPeople
    records: Records
    operations: Operations
    every_s: float = PROGRESS_S
    opt_outs: SlackOptOuts | None = None
    sent: Sent = nothing_sent
    reviewing: Reviewing | None = None

    async def handle(self, claimed: Claimed) -> str:
        """Do it and say what came of it; returns the outcome. Raises what another attempt may mend."""
        event, user = claimed.event, claimed.event.body["user"]
        verb, _, rest = event.body["text"].strip().partition(" ")
        match verb.lower():
            case "why":
                says = await self._why(user, event.channel)
            case "optout" if self.opt_outs is not None:
                await self._respond(claimed, await self.opt_outs.asked(user, event.channel, rest))
                return "commanded"
            case "review" if self.reviewing is not None:
                await self._respond(claimed, await self.reviewing.asked(user))
                return "commanded"
            case "status" | "reindex" if not await self._may(claimed, user):
                says = _ADMINS_ONLY
            case "status":
                says = await self.operations.status()
            case "reindex":
                return await self._reindex(claimed, rest.strip() or "all")
            case _:
                says = _HELP
        await self._respond(claimed, told(says))
        return "commanded"

    async def opted(self, claimed: Claimed) -> str:
        """Do what a button of the choices says; returns the outcome."""
        if self.opt_outs is None:
            return "ignored"
        await self._respond(claimed, await self.opt_outs.clicked(claimed.event.body))
        return "opted"

    async def give_up(self, claimed: Claimed) -> None:
        """Say that it did not work, where there is a place to say so. Raises SlackFault."""
        if not claimed.readable:
            return
        message = stored(claimed) or told(both("apology"))
        if claimed.placeholder is not None and (place := await self._place(claimed)):
            await self._tried(claimed, self.door.update(place.channel, place.ts, message))
        await self._respond(claimed, message)

    async def _may(self, claimed: Claimed, user: str) -> bool:
        """What has begun goes on: that Slack cannot be asked right now must not leave it unfinished."""
        return claimed.placeholder is not None or await self.people.is_admin(user)

    async def _why(self, user: str, channel: str) -> str:
        row = await self.records.last(user, await self.people.room(channel))
        if row is None:
            return _NOTHING_TO_EXPLAIN
        pairs = explained(row, row["route"], row["model"], row["tried"])
        calls = masked(call.body for call in await self.sent(str(row["id"])))
        return "\n".join(f"*{what}* {says}" for what, says in [*pairs, *calls])

    async def _reindex(self, claimed: Claimed, asked: str) -> str:
        known = await self.operations.sources()
        if chosen := [name for name in known if asked in ("all", name)]:
            await self._reindexed(claimed, chosen)
        elif known:
            says = both("unknown_source", source=asked, known=", ".join(known))
            await self._respond(claimed, told(says))
        else:
            await self._respond(claimed, told(both("no_source")))
        return "commanded"

    async def _reindexed(self, claimed: Claimed, sources: Sequence[str]) -> None:
        place = await self._place(claimed)
        message = stored(claimed)
        if message is None:
            if place and claimed.attempt == 1:
                await self._tried(claimed, self._respond(claimed, told(both("in_dm"))))
            message = told(await self._run(claimed, place, sources))
            await store(self.inbox, claimed, message)
        # Once more: a response_url may be too old by now, and a conversation that could not be opened then may open.
        place = place or await self._place(claimed, again=True)
        if place and await self._tried(claimed, self.door.update(place.channel, place.ts, message)):
            await self._tried(claimed, self._respond(claimed, message))
        else:
            await self._respond(claimed, message)

    async def _run(self, claimed: Claimed, place: _Place | None, sources: Sequence[str]) -> str:
        """What came of the run, its progress drawn in the meantime."""
        # An earlier attempt that is not dead yet may still be at it.
        patient, by = claimed.attempt > 1, claimed.event.body["user"]
        if place is None:
            return await self.operations.reindex(sources, lambda *_: None, patient=patient, by=by)

        async def draw(source: str, done: int, total: int) -> None:
            # Whoever overtook this attempt may have set the final text already.
            await self.inbox.renew(claimed)
            await self.door.update(place.channel, place.ts, progress(source, done, total), draft=True)

        async with _drawing(draw, self.every_s) as tell:
            return await self.operations.reindex(sources, tell, patient=patient, by=by)

    async def _place(self, claimed: Claimed, *, again: bool = False) -> _Place | None:
        """The message in the admin's conversation with us; None where Slack does not let us write there."""
        try:
            channel = await self.door.direct(claimed.event.body["user"])
            key, waiting = claimed.event.key, told(both("reindexing"))
            find = partial(self.door.adopt, channel, None, key)
            post = partial(self.door.placeholder, channel, None, key, waiting)
            ts = await placeholder(self.inbox, self.door, claimed, channel, find, post, again=again)
        except SlackFault as fault:
            _log.warning("event %d: its progress cannot be shown: %s", claimed.id, fault)
            return None
        return _Place(channel, ts)

    async def _respond(self, claimed: Claimed, message: Message) -> None:
        if address := claimed.event.body["response_url"]:
            await self.door.respond(address, message)

    async def _tried(self, claimed: Claimed, showing: Awaitable[object]) -> bool:
        """Whether it is shown; for what is shown in another place too."""
        try:
            await showing
        except SlackFault as fault:
            _log.warning("event %d: %s", claimed.id, fault)
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Place:
    channel: str
    ts: str


@asynccontextmanager
async def _drawing(draw: Callable[[str, int, int], Awaitable[None]], every_s: float) -> AsyncIterator[Progress]:
    """What is told is drawn while the context is open: the newest only, at most once each `every_s`, never after it."""
    newest: tuple[str, int, int] | None = None
    over = asyncio.Event()

    def tell(source: str, done: int, total: int) -> None:
        nonlocal newest
        newest = (source, done, total)

    async def run() -> None:
        drawn = None
        while not await happens(over, every_s):
            if newest is not None and newest != drawn:
                drawn = newest
                try:
                    await draw(*newest)
                except Fenced:
                    return
                except Fault as fault:
                    _log.info("progress was not drawn: %s", fault)

    drawing = asyncio.create_task(run())
    try:
        yield tell
        over.set()
        await drawing  # not cut off: an edit on its way could arrive after the final text
    finally:
        drawing.cancel()


_HELP = """*Naru* answers from the company's documents · 회사 문서에서 찾아 답합니다.
• Mention me, or write to me directly · 저를 멘션하거나 DM으로 물어보세요.
• `/naru why` why your last answer here took its way · 마지막 답이 왜 그 경로로 갔는지
• `/naru optout` what your text is not used for, `/naru optout room` for a room · 내 글이나 이 방의 글을 쓰지 않게 하기
• `/naru review` what Naru may learn, for admins and owners of sources · 나루가 배울 것을 검토하기
• `/naru status`, `/naru reindex <source|all>` for admins · 관리자용"""
_ADMINS_ONLY = "관리자만 쓸 수 있는 명령입니다. Only admins can use this command."
_NOTHING_TO_EXPLAIN = "이 방에서 답한 질문이 아직 없습니다. There is no answer to a question of yours here yet."
