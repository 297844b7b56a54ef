"""Documents are cut many at once and questions one by one: both have the same numbers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import term_ids
from retrieval.text import document_terms, language, query_terms, term_id

ODD = "연차휴가힣 a1Aß '’-.,\nᄒ\u1161ㄱ東が\ud800😀\u200b\u00a0\u00ad２Ⅷ…"
TEXT = st.text(max_size=60) | st.text(st.sampled_from(ODD), max_size=40)


def numbers(texts: list[str]) -> list[Counter[int]]:
    found = term_ids.of_texts(texts)
    return [Counter(found.ids[found.of == n].tolist()) for n in range(len(texts))]


@given(st.lists(TEXT, max_size=5))
def test_the_numbers_of_documents_are_always_those_of_their_terms(texts: list[str]) -> None:
    assert numbers(texts) == [Counter(map(term_id, document_terms(text))) for text in texts]


@given(TEXT)
def test_no_term_of_a_question_has_another_number_in_a_document(text: str) -> None:
    asked = query_terms(text)
    (held,) = numbers([text])
    assert {term_id(term) for term in asked if term in document_terms(text)} <= held.keys()


@given(st.lists(TEXT, max_size=5))
def test_the_languages_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert term_ids.languages(texts) == [language(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "가",
        "힣힣",
        "the",
        "낱말 " * 10_000,
        "word " * 10_000,
        "가나다라" * 5_000,
        "a" * 40_000,
        "1,200만 원, 3.5%.",
        "VPN을 on-call으로, company's.",
        normalize("NFD", "연차 휴가"),
        "\ud83d연차\ude00",
    ],
)
def test_odd_and_long_texts_are_cut_between_others_as_alone(text: str) -> None:
    expected = Counter(map(term_id, document_terms(text)))
    assert numbers(["연", text, "차"]) == [Counter([term_id("연")]), expected, Counter([term_id("차")])]


def test_more_pairs_than_are_remembered_keep_their_numbers() -> None:
    syllables = [chr(0xAC00 + n) for n in range(0, 11_172, 17)]
    texts = [" ".join(one + other for other in syllables) for one in syllables]
    assert len(syllables) ** 2 > 1 << 18
    for _ in range(2):
        held = numbers(texts)
        assert [one.total() for one in held] == [len(syllables)] * len(syllables)
        for first in (0, 300, len(syllables) - 1):
            assert held[first] == Counter(term_id(syllables[first] + other) for other in syllables)


def test_threads_that_count_at_once_give_the_same_numbers() -> None:
    texts = [[chr(0xAC00 + (n * 7_919 + m * 104_729) % 11_172) * 2 + "나다" for m in range(500)] for n in range(16)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(numbers, texts))
    assert found == [[Counter(map(term_id, document_terms(text))) for text in some] for some in texts]
