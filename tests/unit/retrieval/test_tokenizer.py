"""What cuts documents cuts questions, whichever tokenizer it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.kiwi import Kiwi, KiwiFault
from retrieval.text import MAX_QUERY_TERMS
from retrieval.tokenizer import BIGRAMS, Tokenizer, WithMorphemes, format_of

WORDS = ["법인", "카드", "한도", "돕", "연차", "휴가"]
KOREAN = st.lists(st.sampled_from([*WORDS, "법인카드는", "도와요", "연차휴가를", "며칠인가요", "VPN"])).map(" ".join)


class Dictionary:
    """An analyser that knows a few words; irregular 도와 is 돕. asked: the texts that it was given."""

    def __init__(self, name: str = "dictionary 1") -> None:
        self.name = name
        self.asked: list[str] = []

    def morphemes(self, text: str) -> Sequence[str]:
        self.asked.append(text)
        return re.findall("|".join(WORDS), text.replace("도와", "돕"))


BOTH = WithMorphemes(Dictionary())


def held(tokenizer: Tokenizer, text: str) -> set[int]:
    """The numbers of the terms that a document has."""
    return set(tokenizer.documents([[text]]).ids.tolist())


def test_a_word_that_bends_is_found_by_its_morpheme_where_pairs_miss_it() -> None:
    asked = BOTH.query("동료를 도와요")
    assert set(BIGRAMS.query("동료를 도와요")).isdisjoint(held(BIGRAMS, "돕는 법"))
    assert not set(asked).isdisjoint(held(BOTH, "돕는 법"))


@given(KOREAN)
def test_what_pairs_find_morphemes_never_lose(text: str) -> None:
    """So a document that is not cut anew yet is found as before, on the way there and on the way back."""
    assert BIGRAMS.query(text).items() <= BOTH.query(text).items()
    assert held(BIGRAMS, text) <= held(BOTH, text)


@given(KOREAN)
def test_every_morpheme_of_a_question_is_a_term_of_a_document_that_says_the_same(text: str) -> None:
    own = BOTH.query(text).keys() - BIGRAMS.query(text).keys()
    assert own <= held(BOTH, text) - held(BIGRAMS, text)


def test_what_only_makes_it_a_question_has_no_morphemes_either() -> None:
    analyzer = Dictionary()
    assert WithMorphemes(analyzer).query("어떻게 하나요? 😀") == {}
    assert analyzer.asked == []


def test_of_a_question_of_10000_words_a_page_is_analysed() -> None:
    analyzer = Dictionary()
    assert len(WithMorphemes(analyzer).query(" ".join(f"낱말{n}번" for n in range(10_000)))) == MAX_QUERY_TERMS
    assert sum(map(len, analyzer.asked)) <= 1_000


@given(st.text(max_size=60), st.integers(1, 99))
def test_a_documents_row_tells_bigrams_from_any_other_and_fits_into_its_column(name: str, format: int) -> None:
    other = format_of(format, WithMorphemes(Dictionary(name)))
    assert format_of(format, BIGRAMS) == format < other <= 32_767
    assert other % 100 == format


def test_another_version_of_an_analyser_cuts_anew() -> None:
    one, other = (WithMorphemes(Dictionary(name)) for name in ("kiwi 0.24.0 (0.24.0)", "kiwi 0.24.1 (0.24.0)"))
    assert format_of(5, one) != format_of(5, other)


def test_without_the_extra_a_sentence_says_how_to_get_it() -> None:
    if find_spec("kiwipiepy") is not None:
        pytest.skip("the extra kiwi is installed")
    with pytest.raises(KiwiFault, match=r"kiwipiepy.*not installed.*naru\[kiwi\]"):
        Kiwi()


@pytest.fixture(scope="module")
def kiwi() -> Kiwi:
    if find_spec("kiwipiepy") is None:
        pytest.skip("the extra kiwi is not installed")
    return Kiwi()


def test_kiwi_gives_the_stems_of_what_a_sentence_is_about(kiwi: Kiwi) -> None:
    assert kiwi.morphemes("동료를 도와요. 법인카드를 신청하세요.") == ["동료", "돕", "법인", "카드", "신청"]


@pytest.mark.parametrize("text", ["", "\0", "가\0나", "😀", "\ud800 연차", "가" * 40_000, "ㅋㅋㅋ", "연차 " * 200])
def test_kiwi_takes_any_text(kiwi: Kiwi, text: str) -> None:
    assert all(re.search("[가-힣]", one) for one in kiwi.morphemes(text))


def test_kiwis_name_tells_its_version_and_its_models(kiwi: Kiwi) -> None:
    assert re.fullmatch(r"kiwi \d+\.\d+\S* \(\d+\.\d+\S*\)", kiwi.name)
