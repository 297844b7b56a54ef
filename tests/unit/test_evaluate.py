from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.evaluate import Asked, EvaluationFault, Relevant, Result, evaluate, figures, read
from retrieval.passage import EVERYONE, Passage, Readers
from tests.builders import document, passage

ANYONE = Readers(frozenset({EVERYONE}))


class Found:
    """A search that finds what it was given, whatever is asked."""

    def __init__(self, *passages: Passage) -> None:
        self._passages = passages

    async def __call__(self, query: str, readers: Readers, limit: int) -> Sequence[Passage]:
        return self._passages[:limit]


def hit(uri: str, text: str = "text", *, source: str = "handbook", confidence: float = 0.8) -> Passage:
    number = sum(map(ord, uri + source))
    return passage(text, of=document(number, uri=uri, source=source), confidence=confidence)


async def ranked(relevant: Sequence[object], *passages: Passage) -> int | None:
    asked = read([json.dumps({"question": "q", "relevant": relevant})])
    (result,) = await evaluate(Found(*passages), asked, "handbook", ANYONE)
    return result.rank


async def test_a_document_is_ranked_among_documents() -> None:
    assert await ranked(["b.md"], hit("a.md"), hit("a.md"), hit("b.md"), hit("b.md")) == 2
    assert await ranked(["c.md"], hit("a.md")) is None


async def test_a_passage_is_ranked_among_passages_by_what_it_contains() -> None:
    found = (hit("a.md"), hit("a.md"), hit("b.md", "fifteen\n  days"), hit("b.md", "of leave"))
    assert await ranked([{"uri": "b.md", "contains": "fifteen days"}], *found) == 3
    assert await ranked([{"uri": "b.md", "contains": "leave"}], *found) == 4
    assert await ranked([{"uri": "a.md", "contains": "leave"}], *found) is None


async def test_the_first_of_several_that_answer_counts() -> None:
    assert await ranked(["z.md", "c.md", "b.md"], hit("a.md"), hit("b.md"), hit("c.md")) == 2


async def test_another_source_with_the_same_uri_is_in_the_way_and_no_answer() -> None:
    assert await ranked(["a.md"], hit("a.md", source="other"), hit("a.md")) == 2


async def test_beyond_the_tenth_nothing_counts() -> None:
    others = [hit(f"{n}.md") for n in range(10)]
    assert await ranked(["a.md"], *others[:9], hit("a.md")) == 10
    assert await ranked(["a.md"], *others, hit("a.md")) is None


def results(*ranks: int | None, confidence: float = 0.8) -> list[Result]:
    return [Result(Asked(n, "q", (Relevant("a"),)), rank, confidence) for n, rank in enumerate(ranks, 1)]


def test_the_figures_of_a_small_set() -> None:
    unanswerable = [Result(Asked(9, "q", ()), None, confidence) for confidence in (0.001, 0.1, 0.2, 0.9)]
    found = figures([*results(1, 2, 6, None), *unanswerable])
    assert (found["questions"], found["answerable"]) == (8, 4)
    assert (found["recall@1"], found["recall@5"], found["recall@10"]) == (0.25, 0.5, 0.75)
    assert found["mrr@10"] == pytest.approx((1 + 1 / 2 + 1 / 6) / 4, abs=1e-4)
    assert found["abstained"] == {"quote": 0.75, "ask": 0.25}
    assert found["wrongly_abstained"] == {"quote": 0.0, "ask": 0.0}
    assert found["missed"] == [4]


def test_what_was_not_asked_has_no_figure() -> None:
    assert figures(results(1))["abstained"] == {"quote": None, "ask": None}
    only_unanswerable = figures([Result(Asked(1, "q", ()), None, 0.0)])
    assert only_unanswerable["mrr@10"] is None
    assert only_unanswerable["abstained"] == {"quote": 1.0, "ask": 1.0}


@given(st.lists(st.one_of(st.none(), st.integers(1, 10)), min_size=1))
def test_figures_are_never_out_of_order(ranks: list[int | None]) -> None:
    found = figures(results(*ranks))
    assert 0 <= found["recall@1"] <= found["mrr@10"] <= found["recall@10"] <= 1
    assert found["recall@1"] <= found["recall@5"] <= found["recall@10"]


def test_each_bad_line_is_named_with_what_is_wrong() -> None:
    lines: list[Any] = [
        {"question": "fine", "relevant": []},
        "{",
        [],
        {"question": " ", "relevant": []},
        {"question": "q"},
        {"question": "q", "relevant": [3]},
        {"question": "q", "relevant": [{"uri": "a", "containz": "x"}]},
        {"question": "q", "relevant": [{"contains": "x"}]},
    ]
    with pytest.raises(EvaluationFault) as caught:
        read([each if isinstance(each, str) else json.dumps(each) for each in lines])
    said = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in said] == [f"line {n}" for n in range(2, 9)]
    assert "is not JSON" in said[0]
    assert 'no list "relevant"' in said[3]


def test_many_bad_lines_are_counted() -> None:
    with pytest.raises(EvaluationFault, match="and 5 more"):
        read(["{"] * 25)


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_a_file_without_questions_is_said(lines: list[str]) -> None:
    with pytest.raises(EvaluationFault, match="no question"):
        read(lines)


async def ndcg(relevant: Sequence[object], *passages: Passage) -> float:
    asked = read([json.dumps({"question": "q", "relevant": relevant})])
    found: float = figures(await evaluate(Found(*passages), asked, "handbook", ANYONE))["ndcg@10"]
    return found


async def test_ndcg_counts_all_that_answers_and_how_far_in_front_it_stands() -> None:
    a, b, c = hit("a.md"), hit("b.md"), hit("c.md")
    assert await ndcg(["a.md", "b.md"], a, b, c) == 1.0
    assert await ndcg(["a.md", "b.md"], b, a, c) == 1.0
    assert await ndcg(["c.md"], a, b, c) == 0.5  # 1 / log2(4)
    assert await ndcg(["a.md", "c.md"], a, b, c) == pytest.approx((1 + 0.5) / (1 + 0.6309), abs=1e-3)
    assert await ndcg(["z.md"], a, b, c) == 0.0


async def test_ndcg_is_never_above_1_where_two_answers_stand_in_one_document() -> None:
    twice = [{"uri": "a.md", "contains": "fifteen"}, {"uri": "a.md", "contains": "days"}]
    assert await ndcg(twice, hit("a.md", "fifteen days")) == 1.0
    assert await ndcg(["a.md", "a.md"], hit("a.md")) == 1.0
