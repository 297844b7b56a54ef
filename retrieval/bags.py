"""Passages with their counted terms. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.bm25 import Bag
from retrieval.split import Piece
from retrieval.text import Language, language
from retrieval.tokenizer import BIGRAMS, Tokenizer


@dataclass(frozen=True, slots=True)
class Bagged:
    """A piece with its counted terms, those of the document's title and its heading among them."""

    piece: Piece
    language: Language
    bag: Bag

    @property
    def same(self) -> tuple[str, ...]:
        """What makes it the same passage in another version of its document."""
        return self.piece.heading, self.piece.text, str(self.piece.place or ""), self.language


def bagged(title: str, pieces: Iterable[Piece], tokenizer: Tokenizer = BIGRAMS) -> tuple[Bagged, ...]:
    """Counting is the slow part of a run: to be done before a transaction begins."""
    return tuple(Bagged(one, *counted(title, one.heading, one.text, tokenizer)) for one in pieces)


def counted(title: str, heading: str, text: str, tokenizer: Tokenizer = BIGRAMS) -> tuple[Language, Bag]:
    """The language of a passage, and its terms."""
    return language(text), Bag.of((title, heading, text), tokenizer)
