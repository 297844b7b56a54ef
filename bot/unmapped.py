"""Which documents nobody may read, because of whom they name as readers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from bot.directory import Directory
from retrieval.passage import EVERYONE, Principal

Named = tuple[frozenset[Principal], int]
"""Readers as documents name them together, and how many documents do."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """A reader that documents name and that stands for nobody. certain: False for one that Slack alone may know.
    meant: one that is much like it and stands for somebody."""

    principal: Principal
    documents: int
    certain: bool
    meant: Principal | None

    def __str__(self) -> str:
        kind = self.principal.partition(":")[0]
        if not self.certain:
            why = "has nobody in the directory: unless Slack has a usergroup of that name, it is nobody"
        elif kind == "ext":
            why = "is nobody: [directory.external] in naru.toml says who is meant"
        else:
            why = "is nobody in the directory"
        meant = f"; did you mean {self.meant}?" if self.meant else ""
        return f"{self.principal} ({_documents(self.documents)}) {why}{meant}"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """documents: how many nobody at all may read. names: the readers that are nobody, most documents first."""

    documents: int
    names: tuple[Nobody, ...]

    def sentences(self) -> Iterator[str]:
        if self.documents:
            yield f"0 people may read {_documents(self.documents)}."
        yield from map(str, self.names)


def unmapped(named: Iterable[Named], directory: Directory, *, in_slack: bool) -> Unmapped:
    """in_slack: people come from Slack, which knows users, usergroups and addresses of its own."""
    held = directory.held() | {Principal(f"channel:{room.id}") for room in directory.rooms}
    by_name: Counter[Principal] = Counter()
    unread = 0
    for readers, documents in named:
        nobodies = {name for name in readers if name not in held}
        unread += documents * (not any(_may_be(name, held, directory, in_slack) for name in readers))
        by_name.update(dict.fromkeys(nobodies, documents))
    found = (
        Nobody(name, documents, not _may_be(name, held, directory, in_slack), _meant(name, held))
        for name, documents in sorted(by_name.items(), key=lambda one: (-one[1], one[0]))
    )
    return Unmapped(unread, tuple(one for one in found if one.certain or _worth_saying(one, directory)))


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"


def _worth_saying(one: Nobody, directory: Directory) -> bool:
    """Users, addresses and channels are Slack's own; a group may be a slip where the directory has groups too."""
    return bool(directory.groups) and one.principal.startswith("group:")


def _may_be(name: Principal, held: Collection[Principal], directory: Directory, in_slack: bool) -> bool:
    """Whether it stands for somebody, as far as can be told without asking Slack."""
    if name in held:
        return True
    ours = directory.terms.external.get(name, frozenset())
    if any(_may_be(one, held, directory, in_slack) for one in ours):
        return True
    kind, _, value = name.partition(":")
    match kind if in_slack else "":
        case "user":
            return value not in directory.people
        case "email":
            return name not in directory.terms.external and directory.who("", value) is None
        case "group":
            return value not in directory.reserved
        case "channel":
            return True
        case _:
            return name == EVERYONE and in_slack and not directory.terms.alone


def _meant(name: Principal, held: Collection[Principal]) -> Principal | None:
    kind = name.partition(":")[0] + ":"
    close = get_close_matches(name, [one for one in held if one.startswith(kind)], n=1, cutoff=0.8)
    return Principal(close[0]) if close else None
