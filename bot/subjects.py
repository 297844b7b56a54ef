"""Whom a right belongs to, and what of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

SubjectKind = Literal["user", "room", "source", "person"]


class Scope(StrEnum):
    """What an opt-out keeps a subject's text from. `all` is the three others, and erases what there is."""

    CLOUD = "cloud"
    RECORD = "record"
    TRAIN = "train"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something that can opt out.

    kind, id: a user by their Slack id (or the directory's, at a console), a room by its id, a source by its name, a
    person outside Slack by their name. also: second identifiers of a person (e-mail address, employee number,
    telephone number): a name alone belongs to many.
    """

    kind: SubjectKind
    id: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
