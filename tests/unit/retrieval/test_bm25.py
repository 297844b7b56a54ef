from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgvector import SparseVector

from retrieval.bm25 import DIMENSIONS, MAX_WEIGHT, Bag, idf, sparsevec
from retrieval.text import term_id


def weights(text: str, average: float) -> dict[int, float]:
    bag = Bag.of([text])
    return dict(zip(bag.terms, bag.weights(average), strict=True))


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
