"""Of several versions of one rule, the one that counts comes first; what is no version of another keeps its place."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.label import Level
from retrieval.passage import InForce, Passage
from retrieval.versions import asked_day, versions_in_order
from tests.builders import document, passage

TODAY = date(2026, 11, 22)
LIMITS = "연장근로 식대는 1인 {}원이고 팀 회식은 팀 리더가 확인하며 고객 접대는 사전 품의를 받습니다."


def version(
    id: int,
    title: str,
    uri: str | None = None,
    *,
    first: date | None = None,
    last: date | None = None,
    text: str = LIMITS,
    heading: str = "한도",
    source: str = "handbook",
) -> Passage:
    more: dict[str, object] = {
        "uri": uri or f"finance/{id}.md",
        "in_force_from": first,
        "in_force_until": last,
        "source": source,
    }
    return passage(text.format(id * 10_000), of=document(id, Level.PUBLIC, title=title, **more), heading=heading, id=id)


OLD = version(1, "경비 처리 규정 2025", first=date(2025, 1, 1), last=date(2025, 12, 31))
NEW = version(2, "경비 처리 규정 2026", first=date(2026, 1, 1))
COMING = version(3, "경비 처리 규정 2027", first=date(2027, 1, 1))
OTHER = passage("연차는 15일입니다.", of=document(9, title="휴가 규정"), id=9)


def ids(*passages: Passage, query: str = "식대 한도", today: date = TODAY) -> list[int]:
    return [one.id for one in versions_in_order(passages, query, today)]


def states(*passages: Passage, today: date = TODAY) -> dict[int, str | None]:
    found = versions_in_order(passages, "식대 한도", today)
    return {one.id: one.in_force.state if one.in_force else None for one in found}


def test_the_version_in_force_comes_before_the_one_it_superseded_and_the_one_to_come() -> None:
    assert ids(OLD, COMING, NEW) == [2, 1, 3]
    assert states(OLD, COMING, NEW) == {1: "before", 2: "now", 3: "later"}


def test_another_day_has_another_version_in_force() -> None:
    assert ids(OLD, COMING, NEW, today=date(2027, 5, 1)) == [3, 2, 1]
    assert ids(NEW, COMING, OLD, today=date(2025, 5, 1)) == [1, 2, 3]


def test_what_has_no_other_version_keeps_its_place() -> None:
    assert ids(OTHER, OLD, NEW) == [9, 2, 1]
    assert ids(OLD, OTHER, NEW) == [2, 9, 1]
    assert states(OTHER)[9] is None


@pytest.mark.parametrize(
    "query",
    [
        "2025년에는 식대가 얼마였나요?",
        "2025 식대 한도",
        "작년 기준 식대",
        "작년 12월 야근 식대",
        "'25년 식대",
        "meal limit last year",
        "2025-12-03에 먹은 저녁",
        "지난 해 식대",
        "what was the limit in 2025?",
        "in March 2025",
    ],
)
def test_a_question_about_another_year_gets_the_version_of_that_year_first(query: str) -> None:
    assert ids(NEW, COMING, OLD, query=query)[0] == 1


@pytest.mark.parametrize(
    "query",
    [
        "식대 한도",
        "올해 식대 한도",
        "this year's limit",
        "작년에 못 쓴 것이 올해로 넘어오나요",
        "식대가 2025원인가요",
        "ISO 27001:2025 식대",
        "2026년 식대",
        "2025명이 먹은 식대",
        "전년 대비 인상률",
    ],
)
def test_a_question_about_now_gets_what_is_in_force_now(query: str) -> None:
    assert ids(OLD, COMING, NEW, query=query)[0] == 2


def test_next_year_is_answered_by_the_version_to_come() -> None:
    assert ids(OLD, NEW, COMING, query="내년 식대는요?")[0] == 3


def test_a_year_that_changed_in_the_middle_is_told_by_its_month() -> None:
    spring = version(4, "경비 처리 규정", first=date(2025, 7, 1))
    assert ids(spring, OLD, NEW, query="2025년 3월 식대")[0] == 1
    assert ids(OLD, spring, NEW, query="2025년 9월 식대")[0] == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (version(1, "복지 안내", "v1/benefits.md"), version(2, "복지 안내", "v2/benefits.md")),
        (version(1, "복지 안내"), version(2, "복지 안내 v2")),
        (version(1, "복지 안내 (2025)"), version(2, "복지 안내 (2026)")),
        (version(1, "복지 안내"), version(2, "복지 안내 (개정판)")),
        (version(1, "복지 안내 제2판"), version(2, "복지 안내 제3판(최종)")),
        (version(1, "Travel policy", "2025/travel.md"), version(2, "Travel policy", "2026/travel.md")),
        (version(1, "Travel policy v1.9"), version(2, "Travel policy v1.10")),
        (version(1, "옛 이름", first=date(2025, 1, 1)), version(2, "새 이름", first=date(2026, 1, 1))),
    ],
)
def test_versions_are_recognised_by_their_names_or_by_what_they_say(old: Passage, new: Passage) -> None:
    assert ids(old, new) == [2, 1]
    assert states(old, new)[1] == "before"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            version(1, "경비 규정", first=date(2025, 1, 1)),
            version(2, "경비 규정", first=date(2026, 1, 1), source="wiki"),
        ),
        (version(1, "주간 회의 2026-03-01"), version(2, "주간 회의 2026-03-08")),
        (
            version(1, "성과 평가 2025", text="매출이 올랐습니다."),
            version(2, "성과 평가 2026", text="비용이 줄었습니다."),
        ),
        (
            version(1, "휴가 규정", first=date(2025, 1, 1), text="연차 15일"),
            version(2, "출장 규정", first=date(2026, 1, 1)),
        ),
        (version(1, "휴가 규정"), version(2, "휴가 규정 2025")),
        (version(1, "2025", "a.md"), version(2, "2026", "b.md")),
        (version(1, "v1 API"), version(2, "v2 배포")),
    ],
)
def test_what_is_no_version_of_the_other_is_not_reordered_or_called_old(one: Passage, other: Passage) -> None:
    assert ids(one, other) == [1, 2]
    assert "before" not in states(one, other).values()


def test_what_has_ended_says_so_though_nothing_came_after_it() -> None:
    assert states(OLD) == {1: "before"}
    (found,) = versions_in_order((OLD,), "식대", TODAY)
    assert found.in_force == InForce(date(2025, 1, 1), date(2025, 12, 31), "before")


def test_every_passage_of_the_version_in_force_comes_before_those_of_the_others() -> None:
    old, new = OLD.document, NEW.document
    found = [passage(LIMITS, of=of, heading="한도", id=id) for id, of in ((1, old), (3, old), (2, new), (4, new))]
    assert ids(*found) == [2, 4, 1, 3]


versions = st.lists(st.sampled_from([OLD, NEW, COMING, OTHER]), max_size=8)


@given(versions, st.text(max_size=30), st.dates(date(2024, 1, 1), date(2028, 1, 1)))
def test_nothing_is_lost_or_added_and_whatever_is_no_version_stays_where_it_was(
    found: list[Passage], query: str, today: date
) -> None:
    after = versions_in_order(found, query, today)
    assert sorted(one.id for one in after) == sorted(one.id for one in found)
    assert [n for n, one in enumerate(after) if one.id == 9] == [n for n, one in enumerate(found) if one.id == 9]


@given(versions, st.dates(date(2024, 1, 1), date(2028, 1, 1)))
def test_what_is_not_in_force_is_never_before_the_version_that_is(found: list[Passage], today: date) -> None:
    states = [one.in_force.state for one in versions_in_order(found, "식대", today) if one.in_force]
    if "now" in states:
        assert states[0] == "now"


@pytest.mark.parametrize("query", ["2025년과 2026년의 차이", "", "식대", "올해", "2026년"])
def test_a_question_that_asks_about_no_other_day_has_none(query: str) -> None:
    assert asked_day(query, TODAY) is None
