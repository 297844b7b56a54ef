"""How well a source's documents are found: questions of anybody's, with what answers each, to figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2
from time import perf_counter
from typing import Any, Protocol

from admin.calibrate import NOT_JUDGED, Judged
from bot.answer import ASKABLE, QUOTABLE
from bot.worth_reading import DECIDING, likeliest
from retrieval.confidence import How
from retrieval.errors import Fault
from retrieval.passage import Passage, Readers

DEPTH = 100
"""Passages that are looked at, enough to hold ten distinct documents."""

RANKS = (1, 5, 10)
MRR_AT = 10
_SHOWN_PROBLEMS = 20


class EvaluationFault(Fault):
    """Questions that cannot be evaluated, one line per problem."""


@dataclass(frozen=True, slots=True)
class Relevant:
    """A document that answers, or the passage of it that holds `contains`, in which spaces do not count."""

    uri: str
    contains: str = ""

    def is_in(self, passage: Passage) -> bool:
        return passage.document.uri == self.uri and _squeezed(self.contains) in _squeezed(passage.text)


@dataclass(frozen=True, slots=True)
class Asked:
    """line: where it stands, from 1. relevant: empty where nothing answers it."""

    line: int
    text: str
    relevant: tuple[Relevant, ...]


class Finds(Protocol):
    """As retrieval's Search."""

    async def __call__(self, query: str, readers: Readers, limit: int) -> Sequence[Passage]: ...


@dataclass(frozen=True, slots=True)
class Result:
    """rank: of the first that answers, from 1; None: not among the first ten. confidence: of the likeliest passage.
    ranks: of each that answers and is among the first ten. seconds: that the search took. judged: what the confidence
    was counted from."""

    asked: Asked
    rank: int | None
    confidence: float
    ranks: tuple[int, ...] = ()
    seconds: float = 0.0
    judged: Judged = NOT_JUDGED


def read(lines: Iterable[str]) -> tuple[Asked, ...]:
    """JSON lines {"question": "...", "relevant": ["uri", {"uri": "...", "contains": "..."}]}; empty lines are skipped.

    Raises EvaluationFault with each line that is not such.
    """
    asked: list[Asked] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                asked.append(_asked(number, line))
            except ValueError as error:
                problems.append(f"line {number}: {error}")
    if not asked and not problems:
        problems.append('there is no question: each line is {"question": "...", "relevant": ["uri"]}')
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        shown = problems[:_SHOWN_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])
        raise EvaluationFault("\n".join(shown))
    return tuple(asked)


async def evaluate(
    search: Finds,
    asked: Sequence[Asked],
    source: str,
    readers: Readers,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> list[Result]:
    """Ask each question. uris are those of `source`; the ranks are among all that `readers` may read."""
    results: list[Result] = []
    for each in asked:
        results.append(await result_of(search, each, source=source, readers=readers))
        told(len(results), len(asked))
    return results


async def result_of(search: Finds, asked: Asked, *, source: str, readers: Readers) -> Result:
    began = perf_counter()
    found = await search(asked.text, readers, DEPTH)
    seconds = perf_counter() - began
    ranks = _ranks(asked.relevant, found, source)
    how: How = found[0].how if found else "words"
    judged = Judged(tuple(passage.signals for passage in found[:DECIDING]), bool(asked.relevant), how)
    return Result(asked, min(ranks, default=None), likeliest(found), ranks, seconds, judged)


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Shares, 0 to 1; None where there is no such question.

    recall@k: of the answerable questions, those with something that answers among the first k (of documents, or of
    passages where a `contains` says which). mrr@10: the mean of 1/rank, 0 beyond. ndcg@10: how much of all that answers
    stands how far in front, 1 where all of it comes first (Järvelin and Kekäläinen 2002). abstained: of the
    unanswerable questions, those whose best passage is below the bar; wrongly_abstained: the same of the answerable.
    quote: the bar for quotations; ask: the one for asking a model. missed: the lines of answerable questions not in the
    first ten.
    """
    answerable = [result for result in results if result.asked.relevant]
    others = [result for result in results if not result.asked.relevant]
    recall = {f"recall@{k}": _share([r.rank is not None and r.rank <= k for r in answerable]) for k in RANKS}
    mrr = _share([1 / r.rank if r.rank else 0.0 for r in answerable])
    bars = {"quote": QUOTABLE, "ask": ASKABLE}
    return {
        "questions": len(results),
        "answerable": len(answerable),
        **recall,
        f"mrr@{MRR_AT}": mrr,
        f"ndcg@{MRR_AT}": _share([_ndcg(r) for r in answerable]),
        "abstained": {name: _share([r.confidence < bar for r in others]) for name, bar in bars.items()},
        "wrongly_abstained": {name: _share([r.confidence < bar for r in answerable]) for name, bar in bars.items()},
        "missed": [result.asked.line for result in answerable if result.rank is None],
    }


def _ranks(relevant: Sequence[Relevant], found: Sequence[Passage], source: str) -> tuple[int, ...]:
    documents: dict[int, int] = {}
    best: dict[Relevant, int] = {}
    for place, passage in enumerate(found, 1):
        documents.setdefault(passage.document.id, len(documents) + 1)
        if passage.document.source != source:
            continue
        for each in relevant:
            if each.is_in(passage):
                rank = place if each.contains else documents[passage.document.id]
                best[each] = min(rank, best.get(each, rank))
    return tuple(sorted(rank for rank in best.values() if rank <= MRR_AT))


def _ndcg(result: Result) -> float:
    """With every answer worth the same. Two that stand in one document share its rank."""
    best = sum(1 / log2(rank + 1) for rank in range(1, min(len(set(result.asked.relevant)), MRR_AT) + 1))
    return min(1.0, sum(1 / log2(rank + 1) for rank in result.ranks) / best)


def _asked(number: int, line: str) -> Asked:
    try:
        row = json.loads(line)
    except ValueError:
        raise ValueError("is not JSON") from None
    if not isinstance(row, dict) or not isinstance(row.get("question"), str) or not row["question"].strip():
        raise ValueError('has no "question"')
    if not isinstance(row.get("relevant"), list):
        raise ValueError('has no list "relevant"; it is empty where nothing answers')
    return Asked(number, row["question"], tuple(_relevant(row["relevant"])))


def _relevant(rows: Iterable[Any]) -> Iterator[Relevant]:
    for row in rows:
        match row:
            case str(uri) if uri:
                yield Relevant(uri)
            case {"uri": str(uri), "contains": str(contains)} if uri and len(row) == 2:
                yield Relevant(uri, contains)
            case {"uri": str(uri)} if uri and len(row) == 1:
                yield Relevant(uri)
            case _:
                raise ValueError('"relevant" holds what is neither a uri nor {"uri": "...", "contains": "..."}')


def _share(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _squeezed(text: str) -> str:
    return "".join(text.split())
