"""What the cloud model may cost on one day, and what a request to it can cost at most. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from types import MappingProxyType
from typing import Literal

Scope = Literal["all", "person", "room"]
SCOPES: tuple[Scope, ...] = ("all", "person", "room")
"""Of what one day is counted, in the order in which rows are locked."""
State = Literal["near", "at"]
MICRO = 1_000_000
"""Money is counted in millionths of its currency."""
_AROUND = 16
"""Tokens that a chat's form takes around each message, and once around all of them: 3 to 8 in the forms of OpenAI,
Llama, Mistral and Qwen."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Of a prompt, and of its answer."""

    prompt: int = 0
    completion: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.completion


NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in `currency`."""

    prompt: Decimal
    completion: Decimal
    currency: str

    def micros(self, used: Tokens) -> int:
        """What they cost, in millionths of the currency, rounded up."""
        return ceil(used.prompt * self.prompt + used.completion * self.completion)


@dataclass(frozen=True, slots=True)
class Limit:
    """Of one day; None: as many as there are."""

    tokens: int | None = None
    micros: int | None = None

    def __bool__(self) -> bool:
        return self.tokens is not None or self.micros is not None

    def share(self, tokens: int, micros: int) -> float:
        """How much of it is used; 0 where there is no limit."""
        shares = ((tokens, self.tokens), (micros, self.micros))
        return max((used / most for used, most in shares if most is not None), default=0.0)


NO_LIMIT = Limit()


@dataclass(frozen=True, slots=True)
class CloudLimits:
    """of: the limits, by whose use they are. warn_at: from which share on the admins are told."""

    of: Mapping[Scope, Limit] = field(default_factory=lambda: MappingProxyType({}))
    warn_at: float = 0.8

    def __bool__(self) -> bool:
        return any(self.of.values())

    def limit(self, scope: Scope) -> Limit:
        return self.of.get(scope, NO_LIMIT)

    def state(self, scope: Scope, share: float, refused: int) -> State | None:
        """share: of the limit that is used. refused: how often a request did not fit any more."""
        if not self.limit(scope):
            return None
        if refused:
            return "at"
        return "near" if share >= self.warn_at else None


def most_of(texts: Iterable[str]) -> int:
    """Tokens that texts can have at most: a tokenizer makes no token of less than a byte of UTF-8."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def most_of_chat(texts: Iterable[str]) -> int:
    """The same for the messages of a chat, with what stands around each."""
    said = list(texts)
    return most_of(said) + _AROUND * (len(said) + 1)
