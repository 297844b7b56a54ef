"""The company's words are found in a question as people write it, and widen it without getting in its way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.glossary import MAX_SYNONYMS, NO_GLOSSARY, SYNONYM, Asked, Glossary
from retrieval.text import MAX_QUERY_TERMS, query_terms, term_id

GLOSSARY = Glossary(
    {
        "연차": ["annual leave", "PTO"],
        "annual leave": ["연차"],
        "PTO": ["연차"],
        "법카": ["법인카드"],
        "법인카드": ["corporate card"],
        "재택 근무": ["WFH"],
        "재택": ["remote work"],
        "다중 인증": ["2FA"],
        "2FA": ["다중 인증"],
        "Wi-Fi": ["와이파이"],
        "OT": ["연장근로"],
        "야근": ["연장근로"],
    }
)


def ids(text: str) -> dict[int, float]:
    return {term_id(term): weight for term, weight in query_terms(text).items()}


def words(question: str) -> list[str]:
    return [found.word for found in GLOSSARY.find(question)]


@pytest.mark.parametrize(
    "question",
    ["연차", "연차는 며칠이에요?", "남은 연차를", "연차로", "연차까지도", "연차인가요", "연차하고 병가", "올해 연차가"],
)
def test_a_korean_word_is_found_under_what_follows_it(question: str) -> None:
    assert words(question) == ["연차"]


@pytest.mark.parametrize("question", ["PTO", "pto?", "my PTO's limit", "PTO는 며칠", "(PTO)", "how much pto do I get"])
def test_an_english_word_is_found_in_any_case_and_beside_korean(question: str) -> None:
    assert words(question) == ["PTO"]


@pytest.mark.parametrize(
    "question",
    [
        "연차별 수당",
        "연차휴가",
        "신연차",
        "annual report",
        "leave annual",
        "other options",
        "ptor",
        "not",
        "OTP",
        "야근자",
    ],
)
def test_a_part_of_another_word_is_none(question: str) -> None:
    assert words(question) == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("재택근무는 며칠", ["재택 근무"]),
        ("재택 근무를", ["재택 근무"]),
        ("재택 며칠", ["재택"]),
        ("다중인증 등록", ["다중 인증"]),
        ("법인 카드 한도", ["법인카드"]),
        ("annual leaves", ["annual leave"]),
        ("wi-fi, wifi, WI FI", ["Wi-Fi"]),
        ("2fa 설정", ["2FA"]),
        ("법카로 야근하고", ["법카", "야근"]),
    ],
)
def test_the_longest_word_counts_however_it_is_spaced(question: str, found: list[str]) -> None:
    assert words(question) == found


def test_what_a_word_means_is_searched_for_as_well_and_not_what_that_means() -> None:
    asked = GLOSSARY.asked("법카 분실")
    assert asked.own == ids("법카 분실")
    assert [(dict(word.asked), [dict(other) for other in word.others]) for word in asked.words] == [
        (ids("법카"), [ids("법인카드")])
    ]


@given(st.text(alphabet="연가휴병무실 annuworkd?은를", max_size=60).filter(lambda text: not GLOSSARY.find(text)))
def test_a_question_without_glossary_words_is_what_it_was(question: str) -> None:
    assert GLOSSARY.asked(question) == Asked(ids(question)) == NO_GLOSSARY.asked(question)


ASKED = [
    "연차",
    "PTO",
    "법카",
    "법인카드",
    "재택근무",
    "다중인증",
    "2FA",
    "OT",
    "야근",
    "분실",
    "며칠",
    "limit",
    "annual leave",
]
questions = st.lists(st.sampled_from(ASKED)).map(" ".join)


@given(questions, st.sets(st.sampled_from(sorted(GLOSSARY.asked("연차 PTO 법카 재택근무 2FA 야근").terms))))
def test_a_synonym_is_never_worth_more_than_the_word_asked(question: str, known: set[int]) -> None:
    asked = GLOSSARY.asked(question)
    idf = {term: 1.0 + term % 7 for term in asked.terms}
    for way in asked.ways(idf, frozenset(known)):
        mine = asked.words[way.word].asked
        worth = sum(weight * idf[term] for term, weight in way.weights.items())
        most = sum(weight * idf[term] for term, weight in mine.items())
        own = way.weights.items() <= mine.items()
        assert worth <= most * (SYNONYM if known >= set(mine) and not own else 1.0) + 1e-9
        assert set(way.weights) <= known


@given(questions)
def test_every_term_of_the_question_counts_once(question: str) -> None:
    asked = GLOSSARY.asked(question)
    theirs = [term for word in asked.words for term in word.asked]
    assert len(theirs) == len(set(theirs))
    assert asked.own == asked.plain | {t: w for word in asked.words for t, w in word.asked.items()} == ids(question)


def test_a_question_of_many_words_stays_within_its_bound() -> None:
    many = Glossary({f"낱말{n:04}호": [f"word{n} is{i}" for i in range(20)] for n in range(400)})
    asked = many.asked(" ".join(f"낱말{n:04}호" for n in range(400)))
    assert len(asked.terms) <= MAX_QUERY_TERMS
    assert all(len(word.others) <= MAX_SYNONYMS for word in asked.words)
