"""The Home tab: what Naru knows of whoever opens it, what they may read, and the way out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.held import Held
from bot.inbox import Claimed
from bot.notices import Notices
from bot.slack.blocks import told
from bot.slack.faults import SlackFault
from bot.slack.home_blocks import Page, home
from bot.slack.home_words import SCOPES, SENTENCES
from bot.slack.locales import Locales
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.subjects import Scope
from retrieval.passage import Readers

_log = logging.getLogger(__name__)


class OptOutActions(Protocol):
    """Opting out for oneself, as `/naru optout` does it. Doing a thing twice is doing it once."""

    async def scopes(self, user: str) -> frozenset[Scope]:
        """What somebody is out of."""
        ...

    async def add(self, user: str, scope: Scope) -> None: ...

    async def take_back(self, user: str, scope: Scope) -> None: ...


@dataclass(frozen=True, slots=True)
class Home:
    """The worker's `handle` and `give_up` for the Home tab. held: what is stored of a person. readable: the sources
    that readers may read, with how many documents. board: how Naru is doing, in lines for admins. opt_outs: None where
    nobody can opt out here."""

    door: SlackDoor
    people: SlackPeople
    locales: Locales
    notices: Notices
    held: Callable[[str], Awaitable[Held]]
    readable: Callable[[Readers], Awaitable[tuple[tuple[str, int], ...]]]
    board: Callable[[], Awaitable[str]]
    opt_outs: OptOutActions | None = None

    async def handle(self, claimed: Claimed) -> str:
        """Do what a button asks for, and show the tab as it is now. Raises what another attempt may mend."""
        body = claimed.event.body
        user = body["user"]
        if body["do"] != "open" and self.opt_outs is not None:
            change = self.opt_outs.add if body["do"] == "out" else self.opt_outs.take_back
            await change(user, Scope(body["scope"]))
        try:
            await self.door.publish(user, home(await self._page(user), await self.locales.of(user)))
        except SlackFault as fault:
            if fault.retry:
                raise
            # What the button asked for is done; and a tab that Slack does not take now is made anew when it is opened.
            _log.warning("event %d: the Home tab was not shown: %s", claimed.id, fault)
            return "gone"
        return "shown"

    async def give_up(self, claimed: Claimed) -> None:
        """Somebody who pressed a button must not believe that it was done. Raises SlackFault."""
        body = claimed.event.body
        if not claimed.readable or body["do"] == "open":
            return
        tongue = await self.locales.of(body["user"])
        says = told(SENTENCES[tongue]["failed"].format(what=SCOPES[tongue][Scope(body["scope"])][0]))
        channel = await self.door.direct(body["user"])
        if await self.door.adopt(channel, None, claimed.event.key) is None:
            await self.door.placeholder(channel, None, claimed.event.key, says)

    async def _page(self, user: str) -> Page:
        notice = self.notices.of(member=await self.people.is_member(user))
        tongue = await self.locales.of(user)
        return Page(
            notice=notice.texts[tongue],
            version=notice.version,
            held=await self.held(user),
            sources=await self.readable(await self.people.alone(user)),
            out_of=await self.opt_outs.scopes(user) if self.opt_outs else None,
            board=await self.board() if await self.people.is_admin(user) else None,
        )
