"""Who may read what where.

People is what the story asks; DirectoryFile answers from a file (console, tests, and companies without Slack), and
tells Slack's People what the company itself says of somebody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Protocol

from bot.directory import Directory, Terms
from bot.directory_table import Dialect, load_directory
from bot.domain import Room
from bot.toml_file import SettingsFault
from retrieval.passage import NOBODY, Readers

_log = logging.getLogger(__name__)

Enough = Callable[[Readers], bool]
"""Whether what is known so far will do: the rest need not be asked for."""

KEEP_S = 900.0
_LOGGED = 5


class People(Protocol):
    async def readers(self, asker: str, room: Room, *, fresh: bool = False, enough: Enough | None = None) -> Readers:
        """What everyone present shares: in a DM the asker's principals, in a room those that all members have in
        common, and the room itself; with guests or another organisation present, the room alone. Somebody or a room
        that is unknown: nobody. fresh: as it is at this moment, for what is about to be shown. enough: where it is
        given, what is found may be less than all of it, once that will do."""
        ...

    async def recent(self, asker: str, room: Room, within_s: float, enough: Enough) -> Readers:
        """The same for a draft, as it was so many seconds ago at most; nobody where asking for that would keep finished
        answers waiting."""
        ...

    async def alone(self, asker: str) -> Readers:
        """What one person may read where nobody else is present; somebody unknown: nobody."""
        ...


class DirectoryFile:
    """The directory of a file, read again whenever the file has changed.

    today: the day in the company's time zone. keep_s: for so long after a change that cannot be used was first seen,
    the last good version stays in force; then, and where there is none, nobody may read anything: a right that cannot
    be checked is no right. Whoever leaves by the last good version is nobody from that day on.
    """

    def __init__(
        self,
        path: Path,
        today: Callable[[], date],
        terms: Terms | None = None,
        dialect: Dialect | None = None,
        *,
        keep_s: float = KEEP_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self._today = today
        self._terms = terms or Terms()
        self._dialect = dialect or Dialect()
        self._keep_s = keep_s
        self._clock = clock
        self._stamp: tuple[int, int, int] | None = None
        self._good: Directory | None = None
        self._fault: SettingsFault | None = None
        self._since = 0.0
        self._lock = Lock()  # looks come from several threads

    def directory(self) -> Directory:
        """As of today. Raises SettingsFault with every problem of the file once no good version counts any more."""
        with self._lock:
            self._look()
            if self._fault is not None and not self._kept():
                raise self._fault
            assert self._good is not None  # or there is a fault, and nothing to keep
            self._good = self._good.on(self._today())
            return self._good

    def problem(self) -> str | None:
        """What is wrong with the file as it is now, and what that means; None: nothing."""
        with self._lock:
            self._look()
            return None if self._fault is None else f"{_shortened(self._fault)}\n{self._meaning()}"

    async def readers(self, asker: str, room: Room, *, fresh: bool = False, enough: Enough | None = None) -> Readers:
        """The file is looked at each time, so what it says is always fresh."""
        try:
            return self.directory().readers(asker, room)
        except SettingsFault:
            return NOBODY

    async def recent(self, asker: str, room: Room, within_s: float, enough: Enough) -> Readers:
        return await self.readers(asker, room)

    async def alone(self, asker: str) -> Readers:
        try:
            directory = self.directory()
        except SettingsFault:
            return NOBODY
        return Readers(directory.principals(directory.people.get(asker)))

    def _look(self) -> None:
        """Read the file where it is another than the one that was read last."""
        stamp = self._stamp_now()
        if stamp is not None and stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._good = load_directory(self.path, self._today(), self._terms, self._dialect)
        except SettingsFault as fault:
            self._failed(fault)
        else:
            self._fault = None

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _failed(self, fault: SettingsFault) -> None:
        # Another bad version does not extend the time, or a script that writes nonsense would keep old rights alive.
        if self._fault is None:
            self._since = self._clock()
        if self._fault is None or self._fault.problems != fault.problems:
            self._fault = fault
            _log.error("%s\n%s", _shortened(fault), self._meaning())

    def _kept(self) -> bool:
        return self._good is not None and self._clock() - self._since < self._keep_s

    def _meaning(self) -> str:
        if not self._kept():
            return "Nobody may read anything until the directory can be used again."
        left = (self._keep_s - (self._clock() - self._since)) / 60
        return (
            f"The last good version of the directory stays in force for {left:.0f} more minutes; then nobody may read."
        )


def _shortened(fault: SettingsFault) -> str:
    more = len(fault.problems) - _LOGGED
    lines = [str(problem) for problem in fault.problems[:_LOGGED]]
    return "\n".join([*lines, f"... and {more} more: `naru people check` lists them."] if more > 0 else lines)
