"""What a model gives that is no vector."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embed import LONGEST_VECTOR, EmbedFault, checked

GOOD = [0.25, -0.5]
NUMBERS = st.lists(st.floats(-2, 2, allow_nan=False).filter(lambda x: abs(x) > 1e-3), min_size=2, max_size=8)


@given(st.lists(st.none() | NUMBERS, max_size=6))
def test_vectors_are_given_on_as_they_came(vectors: list[list[float] | None]) -> None:
    assert checked("m", len(vectors), vectors) == vectors


@given(NUMBERS, st.data(), st.sampled_from([nan, inf, -inf]))
def test_a_number_that_is_none_never_passes(numbers: list[float], data: st.DataObject, none: float) -> None:
    numbers[data.draw(st.integers(0, len(numbers) - 1))] = none
    with pytest.raises(EmbedFault, match=r"NaN or infinite"):
        checked("m", 2, [GOOD, numbers])


@pytest.mark.parametrize(
    ("asked", "vectors", "sentence"),
    [
        (2, [GOOD], "gave 1 vectors for 2 texts"),
        (1, [GOOD, GOOD], "gave 2 vectors for 1 texts"),
        (1, [[]], "of 0 numbers"),
        (1, [[0.1] * (LONGEST_VECTOR + 1)], "of 4001 numbers"),
        (1, [[0.0, 0.0]], "of zeros"),
        (1, [[1e-9, -1e-9]], "of zeros"),
        (1, [[70_000.0, 0.1]], "beyond 65,504"),
        (1, [[inf, -inf]], "NaN or infinite"),
    ],
)
def test_what_cannot_be_compared_is_told_apart(asked: int, vectors: list[list[float]], sentence: str) -> None:
    with pytest.raises(EmbedFault, match=f"embedding model m .*{sentence}"):
        checked("m", asked, vectors)
