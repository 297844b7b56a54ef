"""Passages with their counted terms. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.bm25 import K1, MAX_NON_ZEROS, MAX_WEIGHT, B
from retrieval.split import Piece
from retrieval.term_ids import ID_BITS, languages
from retrieval.text import Language
from retrieval.tokenizer import BIGRAMS, Tokenizer

_AT_ONCE = 100_000
"""Characters that are counted together, of which each takes some 50 bytes meanwhile."""


@dataclass(frozen=True, slots=True)
class Bag:
    """The counted terms of one passage. terms: their ids, ascending, each once. counts: how often each of them occurs.
    length: how many there are, repetitions among them."""

    terms: array[int]
    counts: array[int]
    length: int


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


Texts = tuple[str, str, str]
"""Of a passage: the title of its document, its heading, and its text."""


def bagged(title: str, pieces: Iterable[Piece], tokenizer: Tokenizer = BIGRAMS) -> tuple[Bagged, ...]:
    """Counting is the slow part of a run: to be done before a transaction begins."""
    held = tuple(pieces)
    found = counted_terms([(title, one.heading, one.text) for one in held], tokenizer)
    return tuple(Bagged(piece, spoken, bag) for piece, (spoken, bag) in zip(held, found, strict=True))


def counted_terms(passages: Sequence[Texts], tokenizer: Tokenizer = BIGRAMS) -> list[tuple[Language, Bag]]:
    """Of each passage its language and its terms."""
    found: list[tuple[Language, Bag]] = []
    for some in _parts(passages):
        found += zip(languages([text for _, _, text in some]), _bags(some, tokenizer), strict=True)
    return found


def weights(bags: Sequence[Bag], averages: Sequence[float]) -> npt.NDArray[np.float32]:
    """Of each term of each bag, one behind the other, the saturated, length-normalised count, 0 to 1.7; `averages` are
    those of the corpus of each bag's language, in terms."""
    lengths = np.array([bag.length for bag in bags])
    norms = K1 * (1 - B + B * lengths / np.array(averages))
    counts = np.frombuffer(b"".join([bag.counts for bag in bags]), np.int32)
    of_each = counts * MAX_WEIGHT / (counts + np.repeat(norms, [len(bag.counts) for bag in bags]))
    small: npt.NDArray[np.float32] = of_each.astype(np.float32)
    return small


def _parts(passages: Sequence[Texts]) -> Iterator[Sequence[Texts]]:
    start = size = 0
    for number, texts in enumerate(passages):
        length = sum(map(len, texts))
        if size and size + length > _AT_ONCE:
            yield passages[start:number]
            start, size = number, 0
        size += length
    if passages:
        yield passages[start:]


def _bags(passages: Sequence[Texts], tokenizer: Tokenizer) -> Iterator[Bag]:
    found = tokenizer.documents(passages)
    keys = np.sort(found.of << ID_BITS | found.ids)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(first, append=len(keys)).astype(np.int32)
    keys = keys[first]
    ends = np.searchsorted(keys, np.arange(1, len(passages) + 1) << ID_BITS).tolist()
    lengths = np.bincount(found.of, minlength=len(passages)).tolist()
    terms = (keys & ((1 << ID_BITS) - 1)).astype(np.int32)
    start = 0
    for end, length in zip(ends, lengths, strict=True):
        yield _bag(terms[start:end], counts[start:end], length)
        start = end


def _bag(terms: npt.NDArray[np.int32], counts: npt.NDArray[np.int32], length: int) -> Bag:
    if len(terms) > MAX_NON_ZEROS:
        kept = np.sort(np.argsort(-counts, kind="stable")[:MAX_NON_ZEROS])
        terms, counts = terms[kept], counts[kept]
    return Bag(array("i", terms.tobytes()), array("i", counts.tobytes()), length)
