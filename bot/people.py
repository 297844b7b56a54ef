"""Who is who, who sits in which room, and what everyone present may read.

People is what the story asks; DirectoryFile answers from a file (console, tests, and companies without Slack).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import Strict

from bot.domain import QuestionFault, Room
from bot.toml_file import Problem, Section, SettingsFault, read_file
from retrieval.passage import EVERYONE, NOBODY, Principal, Readers

Enough = Callable[[Readers], bool]
"""Whether what is known so far will do: the rest need not be asked for."""


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


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: str
    groups: frozenset[str]
    guest: bool

    @property
    def principals(self) -> frozenset[Principal]:
        groups = {Principal(f"group:{group}") for group in self.groups}
        everyone = set() if self.guest else {EVERYONE}
        return frozenset({Principal(f"user:{self.id}"), *groups, *everyone})


@dataclass(frozen=True, slots=True)
class _Members:
    room: Room
    ids: tuple[str, ...]


class _PersonTable(Section):
    id: str
    name: str
    role: str = ""
    groups: Annotated[frozenset[str], Strict(False)] = frozenset()
    guest: bool = False


class _RoomTable(Section):
    id: str
    name: str
    kind: Literal["public", "private"]
    members: Annotated[tuple[str, ...], Strict(False)]
    shared: bool = False


class _DirectoryTables(Section):
    people: Annotated[tuple[_PersonTable, ...], Strict(False)]
    rooms: Annotated[tuple[_RoomTable, ...], Strict(False)] = ()


class Directory:
    """People and rooms as a file lists them."""

    def __init__(self, people: Mapping[str, Person], rooms: Mapping[str, _Members]) -> None:
        self.people = people
        self._rooms = rooms

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(members.room for members in self._rooms.values())

    def room(self, id: str | None, asker: str) -> Room:
        """The room of that id or name with the asker in it, or the asker's DM for None; raises QuestionFault."""
        if asker not in self.people:
            known = ", ".join(f"{p.id} {p.name}" for p in self.people.values())
            raise QuestionFault(f"Nobody with the id '{asker}' is in the directory. There: {known}.")
        if id is None:
            return Room(f"D-{asker}", "DM", "dm")
        wanted = id.lstrip("#")
        found = next((m for m in self._rooms.values() if wanted in (m.room.id, m.room.name)), None)
        if found is None:
            known = ", ".join(f"{m.room.id} #{m.room.name}" for m in self._rooms.values())
            raise QuestionFault(f"There is no room '{id}' in the directory. There: {known}.")
        if asker not in found.ids:
            raise QuestionFault(f"{asker} is not in #{found.room.name}; nobody can ask in a room they are not in.")
        return found.room

    def readers(self, asker: str, room: Room) -> Readers:
        person = self.people.get(asker)
        if person is None:
            return NOBODY
        if room.kind == "dm":
            return Readers(person.principals)
        members = self._rooms.get(room.id)
        if members is None or asker not in members.ids:
            return NOBODY
        present = [self.people[id].principals if id in self.people else frozenset() for id in members.ids]
        # With guests or another organisation present, only what is given to the room itself: the directory may not
        # even list who comes from outside.
        shared = frozenset() if members.room.shared else reduce(frozenset.intersection, present)
        return Readers(shared | {Principal(f"channel:{room.id}")})


class DirectoryFile:
    """The directory of a TOML file, read again whenever the file has changed. While it cannot be read, nobody may
    read anything: a right that cannot be checked is no right."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._directory: Directory | None = None

    def directory(self) -> Directory:
        """Raises SettingsFault with every problem of the file."""
        try:
            status = self._path.stat()
        except OSError:
            self._directory = None
            return load_directory(self._path)  # which says what is the matter
        stamp = (status.st_mtime_ns, status.st_size)
        if self._directory is None or stamp != self._stamp:
            self._directory = None
            self._directory = load_directory(self._path)
            self._stamp = stamp
        return self._directory

    async def readers(self, asker: str, room: Room, *, fresh: bool = False, enough: Enough | None = None) -> Readers:
        """The file is looked at each time, so what it says is always fresh."""
        try:
            return self.directory().readers(asker, room)
        except SettingsFault:
            return NOBODY

    async def recent(self, asker: str, room: Room, within_s: float, enough: Enough) -> Readers:
        return await self.readers(asker, room)


def load_directory(path: Path) -> Directory:
    """Read the file; raises SettingsFault with every problem of it."""
    tables = read_file(path, _DirectoryTables, "it lists the people, their groups and the rooms")
    twice = [
        Problem(str(path), kind, f"name the id '{id}' twice: rights would hang on which comes last")
        for kind, ids in (("people", [p.id for p in tables.people]), ("rooms", [r.id for r in tables.rooms]))
        for id, count in Counter(ids).items()
        if count > 1
    ]
    if twice:
        raise SettingsFault(*twice)
    people = {p.id: Person(p.id, p.name, p.role, p.groups, p.guest) for p in tables.people}
    guests = {p.id for p in tables.people if p.guest}
    rooms: dict[str, _Members] = {}
    for r in tables.rooms:
        outsiders = r.shared or any(member in guests or member not in people for member in r.members)
        rooms[r.id] = _Members(Room(r.id, r.name, r.kind, outsiders), r.members)
    return Directory(people, rooms)
