"""What a source says of its documents."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.label import Level
from retrieval.passage import EVERYONE, NOBODY, Principal, Readers, Rule, Said, Source, storable

HR = frozenset({Principal("group:hr")})
LEGAL = frozenset({Principal("group:legal")})
ALL = frozenset({EVERYONE})


def source(*rules: Rule) -> Source:
    return Source("handbook", "files", "/documents", Level.INTERNAL, ALL, rules)


def test_a_document_that_no_rule_names_has_its_sources_level_and_readers() -> None:
    assert source(Rule("hr/*", Level.CONFIDENTIAL, HR)).access("it/vpn.md") == (Level.INTERNAL, ALL)


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_rules_the_one_with_the_highest_level_wins(order: int) -> None:
    rules = (
        Rule("*", Level.PUBLIC, ALL),
        Rule("hr/*", Level.RESTRICTED, LEGAL),
        Rule("hr/pay*", Level.CONFIDENTIAL, HR),
    )
    assert source(*rules[::order]).access("hr/pay.md") == (Level.RESTRICTED, LEGAL)


def test_a_rule_may_make_a_document_public() -> None:
    assert source(Rule("intro.md", Level.PUBLIC, ALL)).access("intro.md") == (Level.PUBLIC, ALL)


@pytest.mark.parametrize("uri", ["인사/급여.md", normalize("NFD", "인사/급여.md")])
@pytest.mark.parametrize("match", ["인사/*", normalize("NFD", "인사/*")])
def test_a_rule_holds_for_a_name_however_its_letters_are_composed(uri: str, match: str) -> None:
    assert source(Rule(match, Level.CONFIDENTIAL, HR)).access(uri) == (Level.CONFIDENTIAL, HR)


def test_a_rule_holds_for_a_name_in_capitals_too() -> None:
    assert source(Rule("hr/salary-*", Level.CONFIDENTIAL, HR)).access("HR/Salary-2026.md") == (Level.CONFIDENTIAL, HR)


def test_nobody_may_read_anything() -> None:
    assert not NOBODY.may_read(ALL | HR)
    assert not Readers(HR).may_read(frozenset())
    assert Readers(HR).may_read(HR | LEGAL)


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_said_can_always_be_stored_and_is_otherwise_as_it_was(text: str) -> None:
    said = Said(title=text, owner=text, link=text)
    for each in (said.title, said.owner, said.link):
        assert each is not None
        assert "\0" not in each
        assert len(each.encode().decode()) == len(text)
    assert storable(storable(text)) == said.title
    if "\0" not in text and text.isprintable():
        assert said.title == text
