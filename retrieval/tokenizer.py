"""What cuts texts into the terms that are counted: one for documents and questions alike. Pure.

Every process of a database has to cut alike. A document keeps the number of how it was cut, so that another tokenizer
re-indexes it; until then it is found by the terms that both have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

from retrieval.text import MAX_QUERY_TERMS, query_terms, term_id

if TYPE_CHECKING:
    from retrieval.term_ids import TermIds

_NUMBERS = 300
"""So that FORMAT and 100 of each stay within a smallint."""


class Tokenizer(Protocol):
    """name: says all that decides which terms a text has, versions included. at_once: characters of a document that are
    cut in about 3 ms, so that an event loop may wait for them."""

    @property
    def name(self) -> str: ...

    @property
    def at_once(self) -> int: ...

    def documents(self, documents: Sequence[Sequence[str]]) -> TermIds:
        """The numbers of the terms of each document's texts."""
        ...

    def query(self, text: str) -> Mapping[int, float]:
        """The numbers of the distinct terms of a question with their weight, at most 256; empty for one of stop words,
        emoji or nothing."""
        ...


class Bigrams:
    """Pairs of Korean syllables and stemmed English words: text.py. Needs nothing."""

    name = "bigrams"
    at_once = 20_000

    def documents(self, documents: Sequence[Sequence[str]]) -> TermIds:
        # numpy takes 0.1 s to load: whoever only asks, and what parses documents, does without.
        from retrieval.term_ids import of_texts

        return of_texts(["\n".join(texts) for texts in documents])

    def query(self, text: str) -> Mapping[int, float]:
        return {term_id(term): weight for term, weight in query_terms(text).items()}


BIGRAMS = Bigrams()


class Analyzer(Protocol):
    """A morphological analyser. name: with its version and its model's."""

    @property
    def name(self) -> str: ...

    def morphemes(self, text: str) -> Sequence[str]:
        """The stems of the Korean nouns, verbs and adjectives of a text of any kind, in order, repeated as they are."""
        ...


class WithMorphemes:
    """Bigrams, and beside them the morphemes that an analyser finds. Both: a dictionary knows where a word ends, and
    pairs find what no dictionary knows. KorQuAD, recall@1/recall@10/MRR@10, odd half: pairs .910/.993/.944, both
    .920/.993/.950; with adverbs, or with morphemes at half the weight of pairs, it is the same within .001, with pairs
    at half the weight of morphemes worse by .002 to .003."""

    at_once = 300

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.name = f"{BIGRAMS.name} and {analyzer.name}"

    def documents(self, documents: Sequence[Sequence[str]]) -> TermIds:
        morphemes = ([one for text in texts for one in self._analyzer.morphemes(text)] for texts in documents)
        return BIGRAMS.documents(documents).and_of([_morpheme_id(one) for one in each] for each in morphemes)

    def query(self, text: str) -> Mapping[int, float]:
        weights = dict(BIGRAMS.query(text))
        if not weights:  # what only makes it a question has morphemes too
            return weights
        for term in map(_morpheme_id, self._analyzer.morphemes(text[:_ASKED_CHARS])):
            if len(weights) == MAX_QUERY_TERMS:
                break
            weights.setdefault(term, 1.0)
        return weights


_ASKED_CHARS = 1_000
"""Of a question, what is looked at for morphemes: an analyser takes 1 ms for a sentence, and seconds for a book."""


def format_of(format: int, tokenizer: Tokenizer) -> int:
    """What a document's row says that was cut by this tokenizer and is otherwise of this format, 1 to 99."""
    return format + 100 * (0 if tokenizer.name == BIGRAMS.name else 1 + crc32(tokenizer.name.encode()) % _NUMBERS)


def _morpheme_id(morpheme: str) -> int:
    # A noun of two syllables is a pair too, and says more as a word than as a part of one.
    return term_id(f"{morpheme}/")
