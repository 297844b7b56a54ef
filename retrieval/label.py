"""How sensitive a text is, and why. Pure.

It stands here, and not in the policy, because documents carry what their source says of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """PUBLIC < INTERNAL < CONFIDENTIAL < RESTRICTED. What is unknown or broken is RESTRICTED."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    RESTRICTED = 3

    @classmethod
    def named(cls, name: str) -> Level:
        """The level of that name, in any case; raises ValueError with the names that exist."""
        try:
            return cls[name.upper()]
        except KeyError:
            known = ", ".join(level.name.lower() for level in cls)
            raise ValueError(f"'{name}' is no level; the levels are {known}") from None


@dataclass(frozen=True, order=True, slots=True)
class Reason:
    """Why something is sensitive.

    kind: a term of the policy (`kr_rrn`, `card`, `channel`, `source`, ...); origin: which Part it came from
    ("question", "passage 2 title", "room C1"). Neither ever holds the text itself.
    """

    level: Level
    kind: str
    origin: str


@dataclass(frozen=True, order=True, slots=True)
class ImportedLabel:
    """What a document carries of another system's labels: the name that people gave it there, and its id where it has
    one (of Microsoft's, a GUID). What level that is, the policy says."""

    name: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A set of Reasons. Joining is union, so a label can only rise."""

    reasons: frozenset[Reason] = frozenset()

    @property
    def level(self) -> Level:
        """The maximum of the reasons' levels; PUBLIC where there is no reason."""
        return max((reason.level for reason in self.reasons), default=Level.PUBLIC)

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(reason.kind for reason in self.reasons)

    def __or__(self, other: Label) -> Label:
        return Label(self.reasons | other.reasons)

    @classmethod
    def join(cls, labels: list[Label] | tuple[Label, ...]) -> Label:
        return cls(frozenset().union(*(label.reasons for label in labels)))

    @classmethod
    def of(cls, level: Level, kind: str, origin: str) -> Label:
        return cls(frozenset({Reason(level, kind, origin)}))


NOTHING_SENSITIVE = Label()
