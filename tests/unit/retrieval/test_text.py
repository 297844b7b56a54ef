from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text import (
    MAX_QUERY_TERMS,
    TERM_IDS,
    document_terms,
    language,
    normalise,
    query_terms,
    term_id,
)
from tests.growth import assert_text_costs_its_length

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=300)
KOREAN = st.text(st.sampled_from("연차휴가출장은는을까요어떻게 며칠ab1"), max_size=60)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("연차휴가", ["연차", "차휴", "휴가"]),
        ("집", ["집"]),
        ("The engineers are engineering", ["engin", "engin"]),
        ("1,200만 원", ["1200", "만", "원"]),
        ("2026년 01월", ["2026", "년", "1", "월"]),
        ("wi-fi", ["wifi", "wi", "fi"]),
        ("company's don’t", ["compani"]),
        ("2FA", ["2fa"]),
        ("東京本社", ["東京", "京本", "本社"]),
        ("ㅋㅋㅋ 😀 --- ...", []),
    ],
)
def test_a_text_becomes_pairs_stems_and_numbers(text: str, terms: list[str]) -> None:
    assert document_terms(text) == terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (unicodedata.normalize("NFD", "연차 휴가"), "연차 휴가"),
        ("ＶＰＮ", "vpn"),
        ("연\u200b차", "연차"),
        ("STRASSE", "straße"),
    ],
)
def test_what_looks_the_same_becomes_the_same_terms(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert document_terms(one) == document_terms(other)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("연차는 며칠인가요?", {"연차"}),
        ("휴가 신청은 어떻게 하나요?", {"휴가", "신청"}),
        ("연차를 알려주세요", {"연차"}),
        ("신청하려면?", {"신청"}),
        ("How do I reset my password?", {"reset", "password"}),
        ("몇 시까지인가요", {"시"}),
    ],
)
def test_what_only_makes_it_a_question_does_not_weigh(question: str, terms: set[str]) -> None:
    assert set(query_terms(question)) == terms


@pytest.mark.parametrize("question", ["", " \n", "😀👍", "어떻게 하나요?", "what is it and how do I?", "ㅠㅠ", "..."])
def test_a_question_about_nothing_has_no_terms(question: str) -> None:
    assert query_terms(question) == {}


def test_a_verb_weighs_less_than_a_noun() -> None:
    weights = query_terms("노트북 잃어버렸어요")
    assert weights["노트"] == 1.0
    assert 0 < weights["잃어"] < 1.0


def test_a_document_is_found_under_every_particle_and_ending_of_the_question() -> None:
    held = set(document_terms("휴가신청"))
    for question in ("휴가신청은?", "휴가신청을", "휴가신청이", "휴가신청하나요", "휴가신청하려면", "휴가신청까지는"):
        assert set(query_terms(question)) == held


@given(KOREAN)
def test_a_korean_question_asks_for_nothing_that_its_words_do_not_hold(text: str) -> None:
    pairs = set(document_terms(text))
    letters = normalise(text)
    assert all(term in pairs or (len(term) == 1 and term in letters) for term in query_terms(text))


@given(ANY_TEXT)
def test_no_text_is_too_odd_for_terms(text: str) -> None:
    for term in (*document_terms(text), *query_terms(text)):
        assert term
        assert 1 <= term_id(term) <= TERM_IDS
    assert all(0 < weight <= 1 for weight in query_terms(text).values())


def test_the_number_of_a_term_stays_what_it_is_in_stored_passages() -> None:
    assert (term_id("연차"), term_id("leav")) == (36182309, 911829877)


@pytest.mark.parametrize("text", ["연차 " * 14_000, "가나다라마바사" * 6_000, "a" * 40_000, "인지" * 20_000])
def test_the_longest_question_is_cut_down_fast(text: str) -> None:
    assert len(query_terms(text[:40_000])) <= MAX_QUERY_TERMS
    assert_text_costs_its_length(query_terms, text[:40_000])


def test_a_question_has_at_most_256_terms() -> None:
    assert len(query_terms(" ".join(f"w{number}" for number in range(5_000)))) == MAX_QUERY_TERMS == 256


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("연차는 15일입니다", "ko"),
        (unicodedata.normalize("NFD", "연차"), "ko"),
        ("VPN 접속과 MFA 설정 안내", "ko"),
        ("How to use the VPN (사내망)", "en"),
        ("123 😀", "en"),
    ],
)
def test_the_language_is_korean_from_three_tenths_of_hangul(text: str, expected: str) -> None:
    assert language(text) == expected
