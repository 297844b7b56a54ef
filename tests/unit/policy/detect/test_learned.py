"""The learned judge of sensitive matters: what it adds to the tables, and what cannot hide from it."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import train_matters
from bot.policy import detect
from bot.policy.detect import ABOUT, MASK, ROUTE, about, find, learned
from bot.policy.detect.learned import Model, WeightsFault
from bot.policy.detect.normal import fold, whole
from bot.policy.detect.segment import Segment

SAID = [
    ("health", "신장이 안 좋아져서 이식 대기자 명단에 올렸어요. 외근은 당분간 빼 주세요."),
    ("health", "My wife's scan showed a tumour, so I will be at the hospital with her all week."),
    ("union", "우리 팀에서 조합에 든 사람이 누군지 상무님이 조용히 알아보라고 하셨어요"),
    ("religion", "She stopped coming to lunch because she is fasting with her mosque this month"),
    ("criminal", "전 직장에서 돈을 빼돌리다 재판까지 갔던 사람이래요"),
    ("personnel", "다음 달에 그 과장님을 내보내기로 했다는데 아직 본인은 모른대요"),
    ("harassment", "부장님이 회식 때마다 제 허벅지에 손을 올리세요"),
    ("insider", "아직 공시 전인데 저쪽 회사를 우리가 사기로 했대. 주식 좀 사 둘까?"),
]
EVERYDAY = [
    "회의실 예약은 어디서 하나요?",
    "The build is green again, please merge when you can.",
    "이번 주 배포는 목요일 오후로 옮겼습니다.",
    "How do I reset my VPN password?",
    "점심 같이 드실 분 계신가요?",
    "Please add the invoice number to the purchase order.",
]


def odds(text: str) -> float:
    return learned.model().strongest(about.sentences(Segment.of(fold(whole(text)).text)))[0]


@pytest.mark.parametrize(("kind", "text"), SAID)
def test_a_matter_is_found_that_is_told_in_other_words(kind: str, text: str) -> None:
    assert [one for one in find(text) if one.kind in ABOUT and one.score >= ROUTE]


@pytest.mark.parametrize("text", EVERYDAY)
def test_an_everyday_text_is_not(text: str) -> None:
    assert find(text) == ()


@given(st.sampled_from(SAID), st.lists(st.sampled_from(EVERYDAY)), st.lists(st.sampled_from(EVERYDAY)))
def test_harmless_sentences_around_it_never_lower_what_it_weighs(
    case: tuple[str, str], before: list[str], after: list[str]
) -> None:
    text = case[1] if case[1][-1] in ".?!" else f"{case[1]}."
    assert odds("\n".join([*before, text, *after])) >= odds(text)


@given(st.sampled_from(SAID), st.sampled_from("\u200b\u2060\u00ad"), st.integers(min_value=1, max_value=7))
def test_a_disguise_changes_nothing(case: tuple[str, str], joiner: str, every: int) -> None:
    text = case[1]
    hidden = "".join(char + joiner * (n % every == 0) for n, char in enumerate(text))
    wide = "".join(chr(ord(char) + 0xFEE0) if "a" <= char.lower() <= "z" else char for char in text)
    assert odds(hidden) == odds(wide) == odds(text)


def test_what_is_only_likely_is_never_masked_and_never_quoted() -> None:
    for _, text in SAID:
        for one in find(text):
            if one.evidence.startswith("reads like"):
                assert ROUTE <= one.score < MASK
                assert one.evidence == f"reads like {one.kind}"


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"trained_on": "", "bias": 0, "any_of": {}, "each": {}}',
        '{"trained_on": "", "bias": 0, "any_of": {"a": 1}, "each": {"health": {}}}',
        '{"trained_on": "", "bias": 0, "any_of": {"a": "1"}, "each": {"health": {"a": 1}}}',
        '{"trained_on": "", "bias": null, "any_of": {"a": 1}, "each": {"health": {"a": 1}}}',
        '{"trained_on": "", "bias": 0, "any_of": [1], "each": {"health": {"a": 1}}}',
        '{"trained_on": "", "bias": 0, "any_of": {"a": NaN}, "each": {"health": {"a": 1}}}',
    ],
)
def test_damaged_weights_are_refused_with_a_sentence(damaged: str) -> None:
    with pytest.raises(WeightsFault, match=r"damaged: install this release"):
        Model.read(damaged)


def test_half_a_file_of_weights_is_refused() -> None:
    text = files("bot.policy.detect").joinpath(learned.WEIGHTS).read_text(encoding="utf-8")
    with pytest.raises(WeightsFault):
        Model.read(text[: len(text) // 2])


def test_the_weights_are_those_of_the_examples() -> None:
    """Whoever changes an example, or how it is read, trains again: python -m benchmarks train_matters."""
    found = ((example, train_matters.read(example)) for example in train_matters.examples())
    assert learned.model().trained_on == train_matters.digest(found)


def test_the_weights_name_the_kinds_that_the_policy_knows() -> None:
    assert set(learned.model().each) == ABOUT - {"directive", "injection"}


def test_the_weights_are_small_and_part_of_the_version() -> None:
    text = files("bot.policy.detect").joinpath(learned.WEIGHTS).read_bytes()
    assert len(text) < 400_000
    assert json.loads(text)["trained_on"] == learned.model().trained_on
    assert detect.VERSION
