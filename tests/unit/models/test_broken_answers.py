"""The same again and again is no answer, and a language that nobody asked in hardly one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.broken_answers import of_another_language, repeats


@given(start=st.text(max_size=300), turn=st.text(min_size=1, max_size=150))
def test_whatever_is_said_again_and_again_is_seen(start: str, turn: str) -> None:
    assert repeats(start + turn * (700 // len(turn) + 1))


@pytest.mark.parametrize(
    "text",
    [
        "연차는 1년에 15일입니다. [1]\n",
        "".join(f"{n}. 제{n}조에 따라 {n * 3}일 안에 신청합니다.\n" for n in range(60)),
        "| 항목 | 값 |\n|---|---|\n" + "".join(f"| 항목 {n} | {n} |\n" for n in range(80)),
        "네. " * 100,
    ],
)
def test_what_only_looks_alike_is_an_answer(text: str) -> None:
    assert not repeats(text)


KO, EN = "연차는 며칠인가요?", "How many days of annual leave are there?"
IN_KO = "연차는 1년에 15일이고 3영업일 전에 올립니다. [1]"
IN_EN = "There are fifteen days of annual leave a year. [1]"
IN_ZH = "根据规定，员工每年享有十五天的年假，需提前三个工作日申请。[1]"


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        (KO, IN_KO, False),
        (EN, IN_EN, False),
        (KO, IN_EN, True),
        (KO, IN_ZH, True),
        (EN, IN_KO, True),
        (EN, IN_ZH, True),
        (KO, "AWS EC2 인스턴스는 Terraform 으로 만들고 GitHub Actions 에서 배포합니다. [1]", False),
        (EN, "The 연차 (annual leave) is fifteen days for each year of service. [1]", False),
        (KO, "DPA-2026-01 [1]", False),
        (f"{KO} 영어로 답해 주세요.", IN_EN, False),
        ("Translate this rule into Korean", IN_KO, False),
    ],
)
def test_an_answer_is_of_another_language_only_where_nobody_asked_for_it(
    question: str, answer: str, other: bool
) -> None:
    assert of_another_language(question, answer) is other
