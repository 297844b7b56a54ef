"""Which of the passages found go into the prompt: those that may answer, as many as there is room for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.passage import Passage

DECIDING = 6
"""Of so many passages, best first, the likeliest decides whether there is an answer: so the confidence was fitted."""

NOT_FAR_BEHIND = 0.3
"""In parts of the best passage's probability. With it, and a DROP of .4, the document that answers is among twelve
passages for .946 of 260 questions of the even halves and tuning.jsonl, in 783 characters on average; with .2 for .946
in 880, with .4 for .938 in 700, with none of the two for .965 in 3,119. More in the prompt may keep more questions from
the cloud."""
DROP = 0.66
"""In parts of the best passage's score: what falls below it is not read, where many passages say a short question. With
.4 the document is among them for .946 in 783 characters, with .5 for .927 in 716, with .6 for .908 in 631; but with .55
already a quotation for "연차는 며칠인가요?" is of parental leave. Not where a re-ranker has put them into another
order."""

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
