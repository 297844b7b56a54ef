"""What an embedding model is to retrieval: texts go in, vectors come out, and some texts may not go in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite
from typing import Protocol

import numpy as np

from retrieval.errors import Fault
from retrieval.label import ImportedLabel, Label, Level
from retrieval.text import Language

Vector = Sequence[float]

UNKNOWN = Label.of(Level.RESTRICTED, "unknown", "a text of which nothing was said")
"""For a text of which nobody says how sensitive it is: then it counts as restricted."""


LONGEST_VECTOR = 4_000
"""What pgvector indexes as halfvec."""
_LARGEST, _SMALLEST = 65_504.0, 2.0**-24
"""Of a number of 16 bits: what is larger it does not hold, what is smaller becomes 0."""


class EmbedFault(Fault):
    """A model that gave no vectors, or that cannot be loaded. Search is by words meanwhile."""

    def __init__(self, sentence: str, *, again: bool = False) -> None:
        super().__init__(sentence)
        self.again = again


@dataclass(frozen=True, slots=True)
class Embeddable:
    """A text and what is known of it beside what it says. source, uri, labels: of the document that it is from, if it
    is from one."""

    text: str
    label: Label = UNKNOWN
    source: str = ""
    uri: str = ""
    labels: tuple[ImportedLabel, ...] = ()


class Embedder(Protocol):
    """An embedding model.

    name, revision: together they say whether two vectors can be compared; another revision is another model.
    languages: those that it knows; in others its similarities mean nothing (on KorQuAD an English model puts the right
    paragraph first for .03 of the questions, BM25 for .89) and are not used. dimensions: None where only its first
    vector tells.
    """

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...

    @property
    def dimensions(self) -> int | None: ...

    @property
    def languages(self) -> frozenset[Language]: ...

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        """One for each text, in order; None for a text that this model may not see. Raises EmbedFault."""
        ...

    async def query(self, text: Embeddable) -> Vector | None:
        """At once or not at all: None where this model may not see the text, is away, or takes too long."""
        ...


def checked(name: str, asked: int, vectors: Sequence[Vector | None]) -> Sequence[Vector | None]:
    """The vectors that a model gave for `asked` texts. Raises EmbedFault where they are not one for each, or one of
    them could not be compared with another."""
    if len(vectors) != asked:
        raise EmbedFault(
            f"The embedding model {name} gave {len(vectors)} vectors for {asked} texts: none of them is stored, "
            "because nobody knows which is whose. Look at its server."
        )
    given = [vector for vector in vectors if vector is not None]
    if what := next(filter(None, _wrong(given)), ""):
        raise EmbedFault(
            f"The embedding model {name} gave a vector {what}: no vector of these {asked} texts is stored. Look at "
            "its server; with a model in half precision another type may help."
        )
    return vectors


def _wrong(vectors: Sequence[Vector]) -> Iterator[str]:
    """Of each vector what is wrong with it, or nothing."""
    if not vectors:
        return
    # A zero in front of each, so that an empty one has a lowest number too.
    zero = np.zeros(1)
    numbers = np.concatenate([part for vector in vectors for part in (zero, vector)])
    starts = [0, *accumulate(len(vector) + 1 for vector in vectors)][:-1]
    lows, highs = np.minimum.reduceat(numbers, starts), np.maximum.reduceat(numbers, starts)
    for vector, low, high in zip(vectors, lows.tolist(), highs.tolist(), strict=True):
        if not 0 < len(vector) <= LONGEST_VECTOR:
            yield f"of {len(vector)} numbers, where 1 to {LONGEST_VECTOR} can be stored"
        elif not isfinite(low) or not isfinite(high):
            yield "with a number that is none (NaN or infinite)"
        elif max(high, -low) > _LARGEST:
            yield f"with a number beyond {_LARGEST:,.0f}"
        else:
            yield "of zeros, which points nowhere" if max(high, -low) < _SMALLEST else ""
