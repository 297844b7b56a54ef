"""Which of the passages found go into the prompt: those that may answer, as many as there is room for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.passage import Passage

DECIDING = 6
"""Of so many passages, best first, the likeliest decides whether there is an answer: so the confidence was fitted."""

NOT_FAR_BEHIND = 0.05
"""In parts of the best passage's probability. With this and 6,000 characters the document that answers is in the prompt
for .967 of 183 questions of the even half, in 1,609 characters on average (of 4,000: .967, 1,504); with the first six
passages for .896 in 1,655, with the first six not below half of the best for .863 in 569. .2 in place of .05: .945."""

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
    made: list[Choice] = []
    for passage in found:
        size = len(passage.heading) + len(passage.text)
        if best < least:
            why: Why = "too unlikely"
        elif passage.confidence < NOT_FAR_BEHIND * best:
            why = "far behind the best"
        elif chosen and (size > room or chosen == budget.passages):
            why = "no room"
        else:
            why, room, chosen = "in the prompt", room - size, chosen + 1
        made.append(Choice(passage, why))
    return tuple(made)
