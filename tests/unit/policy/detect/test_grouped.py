"""Numbers whose groups stand apart as no issuer sets them are read as the numbers they are; amounts stay amounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import ROUTE, find
from tests.unit.policy.detect.samples import ACCOUNT, CARD, MOBILE, RRN_WITH_CHECKSUM, SSN

KEYCAPS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SINO = "공일이삼사오육칠팔구"
BIRTH, TAIL = RRN_WITH_CHECKSUM.split("-")
LABELLED = {
    "kr_rrn": ("주민등록번호 ", RRN_WITH_CHECKSUM),
    "card": ("카드번호: ", CARD),
    "kr_account": ("신한은행 ", ACCOUNT),
    "phone": ("연락처는 ", MOBILE),
}


def kinds(text: str) -> set[str]:
    return {one.kind for one in find(text) if one.score >= ROUTE}


def thousands(value: str) -> str:
    return f"{int(value.replace('-', '')):,}"


def keycaps(prefix: str, gap: str) -> Callable[[str], str]:
    return lambda value: gap.join(
        f":{prefix}{KEYCAPS[int(char)]}:" if char.isdigit() else ":heavy_minus_sign:" for char in value
    )


@pytest.mark.parametrize(
    "between",
    [",", "+", "/", " 다시 ", "다시", "에 ", "의 ", " 하이픈 ", " dash ", "<br>", "<br/>", "<BR />", "&nbsp;"],
)
@pytest.mark.parametrize("kind", LABELLED)
def test_what_stands_between_the_groups_never_hides_a_number_behind_its_label(kind: str, between: str) -> None:
    label, value = LABELLED[kind]
    assert kind in kinds(f"{label}{value.replace('-', between)} 확인")


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        ("kr_rrn", "주민등록번호 ", RRN_WITH_CHECKSUM),
        ("kr_rrn", "", RRN_WITH_CHECKSUM),
        ("card", "카드번호 ", CARD),
        ("card", "card number is ", CARD),
        ("kr_account", "계좌번호: ", ACCOUNT),
        ("us_ssn", "ssn ", SSN),
    ],
)
def test_a_number_that_a_spreadsheet_wrote_as_an_amount_is_found(kind: str, label: str, value: str) -> None:
    assert kind in kinds(f"{label}{thousands(value)}")


@given(st.integers(10**9, 10**14 - 1), st.sampled_from(["원", "달러", "명", " KRW"]))
def test_no_amount_behind_a_bank_is_its_account(amount: int, unit: str) -> None:
    assert "kr_account" not in kinds(f"신한은행 {amount:,}{unit}")


@pytest.mark.parametrize("prefix", ["", "digit_", "keycap_"])
@pytest.mark.parametrize("gap", ["", " ", "\n"])
@pytest.mark.parametrize("value", [MOBILE, RRN_WITH_CHECKSUM, CARD])
def test_keycap_emoji_are_digits(value: str, gap: str, prefix: str) -> None:
    assert kinds(value) <= kinds(keycaps(prefix, gap)(value))


@pytest.mark.parametrize("spoken", [{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}])
@pytest.mark.parametrize("between", ["-", " ", "에 ", " 다시 "])
def test_a_number_partly_in_words_and_partly_in_figures_is_found(between: str, spoken: set[int]) -> None:
    groups = MOBILE.split("-")
    said = ["".join(SINO[int(char)] for char in group) if n in spoken else group for n, group in enumerate(groups)]
    assert "phone" in kinds(between.join(said))


@pytest.mark.parametrize(
    "text",
    [
        f"주민번호 뒷자리는 {TAIL} 이고 생년월일은 1990년 1월 1일",
        f"90년 1월 1일생, 주민번호 뒤 7자리 {TAIL}",
        f"주민등록번호: {BIRTH}-{TAIL[0]}",
        f"주민등록번호 {BIRTH} - {TAIL[0]}******",
        f"{TAIL}이 뒷자리, {BIRTH}이 주민번호 앞자리",
        f"주민번호 {int(TAIL):,}이 뒷자리 {BIRTH}이 앞자리",
        f"{BIRTH}-{TAIL}".replace("1", "I").replace("0", "O", 3),
        f"{BIRTH}{TAIL}".replace("01", "OI"),
    ],
)
def test_a_resident_number_in_parts_or_misread_is_found(text: str) -> None:
    assert "kr_rrn" in kinds(text)


@pytest.mark.parametrize(
    "said",
    [
        "my social is {}",
        "her social: {}",
        "SS# {}",
        "put your social {} on the form",
        "Tom's social {}",
        "form W-9, {}",
    ],
)
@pytest.mark.parametrize("between", ["-", " ", ""])
def test_a_social_security_number_is_found_as_people_speak_of_it(between: str, said: str) -> None:
    assert "us_ssn" in kinds(said.format(SSN.replace("-", between)))


@pytest.mark.parametrize(
    "text",
    [
        "매출 1,234,567,890원, 이익 123,456,789원",
        "신한은행 1,234,567,890",
        "계좌 잔액 110,234,567,890원",
        "100,200,300,400",
        "2024,110,234567",
        "a+b 123+456+789012",
        "3의 2 그리고 4에 5, 2024에 1234567",
        ":one: 첫째 :two: 둘째 :three: 셋째",
        "주민세 900101-1 고지",
        "문서번호 240315-1",
        "뒷자리 7자리를 입력하세요",
        "social media reached 123 456 789",
    ],
)
def test_amounts_lists_and_sums_are_no_identifiers(text: str) -> None:
    assert kinds(text) == set()
