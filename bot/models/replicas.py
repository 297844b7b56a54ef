"""Several servers with the same model, as one door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from bot.models.breaker import Breaker
from bot.models.door import Completion, Door, Heard
from bot.models.faults import ModelFault
from bot.policy.parts import Prompt
from bot.policy.permit import Permit

PAUSE_S = 10.0
"""Seconds for which a replica that did not answer is left out; then one try asks whether it is back."""


class _Replica:
    """under_way: what this process has asked it and not been answered yet. turn: when it was last chosen, as a number
    that grows."""

    def __init__(self, door: Door, clock: Callable[[], float]) -> None:
        self.door = door
        self.under_way = 0
        self.turn = 0
        self.breaker = Breaker(after=1, pause_s=PAUSE_S, clock=clock)


class Replicas:
    """A Door over the doors of servers that have the same model: each try goes to the one with the fewest questions
    under way, of those that are well; where none is, to any of them, since who asks knows better when to give up.

    So a further try of the same question goes to another one at once. clock: monotonic seconds.
    """

    def __init__(self, doors: Sequence[Door], clock: Callable[[], float] = monotonic) -> None:
        self.model = doors[0].model
        self._replicas = [_Replica(door, clock) for door in doors]
        self._turns = 0

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        """As the door of the one that is chosen."""
        chosen = self._chosen()
        chosen.under_way += 1
        try:
            completion = await chosen.door.complete(prompt, permit, heard)
        except ModelFault as fault:
            (chosen.breaker.failed if fault.unwell else chosen.breaker.succeeded)()
            raise
        else:
            chosen.breaker.succeeded()
            return completion
        finally:
            chosen.under_way -= 1

    def _chosen(self) -> _Replica:
        by_load = sorted(self._replicas, key=lambda replica: (replica.under_way, replica.turn))
        chosen = next((replica for replica in by_load if replica.breaker.lets_through()), by_load[0])
        self._turns += 1
        chosen.turn = self._turns
        return chosen
