"""What a source's run found, as the index takes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from retrieval.bags import Bagged
from retrieval.in_force import ALWAYS, Term
from retrieval.parse import Why
from retrieval.passage import NOTHING_SAID, Said


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document as its source has it now. version, said: as its source said them. term: from when to when it holds,
    as its source said or its text. problem: what of it could not be read."""

    uri: str
    title: str
    sha256: bytes
    passages: Sequence[Bagged]
    version: str | None = None
    said: Said = NOTHING_SAID
    term: Term = ALWAYS
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document's newest version could not be read: one sentence, and its kind to be counted."""

    uri: str
    sentence: str
    why: Why = "broken"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a source's run found; by uri.

    moved: where documents stand now that stood elsewhere. told: what the source says of documents whose level, readers,
    owner or link changed. same: the version that the source says of documents which can be read and are as they were.
    """

    moved: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Said] = field(default_factory=dict)
    fresh: Sequence[Fresh] = ()
    problems: Sequence[Problem] = ()
    same: Mapping[str, str | None] = field(default_factory=dict)
    removed: Sequence[str] = ()

    def __bool__(self) -> bool:
        return any((self.moved, self.told, self.fresh, self.problems, self.same, self.removed))


def carries(said: Said, loaded: Said | None) -> bool:
    """Whether the labels that only loading tells are known."""
    return loaded is None or set(loaded.carried) <= set(said.carried)


def term_of(said: Said, own: Term) -> Term:
    """When a document holds: what its source says of the first day counts more than what it says itself."""
    return own if said.in_force_from is None else replace(own, first=said.in_force_from)


def retitled(said: Said, before: Said) -> bool:
    return (said.title, said.in_force_from) != (before.title, before.in_force_from)


def needs_text(said: Said, before: Said) -> bool:
    """Whether the source no longer says what the document then says itself."""
    return (said.title is None and before.title is not None) or (
        said.in_force_from is None and before.in_force_from is not None
    )
