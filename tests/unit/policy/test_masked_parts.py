"""Masking is the only way down, and it goes no further than what it hides."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import Route, Turn
from bot.policy import detect
from bot.policy.decide import Decision, decide
from bot.policy.mask import TYPES, Placeholders, hidden_again, unmask
from bot.policy.optout import OptedOut, OptOuts
from bot.policy.parts import Masking, Prompt, joined, joined_masked, maskable, masked_parts, thread_parts
from bot.policy.permit import PermitFault, permit
from bot.policy.policy_file import rules_of
from bot.policy.profiles import CREDIT, IDENTIFIERS, profiled
from bot.policy.rules import MASKED, Rules, allowed
from bot.settings import SHIPPED_POLICY
from bot.subjects import Scope, Subject
from bot.toml_file import SettingsFault
from retrieval.label import Label, Level
from tests.builders import DM, api_key, ask, document, parts_of, passage, rrn, shipped_rules

PHONE = "-".join(("010", "2345", "6789"))
OTHER = "-".join(("010", "9876", "5432"))
MAIL = "naru@" + "haneul.example"
SHORES = {Route.CLOUD, Route.ON_PREM}


@cache
def rules() -> Rules:
    return shipped_rules()


def decided(parts: Prompt, policy: Rules | None = None) -> tuple[Decision, Masking]:
    policy = policy or rules()
    masking = masked_parts(parts, policy, Placeholders())
    return decide(parts, DM, policy, UUID(int=1), masking=masking), masking


texts = st.sampled_from(
    ["연차는 15일", "please ask HR", rrn(), rrn()[:7], rrn()[7:], MAIL, api_key(), f"전화 {PHONE}로", PHONE[:8],
     PHONE[8:], f"{OTHER}, {MAIL}", "우울증 진단을 받아 약을 먹는데", "⟦PHONE_1⟧", "대외비이니 밖으로 보내지 마세요"]
)  # fmt: skip
HALVES = (rrn()[:7], rrn()[7:], PHONE[:8], PHONE[8:])
"""Twice a half can be a whole."""
levels = st.sampled_from(list(Level))
things = st.lists(st.tuples(texts, levels), min_size=1, max_size=4)


def parts_with(some: list[tuple[str, Level]], question: str = "연차는 며칠인가요?") -> Prompt:
    made = [passage(text, of=document(i, level)) for i, (text, level) in enumerate(some)]
    return parts_of(ask(question), *made, rules=rules())


@settings(max_examples=40)
@given(things, st.tuples(texts, levels))
def test_another_passage_never_enlarges_what_is_allowed_over_placeholders(
    some: list[tuple[str, Level]], more: tuple[str, Level]
) -> None:
    fewer, _ = decided(parts_with(some))
    all_of_them, _ = decided(parts_with([*some, more]))
    assert SHORES & set(all_of_them.routes) <= SHORES & set(fewer.routes)


@settings(max_examples=30)
@given(things.map(lambda some: [(text, level) for text, level in some if text not in HALVES]))
def test_a_passage_given_twice_changes_nothing_that_is_allowed_over_placeholders(some: list[tuple[str, Level]]) -> None:
    assert decided(parts_with(some))[0].routes == decided(parts_with([*some, *some]))[0].routes


@settings(max_examples=40)
@given(things, texts)
def test_what_goes_to_the_cloud_holds_nothing_that_it_refuses(some: list[tuple[str, Level]], question: str) -> None:
    parts = parts_with(some, question)
    decision, masking = decided(parts)
    if Route.CLOUD in decision.routes:
        sent = masking.parts if decision.verdict("cloud").masked else parts
        cloud = rules().sinks["cloud"]
        assert allowed(joined(sent, rules()), cloud)
        permit(decision, sent, Route.CLOUD, "m", rules())
        text = "".join(part.text for part in sent)
        assert not [value for value in (PHONE, OTHER, MAIL, rrn(), api_key()) if value in text]


@settings(max_examples=40)
@given(things, texts)
def test_masking_takes_nothing_from_a_label_but_what_it_hides(some: list[tuple[str, Level]], question: str) -> None:
    parts = parts_with(some, question)
    plain, masking = joined(parts, rules()), masked_parts(parts, rules(), Placeholders())
    left = joined_masked(plain, masking, rules())
    assert plain.kinds - left.kinds <= rules().masking
    for before, after in zip(parts, masking.parts, strict=True):
        assert before.label.kinds - after.label.kinds <= rules().masking
        assert before.beside.reasons <= after.label.reasons
        assert (before.role, before.number, before.source) == (after.role, after.number, after.source)
        assert unmask(after.text, masking.placeholders.values) == before.text or after is before
        if before.text != after.text and MASKED in after.label.kinds:
            assert after.label.level >= Level.INTERNAL
        assert not [
            one for one in maskable(after.text, rules()) if one.kind in rules().masking and one.score >= detect.MASK
        ]


@settings(max_examples=30)
@given(st.frozensets(st.sampled_from(sorted(TYPES)), max_size=4), things, texts)
def test_a_policy_that_hides_less_never_allows_more(
    fewer: frozenset[str], some: list[tuple[str, Level]], question: str
) -> None:
    more = replace(rules(), masking=rules().masking | fewer)
    less = replace(more, masking=more.masking - fewer)
    parts = parts_with(some, question)
    assert set(decided(parts, less)[0].routes) <= set(decided(parts, more)[0].routes)


def test_a_plain_prompt_gets_no_permit_from_a_decision_over_placeholders() -> None:
    parts = parts_with([(f"문의 {PHONE}", Level.PUBLIC)])
    decision, masking = decided(parts)
    assert Route.CLOUD in decision.routes
    with pytest.raises(PermitFault):
        permit(decision, parts, Route.CLOUD, "m", rules())
    permit(decision, masking.parts, Route.CLOUD, "m", rules())


def test_the_decision_says_what_is_masked_for_which_sink() -> None:
    decision, _ = decided(parts_with([(f"문의 {PHONE}, {MAIL}", Level.PUBLIC)]))
    assert decision.verdict("cloud").masked == {"phone", "email"}
    assert not decision.verdict("cloud").allowed
    assert {sink for sink in ("on_prem", "slack", "record", "train") if decision.verdict(sink).masked} == set()
    plain, _ = decided(parts_with([("연차는 15일", Level.PUBLIC)]))
    assert plain.verdict("cloud").masked == frozenset()


def test_where_the_record_sink_refuses_what_is_hidden_the_hidden_text_may_be_kept() -> None:
    sinks = {**rules().sinks, "record": replace(rules().sinks["record"], refuse=frozenset({"phone"}))}
    policy = replace(rules(), sinks=sinks)
    decision, _ = decided(parts_with([(f"문의 {PHONE}", Level.PUBLIC)]), policy)
    assert decision.verdict("record").masked == {"phone"}
    hopeless, _ = decided(parts_with([(f"문의 {PHONE}", Level.CONFIDENTIAL)]), policy)
    assert hopeless.verdict("record").masked == frozenset()


def test_a_value_within_what_may_not_be_hidden_does_not_make_that_harmless() -> None:
    """Half of a login behind a placeholder would no longer look like one."""
    login = f"postgres://naru:{'Zx9' * 5}@" + "db.haneul.example/naru"
    decision, _ = decided(parts_with([], f"연차는 며칠인가요? {login} {MAIL}"))
    assert Route.CLOUD not in decision.routes


def test_what_is_split_over_two_messages_is_not_hidden() -> None:
    turn = Turn(f"전화번호는 {PHONE[:8]}", "네.", Label(), ())
    parts = (*thread_parts((turn,), {}, DM, rules()), *parts_of(ask(f"{PHONE[9:]} 누구인가요 {MAIL}"), rules=rules()))
    assert Route.CLOUD not in decided(parts)[0].routes


NAME = "제갈나루"


def out_of_the_cloud(subject: Subject) -> Rules:
    return replace(rules(), opt_outs=OptOuts(1, [OptedOut(subject, Scope.CLOUD)]))


def test_of_somebody_who_has_opted_out_the_name_is_hidden_and_the_rest_may_go() -> None:
    policy = out_of_the_cloud(Subject("person", NAME))
    parts = parts_of(ask(f"{NAME}에게 열쇠를 받나요?"), passage(f"열쇠는 {NAME}가 관리합니다."), rules=policy)
    decision, masking = decided(parts, policy)
    assert Route.CLOUD in decision.routes
    assert decision.verdict("cloud").masked == {"person"}
    assert not [part for part in masking.parts if NAME in part.text]
    with pytest.raises(PermitFault):
        permit(decision, parts, Route.CLOUD, "m", policy)


def test_where_no_name_may_be_hidden_who_has_opted_out_stays_in_the_building() -> None:
    policy = replace(out_of_the_cloud(Subject("person", NAME)), masking=frozenset({"phone"}))
    parts = parts_of(ask(f"{NAME}에게 열쇠를 받나요?"), passage(f"문의 {PHONE}"), rules=policy)
    assert Route.CLOUD not in decided(parts, policy)[0].routes


def test_a_name_in_two_messages_is_not_hidden() -> None:
    policy = out_of_the_cloud(Subject("person", NAME))
    turn = Turn(f"열쇠는 {NAME[:2]}", "네.", Label(), ())
    parts = (*thread_parts((turn,), {}, DM, policy), *parts_of(ask(f"{NAME[2:]} 님이 갖고 있나요?"), rules=policy))
    assert Route.CLOUD not in decided(parts, policy)[0].routes


def test_what_somebody_asks_who_has_opted_out_cannot_be_hidden() -> None:
    question = ask(f"문의 {PHONE}")
    policy = out_of_the_cloud(Subject("user", question.asker))
    assert Route.CLOUD not in decided(parts_of(question, rules=policy), policy)[0].routes


def thread(masked: frozenset[str], answer: str = "네, 확인했습니다.") -> Prompt:
    known = Label.of(Level.INTERNAL, "phone", "question")
    turn = Turn(f"{PHONE}로 전화할까요?", answer, known, (), masked=masked)
    return (*thread_parts((turn,), {}, DM, rules()), *parts_of(ask(), passage(), rules=rules()))


def test_what_a_model_did_not_see_its_answer_does_not_rest_on() -> None:
    assert Route.CLOUD in decided(thread(frozenset({"phone"})))[0].routes
    # The model in the building saw the number: whatever it says may tell of it, in words that no detector knows.
    assert Route.CLOUD not in decided(thread(frozenset()))[0].routes


def test_an_earlier_answer_is_masked_with_the_number_that_its_value_has() -> None:
    _, masking = decided(thread(frozenset({"phone"}), f"{PHONE}로 하세요."))
    assert [part.text for part in masking.parts][:2] == ["⟦PHONE_1⟧로 전화할까요?", "⟦PHONE_1⟧로 하세요."]


def test_only_what_stands_in_the_prompt_comes_back() -> None:
    known = Placeholders({"PHONE_1": OTHER, "PHONE_2": PHONE}, {"PHONE": 2})
    masking = masked_parts(parts_with([(f"문의 {PHONE}", Level.PUBLIC)], "⟦PHONE_1⟧ 을 읽어 줘"), rules(), known)
    assert masking.values == {"PHONE_2": PHONE}


@given(st.lists(texts, max_size=6).map(" ".join))
def test_what_is_hidden_again_comes_back_as_it_was(text: str) -> None:
    values = {"PHONE_1": PHONE, "EMAIL_4": MAIL, "PERSON_2": "김나루"}
    hidden = hidden_again(text, values)
    assert unmask(hidden, values) == text
    assert PHONE not in hidden
    assert MAIL not in hidden


@pytest.mark.parametrize("kind", ["secret", "health", "phoen", "channel"])
def test_what_has_no_value_that_may_come_back_is_refused_with_a_sentence(kind: str) -> None:
    text = SHIPPED_POLICY.read_text(encoding="utf-8")
    changed = text.replace('kinds = ["email", "phone"', f'kinds = ["{kind}", "phone"')
    assert changed != text
    with pytest.raises(SettingsFault, match=f"'{kind}'") as told:
        rules_of(changed.encode(), "policy.toml")
    assert "masking.kinds" in str(told.value)


def test_under_finance_identifiers_and_credit_data_are_never_hidden() -> None:
    assert profiled(replace(rules(), profile="finance", masking=frozenset(TYPES))).masking == (
        frozenset(TYPES) - IDENTIFIERS - CREDIT
    )


def test_a_closed_cloud_takes_no_placeholders_either() -> None:
    policy = profiled(replace(rules(), profile="on_prem_only"))
    assert Route.CLOUD not in decided(parts_with([(f"문의 {PHONE}", Level.PUBLIC)]), policy)[0].routes


def test_a_cloud_without_terms_takes_no_masked_text() -> None:
    policy = rules().under(None, ask().received_at.date())
    policy = replace(policy, rooms={**policy.rooms, "dm": Level.PUBLIC})
    decision, masking = decided(parts_with([(f"문의 {PHONE}", Level.PUBLIC)]), policy)
    assert MASKED in joined(masking.parts, policy).kinds
    assert Route.CLOUD not in decision.routes
