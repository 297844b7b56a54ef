"""What an embedding model is to retrieval: texts go in, vectors come out, and some texts may not go in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.errors import Fault
from retrieval.label import ImportedLabel, Label, Level
from retrieval.text import Language

Vector = Sequence[float]

UNKNOWN = Label.of(Level.RESTRICTED, "unknown", "a text of which nothing was said")
"""For a text of which nobody says how sensitive it is: then it counts as restricted."""


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
