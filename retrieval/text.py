"""Text to terms: what BM25 counts. Pure.

Korean is cut into overlapping pairs of syllables, which needs no dictionary and finds a noun under any
particle; English into stemmed words. Measured on KorQuAD 1.0 this is within .01 of a morphological analyser,
and faster by a factor of 30.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

import snowballstemmer

from retrieval.stopwords import (
    ENGLISH_QUESTION_WORDS,
    ENGLISH_STOP_WORDS,
    KOREAN_ENDINGS,
    KOREAN_PARTICLES,
    KOREAN_PREDICATE,
    KOREAN_QUESTION_WORDS,
)

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

TERM_IDS = 999_999_999
MAX_QUERY_TERMS = 256
"""A pasted page of text stays a query that PostgreSQL answers in milliseconds."""

PREDICATE_WEIGHT = 0.5

_HANGUL_SHARE = 0.3
_MAX_WORD = 30  # a longer run of Hangul is no word, and cutting its endings takes time squared
_INVISIBLES = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_INVISIBLE = re.compile(f"[{_INVISIBLES}]")
_HANGUL = re.compile("[가-힣]+")
_JAMO = "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"
_HAN_KANA = "\u3040-\u30ff\u3400-\u9fff"
_LETTERS = f"[^\\W_가-힣{_HAN_KANA}{_JAMO}]+"
_TOKEN = re.compile(
    f"(?P<hangul>[가-힣]+)|(?P<han>[{_HAN_KANA}]+)"
    f"|(?P<number>[0-9]+(?:[.,][0-9]+)+)|(?P<word>{_LETTERS}(?:['’-]{_LETTERS})*)"
)
_ENDING = re.compile(f"(?:{'|'.join(sorted(KOREAN_ENDINGS, key=len, reverse=True))})$")
_PREDICATE = re.compile(f"(?:{KOREAN_PREDICATE})$")
_PARTICLE = re.compile(f"(?:{'|'.join(sorted(KOREAN_PARTICLES, key=len, reverse=True))})$")


def normalise(text: str) -> str:
    """NFKC, case folded, without invisible characters: one spelling for what looks the same."""
    return one_spelling(text).casefold()


def one_spelling(text: str) -> str:
    """What `normalise` gives but for its case."""
    visible = _INVISIBLE.sub("", text) if any(map(text.__contains__, _INVISIBLES)) else text
    return unicodedata.normalize("NFKC", visible)


def language(text: str) -> Language:
    """`ko` where more than 30% of the letters are Hangul. Korean business text is full of English words."""
    composed = compose(text)
    return language_of(composed, sum(map(len, _HANGUL.findall(composed))))


def language_of(composed: str, hangul: int) -> Language:
    """Of a text with so many syllables of Hangul."""
    if hangul == 0 or hangul > _HANGUL_SHARE * len(composed):  # however many letters there are
        return "ko" if hangul else "en"
    return "ko" if hangul > _HANGUL_SHARE * sum(map(str.isalpha, composed)) else "en"


def compose(text: str) -> str:
    """With its Hangul in syllables."""
    return unicodedata.normalize("NFC", text)


def document_terms(text: str) -> list[str]:
    """The terms of a document's text, in order, repeated as often as they occur."""
    return list(_terms(normalise(text)))


def written_term_ids(written: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The numbers of the terms of what stands between two spaces of a normalised text, which no term spans. They are
    remembered: a load meets the same words again and again."""
    if max(map(len, written), default=0) <= _MAX_WORD:
        return map(_remembered_ids, written)
    return (_remembered_ids(one) if len(one) <= _MAX_WORD else _ids(one) for one in written)


def query_terms(text: str) -> dict[str, float]:
    """The distinct terms of a question with their weight, at most 256, without what only makes it a question.

    A verb weighs half of a noun: what people ask about is a thing, and each writes his own verb. Empty for a
    question of stop words, emoji or nothing.
    """
    weights: dict[str, float] = {}
    for word in query_words(text):
        for term in word.terms:
            if len(weights) == MAX_QUERY_TERMS:
                return weights
            weights[term] = max(word.weight, weights.get(term, 0.0))
    return weights


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a question, in the normalised spelling. at: where it stands in it. stem: without endings and particles;
    empty where it only makes it a question. terms: each once, with `weight`."""

    text: str
    at: tuple[int, int]
    stem: str
    terms: tuple[str, ...]
    weight: float = 1.0


def query_words(text: str) -> Iterator[QueryWord]:
    """What `query_terms` makes its terms of, word by word, also those that have none."""
    for token in _TOKEN.finditer(normalise(text)):
        run, at = token.group(), token.span()
        if token.lastgroup == "hangul" and len(run) <= _MAX_WORD:
            cut, weight = _stem_of(run), PREDICATE_WEIGHT if _PREDICATE.search(run) else 1.0
            yield QueryWord(run, at, cut, tuple(dict.fromkeys(_pairs(cut))), weight)
        else:
            terms = () if run in ENGLISH_QUESTION_WORDS else tuple(dict.fromkeys(_terms(run)))
            yield QueryWord(run, at, run, terms)


def term_id(term: str) -> int:
    """1 to 999,999,999, the same in every process and release.

    A sparsevec has at most 1e9 dimensions and counts them from 1; hashing into that range needs no dictionary
    table, and among 1 million terms a given one shares its number with probability .001.
    """
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest()) % TERM_IDS + 1


def _terms(text: str) -> Iterator[str]:
    for token in _TOKEN.finditer(text):
        run = token.group()
        match token.lastgroup:
            case "hangul" | "han":
                yield from _pairs(run)
            case "number":
                yield run.replace(",", "")
            case _:
                yield from _words(run)


def _ids(text: str) -> tuple[int, ...]:
    return tuple(map(term_id, _terms(text)))


@lru_cache(maxsize=65_536)
def _remembered_ids(written: str) -> tuple[int, ...]:
    return _ids(written)


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for start in range(len(run) - 1):
        yield run[start : start + 2]


def _stem_of(run: str) -> str:
    """A Korean word of a question without endings, particles and question words; may be empty.

    Only the question's side is cut: a document keeps its pairs, so a cut too far loses one pair.
    """
    while run and run not in KOREAN_QUESTION_WORDS and (ending := _ENDING.search(run)):
        # A verb's stem of one syllable stands alone in no document.
        if ending.start() == 1:
            break
        run = run[: ending.start()]
    particle = _PARTICLE.search(run)
    stem = run[: particle.start()] if particle else run
    if run in KOREAN_QUESTION_WORDS or stem in KOREAN_QUESTION_WORDS:
        return ""
    # 집에 is a pair that documents hold too; of 시부터 only 시 says something.
    return run if len(stem) == 1 and len(run) == 2 else stem


def _words(run: str) -> Iterator[str]:
    parts = [part.replace("’", "'").split("'")[0] for part in run.split("-")]
    if len(parts) > 1:
        yield "".join(parts)  # on-call, wi-fi: people also write them as one word
    for part in parts:
        if part not in ENGLISH_STOP_WORDS:
            yield (part.lstrip("0") or "0") if part.isdecimal() else stem(part)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word))
