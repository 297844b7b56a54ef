from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, find
from tests.unit.policy.detect.samples import IP, PLACE

PUBLIC_V6 = "2607:f8b0:" + "4005:805::200e"


def score(text: str, kind: str) -> float:
    return max((f.score for f in find(text) if f.kind == kind), default=0.0)


@pytest.mark.parametrize(
    "text",
    [IP, f"{IP}에서 접속", f"http://{IP}:8080/x", f"ssh root@{IP}", f"client_ip=|{IP}|", f"{IP}/24", f"{IP}."],
)
def test_a_public_address_is_found_where_people_write_it(text: str) -> None:
    (finding,) = (f for f in find(text) if f.kind == "ip")
    assert finding.score >= MASK
    assert text[finding.start : finding.end] == IP


@pytest.mark.parametrize("text", [PUBLIC_V6, f"[{PUBLIC_V6}]:443", f"{PUBLIC_V6}로", PUBLIC_V6.upper()])
def test_an_address_of_version_six_is_found(text: str) -> None:
    assert score(text, "ip") >= MASK


@pytest.mark.parametrize("address", ["10.0.0.5", "172.16.3.4", "192.168.0.12", "100.64.0.1", "169.254.1.2", "fe80::1"])
def test_a_private_address_stays_on_prem_and_is_not_masked(address: str) -> None:
    assert ROUTE <= score(f"서버 {address}", "ip") < MASK


def test_four_small_numbers_need_a_word() -> None:
    assert score("8.8.8.8", "ip") == 0
    assert score("dns 8.8.8.8", "ip") >= MASK


@pytest.mark.parametrize(
    "text",
    [
        "버전 1.2.3.4",
        "v10.15.7.22 서버 릴리스",
        "server version 114.20.57.90",
        "3.2.1.4절 서버 구성 참고",
        "section 12.10.30.40",
        "Chrome/114.0.5735.90",
        "1.2.3.4.5",
        "256.100.200.300",
        "서버는 127.0.0.1, 마스크는 255.255.255.0",
        "문서 예시 주소 203.0.113.7, 2001:db8::1",
        "10:30:45 서버 시각",
        "std::vector<int> abc::def",
        "00:1A:2B:3C:4D:5E",
        ":white_check_mark: 2:30:15",
    ],
)
def test_a_version_a_section_a_time_or_nobodys_address_is_none(text: str) -> None:
    assert score(text, "ip") == 0


@given(st.ip_addresses(v=4))
def test_every_address_beside_its_word_is_looked_at_without_an_error(address: object) -> None:
    assert {f.kind for f in find(f"ip {address}")} <= {"ip", "phone"}


@given(st.ip_addresses(v=6))
def test_every_address_of_version_six_is_looked_at_without_an_error(address: object) -> None:
    assert {f.kind for f in find(f"ip {address}")} <= {"ip"}


@pytest.mark.parametrize(
    "text",
    [
        PLACE,
        f"({PLACE})",
        "위도 37.5665350126978, 경도 126.9779692901011",
        '{"lat": 37.5665, "lng": 126.978}',
        "POINT(126.9780 37.5665)",
        "@37.5665351,126.9779692,17z",
        "GPS 40.71280, -74.00600",
        "lat=40.7128&lon=-74.0060",
        "N37.5665 E126.9780",
        "37°33'59.4\"N 126°58'40.8\"E",
        "37°33′59.4″N, 126°58′40.8″E",
    ],
)
def test_a_place_is_found_in_either_order_and_notation(text: str) -> None:
    assert score(text, "coordinates") >= MASK


def test_a_place_elsewhere_without_a_word_stays_on_prem_where_it_is_exact() -> None:
    assert ROUTE <= score("40.712800, -74.006000", "coordinates") < MASK


@pytest.mark.parametrize(
    "text",
    [
        "loss 0.12345, 0.54321",
        "p=0.001, q=0.002",
        "1.234, 5.678",
        "π 3.14159, e 2.71828",
        "가로 1234.567 세로 2345.678",
        "37.5, 126.9",
        "99.123456, 199.123456",
        "1.37.5665, 126.9780.1",
        "기온 37.5도, 습도 126.9",
    ],
)
def test_figures_in_pairs_are_no_place(text: str) -> None:
    assert score(text, "coordinates") == 0


PRIVATE = "10.1." + "2.3"


@pytest.mark.parametrize(
    "written",
    [
        "http://{}:8080/", "jdbc:postgresql://{}/app", "root@{}", "{}:5432", "{}/24", "{}/app", "\\\\{}\\share",
        "host={}",
        "{}에 배포", "{}에서 안 돼요", "{}으로 접속", "connect to {} please", "it runs on {}", "server {}", "주소 {}",
        "[{}](x) {}:443",
    ],
)  # fmt: skip
def test_what_touches_a_private_address_tells_it_from_a_version(written: str) -> None:
    assert ROUTE <= score(written.replace("{}", PRIVATE), "ip") < MASK


@pytest.mark.parametrize(
    "written",
    [
        "{}", "버전 {}", "v{}:latest", "upgrade to {}", "we bumped the parser library to {}", "{}에서 수정된 버그",
        "fixed in {} on Monday", "{}은 언제 나와요",
    ],
)  # fmt: skip
def test_four_small_numbers_of_a_version_stay_harmless(written: str) -> None:
    assert score(written.replace("{}", PRIVATE), "ip") == 0


@pytest.mark.parametrize("dot", ["[.]", "(.)", "{.}", "[dot]", "(dot)", " [dot] "])
@pytest.mark.parametrize("address", ["192.168.0.12", IP])
def test_an_address_that_nobody_shall_click_is_found(address: str, dot: str) -> None:
    assert score(address.replace(".", dot), "ip") >= ROUTE
    assert score(f"hxxps[:]//{address.replace('.', dot)}/x", "ip") >= ROUTE
