"""Which words of a question a text says: a verb in another form counts, what is in any question hardly does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.asked import GENERIC, NOUN, NOUN_VERB, NUMBER, VERB, Lines, Word, letters, words_of
from retrieval.everyday import EVERYDAY
from retrieval.glossary import Glossary
from retrieval.text import MAX_QUERY_TERMS


def word(question: str, at: int = 0, glossary: Glossary | None = None) -> Word:
    return words_of(question, glossary.find(question) if glossary else ())[at]


def said(one: Word, text: str) -> float:
    return Lines(text).say(one, lambda _: 1.0)[0]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("주차는", NOUN),
        ("가족에게", NOUN),
        ("의자도", NOUN),
        ("철회할 수", NOUN_VERB),
        ("열리나요", VERB),
        ("잠기나요", VERB),
        ("여러", GENERIC),
        ("뜻이에요", GENERIC),
        ("나와요", GENERIC),
        ("다녀와서", GENERIC),
        ("parking", NOUN),
        ("often", GENERIC),
        ("해외에서", NOUN),
        ("회의에도", NOUN),
        ("찍는 법", VERB),
        ("얼마짜리까지", GENERIC),
        ("400", NUMBER),
    ],
)
def test_names_count_more_than_verbs_and_those_more_than_what_any_question_holds(asked: str, kind: float) -> None:
    assert word(asked).weight == kind


@pytest.mark.parametrize(
    ("asked", "written"),
    [("열리나요", "회의는 매주 열립니다."), ("빌리려면", "책을 빌려 갑니다."), ("잠기나요", "30분 동안 잠깁니다.")],
)
def test_a_verb_is_said_in_any_of_its_forms(asked: str, written: str) -> None:
    assert said(word(asked), written) > 0.5


def test_a_noun_of_one_syllable_is_said_under_another_particle_and_not_in_another_word() -> None:
    assert said(word("책을"), "책은 3주 동안 빌립니다.") > 0.5
    assert said(word("책을"), "책임은 팀 리더가 집니다.") == 0


def test_another_verb_is_not_said() -> None:
    assert said(word("열리나요"), "문은 저절로 닫힙니다.") == 0


def test_what_the_glossary_knows_says_a_word_too() -> None:
    glossary = Glossary({"법카": ("법인카드",)})
    assert said(word("법카 한도", glossary=glossary), "법인카드는 팀 리더가 받습니다.") > 0.5
    assert said(word("법카 한도"), "법인카드는 팀 리더가 받습니다.") == 0


def test_what_people_say_and_rules_write_otherwise_is_said() -> None:
    assert said(word("낮잠을", glossary=EVERYDAY), "수면실은 7층입니다.") > 0.5
    assert said(word("낮잠을", glossary=EVERYDAY), "회의실은 7층입니다.") == 0


def test_a_part_of_a_longer_word_says_less_than_all_of_it() -> None:
    assert 0 < said(word("다과비"), "다과를 준비합니다.") < said(word("다과비"), "다과비는 회사가 냅니다.")


def test_each_line_says_what_stands_in_it() -> None:
    whole, lines = Lines("주차는 지하입니다.\n\n식당은 8층입니다.").say(word("주차"), lambda _: 1.0)
    assert (whole, lines) == (1.0, (1.0, 0.0))


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_asked_of_whatever_is_written_no_line_says_more_than_all_of_it(asked: str, written: str) -> None:
    text = Lines(written)
    for one in words_of(asked):
        whole, lines = text.say(one, lambda _: 1.0)
        assert 0 <= max(lines, default=0) <= whole <= 1


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_letters_of_a_word_never_begin_another_way_than_those_of_its_first_syllables(hangul: str) -> None:
    assert letters(hangul).startswith(letters(hangul[:-1]))


def test_of_a_pasted_book_no_more_words_are_looked_for_than_are_searched_for() -> None:
    assert len(words_of(" ".join(f"word{number}" for number in range(10_000)))) == MAX_QUERY_TERMS
