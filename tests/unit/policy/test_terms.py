"""The company's own words, whatever hangs on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Route
from bot.policy.parts import found_in
from bot.policy.rules import allowed
from bot.policy.terms import Terms, plain
from retrieval.label import Label, Level
from tests.builders import ask, decision_for, parts_of, passage, shipped_rules

TERMS = Terms(
    {plain("달빛호"): Level.CONFIDENTIAL, plain("Project Aurora"): Level.RESTRICTED, plain("R2"): Level.INTERNAL}
)
PARTICLES = [
    "",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "과",
    "와",
    "의",
    "에",
    "에서",
    "로",
    "으로",
    "까지",
    "입니다",
    "이라고",
    "만은",
]


@given(
    st.sampled_from(
        [
            "달빛호",
            "Project Aurora",
            "project  aurora",
            "PROJECT AURORA",
            "Ｐｒｏｊｅｃｔ Ａｕｒｏｒａ",
            "달\u200b빛호",
        ]
    ),
    st.sampled_from(PARTICLES),
    st.sampled_from(["", "어제 ", "(", "「", "\n", "#"]),
    st.sampled_from(["", " 어때?", ")", ".", "\n", "_v2"]),
)
def test_a_term_is_never_missed_for_what_stands_around_it(term: str, particle: str, before: str, after: str) -> None:
    text = f"{before}{term}{particle}{after}"
    found = TERMS.found(text)
    assert len(found) == 1
    level, one = found[0]
    assert level is (Level.CONFIDENTIAL if "호" in term else Level.RESTRICTED)
    assert text[one.start : one.end] == term


@pytest.mark.parametrize("text", ["달빛호수에 갔다", "보름달빛호텔", "auroral", "R22", "XR2", "달빛", "아무것도"])
def test_another_word_that_holds_a_term_is_not_the_term(text: str) -> None:
    assert TERMS.found(text) == ()


def test_a_term_keeps_a_question_off_the_cloud_and_is_named_in_no_reason() -> None:
    rules = replace(shipped_rules(), terms=TERMS)
    label = found_in("달빛호는 언제 나오나요?", "question", rules)
    assert label == Label.of(Level.CONFIDENTIAL, "term", "question")
    decision = decision_for(parts_of(ask("달빛호는 언제 나오나요?"), passage(), rules=rules), rules)
    assert Route.CLOUD not in decision.routes
    assert not allowed(label, rules.sinks["cloud"])
