"""Names that the company lists, read again whenever a file of them has changed.

    # customers.txt: one name on a line
    하늘전자	Haneul Electronics	HNE
    바다물산 | Bada Trading

What a tab or | separates are names of the same one. A person's name comes from the directory.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread

from bot.config_file import ListsSection
from bot.directory import Directory, Listed
from bot.policy.detect.common_words import COMMON
from bot.policy.detect.letters import letters_of
from bot.policy.detect.lists import SHORTEST, Lists, Names
from bot.toml_file import Problem, SettingsFault

MAX_NAMES = 1_000_000
"""In all lists together: so many take 60 MB while they are read and 20 MB then."""

_MAX_PROBLEMS = 20
_ALIAS = re.compile(r"\s*[\t|]\s*")
_PARTS = re.compile(r"[()\[\]/|]")  # 홍길동(Gildong Hong): either may be written
_COMMENT = re.compile(r"(?:^|\s)#.*")

_log = logging.getLogger(__name__)


Read = Callable[[], Names]
READING = "reading the lists"
"""The thread that reads them again."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many names of a kind are listed, and where."""

    kind: str
    where: str
    names: int


class ListFiles:
    """What the [lists] of naru.toml say now. directory: of the company; asked only where its people are listed. read:
    makes the names of them; raises SettingsFault.

    A list that cannot be used when Naru starts is a SettingsFault, for without it a name would be nobody's. A later
    change is read beside the questions, for a million names take seconds: what was listed last counts until the new
    names are there, and goes on where they cannot be used.
    """

    def __init__(self, section: ListsSection, directory: Callable[[], Directory], read: Read | None = None) -> None:
        self._section = section
        self._directory = directory
        self._read = read or (lambda: Names(entries(section, directory)))
        self._lock = Lock()  # looks come from several threads
        self._seen: object = None
        self._names: Names | None = None
        self._fault: SettingsFault | None = None
        self._reading = False

    def __call__(self) -> Lists:
        with self._lock:
            seen = self._look()
            if self._names is None:
                self._names, self._seen = self._read(), seen
            elif seen != self._seen and not self._reading:
                self._seen, self._reading = seen, True
                Thread(target=self._read_again, name=READING, daemon=True).start()
            return self._names

    def notice(self) -> str | None:
        """What is wrong with the lists as they are now, and what that means; None: nothing."""
        self()
        with self._lock:
            return None if self._fault is None else _notice(self._fault)

    def _read_again(self) -> None:
        names, fault = self._names, None
        try:
            names = self._read()
        except SettingsFault as error:
            fault = error
            _log.warning("The lists stay as they were before the last change, which cannot be used: %s", fault)
        finally:
            with self._lock:
                self._names, self._fault, self._reading = names, fault, False

    def _look(self) -> object:
        """Equal as long as nothing has changed."""
        return [_stamp(path) for _, path in _files(self._section)], self._people()

    def _people(self) -> Listed | None:
        """The directory makes a new one whenever its file says something else."""
        try:
            return self._directory().listed if self._section.people else None
        except SettingsFault:
            return None


def entries(section: ListsSection, directory: Callable[[], Directory]) -> Iterator[tuple[str, str]]:
    """Every listed name with its kind. Raises SettingsFault once a list cannot be used."""
    for kind, path in _files(section):
        for name in names_of(path):
            yield kind, name
    if section.people:
        for person in directory().people.values():
            for name in _PARTS.split(person.name):
                yield "person", name


def counts(section: ListsSection, directory: Callable[[], Directory]) -> tuple[Count, ...]:
    """How much is listed. Raises SettingsFault."""
    found = [Count(kind, str(path), sum(1 for _ in names_of(path))) for kind, path in _files(section)]
    if section.people:
        people = sum(1 for person in directory().people.values() if person.name)
        found.append(Count("person", "the directory", people))
    return tuple(found)


def names_of(path: Path) -> Iterator[str]:
    """The names of a file, aliases too; raises SettingsFault with its first problems, each with its line."""
    problems: list[Problem] = []
    listed = 0
    for number, line in _lines(path):
        for name in _ALIAS.split(_COMMENT.sub("", line).strip()):
            wrong = _wrong(name) if name else None
            listed += bool(name)
            if listed > MAX_NAMES:
                wrong = f"is one too many: {MAX_NAMES:,} names are read"
            if wrong is None:
                if name:
                    yield name
                continue
            problems.append(Problem(f"{path}, line {number}:", "", wrong))
            if len(problems) == _MAX_PROBLEMS or listed > MAX_NAMES:
                raise SettingsFault(*problems)
    if problems:
        raise SettingsFault(*problems)


def _lines(path: Path) -> Iterable[tuple[int, str]]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                yield number, line.strip("\r\n")
    except UnicodeDecodeError:
        raise SettingsFault(Problem(f"{path}, after line {number}:", "", "is not UTF-8: save it as UTF-8")) from None
    except OSError as error:
        text = f"cannot be read ({error.strerror}): it lists names, one on a line"
        raise SettingsFault(Problem(str(path), "", text)) from None


def _wrong(name: str) -> str | None:
    """Why a name cannot be listed. Never the name: it may be what nobody is to know."""
    letters = letters_of(name)
    if len(letters) < SHORTEST:
        return f"a name needs {SHORTEST} letters or digits, or it is found in every text"
    if letters in COMMON:
        return "the name is an ordinary word, which would keep nearly every question in the building"
    if letters.isdecimal() and len(letters) < 5:
        return "the name is a short number, which is found in too many texts"
    return None


def _notice(fault: SettingsFault) -> str:
    more = len(fault.problems) - 1
    rest = f" And {more} more: `naru check` says each." if more else ""
    return f"{fault.problems[0]}{rest}\nThe names that were listed before stay in force."


def _files(section: ListsSection) -> Iterator[tuple[str, Path]]:
    for kind, file in (("customer", section.customers), ("project", section.projects)):
        if file is not None:
            yield kind, Path(file)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
