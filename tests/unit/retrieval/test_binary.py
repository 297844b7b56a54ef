"""What PostgreSQL and pgvector are given in binary is what their own readers read."""

from __future__ import annotations

from array import array
from struct import unpack_from

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgvector import HalfVector, SparseVector

from retrieval import binary
from retrieval.bm25 import DIMENSIONS

TERMS = st.lists(st.integers(1, DIMENSIONS), unique=True, max_size=50).map(sorted)
HALVES = st.floats(width=16, allow_nan=False, allow_infinity=False)


@given(TERMS, st.data())
def test_pgvector_reads_the_weights_of_the_same_terms(terms: list[int], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.floats(0.125, 2.125, width=32), min_size=len(terms), max_size=len(terms)))
    read = SparseVector.from_binary(binary.sparsevecs([array("i", terms)], np.array(weights, np.float32))[0])
    assert read.dimensions() == DIMENSIONS
    assert [place + 1 for place in read.indices()] == terms
    assert read.values() == weights


@given(st.lists(HALVES, min_size=1, max_size=50))
def test_pgvector_reads_the_same_numbers_of_a_vector(numbers: list[float]) -> None:
    assert HalfVector.from_binary(binary.halfvecs([numbers])[0]).to_list() == numbers


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=50))
def test_an_array_holds_each_number_behind_its_length(numbers: list[int]) -> None:
    written = binary.int4s([array("i", numbers)])[0]
    assert unpack_from("!5i", written) == (1, 0, 23, len(numbers), 1)
    elements = unpack_from(f"!{2 * len(numbers)}i", written, 20)
    assert (list(elements[0::2]), list(elements[1::2])) == ([4] * len(numbers), numbers)


@given(st.lists(TERMS, max_size=5))
def test_many_at_once_are_written_as_each_alone(several: list[list[int]]) -> None:
    terms = [array("i", one) for one in several]
    weights = np.arange(sum(map(len, terms)), dtype=np.float32)
    starts = np.cumsum([0, *map(len, terms)])
    alone = [
        binary.sparsevecs([one], weights[start : start + len(one)])[0]
        for one, start in zip(terms, starts, strict=False)
    ]
    assert binary.sparsevecs(terms, weights) == alone
    assert binary.int4s(terms) == [binary.int4s([one])[0] for one in terms]


@pytest.mark.parametrize("numbers", [array("i", [1, 2]), array("i")])
def test_the_numbers_that_are_written_stay_as_they_were(numbers: array[int]) -> None:
    before = numbers[:]
    binary.int4s([numbers])
    binary.sparsevecs([numbers], np.array(numbers, np.float32))
    assert numbers == before
