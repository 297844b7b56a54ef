"""What is said of a search, from numbers that are given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from retrieval.explain import Explanation, Looked, Numbers, Spelled, explanation, spelled
from retrieval.glossary import Asked, Glossary, Word
from retrieval.passage import EVERYONE, InForce, Passage, Principal, Readers
from retrieval.text import term_id
from tests.builders import document, passage

READERS = Readers(frozenset({EVERYONE, Principal("group:hr")}))
BEFORE = InForce(date(2024, 1, 1), None, "before")


def found(count: int) -> tuple[Passage, ...]:
    return tuple(passage(f"text {n}", of=document(n), id=n) for n in range(1, count + 1))


def looked(found: tuple[Passage, ...], ordered: tuple[Passage, ...], limit: int = 2) -> Explanation:
    numbers = {one.id: Numbers(1.0, 0.5) for one in found}
    return explanation(Looked(READERS, limit, found=found, numbers=numbers, ordered=ordered), {}, {})


def test_each_passage_is_told_what_became_of_it() -> None:
    one, two, three, four = found(4)
    said = looked((one, two, three, four), (two, four, replace(one, in_force=BEFORE)))
    assert [(each.passage.id, each.found_at, each.place, each.fate) for each in said.explained] == [
        (2, 2, 1, "chosen"),
        (4, 4, 2, "chosen"),
        (1, 1, 3, "superseded"),
        (3, 3, None, "folded"),
    ]


def test_an_older_version_that_would_not_have_been_chosen_anyway_is_only_beyond_the_limit() -> None:
    one, two, three = found(3)
    said = looked((one, two, three), (one, two, replace(three, in_force=BEFORE)))
    assert said.explained[-1].fate == "beyond"


def test_it_is_visible_by_what_its_readers_and_these_readers_share() -> None:
    hr = Principal("group:hr")
    shared = passage(of=document(readers=frozenset({hr, Principal("group:legal")})))
    assert looked((shared,), (shared,)).explained[0].met == (hr,)


def test_terms_are_spelled_with_the_word_that_they_come_from() -> None:
    names = spelled("법카 한도는?", Glossary({"법카": ["corporate card"]}))
    assert names[term_id("한도")] == Spelled("한도", "한도는?")
    assert names[term_id("법카")] == Spelled("법카", "법카")
    assert names[term_id("card")] == Spelled("card", "corporate card")


def test_of_a_word_that_can_be_said_in_several_ways_the_best_one_counts_and_is_named() -> None:
    one, best, other = term_id("법카"), term_id("card"), term_id("법인")
    asked = Asked({one: 1.0}, (Word({one: 1.0}, ({best: 0.7}, {other: 0.7})),))
    (only,) = found(1)
    search = Looked(
        READERS, 2, asked, {best: 3, other: 4}, 10, ways=[(0, {}), (0, {best: 2.0}), (0, {other: 1.0})],
        scale=2.0, found=(only,), numbers={1: Numbers(1.5, 0.0)}, ordered=(only,),
    )  # fmt: skip
    names = {one: Spelled("법카", "법카"), best: Spelled("card", "card"), other: Spelled("법인", "법인")}
    said = explanation(search, names, {1: {best: 1.5, other: 2.0}})
    assert [(m.spelled.term, m.points) for m in said.explained[0].matched] == [("card", 1.5)]
    assert [(term.spelled.term, term.instead_of, term.df) for term in said.terms] == [
        ("법카", "", 0),
        ("card", "법카", 3),
        ("법인", "법카", 4),
    ]
