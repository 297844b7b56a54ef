from __future__ import annotations

from collections import Counter
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgvector import SparseVector

from retrieval.bags import Texts, counted_terms
from retrieval.bags import weights as weighed
from retrieval.bm25 import DIMENSIONS, MAX_NON_ZEROS, MAX_WEIGHT, idf, sparsevec
from retrieval.text import document_terms, term_id


def weights(text: str, average: float) -> dict[int, float]:
    ((_, bag),) = counted_terms([("", "", text)])
    return dict(zip(bag.terms, weighed([bag], [average]).tolist(), strict=True))


def test_a_word_once_in_a_passage_of_average_length_weighs_one() -> None:
    assert weights("연차 휴가", average=2)[term_id("연차")] == pytest.approx(1)


def test_a_word_weighs_more_when_repeated_and_less_in_a_longer_passage() -> None:
    def weight(text: str) -> float:
        return weights(text, average=4)[term_id("leav")]

    assert weight("leave leave leave travel") > weight("leave leave office travel")
    assert weight("leave travel") > weight("leave travel office desk badge")


@given(st.lists(st.sampled_from(["leave", "travel", "desk"]), min_size=1, max_size=300), st.floats(1, 1e4))
def test_a_weight_never_reaches_the_most_that_a_passage_can_score(words: list[str], average: float) -> None:
    assert all(0 < weight < MAX_WEIGHT for weight in weights(" ".join(words), average).values())


def test_the_idf_is_that_of_the_literature() -> None:
    assert idf(1000, 10) == pytest.approx(log(1 + 990.5 / 10.5))


@given(st.integers(1, 10**7), st.data())
def test_a_rarer_term_never_counts_less(passages: int, data: st.DataObject) -> None:
    rare = data.draw(st.integers(0, passages))
    frequent = data.draw(st.integers(rare, passages))
    assert idf(passages, rare) >= idf(passages, frequent) > 0


def test_pgvector_reads_the_text_form_back() -> None:
    read = SparseVector.from_text(sparsevec({7: 0.5, DIMENSIONS: 2.0, 1: 1.25}))
    assert read.dimensions() == DIMENSIONS
    assert dict(zip(read.indices(), read.values(), strict=True)) == {0: 1.25, 6: 0.5, DIMENSIONS - 1: 2.0}


def test_a_text_without_words_has_a_vector_of_nothing() -> None:
    assert sparsevec(weights("😀", average=1)) == f"{{}}/{DIMENSIONS}"


WORD = st.sampled_from(["연차", "연차휴가", "leave", "on-call", "규정 규정", "1,200", "😀", "the", "\ud800"])
PASSAGES = st.lists(st.tuples(*[st.lists(WORD, max_size=6).map(" ".join)] * 3), max_size=8)


@given(PASSAGES)
def test_passages_are_counted_together_as_each_alone(passages: list[Texts]) -> None:
    together = counted_terms(passages)
    assert together == [one for each in passages for one in counted_terms([each])]
    for texts, (_, bag) in zip(passages, together, strict=True):
        terms = Counter(term_id(term) for text in texts for term in document_terms(text))
        assert dict(zip(bag.terms, bag.counts, strict=True)) == terms
        assert list(bag.terms) == sorted(terms)
        assert bag.length == terms.total()


@given(PASSAGES, st.floats(1, 1e4))
def test_passages_are_weighed_together_as_each_alone(passages: list[Texts], average: float) -> None:
    bags = [bag for _, bag in counted_terms(passages)]
    alone = [weight for bag in bags for weight in weighed([bag], [average]).tolist()]
    assert weighed(bags, [average] * len(bags)).tolist() == alone


def test_of_more_terms_than_pgvector_holds_the_most_frequent_stay() -> None:
    words = [f"w{n}" for n in range(MAX_NON_ZEROS + 500)]
    often = words[-1_000:]
    ((_, bag),) = counted_terms([(" ".join(often), "", " ".join(words))])
    assert len(bag.terms) == MAX_NON_ZEROS
    assert {term_id(word) for word in often} <= set(bag.terms)
    assert list(bag.terms) == sorted(set(bag.terms))
    assert bag.length == len(words) + len(often)
