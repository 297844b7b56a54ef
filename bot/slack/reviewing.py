"""`/naru review`: what people allowed Naru to learn from, one after the other, each with four buttons."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.inbox import Claimed
from bot.learning import Pair, Waiting
from bot.slack.blocks import Message, told
from bot.slack.faults import SlackFault
from bot.slack.post import SlackDoor
from bot.slack.review_blocks import APPROVE, DISCARD, EDIT, At, decided, form, metadata, shown
from bot.words import both
from retrieval.errors import Fault

_log = logging.getLogger(__name__)


class Bench(Protocol):
    """What one reviewer can decide."""

    async def waiting(self) -> Sequence[Waiting]:
        """The most voted on first, with texts as they may be shown in Slack."""
        ...

    async def approve(self, id: str, pair: Pair | None) -> bool:
        """Whether it is an example now. Raises a Fault that says why not."""
        ...

    async def discard(self, id: str) -> None: ...


class Reviews(Protocol):
    """What is there to review; admin/ brings it."""

    async def of(self, user: str) -> Bench | None:
        """None: they review nothing. Slack is asked who they are, so it is asked once for each thing that they do."""
        ...


@dataclass(frozen=True, slots=True)
class Reviewing:
    door: SlackDoor
    reviews: Reviews

    async def asked(self, user: str) -> Message:
        """The first that waits for whoever typed the command."""
        bench = await self.reviews.of(user)
        return await self._next(bench, At("")) if bench else told(both("review_who"))

    async def clicked(self, claimed: Claimed) -> str:
        """Do what a button says, and show the next; the outcome."""
        body = claimed.event.body
        at, address = At.of(str(body["answer"] or "")), body["response_url"]
        bench = await self.reviews.of(str(body["user"]))
        if bench is None:  # a button can be copied out of the message that it came in
            return await self._refused(address)
        if body["action"] == EDIT:
            return await self._edits(claimed, bench, at)
        act = {APPROVE: self._approved, DISCARD: self._discarded}.get(body["action"])
        message = await self._next(bench, _past(at)) if act is None else await act(bench, at)
        return await self._said(address, message, "reviewed")

    async def given(self, claimed: Claimed) -> str:
        """A form that came back."""
        body = claimed.event.body
        try:
            at, address = metadata(str(body["review"]))
        except (ValueError, TypeError):
            return "ignored"
        bench = await self.reviews.of(str(body["user"]))
        if bench is None:
            return await self._refused(address)
        pair = Pair(str(body["question"] or ""), str(body["answer"] or ""))
        return await self._said(address, await self._approved(bench, at, pair), "reviewed")

    async def _refused(self, address: str | None) -> str:
        if address:
            await self.door.respond(address, told(both("review_who")))
        return "refused"

    async def _edits(self, claimed: Claimed, bench: Bench, at: At) -> str:
        body = claimed.event.body
        one = next((each for each in await bench.waiting() if each.id == at.id), None)
        if one is None:
            return await self._said(body["response_url"], await self._next(bench, at, both("gone")), "gone")
        if body["trigger_id"] and claimed.attempt == 1:  # it opens nothing later
            view = form(one.candidate.pair, at, str(body["response_url"] or ""))
            await self.door.open_view(body["trigger_id"], view)
        return "edited"

    async def _approved(self, bench: Bench, at: At, pair: Pair | None = None) -> Message:
        try:
            in_force = await bench.approve(at.id, pair)
        except Fault as fault:
            if fault.again:
                raise
            return await self._next(bench, at, str(fault))
        return await self._next(bench, at, both("review_approved" if in_force else "review_one_more"))

    async def _discarded(self, bench: Bench, at: At) -> Message:
        try:
            await bench.discard(at.id)
        except Fault as fault:
            if fault.again:
                raise
            return await self._next(bench, at, str(fault))
        return await self._next(bench, at, both("review_discarded"))

    async def _next(self, bench: Bench, at: At, sentence: str = "") -> Message:
        """The first that they have not passed over; one that a button could not do comes again."""
        waiting = await bench.waiting()
        fresh = [one for one in waiting if one.id not in at.skipped]
        following = shown(fresh[0], At(fresh[0].id, at.skipped), len(fresh)) if fresh else told(both("review_none"))
        return decided(sentence, following) if sentence else following

    async def _said(self, address: str | None, message: Message, outcome: str) -> str:
        """In the place of what was shown before; a response_url that is used up says nothing, and undoes nothing."""
        if address:
            try:
                await self.door.respond(address, message, replace=True)
            except SlackFault as fault:
                if fault.retry:
                    raise
                _log.info("a reviewer was not shown what came of it: %s", fault)
        return outcome


def _past(at: At) -> At:
    return At("", (*at.skipped, at.id))
