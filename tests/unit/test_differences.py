"""Where two shown passages say different things of what was asked, the answer says so, and nowhere else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.differences import differences
from bot.quantities import quantities
from retrieval.passage import InForce, Passage
from tests.builders import document, passage
from tests.growth import assert_text_costs_its_length

LODGING = "출장 숙박비는 1박에 얼마까지인가요?"


def of(number: int, title: str, text: str, heading: str = "", first: date | None = None) -> Passage:
    made = passage(text, of=document(number, title=title, in_force_from=first), heading=heading, id=number)
    known = InForce(first, None, "now") if first else None
    return Passage(made.id, made.document, heading, text, 1.0, 0.8, None, known)


def said(question: str, *passages: Passage, cited: tuple[int, ...] = (1, 2)) -> list[str]:
    return [str(one) for one in differences(passages, question, cited)]


def test_two_amounts_for_one_thing_are_shown_with_their_dates() -> None:
    old = of(1, "출장 규정 2025", "국내 출장 숙박비는 1박 80,000원까지 실비로 드립니다.", "숙박", date(2025, 1, 1))
    new = of(2, "출장 규정 2026", "국내 출장 숙박비는 1박 100,000원까지 실비로 드립니다.", "숙박", date(2026, 1, 1))
    assert said(LODGING, old, new) == ["[1] 80,000원 (2025-01-01) · [2] 100,000원 (2026-01-01)"]


def test_three_documents_that_differ_are_one_line_and_one_that_agrees_keeps_it_apart() -> None:
    def lodging(number: int, amount: str) -> Passage:
        return of(number, "출장 규정", f"국내 출장 숙박비는 1박 {amount}까지 실비로 드립니다.", "숙박")

    first, second, third = lodging(1, "80,000원"), lodging(2, "100,000원"), lodging(3, "120,000원")
    assert said(LODGING, first, second, third) == ["[1] 80,000원 · [2] 100,000원 · [3] 120,000원"]
    agrees = lodging(3, "80,000원")
    assert said(LODGING, first, second, agrees) == ["[1] 80,000원 · [2] 100,000원", "[2] 100,000원 · [3] 80,000원"]


def table(meal: str, guest: str) -> str:
    header = "| 항목 | 한도 | 조건 |\n| --- | --- | --- |\n"
    return f"{header}| 연장근로 식대 | 1인 **{meal}** | 20시 이후 |\n| 고객 접대 | 1인 {guest} | - |"


def test_a_row_of_a_table_is_named() -> None:
    old, new = (
        of(1, "경비 2025", table("10,000원", "50,000원"), "한도"),
        of(2, "경비 2026", table("15,000원", "70,000원"), "한도"),
    )
    assert said("연장근로 식대 한도가 얼마예요?", old, new) == ["연장근로 식대 [1] 10,000원 · [2] 15,000원"]
    assert said("고객 접대는 얼마까지예요?", old, new) == ["고객 접대 [1] 50,000원 · [2] 70,000원"]


TRUE = [
    ("청구는 며칠 안에 하나요?", "쓴 날부터 14일 안에 청구합니다.", "쓴 날부터 **30일 안**에 청구합니다."),
    (
        "재택은 주 며칠인가요?",
        "- 일반 재택은 주 2일까지 팀 리더가 확인합니다.",
        "- 일반 재택은 주 3일까지 팀 리더가 확인합니다.",
    ),
    (
        "How long are application logs kept?",
        "Application logs are kept for 90 days.",
        "Application logs are kept for 180 days.",
    ),
    (
        "When do invoices have to be paid?",
        "Invoices are paid within 30 days of receipt.",
        "Invoices are paid within 45 days of receipt.",
    ),
    ("연차 수당 비율은?", "연차 수당은 통상임금의 100%로 셉니다.", "연차 수당은 통상임금의 50%로 셉니다."),
    ("복지 포인트는 언제까지 쓰나요?", "복지 포인트는 12월 20일까지 씁니다.", "복지 포인트는 12월 31일까지 씁니다."),
    (
        "야간 택시는 몇 시부터 되나요?",
        "야간 택시는 23시 이후에 탄 것만 됩니다.",
        "야간 택시는 22시 30분 이후에 탄 것만 됩니다.",
    ),
    (
        "간이 영수증은 얼마까지 받나요?",
        "간이 영수증은 3만 원 이하만 받습니다.",
        "간이 영수증은 50,000원 이하만 받습니다.",
    ),
    ("What is the meal limit?", "The meal limit is 15,000 won per person.", "The meal limit is 12,000 won per person."),
    ("승인은 몇 명이 하나요?", "배포 승인은 두 명이 합니다.", "배포 승인은 3명이 합니다."),
]


@pytest.mark.parametrize(("question", "one", "other"), TRUE)
def test_a_true_difference_is_found(question: str, one: str, other: str) -> None:
    assert len(said(question, of(1, "규정 2025", one), of(2, "규정 2026", other))) == 1


FALSE = [
    (
        "the same amount, written otherwise",
        "식대는?",
        "식대는 1인 15,000원까지 실비로 냅니다.",
        "식대는 1인 1만 5천 원까지 실비로 냅니다.",
    ),
    (
        "the same time, written otherwise",
        "몇 시부터?",
        "야간 택시는 22시 30분 이후 됩니다.",
        "야간 택시는 22시 반 이후 됩니다.",
    ),
    ("another place", "숙박비는?", "국내 출장 숙박비는 80,000원입니다.", "해외 출장 숙박비는 250,000원입니다."),
    ("another item", "한도는?", "팀 회식 한도는 30,000원입니다.", "업무용 도서 한도는 50,000원입니다."),
    ("another unit", "기한은?", "경비 청구는 14일 안에 올립니다.", "경비 청구는 2주 안에 올립니다."),
    ("one says more", "식대는?", "식대는 15,000원까지입니다.", "식대는 15,000원, 휴일에는 20,000원까지입니다."),
    (
        "what was not asked",
        "영수증은 어디에 올리나요?",
        "식대는 10,000원까지입니다. 영수증은 노트에 올립니다.",
        "식대는 15,000원까지입니다. 영수증은 노트에 올립니다.",
    ),
    ("another employment", "연차는?", "정규직 연차는 15일을 드립니다.", "인턴 연차는 한 달에 1일을 드립니다."),
    (
        "no number at all",
        "영수증을 잃어버리면?",
        "영수증을 잃어버리면 사유서를 씁니다.",
        "영수증을 잃어버리면 노트에 적습니다.",
    ),
    (
        "another country",
        "How many weeks of leave?",
        "Birth parents in Lisbon get 20 weeks of leave.",
        "Birth parents in Seoul get 13 weeks of leave.",
    ),
    ("only a part of them", "연차는?", "연차는 15일을 드립니다.", "수습 연차는 11일을 드립니다."),
    (
        "another plan",
        "response time?",
        "The response time on Team is 2 working hours.",
        "The response time on Starter is 4 working hours.",
    ),
]


@pytest.mark.parametrize(("why", "question", "one", "other"), FALSE, ids=[row[0] for row in FALSE])
def test_what_is_no_difference_is_not_called_one(why: str, question: str, one: str, other: str) -> None:
    assert said(question, of(1, "규정 2025", one), of(2, "규정 2026", other)) == []


def test_one_document_does_not_differ_from_itself() -> None:
    one = document(1)
    passages = [passage(f"수습 중 연차는 {days}일입니다.", of=one, id=days) for days in (11, 15)]
    assert said("연차는 며칠인가요?", *passages) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("서울 출장 규정", "리스본 출장 규정"), ("팀 리더 안내", "계약직 안내"), ("휴가 규정", "출장 규정")],
)
def test_documents_about_different_things_are_not_compared(one: str, other: str) -> None:
    texts = "숙박비는 1박 80,000원까지 실비로 드립니다.", "숙박비는 1박 100,000원까지 실비로 드립니다."
    assert said(LODGING, of(1, one, texts[0]), of(2, other, texts[1])) == []


def test_a_difference_that_the_answer_does_not_touch_is_not_shown() -> None:
    old = of(1, "출장 2025", "국내 출장 숙박비는 1박 80,000원까지 드립니다.")
    new = of(2, "출장 2026", "국내 출장 숙박비는 1박 100,000원까지 드립니다.")
    other = of(3, "휴가", "연차는 15일입니다.")
    assert said(LODGING, old, new, other, cited=(3,)) == []
    assert len(said(LODGING, old, new, other, cited=(2,))) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3억 1,200만 원", "312000000"),
        ("1만 5천 원", "15000"),
        ("15,000원", "15000"),
        ("15,000 won", "15000"),
        ("₩15,000", "15000"),
        ("30 minutes", "30"),
        ("30-minute", "30"),
        ("two weeks", "2"),
        ("두 달", "2"),
        ("20%", "20"),
        ("22시 반", "22:30"),
        ("22:30", "22:30"),
        ("2026. 1. 1.", "2026-01-01 2026-01-01"),
        ("12월 20일", "12-20"),
    ],
)
def test_quantities_are_read_as_they_are_written(text: str, value: str) -> None:
    (found,) = quantities(f"({text})")
    assert found.value == value


texts = st.lists(
    st.sampled_from(
        ["식대 한도는 ", "1인 15,000원", "30일", "| 식대 | 한도 |\n| --- | --- |\n", "입니다. ", "\n\n", "12월 20일"]
    )
).map("".join)


@given(texts, texts, texts)
def test_a_difference_never_says_what_no_shown_passage_says(one: str, other: str, hidden: str) -> None:
    passages = of(1, "경비 2025", one), of(2, "경비 2026", other)
    for found in differences(passages, "식대 한도", (1, 2)):
        assert found.numbers == {1, 2}
        for number, text, _ in found.said:
            assert all(part in passages[number - 1].text for part in text.split(", "))


@pytest.mark.parametrize(
    "text", ["1" * 1_200, "식대 1원\n" * 150, "| 식대 | 1원 |\n| --- | --- |\n" * 40, "1 만 " * 300]
)
def test_hostile_passages_are_compared_in_time(text: str) -> None:
    def compared(text: str) -> None:
        passages = [of(n, f"경비 {2000 + n}", text) for n in range(1, 21)]
        differences(passages, "식대 1 만", range(1, 21))

    assert_text_costs_its_length(compared, text)
