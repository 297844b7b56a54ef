from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, find
from bot.policy.detect.korean import business_checksum, corporate_checksum
from tests.unit.policy.detect.samples import BUSINESS, CORPORATE, CUSTOMS, LICENCE, PASSPORT, PASSPORT_UNTIL_2021

SEPARATORS = ["-", " - ", " ", ".", "·", "-\n", " ‐ ", "−", "/", "\t"]
WORDS = {
    "kr_driver_licence": (LICENCE, "운전면허 "),
    "kr_business": (BUSINESS, "사업자등록번호: "),
    "kr_corporate": (CORPORATE, "법인등록번호 "),
}
NEXT_DIGIT = str.maketrans("0123456789", "1234567890")


def score(text: str, kind: str) -> float:
    return max((f.score for f in find(text) if f.kind == kind), default=0.0)


def digits(value: str) -> str:
    return re.sub("[^0-9]", "", value)


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_number_is_found_with_any_separator(kind: str, separator: str) -> None:
    value, word = WORDS[kind]
    assert score(value.replace("-", separator), kind) >= ROUTE
    assert score(word + value.replace("-", separator), kind) >= MASK


@pytest.mark.parametrize("kind", WORDS)
def test_a_bare_number_counts_near_its_word_and_only_there(kind: str) -> None:
    value, word = WORDS[kind]
    assert score(f"{word}{digits(value)}로 처리해 주세요", kind) >= MASK
    assert score(f"{digits(value)}로 처리해 주세요", kind) == 0


@pytest.mark.parametrize("kind", ["kr_business", "kr_corporate"])
def test_a_failing_checksum_lowers_the_score_and_drops_nothing_near_its_word(kind: str) -> None:
    value, word = WORDS[kind]
    mistyped = value[:-1] + value[-1].translate(NEXT_DIGIT)
    assert score(word + value, kind) > score(word + mistyped, kind) >= MASK
    assert score(word + digits(mistyped), kind) >= ROUTE
    assert score(mistyped, kind) == 0


@given(st.from_regex("[0-9]{9}", fullmatch=True))
def test_exactly_one_digit_completes_a_business_number(nine: str) -> None:
    assert sum(business_checksum(nine + last) for last in "0123456789") == 1


@given(st.from_regex("[0-9]{12}", fullmatch=True))
def test_exactly_one_digit_completes_a_corporate_number(twelve: str) -> None:
    assert sum(corporate_checksum(twelve + last) for last in "0123456789") == 1


@given(st.from_regex("[0-9]{9}", fullmatch=True), st.integers(0, 8))
def test_a_corporate_number_with_one_odd_place_mistyped_is_no_longer_complete(tail: str, place: int) -> None:
    whole = next(f"110{tail}{last}" for last in "0123456789" if corporate_checksum(f"110{tail}{last}"))
    at = place // 2 * 2
    assert not corporate_checksum(whole[:at] + whole[at].translate(NEXT_DIGIT) + whole[at + 1 :])


@pytest.mark.parametrize("region", ["서울", "부산", "경기", "경기북부", "전북", "제주", "울산"])
@pytest.mark.parametrize("rest", ["12-345678-90", " 12-345678-90", "-12-345678-90", " 12 345678 90"])
def test_a_licence_of_before_2014_begins_with_the_regions_name(region: str, rest: str) -> None:
    assert score(region + rest + "입니다", "kr_driver_licence") >= MASK


@pytest.mark.parametrize("region", ["10", "29", "99"])
def test_a_region_that_does_not_exist_needs_the_word(region: str) -> None:
    value = region + LICENCE[2:]
    assert score(value, "kr_driver_licence") == 0
    assert score(f"면허번호 {value}", "kr_driver_licence") >= MASK


def test_a_licence_that_is_called_something_else_still_stays_on_prem() -> None:
    assert ROUTE <= score(f"고객번호 {LICENCE}", "kr_driver_licence") < MASK


@pytest.mark.parametrize("letter", "MSRGD")
@pytest.mark.parametrize("value", [PASSPORT, PASSPORT_UNTIL_2021])
def test_a_passport_is_found_with_and_without_its_word(letter: str, value: str) -> None:
    number = letter + value[1:]
    assert score(f"{number}로 예약", "kr_passport") >= ROUTE
    assert score(f"여권번호{number}입니다", "kr_passport") >= MASK
    assert score(f"passport no. {number.lower()}", "kr_passport") >= MASK


@pytest.mark.parametrize("text", ["여권 M 1234 5678", "여권번호: M-12345678", "passport number C01" + "X00T47"])
def test_a_passport_is_found_as_it_is_written_near_its_word(text: str) -> None:
    assert score(text, "kr_passport") >= MASK


def test_a_passports_machine_readable_zone_is_found() -> None:
    zone = PASSPORT + "1KOR" + "9001012M2601010" + "<<<<"
    assert score(zone, "kr_passport") >= MASK


@pytest.mark.parametrize("text", [CUSTOMS, f"{CUSTOMS}로"])
def test_a_customs_code_stays_on_prem_and_is_masked_near_its_word(text: str) -> None:
    assert ROUTE <= score(text, "kr_customs") < MASK
    assert score(f"개인통관고유부호 {text}", "kr_customs") >= MASK
    assert score(f"통관 {text.lower()}", "kr_customs") >= MASK


def test_a_word_far_away_is_context_and_a_label_right_before_is_not() -> None:
    far = f"{BUSINESS} 확인 부탁드려요. {'다른 이야기입니다. ' * 50} 사업자 번호예요"
    assert score(far, "kr_business") > score(BUSINESS, "kr_business")
    assert score(f"사업자등록증 확인: 프로젝트 코드 {BUSINESS}", "kr_business") >= MASK
    assert score(f"프로젝트 코드 {BUSINESS}", "kr_business") == 0
    assert score(f"프로젝트 코드는 아래와 같아요.\n{BUSINESS}", "kr_business") >= ROUTE


@pytest.mark.parametrize(
    "text",
    [
        "주문번호 20260415154795 배송 지연 건",
        "배치 202401040337 실행분 실패",
        "송장번호 172812345678 추적",
        "AWS 계정 ID는 152334752601 입니다",
        "부품번호 M69184724 단종",
        "part number S69184724 is discontinued",
        "파일 D20240115 백업",
        "SKU SM16470412 재고",
        "serviceAccount:p323384348006-s6zx3o",
        "주문번호 P202401151234",
        "epoch ms 1791024987649",
        "타임스탬프 1792453455 기준",
        "order #2667638580 shipped",
        "green on CI run 10495541179",
        "프로젝트 코드 787-66-09242 로 처리",
        "바코드 " + "8801234567893",
        "ISBN 978-89-7914-874-9",
        "2024-12-31 12-34",
        "차량 12가 3456, 서울 12-34",
        "서울 12-345678-9",
    ],
)
def test_a_timestamp_a_part_or_an_order_is_no_identifier(text: str) -> None:
    assert find(text) == ()
