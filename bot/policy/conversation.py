"""What people said to each other, as a document: where it was said and by whom, and what follows from that. Pure.

A source of such documents says so by labels whose ids no other system's have. So whatever reads a document's labels
knows it: the decision, the embedding door, the preview, an erasure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from bot.domain import Room, RoomKind
from bot.subjects import Subject
from retrieval.label import ImportedLabel, Reason

KIND = "conversation"
"""Of the Reason that keeps such a text from `train`, whatever a policy says: nobody who wrote in a channel was asked
whether a model may learn from it."""
_SAID_IN, _SAID_BY = "naru:said-in:", "naru:said-by:"


def refuses(reason: Reason, sink: str) -> bool:
    """Whether this reason alone keeps a text from that sink."""
    return reason.kind == KIND and sink == "train"


def said_in(room: Room) -> ImportedLabel:
    """Where. The name carries what the policy goes by beside the id."""
    return ImportedLabel(f"{room.kind}{'+' if room.shared else ''} {room.name}", f"{_SAID_IN}{room.id}")


def said_by(pseudonym: str) -> ImportedLabel:
    """By whom: a keyed pseudonym (bot/seal.py)."""
    return ImportedLabel("", f"{_SAID_BY}{pseudonym}")


def labels_of(subject: Subject, pseudonym: str) -> frozenset[str]:
    """The ids of the labels by which a subject's words are found: what a user said, or what was said in a room."""
    match subject.kind:
        case "user":
            return frozenset({f"{_SAID_BY}{pseudonym}"})
        case "room":
            return frozenset({f"{_SAID_IN}{subject.id}"})
        case _:
            return frozenset()


def is_ours(label: ImportedLabel) -> bool:
    return label.id.startswith((_SAID_IN, _SAID_BY))


def room_of(label: ImportedLabel) -> Room | None:
    """Where it was said; of a kind that this release does not know, a room of unknown kind."""
    if not label.id.startswith(_SAID_IN):
        return None
    kind, _, name = label.name.partition(" ")
    known: dict[str, RoomKind] = {each: each for each in get_args(RoomKind)}
    return Room(label.id.removeprefix(_SAID_IN), name, known.get(kind.removesuffix("+"), "unknown"), kind.endswith("+"))


def speaker_of(label: ImportedLabel) -> str | None:
    """The pseudonym of somebody who said some of it."""
    return label.id.removeprefix(_SAID_BY) if label.id.startswith(_SAID_BY) else None


def speakers(labels: Iterable[ImportedLabel]) -> frozenset[str]:
    return frozenset(pseudonym for label in labels if (pseudonym := speaker_of(label)) is not None)
