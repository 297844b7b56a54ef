"""Who may read a page of Confluence: whoever its space lets in, and each page above it, and the page itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal
from urllib.parse import quote

from retrieval.passage import Principal, principal

_NO_PRINCIPAL = re.compile(r"[\s%\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Whom Confluence names. id: an account's id or key, a group's id, or its name where it has no other."""

    kind: Literal["user", "group"]
    id: str


Clause = frozenset[Subject]
"""Those of whom a reader must be one. Empty: nobody is."""

Members = Mapping[str, frozenset[str]]
"""The ids of the accounts in each group of which that is known; a group without any counts as not known."""


@dataclass(frozen=True, slots=True)
class Person:
    """name, email: "" where Confluence does not say it."""

    name: str = ""
    email: str = ""
    login: str = ""


def unsettled(clauses: Sequence[Clause]) -> set[str]:
    """The groups whose members have to be known to say who meets all clauses: none where one clause lies in all
    others."""
    needed = set(clauses)
    if not needed or any(all(one <= other for other in needed) for one in needed):
        return set()
    return {one.id for clause in needed for one in clause if one.kind == "group" and any(one not in c for c in needed)}


def met(clauses: Sequence[Clause], members: Members) -> Clause:
    """Those who are in every clause. A group of which nobody knows who is in it is met only by itself: what is not
    known is nobody. No clause at all: nobody."""
    return reduce(lambda one, other: _both(one, other, members), clauses) if clauses else frozenset()


def _both(one: Clause, other: Clause, members: Members) -> Clause:
    """A group within a group of the other stays a group; whoever else is in both is named. Among people named one by
    one a group is not kept: whoever joins it tomorrow is not meant."""
    kept = set(one & other)
    for mine, theirs in ((one - other, other), (other - one, one)):
        kept |= {group for group in mine if _lies_in_a_group(group, theirs, members)}
    accounts = _accounts(one, members) & _accounts(other, members)
    return frozenset(kept) | {Subject("user", id) for id in accounts - _accounts(kept, members)}


def _lies_in_a_group(one: Subject, clause: Clause, members: Members) -> bool:
    inside = members.get(one.id, frozenset()) if one.kind == "group" else frozenset()
    groups = (members.get(other.id, frozenset()) for other in clause if other.kind == "group")
    return bool(inside) and any(inside <= group for group in groups)


def _accounts(clause: Iterable[Subject], members: Members) -> frozenset[str]:
    each = (frozenset({one.id}) if one.kind == "user" else members.get(one.id, frozenset()) for one in clause)
    return frozenset[str]().union(*each)


def principals(
    subjects: Iterable[Subject], source: str, people: Mapping[str, Person], groups: Mapping[str, str]
) -> frozenset[Principal]:
    """people: by account. groups: their names by id. Whose address is known is that address; any other is somebody of
    the source, whom `[directory.external]` may translate: `ext:<source>/<group>`, `ext:<source>/~<account>`."""
    return frozenset(_principal(one, source, people, groups) for one in subjects)


def _principal(one: Subject, source: str, people: Mapping[str, Person], groups: Mapping[str, str]) -> Principal:
    if one.kind == "group":
        return Principal(f"ext:{source}/{_named(groups.get(one.id) or one.id)}")
    person = people.get(one.id, Person())
    if re.fullmatch(r"[^\s@]+@[^\s@]+", person.email):
        return principal(f"email:{person.email}")
    # As Confluence writes a person's own space; no group is taken for somebody by its name.
    return Principal(f"ext:{source}/~{_named(person.login or one.id)}")


def _named(name: str) -> str:
    """Without spaces, which no principal has."""
    escaped = _NO_PRINCIPAL.sub(lambda found: quote(found[0], safe=""), name)
    return f"%7E{escaped[1:]}" if escaped.startswith("~") else escaped
