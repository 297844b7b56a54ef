"""`/naru optout`: people opt out for themselves, and managers for their room."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.opting_out import OptingOut
from bot.slack.blocks import Message, told
from bot.slack.faults import SlackFault
from bot.slack.optout_blocks import choice, choices, receipt_told
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.subjects import Scope, Subject
from bot.words import both

_log = logging.getLogger(__name__)
_ROOM = frozenset({"room", "channel", "방", "채널"})


@dataclass(frozen=True, slots=True)
class SlackOptOuts:
    opting: OptingOut
    door: SlackDoor
    people: SlackPeople

    async def asked(self, user: str, channel: str, words: str) -> Message:
        """What whoever typed the command can choose from: for themselves, or for the room they are in."""
        subject = Subject("room", channel) if words.strip().lower() in _ROOM else Subject("user", user)
        if not await self._may(user, subject):
            return told(both("opt_out_managers"))
        return await self.standing(subject)

    async def standing(self, subject: Subject) -> Message:
        """The choices as they stand now."""
        in_force = {entry.scope for entry in await self.opting.register.listed(subject)}
        return choices(subject, in_force)

    async def clicked(self, body: Mapping[str, Any]) -> Message:
        """Do what a button says; what is to be said to whoever pressed it. Pressed twice it is done once, by whoever
        may: a button can be copied out of the message that it came in."""
        user = str(body["user"])
        chosen = choice(str(body["action"]), str(body["answer"] or ""))
        if chosen is None:
            return told(both("gone"))
        out, subject, scope = chosen
        if not await self._may(user, subject):
            return told(both("opt_out_managers"))
        if not out:
            await self.opting.back(subject, scope, by=user)
            return told(both("opt_out_undone", scope=scope.value))
        await self._out(subject, scope, user)
        return told(both("opt_out_done", scope=scope.value))

    async def scopes(self, user: str) -> frozenset[Scope]:
        """What somebody is out of, as the Home tab shows it."""
        return frozenset(entry.scope for entry in await self.opting.register.listed(Subject("user", user)))

    async def add(self, user: str, scope: Scope) -> None:
        await self._out(Subject("user", user), scope, user)

    async def take_back(self, user: str, scope: Scope) -> None:
        await self.opting.back(Subject("user", user), scope, by=user)

    async def _out(self, subject: Subject, scope: Scope, user: str) -> None:
        receipt = await self.opting.out(subject, scope, by=user)
        found = await self.opting.receipt(receipt.id)
        message = told(both("opt_out_done", scope=scope.value)) if found is None else receipt_told(*found)
        await self._in_private(user, str(receipt.id), message)

    async def _may(self, user: str, subject: Subject) -> bool:
        if subject.kind == "room":
            return await self.people.manages(user, subject.id)
        return subject == Subject("user", user)

    async def _in_private(self, user: str, receipt: str, message: Message) -> None:
        """The receipt, once, however often the click is handled. That it cannot be told undoes nothing."""
        try:
            channel, key = await self.door.direct(user), f"receipt {receipt} {user}"
            if await self.door.adopt(channel, None, key) is None:
                await self.door.placeholder(channel, None, key, message)
        except SlackFault as fault:
            if fault.retry:
                raise
            _log.warning("a receipt could not be told: %s", fault)
