"""What this release promises in numbers: `python -m benchmarks NAME --json`.

One file per benchmark, each with `measure`; one line in __main__.py makes it known.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from sqlalchemy import text

from retrieval.database import Database
from retrieval.errors import Fault


class BenchmarkFault(Fault):
    """A benchmark that could not measure what it is for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `value` is in the unit that the figure names; `ok` follows from it and the target alone."""

    figure: str
    value: float
    target: str
    ok: bool
    conditions: str

    @classmethod
    def at_most(cls, figure: str, value: float, limit: float, conditions: str) -> Self:
        return cls(figure, round(value, 3), f"≤ {limit:g}", value <= limit, conditions)

    @classmethod
    def at_least(cls, figure: str, value: float, limit: float, conditions: str) -> Self:
        return cls(figure, round(value, 3), f"≥ {limit:g}", value >= limit, conditions)

    @classmethod
    def reported(cls, figure: str, value: float, conditions: str) -> Self:
        """Nobody promised anything; people want to see it move."""
        return cls(figure, round(value, 3), "reported", True, conditions)


Tell = Callable[[str], None]
"""Takes a line of detail; it goes to stderr with --verbose and nowhere without."""

Benchmark = Callable[[Tell], Awaitable[list[Row]]]


@dataclass(frozen=True, slots=True)
class Machine:
    """What measured, and what it was doing before the benchmark added to it (load average of one minute)."""

    load: float

    @classmethod
    def now(cls) -> Self:
        return cls(os.getloadavg()[0])

    async def conditions(self, database: Database, runs: str) -> str:
        """To be asked for at the end. runs: what was measured how often."""
        async with database.transaction() as connection:
            postgres = (await connection.scalar(text("show server_version"))).split()[0]
        return self._said(runs, f", PostgreSQL {postgres} (embedded)")

    def conditions_without_database(self, runs: str) -> str:
        return self._said(runs, "")

    def _said(self, runs: str, database: str) -> str:
        return (
            f"{runs}; Python {platform.python_version()}{database}, {os.cpu_count()} CPUs, "
            f"load {self.load:.2f} before and {os.getloadavg()[0]:.2f} after"
        )
