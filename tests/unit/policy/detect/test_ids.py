from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, find
from tests.unit.policy.detect.samples import CARD, FOREIGNER, RRN_SINCE_2020, RRN_WITH_CHECKSUM

SEPARATORS = ["-", " - ", " ", ".", "·", "\n", "-\n", " ‐ ", "−", "/", "ㆍ"]


def score(text: str, kind: str) -> float:
    return max((f.score for f in find(text) if f.kind == kind), default=0.0)


def digits(value: str) -> str:
    return re.sub("[^0-9]", "", value)


@pytest.mark.parametrize("number", [RRN_WITH_CHECKSUM, RRN_SINCE_2020, FOREIGNER])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_resident_number_is_found_with_any_separator(number: str, separator: str) -> None:
    assert score(number.replace("-", separator), "kr_rrn") >= ROUTE
    assert score(f"주민번호 {number.replace('-', separator)}", "kr_rrn") >= MASK


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_card_number_is_found_with_any_separator(separator: str) -> None:
    assert score(CARD.replace("-", separator), "card") >= ROUTE


@pytest.mark.parametrize(("value", "kind"), [(RRN_WITH_CHECKSUM, "kr_rrn"), (RRN_SINCE_2020, "kr_rrn"), (CARD, "card")])
def test_digits_spaced_apart_are_still_the_number(value: str, kind: str) -> None:
    assert score(" ".join(digits(value)), kind) >= ROUTE
    assert score(" ".join(value), kind) >= ROUTE


@pytest.mark.parametrize(
    "text", ["9OO1O1-l2" + "34568", "9001O1 - 12" + "34568", "9001O1.12" + "34568", "9001O112" + "34568"]
)
def test_a_zero_or_a_one_that_was_misread_hides_no_resident_number(text: str) -> None:
    assert score(text, "kr_rrn") >= ROUTE


@pytest.mark.parametrize(("digit", "letter"), [("0", "O"), ("0", "o"), ("1", "l"), ("1", "I")])
@pytest.mark.parametrize("value", [RRN_WITH_CHECKSUM, CARD])
def test_one_digit_that_was_misread_hides_no_number(value: str, digit: str, letter: str) -> None:
    kind = "card" if value == CARD else "kr_rrn"
    for place in (at for at, char in enumerate(value) if char == digit):
        assert score(value[:place] + letter + value[place + 1 :], kind) >= ROUTE


@pytest.mark.parametrize("text", ["Ol-lo-OI", "l0-IO-ol-lI-oO", "2024-Ol-O1", "v1.0-lol-1O1"])
def test_letters_between_hyphens_are_no_digits(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize("between", [" 뒷자리 ", ", 뒤는 ", " | ", " and then ", "(앞) / (뒤)"])
def test_words_between_the_halves_hide_no_resident_number_near_its_word(between: str) -> None:
    assert score("주민번호 앞자리 " + RRN_WITH_CHECKSUM.replace("-", between), "kr_rrn") >= MASK
    assert score("매출 " + RRN_WITH_CHECKSUM.replace("-", "건, 비용 "), "kr_rrn") == 0


def test_a_year_written_whole_hides_no_resident_number() -> None:
    assert score("19" + RRN_WITH_CHECKSUM, "kr_rrn") >= MASK
    assert score("1990-01-01-" + "1234568", "kr_rrn") >= MASK
    assert score("20" + RRN_WITH_CHECKSUM, "kr_rrn") == 0  # the digit for the century says 1900


def test_the_checksum_raises_the_score_and_its_absence_drops_nothing() -> None:
    assert score(RRN_WITH_CHECKSUM, "kr_rrn") > score(RRN_SINCE_2020, "kr_rrn") >= MASK


def test_bare_digits_count_only_with_a_valid_birth_date() -> None:
    assert score(digits(RRN_SINCE_2020), "kr_rrn") >= ROUTE
    assert score("9913" + "01" + "1234567", "kr_rrn") == 0  # no thirteenth month
    assert score("9902" + "30" + "1234567", "kr_rrn") == 0  # no thirtieth of February


def test_context_anywhere_in_the_text_raises_the_score() -> None:
    bare = digits(RRN_SINCE_2020)
    assert score(f"{bare} 확인 부탁드려요. {'다른 이야기입니다. ' * 50} 주민등록번호예요", "kr_rrn") > score(
        bare, "kr_rrn"
    )


@given(st.sampled_from([RRN_WITH_CHECKSUM, CARD]), st.from_regex("[0-9]{1,9}", fullmatch=True))
def test_digits_inside_a_longer_run_are_never_an_identifier(value: str, more: str) -> None:
    longer = digits(value) + more + "0" * 7  # longer than any card
    assert find(longer) == ()


@pytest.mark.parametrize(
    "text",
    [
        "주문번호 20260415154795 배송 지연",
        "epoch ms 1791024987649 looks off",
        "배치 202401040337 실행분 실패",
        "송장번호 747188293282",
        "ts 1784392521.838738 스레드",
        "trace_id=562f0eab4ca9fc2db75dc0038594d1d6",
        "uuid 550e8400-e29b-41d4-a716-2f8b86227f96",
        "예산 79,252,506원 중 57%, 4,120 5,300 2,200 1,100",
        "프로젝트 코드 787-66-09242",
        "2024-01-01 12:30:45.123456",
    ],
)
def test_an_order_a_timestamp_or_a_hash_is_no_identifier(text: str) -> None:
    assert find(text) == ()


def test_a_card_number_with_a_slip_of_the_pen_still_stays_on_prem() -> None:
    assert score(CARD[:-1] + "2", "card") >= ROUTE


def test_a_card_number_of_another_length_is_found_near_its_word() -> None:
    assert score("card number " + "6304" + "2737" + "3398", "card") >= MASK
