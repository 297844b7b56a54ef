"""How well a source's documents are found: questions of anybody's, with what answers each, to figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from admin.calibrate import NOT_JUDGED, Judged
from bot.answer import ASKABLE, QUOTABLE
from bot.worth_reading import DECIDING, likeliest
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
    """rank: of the first that answers, from 1; None: not among the first ten. confidence: of the best passage. judged:
    what that was counted from."""

    asked: Asked
    rank: int | None
    confidence: float
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
        found = await search(each.text, readers, DEPTH)
        judged = Judged(
            tuple(passage.signals for passage in found[:DECIDING]),
            bool(each.relevant),
            found[0].how if found else "words",
        )
        results.append(Result(each, _rank(each.relevant, found, source), likeliest(found), judged))
        told(len(results), len(asked))
    return results


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Shares, 0 to 1; None where there is no such question.

    recall@k: of the answerable questions, those with something that answers among the first k (of documents, or of
    passages where a `contains` says which). mrr@10: the mean of 1/rank, 0 beyond. abstained: of the unanswerable
    questions, those whose best passage is below the bar; wrongly_abstained: the same of the answerable. quote: the bar
    for quotations; ask: the one for asking a model. missed: the lines of answerable questions not in the first ten.
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
        "abstained": {name: _share([r.confidence < bar for r in others]) for name, bar in bars.items()},
        "wrongly_abstained": {name: _share([r.confidence < bar for r in answerable]) for name, bar in bars.items()},
        "missed": [result.asked.line for result in answerable if result.rank is None],
    }


def _rank(relevant: Sequence[Relevant], found: Sequence[Passage], source: str) -> int | None:
    documents: dict[int, int] = {}
    best: int | None = None
    for place, passage in enumerate(found, 1):
        documents.setdefault(passage.document.id, len(documents) + 1)
        if passage.document.source != source:
            continue
        for each in relevant:
            if each.is_in(passage):
                rank = place if each.contains else documents[passage.document.id]
                best = rank if best is None else min(best, rank)
    return best if best is not None and best <= MRR_AT else None


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
