"""A door with patience: a place in line, retries with jitter, the server's own Retry-After, one total timeout, a
breaker. The only retry layer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from bot.models.breaker import Breaker
from bot.models.door import Completion, Door, Heard
from bot.models.faults import ModelFault, SpentFault
from bot.models.line import Asking, Line
from bot.models.retries import RetryBudget
from bot.policy.parts import Prompt
from bot.policy.permit import Permit

T = TypeVar("T")
_BACKOFF = wait_random_exponential(multiplier=0.5, max=8)
FAILURES, PAUSE_S = 5, 10.0
"""Of an endpoint's breaker: more in a row than one question's tries."""
HASTY_S = 10.0
"""Seconds within which a further try begins where another route could answer: a server that was silent for longer is
not asked twice while somebody waits."""


def always() -> bool:
    """Where nobody counts tries."""
    return True


def as_it_is() -> bool:
    """Where a prompt cannot be made shorter."""
    return False


class OverdueFault(ModelFault):
    """The time for all tries together is used up."""


async def nothing_to_look_at() -> None:
    """Where nobody can opt out."""


@dataclass(frozen=True, slots=True)
class Patience:
    """attempts: tries in all. total_s: seconds for all of them together, waiting included. begins_s: seconds within
    which a further try has to begin. spare: takes a further try from those that there are; False: there is none."""

    attempts: int
    total_s: float
    begins_s: float | None = None
    spare: Callable[[], bool] = always

    async def until_done(self, once: Callable[[], Awaitable[T]]) -> T:
        """Try until it works. Raises ModelFault when the tries or the time are used up."""
        retrying = AsyncRetrying(
            stop=self._over,
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
            raise OverdueFault(f"The model took longer than {self.total_s:g} s.", again=False) from None

    def _over(self, state: RetryCallState) -> bool:
        late = self.begins_s is not None and stop_after_delay(self.begins_s)(state)
        return stop_after_attempt(self.attempts)(state) or late or not self.spare()

    def _worth_another_try(self, error: BaseException) -> bool:
        # A server that asks for more time than there is has said no: the next route is asked at once.
        return isinstance(error, ModelFault) and error.again and (error.after or 0) < (self.begins_s or self.total_s)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A shore's door with the care that it is given. look: before each try, has the policy know what it asks others
    for. line: who is next. breaker: says when to leave it alone. retries: how many further tries there are in all."""

    door: Door
    attempts: int
    total_s: float
    look: Callable[[], Awaitable[None]] = nothing_to_look_at
    line: Line = field(default_factory=Line)
    breaker: Breaker = field(default_factory=lambda: Breaker(FAILURES, PAUSE_S))
    retries: RetryBudget = field(default_factory=RetryBudget)

    async def complete(
        self,
        issue: Callable[[], tuple[Prompt, Permit]],
        heard: Heard | None = None,
        asking: Asking | None = None,
        *,
        others: bool = False,
        shorter: Callable[[], bool] = as_it_is,
    ) -> Completion:
        """Ask until there is a whole answer. `issue` is called for each try, so that each has its own prompt and its
        own Permit. asking: for whom. others: whether another route could answer, so that tries are not dragged out.
        shorter: makes the next prompt a shorter one, if it can be. Raises ModelFault when the tries or the time are
        used up, LateFault when its turn does not come, PermitFault."""
        asking = asking or Asking()

        async def once() -> Completion:
            await self.look()
            prompt, permit = issue()
            if not self.breaker.lets_through():
                raise _left_alone()
            try:
                completion = await self.door.complete(prompt, permit, heard)
            except SpentFault:
                raise  # which says nothing of the server
            except ModelFault as fault:
                (self.breaker.failed if fault.unwell else self.breaker.succeeded)()
                if fault.too_long and shorter():
                    return await once()
                raise
            self.breaker.succeeded()
            return completion

        if self.breaker.holds_back():
            raise _left_alone()
        if asking.work_s <= 0:
            raise ModelFault("There was no time left for it.", again=False)
        async with self.line.turn(asking):
            begins_s = HASTY_S if others else None
            patience = Patience(self.attempts, min(self.total_s, asking.work_s), begins_s, self.retries.spare)
            self.retries.asked()
            began = monotonic()
            try:
                return await patience.until_done(once)
            except OverdueFault:
                if patience.total_s > self.total_s / 2:  # with less it may have been another that took the time
                    self.breaker.failed()
                raise
            finally:
                asking.work_s -= monotonic() - began


def _left_alone() -> ModelFault:
    return ModelFault("The model failed again and again, so it is left alone for a moment.", again=False)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, ModelFault) else None
    return asked if asked is not None else _BACKOFF(state)
