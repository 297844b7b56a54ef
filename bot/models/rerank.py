"""The company's own re-ranking server as retrieval's Reranker: no text goes there without a Decision and a Permit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from bot.models.breaker import Breaker
from bot.models.faults import ModelFault
from bot.policy.decide import decide_reranking
from bot.policy.parts import Part, Prompt, reranked_part
from bot.policy.permit import Permit, PermitFault, reranking_permit
from bot.policy.rules import Rules, allowed
from retrieval.embed import Embeddable
from retrieval.label import NOTHING_SENSITIVE

_log = logging.getLogger(__name__)


class Door(Protocol):
    """What is asked of the way to the server. The real one is RerankDoor."""

    model: str

    async def scores(self, prompt: Prompt, permit: Permit) -> list[float]: ...


class EndpointReranker:
    """A Reranker. rules: the policy as it is now; what its on_prem sink does not allow is not sent. timeout_s: what a
    question waits for it at most, from the first look at its texts on."""

    def __init__(
        self, door: Door, rules: Callable[[], Rules], *, depth: int, timeout_s: float, breaker: Breaker | None = None
    ) -> None:
        self.name = door.model
        self.depth = depth
        self._door = door
        self._rules = rules
        self._timeout_s = timeout_s
        self._breaker = breaker or Breaker()

    async def scores(self, question: Embeddable, passages: Sequence[Embeddable]) -> Sequence[float | None] | None:
        if not self._breaker.lets_through():
            return None
        try:
            return await self._scores(question, passages)
        except ModelFault as fault:
            _log.warning("the order of the search stays as it is: %s", fault)
        except PermitFault as fault:
            _log.warning("nothing was sent to the re-ranking model: %s", fault)
        return None

    async def trouble(self) -> str | None:
        """Why it gives no scores right now, asked about two words of our own; None where it does."""
        word = Embeddable("Naru", NOTHING_SENSITIVE)
        try:
            scores = await self._scores(word, [word])
        except (ModelFault, PermitFault) as fault:
            return str(fault)
        return None if scores else "The policy lets nothing go to the re-ranking model."

    async def _scores(self, question: Embeddable, passages: Sequence[Embeddable]) -> Sequence[float | None] | None:
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await self._asked(question, passages)
        except TimeoutError:
            self._breaker.failed()
            raise ModelFault(f"The re-ranking model took longer than {self._timeout_s:g} s.", again=True) from None
        except ModelFault:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return found

    async def _asked(self, question: Embeddable, passages: Sequence[Embeddable]) -> Sequence[float | None] | None:
        rules = self._rules()
        if rules.shadow:
            return None
        # In a thread: the detectors' look at so many texts would hold up every other question.
        issued = await asyncio.to_thread(_issued, question, passages, self._door.model, rules)
        if issued is None:
            return None
        scores = await self._door.scores(issued.prompt, issued.permit)
        found: list[float | None] = [None] * len(passages)
        for place, score in zip(issued.places, scores, strict=True):
            found[place] = score
        return found


@dataclass(frozen=True, slots=True)
class _Issued:
    """A prompt with its Permit. places: which of the passages stand in it, in order."""

    prompt: Prompt
    permit: Permit
    places: tuple[int, ...]


def _issued(question: Embeddable, passages: Sequence[Embeddable], model: str, rules: Rules) -> _Issued | None:
    """None where the policy keeps the question, or all passages, from the model."""
    asked, *parts = [_part(each, rules) for each in (question, *passages)]
    places = tuple(place for place, part in enumerate(parts) if allowed(part.label, rules.sinks["on_prem"]))
    prompt = (asked, *(parts[place] for place in places))
    decision = decide_reranking(prompt, rules, uuid4())
    if not places or not decision.verdict("on_prem").allowed:
        return None
    return _Issued(prompt, reranking_permit(decision, prompt, model, rules), places)


def _part(each: Embeddable, rules: Rules) -> Part:
    label = rules.known_of(each.label, each.source, each.uri, each.labels) if each.source else each.label
    return reranked_part(each.text, label, rules)
