from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, find
from bot.policy.detect.banking import iban_checksum
from tests.unit.policy.detect.samples import ACCOUNT, CARD, IBAN, MOBILE

BY_BANK = {
    "국민은행": "123456-78-" + "901234",
    "KB국민": "123456-78-" + "901234",
    "신한": ACCOUNT,
    "우리": "1002-123-" + "456789",
    "하나": "123-910284-" + "12307",
    "농협": "302-1234-" + "5678-91",
    "기업": "123-456789-" + "01-012",
    "카카오뱅크": "3333-01-" + "1234567",
    "토스": "1000-1234-" + "5678",
    "케이뱅크": "100-123-" + "456789",
    "SC제일": "123-20-" + "456789",
    "씨티": "123-45678-" + "267-01",
    "우체국": "123456-01-" + "123456",
    "새마을금고": "9002-1234-" + "5678-1",
    "수협": "1010-1234-" + "5678",
    "신협": "131-012-" + "345678",
    "부산은행": "101-1234-" + "5678-01",
    "iM뱅크": "505-10-" + "123456-7",
    "대구": "505-10-" + "123456-7",
    "광주": "123-107-" + "456789",
    "전북": "1013-01-" + "1234567",
    "경남": "207-01-" + "1234567",
    "제주": "123-01-" + "1234567",
    "산업": "013-1234567-" + "1-012",
}


def score(text: str, kind: str) -> float:
    return max((f.score for f in find(text) if f.kind == kind), default=0.0)


@pytest.mark.parametrize("bank", BY_BANK)
def test_an_account_is_found_beside_its_bank_and_by_its_hyphens_alone(bank: str) -> None:
    value = BY_BANK[bank]
    assert score(f"{bank} {value}로 보내 주세요", "kr_account") >= MASK
    assert score(f"{value} ({bank}) 홍길동", "kr_account") >= MASK
    assert score(f"{value}로 보내 주세요", "kr_account") >= ROUTE


@pytest.mark.parametrize("bank", BY_BANK)
@pytest.mark.parametrize("separator", [" ", ".", " - ", "–", "-\n", "\t", ""])
def test_an_account_is_found_with_any_separator_near_a_word(bank: str, separator: str) -> None:
    value = BY_BANK[bank].replace("-", separator)
    assert score(f"입금 계좌: {value} 예금주 홍길동", "kr_account") >= ROUTE
    assert score(f"{bank} {value}", "kr_account") >= ROUTE


def test_bare_digits_are_an_account_near_its_word_and_only_there() -> None:
    bare = ACCOUNT.replace("-", "")
    assert score(f"계좌번호 {bare}", "kr_account") >= MASK
    assert ROUTE <= score(f"{bare}으로 이체", "kr_account") < MASK
    assert score(f"{bare}로 처리", "kr_account") == 0


def test_the_short_name_of_a_bank_is_an_ordinary_word_unless_it_stands_beside() -> None:
    bare = ACCOUNT.replace("-", "")
    assert score(f"우리 {bare}", "kr_account") >= MASK
    assert score(f"우리 팀은 하나의 기업으로서 {bare}를 씁니다", "kr_account") == 0


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        f"계좌 이체 후 {MOBILE}로 연락 주세요",
        "계좌 개설일 2024-01-15 14:30",
        "문서번호 2024-04-0012345",
        "2024-04-0012345 공문 참고",
        "운송장번호 123-456-789012",
        "운송장 6081-1234-5678",
        "uuid 550e8400-e29b-41d4-a716-2f8b86227f96",
        "매출 123-456-789",
        "4,120,000 5,300,000",
    ],
)
def test_what_is_grouped_like_an_account_or_stands_near_one_is_none(text: str) -> None:
    assert score(text, "kr_account") == 0


@pytest.mark.parametrize("separator", [" ", "-", "", "  ", " \n"])
def test_an_iban_is_found_with_any_separator_and_ends_where_its_country_says(separator: str) -> None:
    value = IBAN.replace(" ", separator)
    (finding,) = (f for f in find(f"송금은 {value} to our bank") if f.kind == "iban")
    assert finding.score >= MASK
    assert (finding.start, finding.end) == (4, 4 + len(value))
    assert score(value.lower(), "iban") >= MASK


@given(st.from_regex("[A-Z]{4}[0-9]{14}", fullmatch=True))
def test_exactly_one_pair_of_check_digits_completes_an_iban(account: str) -> None:
    assert sum(iban_checksum(f"GB{check:02d}{account}") for check in range(2, 99)) == 1


def test_a_mistyped_iban_is_found_near_its_word_or_in_groups() -> None:
    mistyped = IBAN[:-1] + "3"
    assert score(f"IBAN {mistyped}", "iban") >= MASK
    assert score(mistyped, "iban") >= ROUTE
    assert score(mistyped.replace(" ", ""), "iban") == 0


@pytest.mark.parametrize(
    "text",
    [
        "commit de89" + "96f1dac786181cfaa96ca9aa1ae0e0a6f22",
        "ZZ82 WEST 1234 5698 7654 32",
        "GB82 출시 일정",
        "NO12345678",
        "PT12 34",
        IBAN + "99",
        IBAN[:-3],
    ],
)
def test_a_hash_a_product_or_another_length_is_no_iban(text: str) -> None:
    assert score(text, "iban") == 0
