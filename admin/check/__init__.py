"""The doctor: every setting tried, each finding one sentence. A new check is one function, and one line in CHECKS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from admin.check import audit, config, costs, database, documents, key, machine, models, search, slack
from admin.check.finding import Finding, Status, ended, fail, of, skip
from admin.check.scene import Machine, Scene, scene
from bot.settings import Salvaged
from bot.worker import described
from retrieval.errors import Fault

Look = Callable[[Scene], AsyncIterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """look: yields what it finds. reads: the sections of naru.toml that it cannot do without. within_s: how long it may
    take; what it had found until then counts."""

    area: str
    look: Look
    reads: tuple[str, ...] = ()
    within_s: float = 5.0


CHECKS: tuple[Check, ...] = (
    Check("settings", config.settings),
    Check("database", database.server),
    Check("database", database.tables),
    Check("database", database.room),
    Check("database", database.clock),
    Check("database", database.ledger),
    Check("audit", audit.audit, ("key", "home")),
    Check("key", key.key, ("key", "home")),
    Check("slack", slack.app, ("slack",), within_s=12.0),
    Check("cloud", models.cloud, ("models",), within_s=45.0),
    Check("cloud", models.terms, ("models",)),
    Check("cloud", costs.budget, ("models",)),
    Check("on_prem", models.on_prem, ("models",), within_s=45.0),
    Check("embed", models.embed, ("models",), within_s=20.0),
    Check("rerank", models.rerank, ("models",), within_s=20.0),
    Check("second_opinion", models.second_opinion, ("models",), within_s=20.0),
    Check("policy", documents.policy, ("policy",)),
    Check("directory", documents.directory, ("directory",)),
    Check("lists", documents.lists, ("lists", "directory")),
    Check("glossary", documents.glossary, ("glossary",)),
    Check("search", search.terms, ("search",)),
    Check("sources", documents.sources, ("sources",), within_s=20.0),
    Check("machine", machine.home, ("home",)),
    Check("machine", machine.limits),
    Check("machine", machine.surroundings),
)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, by area, in the order of the checks."""

    findings: tuple[tuple[str, Finding], ...]

    def worst(self, *, strict: bool = False) -> int:
        """0: all is well. 1: something failed or, strictly, something is worth knowing."""
        bad = {Status.FAIL, Status.WARN} if strict else {Status.FAIL}
        return int(any(finding.status in bad for _, finding in self.findings))


async def check(salvaged: Salvaged, machine: Machine | None = None, checks: Sequence[Check] = CHECKS) -> Report:
    """Try everything at once. Never raises: a check that does not come to its end is a finding."""
    if salvaged.settings is None:
        unread = [fail(ended(str(problem))) for problem in salvaged.problems]
        return Report((*(("settings", one) for one in unread), ("settings", skip("Nothing else could be tried."))))
    async with scene(salvaged, salvaged.settings, machine or Machine()) as looked_at:
        found: list[list[Finding]] = [[] for _ in checks]
        ends = await asyncio.gather(
            *(_look(one, looked_at, into) for one, into in zip(checks, found, strict=True)), return_exceptions=True
        )
    for one, into, end in zip(checks, found, ends, strict=True):
        if end is not None:
            into.append(_ended(one, end))
    return Report(tuple((one.area, finding) for one, into in zip(checks, found, strict=True) for finding in into))


async def _look(one: Check, looked_at: Scene, into: list[Finding]) -> None:
    if not looked_at.usable(*one.reads):
        into.append(skip("This could not be tried before its settings are mended."))
        return
    async with asyncio.timeout(one.within_s):
        async for finding in one.look(looked_at):
            into.append(finding)


def _ended(one: Check, error: BaseException) -> Finding:
    match error:
        case Fault():
            return of(error)
        case TimeoutError():
            return fail(f"This was not known within {one.within_s:g} s.", "Try again; if it stays, something hangs.")
        case _:
            return fail(f"This check itself failed: {described(error)}.", "This is a mistake of Naru's: report it.")
