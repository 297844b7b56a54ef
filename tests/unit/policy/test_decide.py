"""What may leave: the lattice, and what each kind of Part does to a decision by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Room, Route, Turn
from bot.policy.decide import decide
from bot.policy.parts import Part, Prompt, Role, instructions, joined, passage_parts, question_part, thread_parts
from bot.policy.rules import DataUse, Sink, allowed
from retrieval.label import Label, Level, Reason
from tests.builders import (
    CLOUD_FIRST,
    DM,
    TERMS,
    TODAY,
    api_key,
    ask,
    decision_for,
    document,
    parts_of,
    passage,
    rrn,
    shipped_rules,
)

levels = st.sampled_from(list(Level))
reasons = st.builds(Reason, levels, st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["x", "y"]))
labels = st.builds(Label, st.frozensets(reasons, max_size=5))
sinks = st.builds(Sink, st.just("cloud"), levels, st.frozensets(st.sampled_from(["a", "b", "c", "d"])))


@given(labels, labels, labels)
def test_joining_labels_is_associative_commutative_and_idempotent(a: Label, b: Label, c: Label) -> None:
    assert (a | b) | c == a | (b | c)
    assert a | b == b | a
    assert a | a == a


@given(labels, labels)
def test_a_join_is_never_less_sensitive_than_what_it_joins(a: Label, b: Label) -> None:
    assert (a | b).level >= max(a.level, b.level)
    assert (a | b).kinds >= a.kinds | b.kinds


@given(labels, labels, sinks)
def test_what_a_join_may_do_each_of_its_parts_may_do(a: Label, b: Label, sink: Sink) -> None:
    if allowed(a | b, sink):
        assert allowed(a, sink)
        assert allowed(b, sink)


texts = st.sampled_from(["연차는 15일", "please ask HR", rrn(), rrn()[:7], rrn()[7:], "a.b@corp.example", api_key()])
things = st.lists(st.tuples(texts, levels), min_size=1, max_size=4)


@given(things, st.tuples(texts, levels))
def test_another_passage_never_enlarges_what_is_allowed(some: list[tuple[str, Level]], more: tuple[str, Level]) -> None:
    made = [passage(text, of=document(i, level)) for i, (text, level) in enumerate([*some, more])]
    fewer, all_of_them = parts_of(ask(), *made[:-1]), parts_of(ask(), *made)
    shores = {Route.CLOUD, Route.ON_PREM}
    assert shores & set(decision_for(all_of_them).routes) <= shores & set(decision_for(fewer).routes)


@given(things, st.randoms())
def test_a_passage_given_twice_changes_nothing_that_is_allowed(some: list[tuple[str, Level]], random: object) -> None:
    made = [passage(text, of=document(i, level)) for i, (text, level) in enumerate(some)]
    once, twice = decision_for(parts_of(ask(), *made)), decision_for(parts_of(ask(), *made, *made))
    assert once.label.level == twice.label.level
    assert once.routes == twice.routes


def in_the_question(secret: str) -> Prompt:
    return parts_of(ask(f"연차는 며칠인가요? {secret}"), passage())


def in_a_passage(secret: str) -> Prompt:
    return parts_of(ask(), passage(f"연차는 15일입니다. {secret}"))


def in_a_title(secret: str) -> Prompt:
    return parts_of(ask(), passage(of=document(title=f"휴가 규정 {secret}")))


def in_a_heading(secret: str) -> Prompt:
    return parts_of(ask(), passage(heading=f"연차 {secret}"))


def in_an_earlier_question(secret: str) -> Prompt:
    turn = Turn(f"휴가 규정 알려줘 {secret}", "15일입니다. [1]", Label(), ())
    return (*thread_parts((turn,), {}, DM, shipped_rules()), *parts_of(ask(), passage()))


def in_an_earlier_answer(secret: str) -> Prompt:
    turn = Turn("휴가 규정 알려줘", f"15일입니다. {secret} [1]", Label(), ())
    return (*thread_parts((turn,), {}, DM, shipped_rules()), *parts_of(ask(), passage()))


@pytest.mark.parametrize("secret", [rrn(), api_key(), "010-" + "2345-6789", "kim@corp" + ".example"])
@pytest.mark.parametrize(
    "place",
    [in_the_question, in_a_passage, in_a_title, in_a_heading, in_an_earlier_question, in_an_earlier_answer],
)
def test_a_secret_in_one_part_alone_keeps_the_whole_prompt_off_the_cloud(
    place: Callable[[str], Prompt], secret: str
) -> None:
    assert decision_for(place("")).routes[0] is Route.CLOUD
    assert Route.CLOUD not in decision_for(place(secret)).routes


def test_an_identifier_split_over_two_messages_is_found() -> None:
    whole = rrn()
    turn = Turn(f"이 번호인데 {whole[:7]}", "네, 말씀하세요.", Label(), ())
    rules = shipped_rules()
    thread = thread_parts((turn,), {}, DM, rules)
    assert joined(thread, rules).level is Level.PUBLIC
    both = (*thread, question_part(ask(f"{whole[7:]} 누구 것인가요"), rules))
    assert "kr_rrn" in joined(both, rules).kinds


def test_an_identifier_split_over_a_title_and_its_passage_is_found() -> None:
    whole, rules = rrn(), shipped_rules()
    split = passage(whole[7:], of=document(title=whole[:7]), heading="")
    assert "kr_rrn" in joined(passage_parts(1, split, rules), rules).kinds


def test_earlier_text_that_is_gone_counts_as_restricted() -> None:
    turn = Turn(None, "15일입니다.", Label(), ())
    thread = thread_parts((turn,), {}, DM, shipped_rules())
    decision = decision_for((*thread, *parts_of(ask(), passage())))
    assert decision.label.level is Level.RESTRICTED
    assert Route.CLOUD not in decision.routes


def test_an_earlier_answer_whose_document_is_not_for_these_readers_stays_out_of_the_prompt() -> None:
    turn = Turn("얼마예요?", "그 값은 삼천입니다.", Label(), (7,))
    hidden = thread_parts((turn,), {}, DM, shipped_rules())
    assert "삼천" not in "".join(part.text for part in hidden)
    assert joined(hidden, shipped_rules()).level is Level.RESTRICTED
    visible = thread_parts((turn,), {7: document(7)}, DM, shipped_rules())
    assert "삼천" in "".join(part.text for part in visible)


def test_an_earlier_answer_carries_the_present_level_of_its_documents() -> None:
    turn = Turn("얼마예요?", "세 가지입니다.", Label(), (7,))
    thread = thread_parts((turn,), {7: document(7, Level.CONFIDENTIAL)}, DM, shipped_rules())
    assert Route.CLOUD not in decision_for((*thread, *parts_of(ask(), passage()))).routes


@pytest.mark.parametrize(
    ("room", "routes"),
    [
        (DM, CLOUD_FIRST),
        (Room("C1", "general", "public"), CLOUD_FIRST),
        (Room("C3", "hr", "private"), (Route.ON_PREM, Route.QUOTE)),
        (Room("C6", "partner", "public", shared=True), (Route.ON_PREM, Route.QUOTE)),
        (Room("C9", "?", "unknown"), (Route.ON_PREM, Route.QUOTE)),
    ],
)
def test_the_rooms_level_decides_by_itself(room: Room, routes: tuple[Route, ...]) -> None:
    assert decision_for(parts_of(ask(room=room), passage())).routes == routes


@pytest.mark.parametrize(
    ("level", "routes"),
    [
        (Level.PUBLIC, CLOUD_FIRST),
        (Level.INTERNAL, CLOUD_FIRST),
        (Level.CONFIDENTIAL, (Route.ON_PREM, Route.QUOTE)),
        (Level.RESTRICTED, (Route.REFUSE,)),
    ],
)
def test_the_sources_level_decides_by_itself(level: Level, routes: tuple[Route, ...]) -> None:
    assert decision_for(parts_of(ask(), passage(of=document(level=level)))).routes == routes


def test_the_policy_may_prefer_the_on_prem_model() -> None:
    rules = replace(shipped_rules(), prefer=Route.ON_PREM)
    parts = parts_of(ask(), passage(), rules=rules)
    assert decide(parts, DM, rules, UUID(int=1)).routes == (Route.ON_PREM, Route.CLOUD, Route.QUOTE)


def test_a_kind_that_the_policy_does_not_name_is_restricted() -> None:
    assert shipped_rules().kind_level("something new") is Level.RESTRICTED


@pytest.mark.parametrize(
    "terms",
    [None, DataUse(training=True, expires=date(2035, 1, 1)), DataUse(training=False, expires=date(2026, 11, 21))],
)
def test_without_terms_in_force_the_cloud_takes_public_text_only(terms: DataUse | None) -> None:
    bare = replace(shipped_rules(), rooms={**shipped_rules().rooms, "dm": Level.PUBLIC})
    rules = bare.under(terms, TODAY)
    public, internal = passage(of=document(level=Level.PUBLIC)), passage(of=document(level=Level.INTERNAL))
    assert Route.CLOUD in decide(parts_of(ask(), public, rules=rules), DM, rules, UUID(int=1)).routes
    assert Route.CLOUD not in decide(parts_of(ask(), internal, rules=rules), DM, rules, UUID(int=1)).routes
    in_force = bare.under(TERMS, TODAY)
    assert Route.CLOUD in decide(parts_of(ask(), internal, rules=in_force), DM, in_force, UUID(int=1)).routes


def test_the_policys_hash_changes_with_what_it_says_and_with_the_clouds_terms() -> None:
    rules = shipped_rules()
    assert rules.hash == shipped_rules().hash
    assert rules.hash != rules.under(None, TODAY).hash
    assert rules.hash != replace(rules, kinds={**rules.kinds, "phone": Level.PUBLIC}).hash


def test_a_decision_says_why_each_sink_does_not_take_it() -> None:
    verdict = decision_for(in_the_question(rrn())).verdict("cloud")
    assert not verdict.allowed
    assert ("kr_rrn", "question") in {(reason.kind, reason.origin) for reason in verdict.against}


def test_a_part_cannot_be_made_elsewhere() -> None:
    with pytest.raises(TypeError, match=r"parts\.py"):
        Part("free text", Label(), Role.QUESTION)
    with pytest.raises((TypeError, ValueError)):
        replace(instructions("ours"), text="theirs")
