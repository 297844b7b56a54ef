"""Which of the passages found go into the prompt: those that may answer, as many as there is room for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.passage import Passage

DECIDING = 6
"""Of so many passages, best first, the likeliest decides whether there is an answer: so the confidence was fitted."""

NOT_FAR_BEHIND = 0.2
"""In parts of the best passage's probability. With it the document that answers is among twelve passages for .923 of
183 questions of the even half, in 922 characters on average; with .5 for .913 in 705, with .05 for .940 in 1,283; with
.5 and six passages, as it was before, for .863 in 569. More in the prompt may keep more questions from the cloud."""
DROP = 0.66
"""In parts of the best passage's score: what falls below it is not read, where many passages say a short question. Of
six passages .6 keeps the document that answers for .858 and .7 for .825 (none: .874); without it a quotation for
"연차는 며칠인가요?" is of parental leave. Not where a re-ranker has put them into another order."""

Why = Literal["in the prompt", "too unlikely", "far behind the best", "no room"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of what is found a prompt may carry. characters: of passages with their headings; the best one goes in
    however long it is, since a passage has a size that it does not pass."""

    passages: int
    characters: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A passage that was found, and what became of it."""

    passage: Passage
    why: Why


def likeliest(found: Sequence[Passage]) -> float:
    """How likely it is that something found answers."""
    return max((passage.confidence for passage in found[:DECIDING]), default=0.0)


def choices(found: Sequence[Passage], least: float, budget: Budget) -> tuple[Choice, ...]:
    """Of each passage found, in their order, whether it goes into the prompt: none does where even the likeliest is
    below `least`."""
    best, room, chosen = likeliest(found), budget.characters, 0
    drop = DROP * max((passage.score for passage in found), default=0.0)
    made: list[Choice] = []
    for passage in found:
        size = len(passage.heading) + len(passage.text)
        if best < least:
            why: Why = "too unlikely"
        elif passage.confidence < NOT_FAR_BEHIND * best or (passage.reranked is None and passage.score < drop):
            why = "far behind the best"
        elif chosen and (size > room or chosen == budget.passages):
            why = "no room"
        else:
            why, room, chosen = "in the prompt", room - size, chosen + 1
        made.append(Choice(passage, why))
    return tuple(made)
