"""The door to the cloud as it is used: what is about to leave is written down first, and what became of it afterwards.

    sending   committed before the first byte leaves; where that fails nothing is sent
    sent      the same with the tokens, as far as the server said them; also where no whole answer came back
    stopped   nothing left after all: the Permit did not cover it

A `sending` that neither of the others follows (`call` is the same) is of a process that was killed: it may have left.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot import tables
from bot.audit import Audit
from bot.domain import Usage
from bot.models.door import Completion, Door, Heard
from bot.models.faults import ModelFault
from bot.policy.mask import masked_in
from bot.policy.messages import messages
from bot.policy.parts import Prompt, Role
from bot.policy.permit import Permit, PermitFault
from retrieval.database import Database, DatabaseFault

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who is behind the cloud door, as the settings say. country: the region that the contract names; empty where
    nothing is agreed."""

    host: str
    name: str
    country: str


class AuditedDoor:
    """A Door whose every try is in the audit."""

    def __init__(self, door: Door, vendor: Vendor, database: Database, audit: Audit) -> None:
        self.model = door.model
        self._door = door
        self._vendor = vendor
        self._database = database
        self._audit = audit

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        """As Door; also raises ModelFault where the audit cannot be written, and then nothing was sent."""
        body = self._body(prompt, permit)
        try:
            body = await self._sending(body, permit)
        except DatabaseFault as fault:
            _log.error("decision %s: the audit was not written, so the cloud is out: %s", permit.decision, fault)
            sentence = "The audit cannot be written, so nothing was sent to the cloud."
            raise ModelFault(sentence, again=False, unsent=True) from fault
        became, usage = "sent", Usage()
        try:
            completion = await self._door.complete(prompt, permit, heard)
            usage = completion.usage
        except PermitFault:
            became = "stopped"
            raise
        finally:
            await self._became(became, body, usage)
        return completion

    async def _sending(self, body: dict[str, Any], permit: Permit) -> dict[str, Any]:
        d = tables.decision
        async with self._database.transaction() as connection:
            question = await connection.scalar(select(d.c.question).where(d.c.id == permit.decision))
            body = {**body, "question": str(question) if question else None}
            await self._audit.note(connection, "sending", body)
        return body

    async def _became(self, kind: str, body: dict[str, Any], usage: Usage) -> None:
        """It has left; that this cannot be written any more takes the answer from nobody, and `sending` says it."""
        tokens = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
        try:
            async with self._database.transaction() as connection:
                await self._audit.note(connection, kind, {**body, **tokens})
        except DatabaseFault as fault:
            _log.error("call %s: what became of it is not in the audit: %s", body["call"], fault)

    def _body(self, prompt: Prompt, permit: Permit) -> dict[str, Any]:
        theirs = "".join(part.text for part in prompt if part.role is not Role.INSTRUCTIONS)
        return {
            "decision": str(permit.decision),
            "call": permit.id,
            "route": permit.route.value,
            "host": self._vendor.host,
            "vendor": self._vendor.name,
            "country": self._vendor.country,
            "model": self.model,
            "characters": sum(len(message["content"]) for message in messages(prompt)),
            "prompt_tokens": None,
            "completion_tokens": None,
            "sources": sorted({part.source for part in prompt if part.source}),
            "masked": masked_in(theirs),
        }
