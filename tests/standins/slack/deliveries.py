"""One thing that Slack tells the app, delivered until it is acked or given up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.standins.slack.timing import Timings
from tests.standins.slack.workspace import Json

NO_RETRY = "x-slack-no-retry"
"""The answer of an attempt that failed and asked not to be repeated."""

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True)
class Attempt:
    """`retry` is 0 at first; `via` names the socket or the address; `at` is time.monotonic(), `took` seconds.

    `failure` is None when the app acked, else Slack's word for it: timeout, connection_failed, http_error.
    `answer` is what came with the ack, a JSON object or a text.
    """

    retry: int
    via: str
    at: float
    took: float
    failure: str | None
    answer: Json | str | None = None


@dataclass
class Delivery:
    kind: Kind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    refused: str | None = None
    """Why Slack did not do what the ack asked for, e.g. invalid_arguments."""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acked(self) -> bool:
        return any(attempt.failure is None for attempt in self.attempts)

    @property
    def answer(self) -> Json | str | None:
        """What came with the last ack."""
        return next((attempt.answer for attempt in reversed(self.attempts) if attempt.failure is None), None)

    async def ended(self, within: float = 10.0) -> Delivery:
        """Waits until it is acked or given up; raises TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            await self.over.wait()
        return self


class Carrier(Protocol):
    """One way to the app."""

    async def carry(self, delivery: Delivery, retry: int, reason: str) -> Attempt: ...


Heard = Callable[[Delivery], None]


class Courier:
    """Sends each delivery as a task of its own: Slack promises no order, and waits for nobody.

    `heard` is called with each delivery that is acked, before those who wait for it go on.
    """

    def __init__(self, carrier: Carrier, timings: Timings, heard: Heard) -> None:
        self.deliveries: list[Delivery] = []
        self.carrier = carrier
        self._timings = timings
        self._heard = heard
        self._tasks: set[asyncio.Task[None]] = set()
        self._errors: list[BaseException] = []
        self._held: list[Delivery] | None = None

    def send(self, kind: Kind, payload: Json) -> Delivery:
        delivery = Delivery(kind, payload)
        self.deliveries.append(delivery)
        if self._held is None:
            self._start(self._deliver(delivery))
        else:
            self._held.append(delivery)
        return delivery

    async def repeat(self, delivery: Delivery, *, retry: int = 1, reason: str = "timeout") -> Attempt:
        """Once more, as when an ack was lost on its way: same event_id, whatever the app said before."""
        attempt = await self.carrier.carry(delivery, retry, reason)
        delivery.attempts.append(attempt)
        return attempt

    def again(self, delivery: Delivery) -> None:
        """Delivers it with all its retries, e.g. one that a `release` left out."""
        self._start(self._deliver(delivery))

    def hold(self) -> None:
        """From now on deliveries wait for `release`."""
        self._held = []

    def release(self, order: Callable[[Sequence[Delivery]], Iterable[Delivery]] = reversed) -> None:
        """Sends what was held, in this order; by default the last comes first. What is left out is not sent."""
        held, self._held = self._held or [], None
        for delivery in order(held):
            self.again(delivery)

    async def settled(self, within: float = 10.0) -> None:
        """Waits until nothing is under way; raises TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while self._tasks:
                await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Raises what went wrong in the stand-in itself on the way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._errors:
            raise self._errors[0]

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._errors.append(error)

    async def _deliver(self, delivery: Delivery) -> None:
        # Interactions and commands are never delivered again: the person sees an error instead.
        waits = (0.0, *self._timings.retries) if delivery.kind == "events_api" else (0.0,)
        reason = ""
        try:
            for retry, wait in enumerate(waits):
                await asyncio.sleep(wait)
                attempt = await self.carrier.carry(delivery, retry, reason)
                delivery.attempts.append(attempt)
                if attempt.failure is None:
                    self._heard(delivery)
                    return
                if attempt.answer == NO_RETRY:
                    return
                reason = attempt.failure
        finally:
            delivery.over.set()


class Stopwatch:
    """Makes an Attempt with the time it took."""

    def __init__(self, retry: int, via: str) -> None:
        self._retry, self._via, self._at = retry, via, time.monotonic()

    def attempt(self, failure: str | None, answer: Json | str | None = None) -> Attempt:
        return Attempt(self._retry, self._via, self._at, time.monotonic() - self._at, failure, answer)
