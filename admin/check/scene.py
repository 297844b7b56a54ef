"""What the checks look at: the settings, the database, and this machine through a seam."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from admin.app import address
from admin.check.finding import Finding, of, ok, skip
from admin.embedded_host import memory
from bot.settings import Salvaged, Settings, proxies
from retrieval.database import Database, DatabaseFault

Addresses = Callable[[str, int], Awaitable[Sequence[str]]]


async def _addresses(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine, as far as a check asks. free: bytes free on the disk of a folder that exists. addresses: of a host
    name; raises OSError. files: how many files may be open at once."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    addresses: Addresses = _addresses
    memory: Callable[[], int] = memory
    files: Callable[[], int] = lambda: resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    zone: Callable[[], str] = lambda: time.tzname[time.localtime().tm_isdst > 0]
    proxies: Callable[[], Sequence[str]] = proxies


@dataclass(frozen=True, slots=True)
class Scene:
    """settings: without the sections that hold problems. database: None where there is none to look at, for the reason
    in `away`."""

    salvaged: Salvaged
    settings: Settings
    database: Database | None
    away: Finding
    machine: Machine = field(default_factory=Machine)

    @property
    def today(self) -> date:
        """The company's day, by which terms expire."""
        return self.machine.now().astimezone(self.settings.timezone).date()

    def usable(self, *sections: str) -> bool:
        """Whether none of these sections of naru.toml holds a problem."""
        return self.salvaged.broken.isdisjoint(sections)


def _exists(path: Path) -> bool:
    """A link counts wherever it leads."""
    return os.path.lexists(path)


@asynccontextmanager
async def scene(salvaged: Salvaged, settings: Settings, machine: Machine) -> AsyncIterator[Scene]:
    """With the database open, if it can be. One that was never made is not made for this."""
    if not salvaged.broken.isdisjoint(("database_url", "home")):
        yield Scene(salvaged, settings, None, skip("The database was not tried: its settings hold a problem."), machine)
        return
    if settings.database_url is None and not _exists(settings.home / "pg"):
        yield Scene(
            salvaged, settings, None, skip("There is no database yet: the first `naru run` makes one."), machine
        )
        return
    async with AsyncExitStack() as stack:
        try:
            database = Database(await stack.enter_async_context(address(settings)))
            stack.push_async_callback(database.close)
            await database.server()
        except DatabaseFault as fault:
            yield Scene(salvaged, settings, None, of(fault), machine)
            return
        yield Scene(salvaged, settings, database, ok("The database is there."), machine)
