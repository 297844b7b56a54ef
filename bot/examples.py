"""Approved answers to much the same question, which show a model how an answer is to be. Pure, but for the search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.domain import SHORES, Route
from bot.policy import learnt
from bot.policy.parts import example_parts, joined
from bot.policy.rules import Rules, allowed
from retrieval.label import Label
from retrieval.passage import Document, Passage, Readers
from retrieval.text import query_terms

MOST = 3
SAME = 0.999
"""Of what two questions say, from which on they ask the same: all of it, in whatever words of asking. With a "not" more
they share .8 to .9."""
ALIKE = 0.5
"""Of what two questions say, from which on they ask much the same. As often as not they then share their thing."""
_LOOKED_AT = 12
"""That the search finds best: what is most alike stands among them."""


class Examples(Protocol):
    """The nearest examples of a question, of those that `readers` may read, the most alike first."""

    async def __call__(self, question: str, readers: Readers) -> tuple[Passage, ...]: ...


async def no_examples(question: str, readers: Readers) -> tuple[Passage, ...]:
    """Where there are none."""
    return ()


class Found(Protocol):
    """retrieval/search.py, among examples."""

    async def __call__(self, query: str, readers: Readers, limit: int) -> tuple[Passage, ...]: ...


class NearestExamples:
    """An Examples. A document is one example: its title is the question, its one passage the answer."""

    def __init__(self, search: Found) -> None:
        self._search = search

    async def __call__(self, question: str, readers: Readers) -> tuple[Passage, ...]:
        asked = query_terms(question)
        found = await self._search(question, readers, _LOOKED_AT)
        near = [(alike(asked, query_terms(one.document.title)), one) for one in found]
        near = [(much, one) for much, one in near if much >= ALIKE]
        near.sort(key=lambda pair: -pair[0])  # of equals the better found stays first
        return tuple(one for _, one in near)[:MOST]


def alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How much of what two questions say is the same, 0 to 1: the weights of their common terms in those of all
    (Dice)."""
    common = sum(min(weight, other[term]) for term, weight in one.items() if term in other)
    whole = sum(one.values()) + sum(other.values())
    return 2 * common / whole if whole else 0.0


def approved(question: str, examples: tuple[Passage, ...]) -> Passage | None:
    """The answer that reviewers have approved for this very question, if there is one: of what was learnt, since of
    what was imported nobody knows on what it rests."""
    asked = query_terms(question)
    for one in examples:
        if any(map(learnt.is_ours, one.document.labels)) and alike(asked, query_terms(one.document.title)) >= SAME:
            return one
    return None


def founded(examples: tuple[Passage, ...], present: Mapping[int, Document], rules: Rules) -> tuple[Passage, ...]:
    """Those of which all documents that they rest on are there, for these readers, and no more sensitive than the
    example was said to be."""

    def stands(example: Passage) -> bool:
        highest = rules.document_label(example.document).level
        ids = learnt.rests_on(example.document.labels)
        return ids <= present.keys() and all(rules.document_label(present[id]).level <= highest for id in ids)

    return tuple(filter(stands, examples))


def beneath(examples: tuple[Passage, ...]) -> tuple[int, ...]:
    """The documents that they rest on, by id."""
    return tuple(sorted(frozenset[int]().union(*(learnt.rests_on(one.document.labels) for one in examples))))


def fitting(examples: tuple[Passage, ...], rest: Label, rules: Rules) -> tuple[Passage, ...]:
    """Those that go wherever the rest of the prompt may go: no question takes another way for an example's sake. And
    none of somebody who has opted out of what it is."""

    def fits(example: Passage) -> bool:
        label = joined(example_parts(example, rules), rules)
        return not learnt.closed(label) and all(
            allowed(label, rules.sink(route)) or not _may_go(rest, route, rules) for route in SHORES
        )

    return tuple(example for example in examples if fits(example))


def _may_go(label: Label, route: Route, rules: Rules) -> bool:
    """To the cloud also with placeholders in it."""
    sink = rules.sink(route)
    return allowed(label, sink) or (route is Route.CLOUD and allowed(rules.at_best(label), sink))
