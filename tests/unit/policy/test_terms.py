"""The company's own words, whatever hangs on them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Route
from bot.policy.detect import MASK, ROUTE, find
from bot.policy.detect.lists import Names
from bot.policy.parts import found_in
from bot.policy.rules import allowed
from bot.policy.terms import Terms, plain
from retrieval.label import Label, Level
from tests.builders import ask, decision_for, parts_of, passage, shipped_rules
from tests.growth import assert_text_costs_its_length

TERMS = Terms(
    {
        plain("달빛호"): Level.CONFIDENTIAL,
        plain("Project Aurora"): Level.RESTRICTED,
        plain("R2"): Level.INTERNAL,
        plain("나무"): Level.INTERNAL,
        plain("C++"): Level.INTERNAL,
        plain("Zeppelin"): Level.RESTRICTED,
    }
)
AROUND = [
    "{}팀", "{}쪽", "{}라서", "{}네", "{}때문에", "{}사업", "{}일정", "{}예산안", "신규{}팀", "프로젝트{}는", "신규{}",
    "{}2", "{}_v2", "({})", "[{}](http://a)", "#{}", "my_{}_plan.docx", "「{}」", "*{}*", "{}이라고",
    "{}한테는요", "|{}|",
]  # fmt: skip
HIDDEN = [
    "https://wiki/" + quote("달빛호-일정"),
    "".join(f"&#{ord(letter)};" for letter in "달빛호"),
    b64encode("달빛호 일정 공유".encode()).decode(),
    "달 빛 호 일정", "*달빛*호", "달빛\n호", "|달빛|호|", "달·빛·호", "Zep-\npelin", "MyZeppelinPlan", "zeppelins",
]  # fmt: skip
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


@pytest.mark.parametrize(
    "text",
    [
        "보름달빛호텔",
        "project auroral",
        "Subproject Aurora",
        "오는 날",
        "대나무호",
        "vitamin C",
        "C 언어",
        "R22",
        "XR2",
        "달빛",
        "아무것도",
    ],
)
def test_another_word_that_holds_a_term_is_not_the_term(text: str) -> None:
    assert TERMS.found(text) == ()


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("term", ["달빛호", "Zeppelin"])
def test_no_word_that_is_written_to_a_term_hides_it(term: str, around: str) -> None:
    assert TERMS.found(around.format(term)), around


@pytest.mark.parametrize("hidden", HIDDEN, ids=range(len(HIDDEN)))
def test_a_term_is_found_where_a_listed_name_is(hidden: str) -> None:
    assert find(hidden, Names([("project", "달빛호"), ("project", "Zeppelin")]))
    assert TERMS.found(hidden)


@pytest.mark.parametrize("text", ["나무팀 일정", "나무는", "나무 프로젝트", "c++로 짠다", "R2-17"])
def test_a_short_term_is_found_as_a_whole_word(text: str) -> None:
    assert TERMS.found(text)


def test_a_word_that_only_begins_like_a_term_is_never_sure_enough_to_be_masked() -> None:
    ((_, doubtful),) = TERMS.found("달빛호수에 갔다")
    ((_, sure),) = TERMS.found("달빛호에 갔다")
    assert ROUTE <= doubtful.score < MASK <= sure.score


@given(st.integers(min_value=1, max_value=2))
def test_of_two_terms_with_the_same_letters_the_stricter_never_loses(first: int) -> None:
    spelt = [("blue-heron", Level.RESTRICTED), ("blue heron", Level.INTERNAL)][:: -1 if first == 1 else 1]
    assert Terms(dict(spelt)).label("BlueHeron", "question") == Label.of(Level.RESTRICTED, "term", "question")


def test_a_thousand_terms_cost_no_more_than_their_letters() -> None:
    many = Terms({plain(f"프로젝트{chr(0xAC00 + n)}"): Level.RESTRICTED for n in range(1_000)})
    assert_text_costs_its_length(many.found, "프로젝트 일정은 언제인가요? " * 5_000)


def test_a_term_keeps_a_question_off_the_cloud_and_is_named_in_no_reason() -> None:
    rules = replace(shipped_rules(), terms=TERMS)
    label = found_in("달빛호는 언제 나오나요?", "question", rules)
    assert label == Label.of(Level.CONFIDENTIAL, "term", "question")
    decision = decision_for(parts_of(ask("달빛호는 언제 나오나요?"), passage(), rules=rules), rules)
    assert Route.CLOUD not in decision.routes
    assert not allowed(label, rules.sinks["cloud"])
