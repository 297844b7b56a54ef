"""Who works here, in which groups and until when, as a company's directory says it on one day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from typing import Literal

from bot.domain import QuestionFault, Room
from retrieval.passage import EVERYONE, NOBODY, Principal, Readers

Employment = Literal["employee", "contractor", "intern", "guest"]
Grounds = dict[Principal, str]
"""What somebody reads by, and why they have it."""

EMPLOYEES = frozenset({"employment:employee"})
_SLACK_ID = re.compile(r"[UW][A-Z0-9]+")
_NAMED = 10


def address(text: str) -> str | None:
    """An e-mail address in the one spelling that is compared; None for what is none. Only ASCII: beyond it, letters
    of other scripts become the same small letter (the Kelvin sign a k), and somebody else's address ours."""
    found = text.strip()
    return found.lower() if found.isascii() and re.fullmatch(r"[^\s@]+@[^\s@]+", found) else None


@dataclass(frozen=True, slots=True)
class Person:
    """id: in Slack; without Slack any of the company's own, or the address. employment: None where the file leaves it
    open. leaving: the last day."""

    id: str
    name: str = ""
    role: str = ""
    email: str | None = None
    number: str | None = None
    groups: frozenset[str] = frozenset()
    employment: Employment | None = "employee"
    leaving: date | None = None

    @property
    def guest(self) -> bool:
        return self.employment == "guest"

    def has_left(self, today: date) -> bool:
        return self.leaving is not None and self.leaving < today


@dataclass(frozen=True, slots=True)
class Members:
    """A room of the console and the ids of who is in it. room.shared: with another organisation."""

    room: Room
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file lists."""

    people: tuple[Person, ...] = ()
    rooms: tuple[Members, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What naru.toml says of the directory.

    everyone: `employment:..` and `group:..`: whoever of the directory is one of these is `everyone`. alone: and nobody
    else is, whatever Slack says. groups_alone: nor do Slack's usergroups count by a name of its groups. external: a
    principal that documents name and that other systems know, to those of ours who are meant.
    """

    everyone: frozenset[str] = EMPLOYEES
    alone: bool = False
    groups_alone: bool = False
    external: Mapping[Principal, frozenset[Principal]] = field(default_factory=dict)


