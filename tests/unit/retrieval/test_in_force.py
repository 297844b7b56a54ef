"""From when to when a document holds is read where it says so, and no other date is taken for it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.dates import find_dates
from retrieval.in_force import Term, in_force, in_force_from
from retrieval.parse import Parsed, Section
from retrieval.parse.families import parse
from tests.growth import assert_text_costs_its_length

BODY = "\n\n## 본문\n\n" + "\n\n".join(
    f"제{n}조 구성원은 정해진 절차에 따라 신청하고 팀 리더가 확인합니다." for n in range(60)
)
NEW_YEAR = date(2026, 1, 1)


def term(text: str, title: str = "휴가 규정") -> Term:
    return in_force(parse("a.md", f"# {title}\n\n{text}\n".encode()))


@pytest.mark.parametrize(
    "head",
    [
        "시행일: 2026. 1. 1.",
        "- 시행일: 2026-01-01",
        "- **시행일**: 2026년 1월 1일",
        "시행일자 : 2026.01.01",
        "시행일 2026/1/1",
        "시행일: '26. 1. 1.",
        "시행일: 20260101",
        "시행일: 2026년 1월 1일(목)",
        "관리: 피플팀 · 시행일: 2026-01-01 · 버전 1.2",
        "관리: 피플팀 | 시행일: 2026-01-01",
        "규정 시행일: 2026-01-01",
        "적용일: 2026-01-01",
        "발효일: 2026-01-01",
        "[시행 2026. 1. 1.] [법률 제20520호, 2025. 12. 24., 일부개정]",
        "[시행 2026. 1. 1.]",
        "(2026. 1. 1. 시행)",
        "2026년 1월 1일부터 시행",
        "2026년 1월 1일부터 시행합니다.",
        "이 규정은 2026년 1월 1일부터 시행한다.",
        "본 지침은 2026. 1. 1.자로 시행합니다.",
        "휴가 규정은 2026-01-01부터 적용됩니다.",
        "2026년 1월부터 시행합니다.",
        "제정 2020. 3. 2. / 개정 2025. 12. 24. / 시행 2026. 1. 1.",
        "제정 2020. 3. 2.\n개정 2023. 5. 1.\n개정 2025. 12. 24.\n시행 2026. 1. 1.",
        "| 번호 | HR-01 | 시행일 | 2026-01-01 |\n| --- | --- | --- | --- |\n| 관리 | 피플팀 | 개정일 | 2025-12-24 |",
        "| 항목 | 내용 |\n| --- | --- |\n| 관리 | 피플팀 |\n| 시행일 | 2026-01-01 |",
        "| 버전 | 시행일 | 내용 |\n| --- | --- | --- |\n| 1.0 | 2024-03-01 | 제정 |\n| 1.1 | 2026-01-01 | 개정 |",
        "effective from 1 January 2026",
        "Effective date: 2026-01-01",
        "Effective Date: January 1, 2026",
        "Effective 1st of January 2026",
        "- In force from 2026-01-01",
        "In force as of Jan 1, 2026",
        "This policy is effective as of January 1, 2026.",
        "This policy takes effect on 1 January 2026.",
        "Owner: People team | Effective: 2026-01-01",
        "| Owner | People team |\n| --- | --- |\n| Effective date | 1 Jan 2026 |",
        "Revised 1 January 2026",
        "Last revised: 2026-01-01",
        "개정 2026. 1. 1.",
        "<개정 2026. 1. 1.>",
        "개정 2023. 5. 1., 2024. 2. 1., 2026. 1. 1.",
        "최종 개정일: 2026-01-01",
        "2026. 1. 1. 일부개정",
        "제정 2026. 1. 1.",
    ],
)
def test_the_first_day_is_read_from_the_head(head: str) -> None:
    assert term(head + BODY) == Term(NEW_YEAR, None)


@pytest.mark.parametrize(
    "closing",
    [
        "## 부칙\n\n이 규정은 2026년 1월 1일부터 시행한다.",
        "## 부칙\n\n제1조(시행일) 이 규정은 2026년 1월 1일부터 시행한다.",
        "부칙\n\n① (시행일) 이 규정은 2026년 1월 1일부터 시행한다.",
        "부 칙 <2025. 12. 24.>\n\n이 규정은 2026년 1월 1일부터 시행한다.",
        "## 부칙 (2023. 5. 1.)\n\n이 규정은 2023년 6월 1일부터 시행한다.\n\n"
        "## 부칙 (2025. 12. 24.)\n\n이 규정은 2026년 1월 1일부터 시행한다.",
        "## 부칙\n\n이 규정은 2026년 1월 1일부터 시행한다. 다만, 제12조는 2027년 1월 1일부터 시행한다.",
        "## 부칙\n\n이 규정은 2026년 1월 1일부터 시행한다.\n\n제5조의 개정규정은 2027년 3월 1일부터 시행한다.",
        "## 개정 이력\n\n| 버전 | 일자 | 내용 |\n| --- | --- | --- |\n| 1 | 2024-03-01 | - |\n| 2 | 2026-01-01 | - |",
        "## 개정 이력\n\n- 2024-03-01 제정\n- 2026-01-01 개정",
        "## Revision history\n\n| Version | Effective date |\n| --- | --- |\n| 1 | 2024-03-01 |\n| 2 | 2026-01-01 |",
        "시행일: 2026-01-01",
    ],
)
def test_the_first_day_is_read_from_the_closing_lines(closing: str) -> None:
    assert term(f"휴가에 관한 규정입니다.{BODY}\n\n{closing}") == Term(NEW_YEAR, None)


def test_an_amended_article_says_so_in_the_middle_of_the_text() -> None:
    text = f"휴가에 관한 규정입니다.{BODY}\n\n제7조 연차는 15일로 한다. <개정 2025. 3. 1., 2026. 1. 1.>{BODY}"
    assert term(text).first == NEW_YEAR


def test_front_matter_counts_as_the_head() -> None:
    parsed = parse(
        "a.md", b'---\ntitle: Leave\neffective_date: "2026-01-01"\ndate: 2020-01-01\n---\n# Leave\n\nFifteen days.\n'
    )
    assert in_force_from(parsed) == NEW_YEAR


@pytest.mark.parametrize(
    "text",
    [
        "회의 일시: 2026-01-01 10:00",
        "2026년 1월 1일 회의록",
        "작성일: 2026-01-01",
        "마감: 2026년 1월 31일까지",
        "신청 기간: 2026-01-01 ~ 2026-01-31",
        "접수는 2026년 1월 1일부터 시작합니다.",
        "교육은 2026년 1월 1일부터 시행합니다.",
        "안전 교육 시행일: 2026-01-01",
        "재택 파일럿은 2026년 1월 1일부터 시행한다.",
        "2026년 1월 1일부터 쓴 경비는 경비 처리 규정 2026을 보세요.",
        "2026년 1월 1일부터 시행된 새 제도의 결과를 정리했습니다.",
        "2026-01-01부터 적용되는 환율은 따로 알립니다.",
        "계약일: 2026-01-01",
        "기간: 2026-01-01 ~ 2028-12-31 (3년)",
        "근로기준법은 2026년 1월 1일부터 시행한다.",
        "「개인정보 보호법」 개정(2026. 1. 1. 시행)에 따라 고쳤습니다.",
        "근로기준법 개정 2026. 1. 1.",
        "개인정보보호법 시행령 <개정 2026. 1. 1.>에 따른 서식입니다.",
        "다만, 별표 3은 2026년 1월 1일부터 시행한다.",
        "| 규정 | 시행일 |\n| --- | --- |\n| 출장 규정 | 2026-01-01 |\n| 경비 규정 | 2025-01-01 |",
        "| 파일럿 | 시행 2026-01-01 |\n| --- | --- |\n| 본사업 | 시행 2026-07-01 |",
        "| 연도 | 일 |\n| --- | --- |\n| 2026-01-01 | 서울 사무소 개정 |",
        "예: 시행일이 2026-01-01이면 그날부터 셉니다.",
        "시행일: 01/01/2026",
        "시행일: 2026-02-30",
        "시행일: 추후 공지 (2026년 상반기)",
        "시행 2026",
        "Meeting on 1 January 2026",
        "Published: 2026-01-01",
        "Last updated: 2026-01-01",
        "The office opens on 1 January 2026.",
        "The contract with Nuri is in force from 2026-01-01.",
        "The new visa rules take effect on 1 January 2026.",
        "Effective communication, January 1, 2026",
        "Effective from 01/01/2026",
        "Applies to: every change since 2026-01-01",
        "Deadline: 2026-01-01",
        "Article 5 takes effect on 1 January 2026.",
        "```\n시행일: 2026-01-01\n```",
        "Version 2026.1.1-rc",
    ],
)
def test_another_date_is_not_taken_for_the_first_day(text: str) -> None:
    assert term(text) == Term(None, None)


def test_a_line_in_the_middle_of_a_long_text_says_nothing_of_the_whole() -> None:
    assert term(f"휴가에 관한 규정입니다.{BODY}\n\n시행일: 2026-01-01{BODY}") == Term(None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("시행일: 2025-01-01\n만료일: 2025-12-31", Term(date(2025, 1, 1), date(2025, 12, 31))),
        ("유효기간: 2025-01-01 ~ 2025-12-31", Term(date(2025, 1, 1), date(2025, 12, 31))),
        ("유효기간: 2025년 1월 1일부터 2025년 12월 31일까지", Term(date(2025, 1, 1), date(2025, 12, 31))),
        ("적용 기간: 2025. 1. 1. ~ 2025. 12. 31.", Term(date(2025, 1, 1), date(2025, 12, 31))),
        ("유효기간: 2025-12-31까지", Term(None, date(2025, 12, 31))),
        ("이 지침은 2025년 12월 31일까지 유효합니다.", Term(None, date(2025, 12, 31))),
        ("이 규정은 2026년 1월 1일 폐지한다.", Term(None, date(2025, 12, 31))),
        ("폐지일: 2026-01-01", Term(None, date(2025, 12, 31))),
        ("Valid until 31 December 2025", Term(None, date(2025, 12, 31))),
        ("Effective from 2025-01-01 to 2025-12-31", Term(date(2025, 1, 1), date(2025, 12, 31))),
        ("This policy was superseded on 1 January 2026.", Term(None, date(2025, 12, 31))),
        ("Expires: 2025-12-31", Term(None, date(2025, 12, 31))),
        ("2025-12-31까지 쓴 경비에만 적용합니다.", Term(None, None)),
        ("복지 포인트는 2025-12-31까지 유효합니다.", Term(None, None)),
        ("신청은 2025-12-31까지", Term(None, None)),
        ("계약 만료일: 2025-12-31", Term(None, None)),
        ("The certificate expires on 2025-12-31.", Term(None, None)),
        ("위원회는 2026년 1월 1일 폐지한다.", Term(None, None)),
    ],
)
def test_the_last_day_is_read_as_well(text: str, expected: Term) -> None:
    assert term(text) == expected


def test_an_end_before_the_latest_start_belonged_to_an_older_version() -> None:
    assert term("만료일: 2025-12-31\n\n시행일: 2026-01-01") == Term(NEW_YEAR, None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026. 1. 1.", NEW_YEAR),
        ("2026.1.1", NEW_YEAR),
        ("3 March 2026", date(2026, 3, 3)),
        ("Sept. 5, 2026", date(2026, 9, 5)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_dates_are_read_as_they_are_written(text: str, day: date) -> None:
    (found,) = find_dates(f"({text})")
    assert (found.first, found.last) == (day, day)


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-29", "12026-01-01", "010-2026-0101", "1.2026.1.1", "2026.1-3"])
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert list(find_dates(text)) == []


@given(st.text(alphabet="시행일개정부터 20261.-:년월~까지<>|()법\n", max_size=300))
def test_any_text_has_a_term_or_none(text: str) -> None:
    found = in_force(Parsed("규정", (Section((), (text,)),)))
    assert found.first is None or found.last is None or found.first <= found.last


@pytest.mark.parametrize("text", ["시행일 " * 20_000, "2026. 1. " * 20_000, "개정 2026. 1. 1., " * 5_000, "(" * 50_000])
def test_a_hostile_text_is_read_in_time(text: str) -> None:
    def read(text: str) -> None:
        lines = tuple(text[i : i + 399] for i in range(0, min(40_000, len(text)), 399))
        in_force(Parsed("규정", (Section((), (text,)), Section(("부칙",), lines))))

    assert_text_costs_its_length(read, text)
