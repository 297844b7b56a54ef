"""A door with patience: retries with jitter, the server's own Retry-After, one total timeout. The only retry layer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from bot.models.door import Completion, Door, Heard
from bot.models.faults import ModelFault
from bot.policy.parts import Prompt
from bot.policy.permit import Permit

T = TypeVar("T")
_BACKOFF = wait_random_exponential(multiplier=0.5, max=8)


async def nothing_to_look_at() -> None:
    """Where nobody can opt out."""


@dataclass(frozen=True, slots=True)
class Patience:
    """attempts: tries in all. total_s: seconds for all of them together, waiting included."""

    attempts: int
    total_s: float

    async def until_done(self, once: Callable[[], Awaitable[T]]) -> T:
        """Try until it works. Raises ModelFault when the tries or the time are used up."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self.attempts),
            wait=_wait,
            retry=retry_if_exception(self._worth_another_try),
            reraise=True,
        )

        async def attempt() -> T:  # tenacity awaits what is declared as async, not what merely gives an awaitable
            return await once()

        try:
            async with asyncio.timeout(self.total_s):
                return await retrying(attempt)
        except TimeoutError:
            raise ModelFault(f"The model took longer than {self.total_s:g} s.", again=False) from None

    def _worth_another_try(self, error: BaseException) -> bool:
        # A server that asks for more time than there is has said no: the next route is asked at once.
        return isinstance(error, ModelFault) and error.again and (error.after or 0) < self.total_s


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A shore's door with the patience that it is given. look: before each try, has the policy know what it asks
    others for."""

    door: Door
    attempts: int
    total_s: float
    look: Callable[[], Awaitable[None]] = nothing_to_look_at

    async def complete(self, issue: Callable[[], tuple[Prompt, Permit]], heard: Heard | None = None) -> Completion:
        """Ask until there is a whole answer. `issue` is called for each try, so that each has its own prompt and its
        own Permit. Raises ModelFault when the tries or the time are used up."""

        async def once() -> Completion:
            await self.look()
            prompt, permit = issue()
            return await self.door.complete(prompt, permit, heard)

        return await Patience(self.attempts, self.total_s).until_done(once)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, ModelFault) else None
    return asked if asked is not None else _BACKOFF(state)
