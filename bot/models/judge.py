"""The on-prem model as a judge of answers: whether passages support a statement. It is asked for figures, by an
operator, and decides nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from bot.domain import Route
from bot.models.door import Door
from bot.models.endpoint import Patience
from bot.models.faults import ModelFault
from bot.policy.decide import decide_judging
from bot.policy.parts import Prompt, judged_part
from bot.policy.permit import permit
from bot.policy.rules import Rules
from bot.prompt import Template, build
from retrieval.label import Label

FORM: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {
        "name": "judgement",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"supported": {"type": "boolean"}},
            "required": ["supported"],
            "additionalProperties": False,
        },
    },
}
"""The response_format of OpenAI's protocol, which vLLM holds its model to."""
MAX_TOKENS = 64


class Judge:
    """rules: the policy as it is now. timeout_s: for one statement, of which there are two tries."""

    def __init__(self, door: Door, timeout_s: float, rules: Callable[[], Rules]) -> None:
        self._door = door
        self._timeout_s = timeout_s
        self._rules = rules
        self._template = Template.shipped("judge")

    async def __call__(self, statement: str, passages: Prompt, label: Label) -> bool:
        """Whether these Parts of passages support it; without any nothing does, and nobody is asked. label: of the
        Decision that the statement's answer came of. Raises ModelFault, PermitFault."""
        if not passages:
            return False
        rules = self._rules()
        parts = (*passages, judged_part(statement, label, rules))
        decision = decide_judging(parts, rules, uuid4())

        async def once() -> bool:
            prompt = build(self._template, parts, mark=secrets.token_hex(8))
            issued = permit(decision, prompt, Route.ON_PREM, self._door.model, rules)
            return _read((await self._door.complete(prompt, issued)).text)

        return await Patience(2, self._timeout_s).until_done(once)


def _read(text: str) -> bool:
    """Raises ModelFault where it is neither of the two."""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    supported = said.get("supported") if isinstance(said, dict) and len(said) == 1 else None
    if not isinstance(supported, bool):
        raise ModelFault("The judge answered with neither of the two that it may choose from.", again=True)
    return supported
