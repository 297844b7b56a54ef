"""The same text in several documents is one passage; what differs by a number or a word is not the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.duplicates import folded
from retrieval.label import ImportedLabel, Level
from retrieval.passage import InForce, Passage
from tests.builders import document, passage

TEXT = "연차는 1년에 15일이며 입사일을 기준으로 발생합니다. 국내 식대는 10,000원입니다."


def says(id: int, text: str = TEXT, level: Level = Level.PUBLIC, **more: object) -> Passage:
    return passage(text, of=document(id, level, title=f"문서 {id}", **more), id=id)


def test_what_stands_in_three_documents_is_there_once_with_the_others_named() -> None:
    (one,) = folded([says(1), says(2), says(3)])
    assert (one.id, [other.id for other in one.also]) == (1, [2, 3])


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("10,000", "15,000"),
        TEXT.replace("15일", "16일"),
        TEXT.replace("발생합니다", "발생하지 않습니다"),
        TEXT.replace("15일이며", "-15일이며"),
        TEXT + " 단, 인턴은 제외합니다.",
    ],
)
def test_a_number_or_a_word_more_is_another_text(other: str) -> None:
    assert [one.also for one in folded([says(1), says(2, other)])] == [(), ()]


@pytest.mark.parametrize("other", [f"- **{TEXT}**", f"> {TEXT}\n\n---\n", TEXT.replace(" ", "\n"), f"`{TEXT}`"])
def test_markup_and_line_breaks_make_no_other_text(other: str) -> None:
    assert len(folded([says(1), says(2, other)])) == 1


def test_the_version_in_force_is_the_one_that_is_shown_at_the_place_of_the_best() -> None:
    old = replace(says(1), in_force=InForce(date(2024, 1, 1), None, "before"), score=9.0, confidence=0.9)
    now = replace(says(2), in_force=InForce(date(2026, 1, 1), None, "now"), score=2.0, confidence=0.2)
    between = says(3, "다른 글이며 이 글과는 아무것도 같지 않습니다.")
    first, second = folded([old, between, now])
    assert (first.id, first.score, first.confidence, second.id) == (2, 9.0, 0.9, 3)
    assert [other.id for other in first.also] == [1]


def test_where_another_time_is_asked_about_the_order_of_the_versions_stands() -> None:
    old = replace(says(1), in_force=InForce(date(2024, 1, 1), None, "before"))
    now = replace(says(2), in_force=InForce(date(2026, 1, 1), None, "now"))
    assert [one.id for one in folded([old, now], of_today=False)] == [1]


def test_of_two_in_force_the_newer_is_shown() -> None:
    older, newer = says(1, in_force_from=date(2024, 1, 1)), says(2, in_force_from=date(2025, 1, 1))
    assert [one.id for one in folded([older, newer])] == [2]


def test_another_level_or_label_stays_apart() -> None:
    labelled = says(3, labels=(ImportedLabel("sensitivity", "secret"),))
    assert len(folded([says(1), says(2, level=Level.CONFIDENTIAL), labelled])) == 3


def test_twice_in_one_document_is_once_and_names_no_other() -> None:
    (one,) = folded([says(1), replace(says(1), id=9)])
    assert one.also == ()


def test_a_few_letters_are_the_same_by_chance() -> None:
    assert len(folded([says(1, "해당 없음"), says(2, "해당 없음")])) == 2


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from("가나다")), max_size=12))
def test_no_text_and_no_document_is_lost(found: list[tuple[int, str]]) -> None:
    passages = [replace(says(n, TEXT + which), id=place) for place, (n, which) in enumerate(found)]
    shown = folded(passages)
    assert {one.text for one in shown} == {one.text for one in passages}
    assert len(shown) == len({which for _, which in found})
    named = {(one.text, each.id) for one in shown for each in (one.document, *one.also)}
    assert named == {(one.text, one.document.id) for one in passages}
