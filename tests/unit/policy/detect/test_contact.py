from __future__ import annotations

import pytest

from bot.policy.detect import MASK, ROUTE, find
from tests.unit.policy.detect.samples import EMAIL, LAND_LINE, MOBILE


def score(text: str, kind: str) -> float:
    return max((f.score for f in find(text) if f.kind == kind), default=0.0)


@pytest.mark.parametrize(
    "number",
    [
        MOBILE,
        MOBILE.replace("-", ""),
        MOBILE.replace("-", " "),
        MOBILE.replace("-", "."),
        "+82-10-" + MOBILE[4:],
        "+82 (0)10-" + MOBILE[4:],
        "+8210" + MOBILE[4:].replace("-", ""),
        "011-" + "234-" + "5678",
        LAND_LINE,
        "(02) " + LAND_LINE[3:],
        "031-" + "555-" + "1234",
        "070-" + "5555-" + "1234",
        "0502-" + "555-" + "1234",
        "+1 415-" + "555-" + "2671",
        "+44 20 " + "7946 " + "0958",
        "+1-984-" + "182-" + "0190",
        "001-518-" + "640-" + "0854",
        "(579)888-" + "3058",
        "415.555." + "2671",
        "345-899-" + "3560x4587",
        "(898)666-" + "3621 ext. 135",
        LAND_LINE + " 내선 12",
    ],
)
def test_a_phone_number_is_found_as_people_write_it(number: str) -> None:
    (finding,) = find(f"급하면 {number}으로 전화")
    assert finding.kind == "phone"
    assert finding.score >= MASK
    assert (finding.start, finding.end) == (4, 4 + len(number))


def test_a_bare_land_line_counts_for_masking_only_near_its_word() -> None:
    bare = LAND_LINE.replace("-", "")
    assert ROUTE <= score(bare, "phone") < MASK
    assert score(f"전화 {bare}", "phone") >= MASK


@pytest.mark.parametrize(
    "text",
    [
        "Phone:\n60-56-" + "85-91",
        "Name: Kim\nMobile: 723 813 " + "266",
        "Phone: (72) 754-" + "186",
        "Can someone call me on 9472 " + "7916?",
        "not answering at 78 651 " + "450",
        "stop receiving messages to 699 956 " + "915",
        "416 60 " + "039 office",
        "21 253 109 " + "8211-Office",
        "Fax: 949877" + "7106",
        "전화번호 467-33" + "95",
    ],
)
def test_a_word_right_beside_it_makes_a_number_of_any_country_a_phone_number(text: str) -> None:
    assert score(text, "phone") >= MASK


@pytest.mark.parametrize(
    "text",
    [
        "대표전화 1588-3036",
        "call 1544 1234",
        "call on 2024-01-15",
        "전화: 20240115",
        "the office opened 2024 0115",
        "call me about part 123456",
        "고객센터 1588-3036",
        "+79,252,506원",
        "2024-01-01",
        "버전 3.16.15",
        "zoom id 586 9347 1490",
        "1+12345678",
    ],
)
def test_what_belongs_to_no_person_is_no_phone_number(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        f"{EMAIL}로 보내 주세요",
        f"email={EMAIL}&next=1",
        f"<{EMAIL}>",
        f"이름|{EMAIL}|부서",
        f"{EMAIL}입니다.OK",
        f"메일은{EMAIL}.",
        f"'{EMAIL}'",
    ],
)
def test_an_address_ends_where_its_text_goes_on(text: str) -> None:
    (finding,) = find(text)
    assert finding.kind == "email"
    assert text[finding.start : finding.end] == EMAIL


@pytest.mark.parametrize(
    "text",
    [
        EMAIL.replace("@", " @"),
        EMAIL.replace("@", "@ "),
        EMAIL.replace("@", "[at]"),
        EMAIL.replace("@", " (at) "),
        EMAIL.replace("@", "골뱅이"),
        EMAIL.replace("@", " at ").replace(".co.kr", " dot co dot kr"),
        EMAIL.replace("example.", "example. "),
        EMAIL.replace(".co.kr", ",com"),
    ],
)
def test_an_address_that_is_spelt_or_mistyped_is_found(text: str) -> None:
    assert score(f"메일은 {text} 입니다", "email") >= ROUTE


@pytest.mark.parametrize(
    "text", ["ping @hong.gildong please", "meet at example.com", "look at dot com things", "a @app.route b"]
)
def test_a_mention_or_a_place_is_no_address(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize("text", ["icon@2x.png", "lodash@4.17.21", "git@github.com:a/b", "@channel", "user@host"])
def test_an_at_sign_alone_is_no_address(text: str) -> None:
    assert find(text) == ()
