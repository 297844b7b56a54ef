"""The door to the cloud with a budget before it: what a try may take at most is reserved before it is sent, and what it
took is settled afterwards.

    reserved   by one statement, before anything else is done; where it does not fit nothing is sent
    settled    at what the server says that it took
    given back where it surely cost nothing: it did not leave, or the server refused it unanswered

Where none of the last two follows (the server does not say, it failed under way, the process was killed) the most that
it may have taken stays counted.
"""

from __future__ import annotations

from bot.cloud_budget import NO_TOKENS, Tokens, most_of_chat
from bot.cloud_use import CloudUse
from bot.domain import Usage
from bot.models.door import Completion, Door, Heard
from bot.models.faults import ModelFault
from bot.policy.messages import messages
from bot.policy.parts import Prompt
from bot.policy.permit import Permit, PermitFault

_BELIEVED = 1_000_000_000
"""Tokens of one request; a server that says more counts wrongly."""


class BudgetedDoor:
    """A Door whose every try is paid for."""

    def __init__(self, door: Door, use: CloudUse) -> None:
        self.model = door.model
        self._door = door
        self._use = use

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        """As Door; also raises SpentFault where what is left of a budget does not cover it, and nothing was sent."""
        most = most_of_chat(message["content"] for message in messages(prompt))
        reserved = await self._use.reserve(permit.decision, most)
        try:
            completion = await self._door.complete(prompt, permit, heard)
        except PermitFault:
            await self._use.settle(reserved, NO_TOKENS)
            raise
        except ModelFault as fault:
            if fault.free:
                await self._use.settle(reserved, NO_TOKENS)
            raise
        if (used := _said(completion.usage)) is not None:
            await self._use.settle(reserved, used)
        return completion


def _said(usage: Usage) -> Tokens | None:
    """What a server says that it took; None where it says nothing that can be counted."""
    match usage:
        case Usage(int(prompt), int(completion)) if 0 < prompt <= _BELIEVED and 0 <= completion <= _BELIEVED:
            return Tokens(prompt, completion)
    return None
