"""The second opinion: a classifier in the building, asked whether the detectors missed something.

It may only raise. What it cannot be asked, or does not answer as it should, counts as sensitive: questions stay in the
building for as long as their second opinion is away.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from bot.domain import Route
from bot.models.breaker import Breaker
from bot.models.door import Door
from bot.models.endpoint import Patience
from bot.models.faults import ModelFault
from bot.policy.decide import decide_opinion
from bot.policy.parts import Prompt
from bot.policy.permit import PermitFault, permit
from bot.policy.rules import OPINION, Rules
from bot.prompt import Prompts, build
from retrieval.label import NOTHING_SENSITIVE, Label, Level

NONE = "none"
CHOICES = (
    "health", "union", "religion", "criminal", "personnel", "harassment", "insider",
    "identifier", "secret", "confidential", NONE,
)  # fmt: skip
"""What it may answer; bot/prompts/opinion.md says what each means."""

FORM: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {
        "name": "opinion",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"kind": {"type": "string", "enum": list(CHOICES)}},
            "required": ["kind"],
            "additionalProperties": False,
        },
    },
}
"""The response_format of OpenAI's protocol, which vLLM holds its model to."""
MAX_TOKENS = 64

_log = logging.getLogger(__name__)


class SecondOpinion:
    """rules: the policy as it is now, for `trouble`. timeout_s: for one question, of which there is one try. prompts:
    what it is told, as it is now."""

    def __init__(
        self,
        door: Door,
        timeout_s: float,
        rules: Callable[[], Rules],
        breaker: Breaker | None = None,
        prompts: Callable[[], Prompts] = Prompts,
    ) -> None:
        self._door = door
        self._timeout_s = timeout_s
        self._rules = rules
        self._breaker = breaker or Breaker()
        self._prompts = prompts

    async def __call__(self, parts: Prompt, rules: Rules) -> Label:
        """What speaks against sending these texts out of the building. Never raises a Fault."""
        if not self._breaker.lets_through():
            return _raised("is away")
        try:
            kind = await self._kind(parts, rules)
        except (ModelFault, PermitFault) as fault:
            _log.warning("a question stays in the building: %s", fault)
            return _raised("is away" if isinstance(fault, ModelFault) else "may not be asked")
        return NOTHING_SENSITIVE if kind == NONE else _raised(kind)

    def told(self, prompts: Callable[[], Prompts]) -> SecondOpinion:
        """The same, told otherwise."""
        return SecondOpinion(self._door, self._timeout_s, self._rules, self._breaker, prompts)

    async def trouble(self) -> str | None:
        """Why it does not answer right now, asked about no text at all; None where it does."""
        try:
            await self._kind((), self._rules())
        except (ModelFault, PermitFault) as fault:
            return str(fault)
        return None

    async def _kind(self, parts: Prompt, rules: Rules) -> str:
        prompt = build(self._prompts().opinion(rules), parts, mark=secrets.token_hex(8))
        issued = permit(decide_opinion(parts, rules, uuid4()), prompt, Route.ON_PREM, self._door.model, rules)
        try:
            patience = Patience(1, self._timeout_s)
            kind = _read((await patience.until_done(lambda: self._door.complete(prompt, issued))).text)
        except ModelFault:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return kind


def _read(text: str) -> str:
    """Raises ModelFault where the answer is none of the choices: a server that ignores the form knows nothing of it."""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    kind = said.get("kind") if isinstance(said, dict) and len(said) == 1 else None
    if kind not in CHOICES:
        raise ModelFault("The second opinion answered with none of the kinds that it may choose from.", again=False)
    return str(kind)


def _raised(why: str) -> Label:
    return Label.of(Level.RESTRICTED, OPINION, f"second opinion: {why}")
