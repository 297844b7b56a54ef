"""A spreadsheet of approved answers: all of its rows are taken, or none and each problem is said with its row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.example_file import COLUMNS, MOST_ROWS, ExampleFault, id_of, read_examples
from bot.learning import LONGEST_ANSWER, LONGEST_QUESTION
from retrieval.label import Level
from retrieval.passage import EVERYONE, Principal
from retrieval.sources.push import Pushed

HEAD = "question,answer,level,readers\n"
GOOD = "연차는?,15일입니다.,internal,everyone\n"


def read(text: str) -> tuple[Pushed, ...]:
    return read_examples(text.encode(), "a.csv")


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(ExampleFault) as caught:
        read_examples(text.encode() if isinstance(text, str) else text, "a.csv")
    return str(caught.value).splitlines()


def test_a_row_becomes_a_document_with_its_own_level_and_readers() -> None:
    (one,) = read(
        HEAD + '"급여  밴드는?","구천만 원부터. [1][2, 3]\n\n협의합니다 [4].",Confidential,"group:hr; user:U3"\n'
    )
    assert one.said.title == "급여 밴드는?"
    assert one.text == "구천만 원부터.\n\n협의합니다."
    assert one.said.level is Level.CONFIDENTIAL
    assert one.said.readers == frozenset({Principal("group:hr"), Principal("user:U3")})
    assert one.uri == id_of("급여 밴드는?")


def test_the_head_may_be_in_any_order_and_case_and_empty_rows_are_none() -> None:
    assert read("Readers,LEVEL,answer,question\n,,,\neveryone,public,예.,됩니까?\n\n")[0].text == "예."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp949"])
def test_what_spreadsheets_write_is_read(encoding: str) -> None:
    (one,) = read_examples((HEAD + GOOD).replace("\n", "\r\n").encode(encoding), "a.csv")
    assert one.said.readers == frozenset({EVERYONE})


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",답,internal,everyone", "the question is missing"),
        ("질문, ,internal,everyone", "the answer is missing"),
        ("질문,[1],internal,everyone", "the answer is missing"),
        ("질문,답,,everyone", "level must be public, internal, confidential or restricted, and has no default"),
        ("질문,답,secret,everyone", "level must be public"),
        ("질문,답,internal,", "readers must be 1 to 200, such as everyone or group:hr, and have no default"),
        ("질문,답,internal", "readers must be 1 to 200"),
        ("질문,답,internal,hr", "each of readers must be everyone, user:.., group:.."),
        ("질문,=1+1,internal,everyone", "the answer begins with '=', which a spreadsheet takes for a formula"),
        ("@SUM(1),답,internal,everyone", "the question begins with '@'"),
        ('질문,"+82 2 통화",internal,everyone', "the answer begins with '+'"),
        ('질문,"\t=1",internal,everyone', "the answer begins with '\\t'"),
        (f"{'가' * (LONGEST_QUESTION + 1)},답,internal,everyone", "the question has 301 characters, and 300 are read"),
        (
            f"질문,{'가' * (LONGEST_ANSWER + 1)},internal,everyone",
            "the answer has 1,001 characters, and 1,000 are read",
        ),
        ("질문,답\x07,internal,everyone", "the answer holds characters that nobody sees"),
        ("연차 는?,다른 답,public,everyone", "it asks what row 2 asks: leave one of them out"),
        ("질문,답,쉼표가 있는 답,internal,everyone", "has more cells than the head"),
    ],
)
def test_a_bad_row_is_said_with_its_number_and_nothing_is_taken(row: str, says: str) -> None:
    first, *rest = problems(f"{HEAD}연차 는?,15일.,internal,everyone\n{row}\n")
    assert "row 3" in first
    assert says in first
    assert rest in (["Nothing was imported."], [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first row must be question, answer, level, readers"),
        ("question,answer,level\n", "the first row must be"),
        ("question,answer,level,readers,note\n", "the first row must be"),
        ("question,answer,level,level,readers\n", "the first row must be"),
        (HEAD, "has no examples"),
        (f'{HEAD}"질문,답,internal,everyone\n', "a quotation mark is left open"),
        (HEAD + "질문,답,internal,everyone\n" * (MOST_ROWS + 1), "has more than 5,000 rows"),
        (b"\x00\x01\xff", "is no text: save the spreadsheet as CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(text: str | bytes, says: str) -> None:
    assert says in problems(text)[0]


def test_every_problem_is_said_at_once_and_none_holds_what_stands_there() -> None:
    said = problems(HEAD + "달빛호?,,internal,everyone\n" * 30)
    assert len(said) == 22
    assert said[-2:] == ["And 10 more.", "Nothing was imported."]
    assert "달빛호" not in "".join(said)


CELLS = st.text(max_size=30) | st.sampled_from(["everyone", "internal", "연차는?", "=1", "group:hr", "[1]"])


@given(st.lists(st.lists(CELLS, max_size=6), max_size=6))
def test_whatever_a_file_holds_an_example_has_a_level_and_readers_or_nothing_is_taken(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([COLUMNS, *rows])
    try:
        found = read(written.getvalue())
    except ExampleFault:
        return
    assert found
    assert all(one.said.readers and one.said.level is not None and one.said.title and one.text for one in found)
    assert len({one.uri for one in found}) == len(found)
