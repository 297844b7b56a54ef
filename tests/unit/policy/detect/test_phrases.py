"""The language that tables of words are written in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy.detect import directive, matters
from bot.policy.detect.phrases import Index, stems_of
from bot.policy.detect.sentences import LONGEST, sentences
from tests.growth import assert_text_costs_its_length

ALL = {**directive.TABLES, **matters.TABLES}
_INDEX = Index(ALL)


@pytest.mark.parametrize("name", ALL)
def test_each_phrase_of_a_table_has_stems_and_compiles(name: str) -> None:
    for regex, phrase in ALL[name].each:
        assert stems_of(phrase), phrase
        re.compile(regex)


@pytest.mark.parametrize(
    ("phrase", "stems"),
    [
        ("우울증", {"우울증"}),
        ("노조_?가입", {"노조", "가입"}),
        ("(?:was|were)_(?:fired|demoted)", {"fired", "demoted"}),
        (r"(?:\w+_)?transplant", {"transplant"}),
        ("(?<![a-z])pip(?!_install)", {"pip"}),
        ("차별(?!화)", {"차별"}),
        ("정신과~(?:약|상담)", {"정신과"}),
        (r"unioni[sz]ed", {"unioni"}),
    ],
)
def test_the_stems_are_what_a_phrase_cannot_do_without(phrase: str, stems: set[str]) -> None:
    assert stems_of(phrase) <= stems


@pytest.mark.parametrize("phrase", [r"\w+", "(?:가나)?", "[가나]", "가?나?"])
def test_a_phrase_without_stems_is_a_mistake(phrase: str) -> None:
    with pytest.raises(ValueError, match="cannot do without"):
        stems_of(phrase)


words = st.sampled_from(
    [
        "우울증",
        "약",
        "노조에 가입",
        "was fired",
        "union",
        "성희롱",
        "교회",
        " ",
        "\n",
        ". ",
        "저는",
        "했",
        "x" * 90,
        "팀장이",
        "pip",
    ]
)
texts = st.lists(words, max_size=12).map("".join)


@settings(max_examples=20)
@given(texts)
def test_the_index_never_misses_what_the_whole_table_finds(text: str) -> None:
    found = _INDEX.find(text)
    for name, table in ALL.items():
        expected = {match.start() for regex, _ in table.each for match in re.finditer(regex, text)}
        assert expected == {start for start, _ in found.get(name, ())}, name


@given(st.text(alphabet="가나 .?!\n\rab", max_size=300), st.text(max_size=40))
def test_a_line_more_never_takes_a_sentence_away(text: str, more: str) -> None:
    before = {text[start:end] for start, end in sentences(text)}
    padded = f"{more}\n{text}\n{more}"
    after = {padded[start:end] for start, end in sentences(padded)}
    assert {one.strip() for one in before} - {""} <= {one.strip() for one in after}


@given(st.text(alphabet="가 .\n", max_size=3000))
def test_every_letter_is_in_a_sentence_and_none_is_too_long(text: str) -> None:
    spans = sentences(text)
    assert all(0 < end - start <= LONGEST for start, end in spans)
    assert {n for start, end in spans for n in range(start, end)} == set(range(len(text)))


@pytest.mark.parametrize(
    "text", ["노조 가입 " * 20_000, "우울증" * 50_000, "fired " * 30_000, "저는 약을 먹고 " * 15_000, "다.\n" * 60_000]
)
def test_a_long_text_takes_what_its_length_takes(text: str) -> None:
    def looked_for(text: str) -> None:
        found = _INDEX.find(text)
        list(matters.matters(text, text, found))

    assert_text_costs_its_length(looked_for, text)
