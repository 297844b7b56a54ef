"""A server that does not answer is left alone, and found again."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.models.breaker import Breaker

AFTER, PAUSE_S = 2, 10.0


class Tried(RuleBasedStateMachine):
    """A server that is up or down, and callers who ask the breaker first."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.up = True
        self.breaker = Breaker(AFTER, PAUSE_S, lambda: self.now)
        self.in_a_row = 0
        self.tried_at: list[float] = []

    @rule()
    def ask(self) -> None:
        if not self.breaker.lets_through():
            assert self.in_a_row >= AFTER, "it opens only after failures in a row"
            assert self.now - self.tried_at[-1] < PAUSE_S, "a pause ends"
            return
        if self.in_a_row >= AFTER:
            assert self.now - self.tried_at[-1] >= PAUSE_S, "one caller tries in each pause"
        self.tried_at.append(self.now)
        self.in_a_row = 0 if self.up else self.in_a_row + 1
        (self.breaker.succeeded if self.up else self.breaker.failed)()

    @rule(seconds=st.floats(0.0, 2 * PAUSE_S))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def goes_away(self) -> None:
        self.up = False

    @rule()
    def comes_back(self) -> None:
        self.up = True

    @invariant()
    def a_server_that_answered_last_is_asked(self) -> None:
        if self.in_a_row == 0:
            assert self.breaker.lets_through()


Tried.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestBreaker = Tried.TestCase


def test_while_one_caller_tries_for_all_nobody_else_waits() -> None:
    now = [0.0]
    breaker = Breaker(AFTER, PAUSE_S, lambda: now[0])
    for _ in range(AFTER):
        breaker.failed()
    now[0] = PAUSE_S
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


class AtOnce(RuleBasedStateMachine):
    """Callers whose tries take time, overlap, and end well, badly or not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.breaker = Breaker(AFTER, PAUSE_S, lambda: self.now)
        self.under_way = 0
        self.in_a_row = 0
        self.probed_at: float | None = None

    @rule(callers=st.integers(1, 3))
    def begin(self, callers: int) -> None:
        for _ in range(callers):
            self._one()

    def _one(self) -> None:
        held = self.breaker.holds_back()
        through = self.breaker.lets_through()
        assert through is not held, "to ask is to be told the same"
        if not through:
            return
        if self.in_a_row >= AFTER:
            assert self.probed_at is None or self.now - self.probed_at >= PAUSE_S, "one caller in each pause"
            self.probed_at = self.now
        self.under_way += 1

    @precondition(lambda self: self.under_way)
    @rule(how=st.sampled_from(["badly", "badly", "badly", "cancelled", "well"]))
    def end(self, how: str) -> None:
        self.under_way -= 1
        if how == "well":
            self.breaker.succeeded()
            self.in_a_row, self.probed_at = 0, None
            assert self.breaker.lets_through(), "it closes after a success"
        elif how == "badly":
            self.breaker.failed()
            self.in_a_row += 1

    @rule(seconds=st.sampled_from([0.5, PAUSE_S, 2 * PAUSE_S]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    def teardown(self) -> None:
        self.now += PAUSE_S
        assert not self.breaker.holds_back(), "whatever happened, a pause ends"


AtOnce.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestBreakerAtOnce = AtOnce.TestCase
