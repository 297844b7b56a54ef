"""The company's own embedding server as retrieval's Embedder: no text goes there without a Decision and a Permit."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Protocol
from uuid import uuid4

from bot.models.endpoint import Patience
from bot.models.faults import ModelFault
from bot.policy.decide import decide_embedding
from bot.policy.parts import Part, Prompt, embedded_part
from bot.policy.permit import Permit, embedding_permit
from bot.policy.rules import Rules, allowed
from retrieval.embed import Embeddable, EmbedFault, Vector
from retrieval.text import Language

QUERY_S = 1.0
"""A question waits no longer for its vector: words find most of what the vector would."""

AWAY_S = 10.0
"""For so long after a failure questions do not even try."""

TOTAL_S = 120.0
ATTEMPTS = 4
BATCH = 32
_TOO_LONG = frozenset({400, 413, 422})
"""What servers answer to a text that is longer than their model takes."""
_SHORTEST = 100

_log = logging.getLogger(__name__)


class Door(Protocol):
    """What is asked of the way to the server. The real one is EmbedDoor."""

    model: str

    async def vectors(self, prompt: Prompt, permit: Permit) -> list[list[float]]: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the model's card says. dimensions: asked of the server where given. query, passage: put before a text."""

    languages: frozenset[Language]
    dimensions: int | None = None
    query: str = ""
    passage: str = ""


class EndpointEmbedder:
    """An Embedder. rules: the policy as it is now; what its on_prem sink does not allow is not embedded."""

    def __init__(
        self, door: Door, wishes: Wishes, rules: Callable[[], Rules], clock: Callable[[], float] = monotonic
    ) -> None:
        said = json.dumps([wishes.query, wishes.passage, wishes.dimensions])
        self.name = door.model
        self.revision = sha256(said.encode()).hexdigest()[:16]
        self.dimensions = wishes.dimensions
        self.languages = wishes.languages
        self._door = door
        self._wishes = wishes
        self._rules = rules
        self._clock = clock
        self._away_until = clock()

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        rules = self._rules()
        if rules.shadow:
            raise EmbedFault("The policy is in shadow mode, so no model is asked: search is by words meanwhile.")
        parts = [_part(self._wishes.passage, each, rules) for each in texts]
        found: list[Vector | None] = [None] * len(parts)
        may = [place for place, part in enumerate(parts) if allowed(part.label, rules.sinks["on_prem"])]
        try:
            for start in range(0, len(may), BATCH):
                places = may[start : start + BATCH]
                vectors = await self._patiently([parts[place] for place in places], rules)
                for place, vector in zip(places, vectors, strict=True):
                    found[place] = vector
        except ModelFault as fault:
            raise EmbedFault(str(fault), again=fault.again) from None
        return found

    async def query(self, text: Embeddable) -> Vector | None:
        if self._clock() < self._away_until:
            return None
        rules = self._rules()
        part = _part(self._wishes.query, text, rules)
        if rules.shadow or not allowed(part.label, rules.sinks["on_prem"]):
            return None
        try:
            async with asyncio.timeout(QUERY_S):
                return await self._of_question(part, rules)
        except (ModelFault, TimeoutError) as error:
            self._away_until = self._clock() + AWAY_S
            _log.warning("questions are searched by words alone for %g s: %s", AWAY_S, error or "no answer in time")
            return None

    async def _of_question(self, part: Part, rules: Rules) -> Vector:
        """Of its beginning where the model does not take the whole: a long question is no sign that the server is away,
        and keeps no other from its vector."""
        try:
            (vector,) = await self._once((part,), rules)
        except ModelFault as fault:
            if fault.status not in _TOO_LONG or len(part.text) < _SHORTEST:
                raise
            return await self._of_question(_half(part, rules), rules)
        return vector

    async def _patiently(self, parts: Sequence[Part], rules: Rules) -> list[Vector | None]:
        """Vectors of texts of which each is allowed. What the server does not take together it is given by itself, and
        what it does not take even so, cut: its model reads only so much."""
        prompt = tuple(parts)
        if len(prompt) > 1 and not _allowed_together(prompt, rules):
            return await self._halved(prompt, rules)
        try:
            return list(await Patience(ATTEMPTS, TOTAL_S).until_done(lambda: self._once(prompt, rules)))
        except ModelFault as fault:
            if fault.status not in _TOO_LONG:
                raise
        if len(prompt) > 1:
            return await self._halved(prompt, rules)
        (part,) = prompt
        if len(part.text) < _SHORTEST:
            return [None]
        return await self._patiently([_half(part, rules)], rules)

    async def _halved(self, prompt: Prompt, rules: Rules) -> list[Vector | None]:
        middle = len(prompt) // 2
        return [*await self._patiently(prompt[:middle], rules), *await self._patiently(prompt[middle:], rules)]

    async def _once(self, prompt: Prompt, rules: Rules) -> list[list[float]]:
        decision = decide_embedding(prompt, rules, uuid4())
        return await self._door.vectors(prompt, embedding_permit(decision, prompt, self._door.model, rules))


def _part(prefix: str, each: Embeddable, rules: Rules) -> Part:
    label = rules.known_of(each.label, each.source, each.uri, each.labels) if each.source else each.label
    return embedded_part(prefix + each.text, label, rules)


def _half(part: Part, rules: Rules) -> Part:
    return embedded_part(part.text[: len(part.text) // 2], part.label, rules)


def _allowed_together(prompt: Prompt, rules: Rules) -> bool:
    """Neighbours read as one text may say what neither says: then they go one by one."""
    return decide_embedding(prompt, rules, uuid4()).verdict("on_prem").allowed