class Directory:
    """The directory on one day. groups: the names of its groups, also of those in which nobody is any more. reserved:
    those that no usergroup of Slack may stand for."""

    def __init__(self, listed: Listed, terms: Terms, today: date) -> None:
        self.listed = listed
        self.terms = terms
        self.today = today
        self.people: Mapping[str, Person] = {person.id: person for person in listed.people}
        self.groups = frozenset[str]().union(*(person.groups for person in listed.people))
        self.reserved = self.groups if terms.groups_alone else frozenset[str]()
        self._by_address = {person.email: person for person in listed.people if person.email}
        self._rooms = {members.room.id: members for members in listed.rooms}

    def on(self, today: date) -> Directory:
        return self if today == self.today else Directory(self.listed, self.terms, today)

    # -- who somebody is -------------------------------------------------------------------------------------

    def who(self, id: str, email: str | None) -> Person | None:
        """The person of that Slack id, else of that address; None: unknown. Never by name, which anybody may take.
        email: one that Slack has confirmed."""
        if id in self.people:
            return self.people[id]
        found = self._by_address.get(email) if email else None
        if found is None or not _SLACK_ID.fullmatch(found.id):
            return found
        # The row says that another account is theirs. What it takes away counts, what it gives does not.
        return replace(found, groups=frozenset(), employment=found.employment if found.guest else None)

    def found(self, wanted: str) -> Person | None:
        """The person of that id, address or employee number: for operators."""
        by_number = (person for person in self.people.values() if wanted == person.number)
        return self.people.get(wanted) or self._by_address.get(address(wanted) or "") or next(by_number, None)

    def has_left(self, person: Person) -> bool:
        return person.has_left(self.today)

    def is_outsider(self, person: Person | None) -> bool:
        return person is None or person.guest or self.has_left(person)

    # -- what they read by -----------------------------------------------------------------------------------

    def is_everyone(self, person: Person) -> bool:
        own = {f"group:{group}" for group in person.groups}
        own |= {f"employment:{person.employment}"} if person.employment else set()
        return not self.is_outsider(person) and not own.isdisjoint(self.terms.everyone)

    def given(self, person: Person) -> Grounds:
        """What the directory itself says that they have: nothing for who has left, no group for a guest."""
        if self.has_left(person):
            return {}
        found = {Principal(f"email:{person.email}"): "their address in the directory"} if person.email else {}
        if not person.guest:
            found |= {Principal(f"group:{group}"): "a group of the directory" for group in person.groups}
        return found

    def mapped(self, found: Grounds) -> Grounds:
        """With the external groups that stand for one of these. What is mapped to nobody is nobody's."""
        added: Grounds = {}
        for principal, ours in self.terms.external.items():
            through = sorted(ours & found.keys())
            if through:
                added[principal] = f"stands for {through[0]} in naru.toml"
        return added | found

    def grounds(self, person: Person) -> Grounds:
        """All that somebody reads by where there is no Slack."""
        if self.has_left(person):
            return {}
        found = {Principal(f"user:{person.id}"): "their id in the directory"} | self.given(person)
        if person.guest:
            return found
        if self.is_everyone(person):
            found[EVERYONE] = "of those that are everyone in naru.toml"
        return self.mapped(found)

    def principals(self, person: Person | None) -> frozenset[Principal]:
        return frozenset(self.grounds(person) if person else ())

    def held(self) -> frozenset[Principal]:
        """What at least one person of the directory reads by."""
        return frozenset[Principal]().union(*map(self.principals, self.people.values()))

    # -- the console's rooms ---------------------------------------------------------------------------------

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(map(self._now, self._rooms.values()))

    def room(self, id: str | None, asker: str) -> Room:
        """The room of that id or name with the asker in it, or the asker's DM for None; raises QuestionFault."""
        person = self.people.get(asker)
        if person is None:
            known = _first(f"{p.id} {p.name}".strip() for p in self.people.values())
            raise QuestionFault(f"Nobody with the id '{asker}' is in the directory. There: {known}.")
        if self.has_left(person):
            raise QuestionFault(f"{asker} has left the company, says the directory: ask as somebody else.")
        if id is None:
            return Room(f"D-{asker}", "DM", "dm")
        wanted = id.lstrip("#")
        found = next((m for m in self._rooms.values() if wanted in (m.room.id, m.room.name)), None)
        if found is None:
            known = _first(f"{m.room.id} #{m.room.name}" for m in self._rooms.values())
            raise QuestionFault(f"There is no room '{id}' in the directory. There: {known}.")
        if asker not in found.ids:
            raise QuestionFault(f"{asker} is not in #{found.room.name}; nobody can ask in a room they are not in.")
        return self._now(found)

    def readers(self, asker: str, room: Room) -> Readers:
        person = self.people.get(asker)
        if person is None or self.has_left(person):
            return NOBODY
        if room.kind == "dm":
            return Readers(self.principals(person))
        members = self._rooms.get(room.id)
        if members is None or asker not in members.ids:
            return NOBODY
        present = [self.principals(self.people.get(id)) for id in members.ids]
        # With guests or another organisation present, only what is given to the room itself: the directory may not
        # even list who comes from outside.
        shared = frozenset() if self._now(members).shared else reduce(frozenset.intersection, present)
        return Readers(shared | {Principal(f"channel:{room.id}")})

    def _now(self, members: Members) -> Room:
        present = [self.people.get(id) for id in members.ids]
        outsiders = [person for person in present if self.is_outsider(person)]
        others = members.room.shared or not all(p is not None and p.guest and not self.has_left(p) for p in outsiders)
        outside = bool(outsiders)
        return replace(members.room, shared=others or outside, guests_only=outside and not others)


def _first(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED + 5 else ""
    return (", ".join(found[:_NAMED] if more else found) or "none") + more
