"""What a re-ranker may change: the order of the first few, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from retrieval.embed import Embeddable
from retrieval.passage import Passage
from retrieval.rerank import ranked
from tests.builders import document, passage


class Given:
    """Gives these scores, whatever it is asked."""

    name = "given"

    def __init__(self, *scores: float | None, depth: int = 20, away: bool = False) -> None:
        self.depth = depth
        self.seen: list[Embeddable] = []
        self._scores = scores
        self._away = away

    async def scores(self, question: Embeddable, passages: Sequence[Embeddable]) -> Sequence[float | None] | None:
        self.seen = list(passages)
        return None if self._away else self._scores[: len(passages)]


QUESTION = Embeddable("q")


def found(count: int) -> tuple[Passage, ...]:
    return tuple(passage(f"text {n}", of=document(n), id=n) for n in range(count))


def ids(passages: Sequence[Passage]) -> list[int]:
    return [one.id for one in passages]


async def test_what_answers_best_comes_first_and_equals_stay_in_their_order() -> None:
    assert ids((await ranked(Given(0.1, 0.9, 0.1, 0.5), QUESTION, found(4))).passages) == [1, 3, 0, 2]


async def test_behind_its_depth_everything_stays() -> None:
    reranker = Given(0.1, 0.9, depth=2)
    best = await ranked(reranker, QUESTION, found(4))
    assert ids(best.passages) == [1, 0, 2, 3]
    assert len(reranker.seen) == 2
    assert best.scores == {0: 0.1, 1: 0.9}


async def test_without_scores_the_order_is_the_searchs() -> None:
    for reranker in (None, Given(away=True)):
        best = await ranked(reranker, QUESTION, found(3))
        assert (ids(best.passages), best.scores) == ([0, 1, 2], {})


async def test_it_reads_headings_with_the_text_and_hears_how_sensitive_they_are() -> None:
    reranker = Given(1.0, 2.0)
    first, other = found(2)
    await ranked(reranker, QUESTION, (first, other))
    assert reranker.seen[0].text.endswith(first.text)
    assert reranker.seen[0].label == first.document.label
    assert (reranker.seen[0].source, reranker.seen[0].uri) == (first.document.source, first.document.uri)


SCORES = st.lists(st.none() | st.floats(-10, 10), min_size=2, max_size=12)


@given(SCORES, st.integers(2, 14))
async def test_no_passage_is_ever_lost_or_doubled_and_one_without_a_score_keeps_its_place(
    scores: list[float | None], depth: int
) -> None:
    before = found(12)
    padded = [*scores, *[None] * 12]
    after = (await ranked(Given(*padded, depth=depth), QUESTION, before)).passages
    assert sorted(ids(after)) == ids(before)
    assert after[depth:] == before[depth:]
    for place, score in enumerate(padded[: min(depth, 12)]):
        if score is None:
            assert after[place] == before[place]
    known = [padded[one.id] for one in after[:depth] if padded[one.id] is not None]
    assert known == sorted(known, key=lambda score: -(score or 0.0))
