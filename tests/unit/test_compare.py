"""How a way of searching is said on the command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.compare import Setting, two_of
from admin.evaluate import EvaluationFault
from retrieval.weighed import CONTEXT_WEIGHT, Weights


def test_a_way_of_searching_is_read_part_by_part() -> None:
    words, model = Setting.of("words"), Setting.of("model:BAAI/bge-m3 + rerank + meaning=0.5")
    assert (words.vectors, words.model, words.rerank) == (False, None, False)
    assert (model.vectors, model.model, model.rerank) == (True, "BAAI/bge-m3", True)
    assert model.weights == Weights(meaning=0.5)
    assert Setting.of("now").rerank is None
    assert (Setting.of("words+depth=30").rerank, Setting.of("words+depth=30").depth) == (True, 30)


@pytest.mark.parametrize(
    "said",
    [
        "", "word", "words:", "words:m", "model:", "rerank", "words+", "words+model", "words+depth=1",
        "words+depth=101", "words+depth=3.5", "words+meaning=nan", "words+meaning=inf", "words+meaning=-1",
        "words+meaning=", "words+title=2", "words+context=0); drop table passage; --",
    ],
)  # fmt: skip
def test_what_is_no_way_of_searching_is_told_what_there_is(said: str) -> None:
    with pytest.raises(EvaluationFault, match="is no way of searching: there is words, model"):
        Setting.of(said)


@given(st.text(alphabet="wordsmelnankct+=:0.159-e ", max_size=30))
def test_a_weight_is_never_anything_but_a_number_from_0_to_100(said: str) -> None:
    try:
        weights = Setting.of("now+" + said).weights
    except EvaluationFault:
        return
    assert all(0 <= weight <= 100 for weight in (weights.context, weights.fused_context, weights.meaning))


def test_one_way_is_not_compared_with_itself() -> None:
    with pytest.raises(EvaluationFault, match="are one way of searching"):
        two_of("words", f"words+context={CONTEXT_WEIGHT}")
    assert [setting.said for setting in two_of("words", "words+rerank")] == ["words", "words+rerank"]
