"""What an opt-out keeps a text from: never less than was asked for, whatever the policy says."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Room, Route, Turn
from bot.policy.optout import EACH, KIND, UNKNOWN, OptedOut, OptOuts, of_the_text, refuses, scopes_of
from bot.policy.parts import joined, passage_parts, question_part, thread_parts
from bot.policy.policy_file import load_rules
from bot.policy.rules import SINKS, Rules, Sink, SinkName, allowed
from bot.subjects import Scope, Subject
from bot.toml_file import SettingsFault
from bot.why import named, sink_says
from retrieval.label import NOTHING_SENSITIVE, Label, Level, Reason
from tests.builders import CLOUD_FIRST, DM, ROOT, ask, decision_for, document, parts_of, passage, shipped_rules

NAME = "홍" + "길동"
MAIL = "gildong" + "@" + "partner.example"
PHONE = "010-" + "1234-" + "5678"
OPEN = replace(
    shipped_rules(),
    kinds=dict.fromkeys(shipped_rules().kinds, Level.PUBLIC),
    sinks={name: Sink(name, Level.RESTRICTED, frozenset()) for name in SINKS},
)
"""A policy that lets everything go everywhere."""
scopes = st.sampled_from(Scope)


def out(*entries: OptedOut, rules: Rules = OPEN, epoch: int = 1) -> Rules:
    return replace(rules, opt_outs=OptOuts(epoch, entries))


def person(name: str = NAME, *also: str, scope: Scope = Scope.ALL, confirmed: bool = False) -> OptedOut:
    return OptedOut(Subject("person", name, also), scope, confirmed=confirmed)


def closed(rules: Rules, label: Label) -> set[str]:
    return {name for name in SINKS if not allowed(label, rules.sinks[name])}


def said(text: str, rules: Rules) -> set[str]:
    """The sinks that may not have a question of this text."""
    return closed(rules, joined((question_part(ask(text), rules),), rules))


SUBJECTS = {
    "user": Subject("user", "U1"),
    "room": Subject("room", DM.id),
    "source": Subject("source", "handbook"),
    "person": Subject("person", NAME, (MAIL,)),
}


@pytest.mark.parametrize("kind", sorted(SUBJECTS))
@pytest.mark.parametrize("scope", list(Scope))
def test_each_subject_is_kept_from_what_it_opted_out_of_and_from_nothing_else(kind: str, scope: Scope) -> None:
    rules = out(OptedOut(SUBJECTS[kind], scope))
    asked = ask(f"{MAIL} 로 보낸 휴가 신청은요?") if kind == "person" else ask()
    decision = decision_for(parts_of(asked, passage(), rules=rules), rules)
    wanted = {one.value for one in scopes_of(scope)}
    assert {verdict.sink for verdict in decision.verdicts if not verdict.allowed} == wanted
    assert (Route.CLOUD in decision.routes) is ("cloud" not in wanted)
    assert decision.routes[-1] is Route.QUOTE
    others = out(OptedOut(Subject(SUBJECTS[kind].kind, "somebody else"), scope))
    assert decision_for(parts_of(asked, passage(), rules=others), others).routes == CLOUD_FIRST


@pytest.mark.parametrize("role", ["title", "heading", "text"])
def test_a_person_is_found_in_each_text_of_a_passage_and_a_source_binds_its_titles(role: str) -> None:
    texts = {"title": "휴가 규정", "heading": "연차", "text": "연차는 15일입니다."} | {role: f"{NAME}님의 일"}
    one = passage(texts["text"], heading=texts["heading"], of=document(title=texts["title"]))
    rules = out(person(scope=Scope.CLOUD))
    assert Route.CLOUD not in decision_for(parts_of(ask(), one, rules=rules), rules).routes
    bound = out(OptedOut(SUBJECTS["source"], Scope.CLOUD))
    assert all("cloud" in closed(bound, part.label) for part in passage_parts(1, one, bound))


def test_who_asked_earlier_in_a_thread_binds_what_follows() -> None:
    rules = out(OptedOut(Subject("user", "U7"), Scope.CLOUD, pseudonym="p7"))
    for asker, kept in (("p7", True), ("p8", False)):
        turn = Turn("연차는?", "15일입니다.", NOTHING_SENSITIVE, (), asker)
        parts = (*thread_parts((turn,), {}, DM, rules), question_part(ask(), rules))
        assert [("cloud" in closed(rules, part.label)) for part in parts] == [kept, kept, False]
        assert (Route.CLOUD not in decision_for(parts, rules).routes) is kept


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}은 언제 오나요?",
        f"{NAME[0]} {NAME[1]} {NAME[2]}에게 보냈습니다",
        f"{NAME}님께서 말씀하신 것",
        f"담당자({NAME})",
        f"{MAIL}로 보내 주세요",
        f"{MAIL.upper()} 앞",
        f"{PHONE}입니다",
        PHONE.replace("-", " "),
        "+82 " + PHONE.removeprefix("0"),
        PHONE.replace("-", ""),
    ],
)
def test_a_person_is_found_under_particles_spacing_and_other_spellings(text: str) -> None:
    rules = out(person(NAME, MAIL, PHONE))
    assert {"cloud", "train"} <= said(text, rules)
    assert said("연차는 며칠인가요?", rules) == set()


def test_a_name_alone_binds_cloud_and_train_and_a_second_identifier_or_a_confirmed_name_all() -> None:
    about = f"{NAME}의 연차는?"
    assert said(about, out(person())) == {"cloud", "train"}
    assert said(about, out(person(NAME, MAIL))) == {"cloud", "train"}
    assert said(f"{MAIL} 의 연차는?", out(person(NAME, MAIL))) == {"cloud", "record", "train"}
    assert said(about, out(person(confirmed=True))) == {"cloud", "record", "train"}
    assert said(about, out(person(scope=Scope.RECORD))) == set()
    assert said(about, out(person(NAME, MAIL, scope=Scope.TRAIN))) == {"train"}


def test_a_name_over_two_messages_is_found() -> None:
    rules = out(person(scope=Scope.CLOUD))
    turn = Turn(f"이 사람: {NAME[0]}", "네.", NOTHING_SENSITIVE, ())
    parts = (*thread_parts((turn,), {}, DM, rules), question_part(ask(f"{NAME[1:]}입니다"), rules))
    assert Route.CLOUD not in decision_for(parts, rules).routes


@given(scopes, st.sampled_from(sorted(SUBJECTS)), st.sets(st.sampled_from(SINKS)))
def test_no_opt_out_is_lost_under_any_other_reason(scope: Scope, kind: str, level_of: set[SinkName]) -> None:
    """Antitone: whatever is joined to it allows nothing more."""
    rules = out(OptedOut(SUBJECTS[kind], scope))
    opts = rules.opt_outs
    label = {
        "user": opts.of_user("U1"),
        "room": opts.of_room(DM.id),
        "source": opts.of_source("handbook"),
        "person": opts.in_text(MAIL),
    }[kind]
    more = Label.join([Label.of(Level.PUBLIC, name, name) for name in sorted(level_of)])
    assert {one.value for one in scopes_of(scope)} <= closed(rules, label | more) == closed(rules, more | label)


@given(st.lists(st.tuples(st.sampled_from(sorted(SUBJECTS)), scopes), max_size=5), st.integers(0, 4))
def test_another_opt_out_never_allows_more(entries: list[tuple[str, Scope]], fewer: int) -> None:
    everything = [OptedOut(SUBJECTS[kind], scope) for kind, scope in entries]

    def refused(some: list[OptedOut]) -> set[str]:
        rules = out(*some)
        decision = decision_for(parts_of(ask(f"{NAME} {MAIL}"), passage(), rules=rules), rules)
        return {verdict.sink for verdict in decision.verdicts if not verdict.allowed}

    assert refused(everything[:fewer]) <= refused(everything)


@given(st.text(max_size=20), st.sampled_from(SINKS))
def test_an_opt_out_of_something_unknown_closes_all_that_one_can_close(origin: str, sink: SinkName) -> None:
    known = {scope.value for scope in EACH}
    binds = refuses(Reason(Level.PUBLIC, KIND, origin), sink)
    assert binds is (sink == origin if origin in known else sink in known)


def test_where_nobody_knows_who_has_opted_out_everything_counts_as_opted_out() -> None:
    rules = replace(OPEN, opt_outs=UNKNOWN)
    decision = decision_for(parts_of(ask(), passage(), rules=rules), rules)
    assert {v.sink for v in decision.verdicts if not v.allowed} == {"cloud", "record", "train"}
    assert decision.routes == (Route.ON_PREM, Route.QUOTE)


def test_no_line_of_a_policy_can_speak_of_opt_outs(tmp_path: object) -> None:
    shipped = (ROOT / "policy.toml").read_text(encoding="utf-8")
    for line, into in (('opt_out = "public"\n', "[kinds]"), ("", "")):
        path = ROOT.__class__(str(tmp_path)) / "policy.toml"
        text = shipped.replace('refuse = ["kr_rrn"', 'refuse = ["opt_out", "kr_rrn"', 1) if not line else shipped
        path.write_text(text.replace(into, f"{into}\n{line}", 1) if line else text, encoding="utf-8")
        with pytest.raises(SettingsFault, match="opt_out"):
            load_rules(path)


def test_the_hash_of_the_rules_holds_the_epoch_and_not_who_it_is() -> None:
    assert out(epoch=1).hash != out(epoch=2).hash
    assert out(person(), epoch=2).hash == out(epoch=2).hash


def test_why_says_of_an_opt_out_nothing_but_that_there_is_one() -> None:
    rules = out(person(NAME, MAIL))
    label = rules.opt_outs.of_user("U1") | rules.opt_outs.in_text(f"{NAME} {MAIL}")
    told = {named(reason.kind, reason.origin) for reason in label.reasons}
    assert told == {"opt_out"}
    against = [reason for reason in label.reasons if refuses(reason, "cloud")]
    assert sink_says(False, Level.INTERNAL, against) == "no: opt_out"


def test_masking_is_told_where_the_name_is_and_which_reasons_go_with_it() -> None:
    rules = out(person(NAME, MAIL), OptedOut(SUBJECTS["user"], Scope.CLOUD))
    text = f"담당은 {NAME}입니다."
    (found,) = rules.opt_outs.found(text)
    assert (found.kind, text[found.start : found.end]) == ("person", NAME)
    reasons = question_part(ask(text), rules).label.reasons
    rest = Label(frozenset(reason for reason in reasons if not of_the_text(reason)))
    assert closed(rules, rest) == {"cloud"}, "who asks stays out whatever is masked"
    assert said("담당은 누구입니까?", out(person(NAME, MAIL))) == set()


def test_a_text_that_cannot_be_looked_at_names_whoever_opted_out() -> None:
    assert "cloud" in said("가" * 200_001, out(person()))


def test_a_room_that_opted_out_binds_everybody_in_it_and_no_other_room() -> None:
    rules = out(OptedOut(Subject("room", "C1"), Scope.CLOUD))
    for id, kept in (("C1", True), ("C2", False)):
        room = Room(id, "general", "public")
        asked = ask(room=room)
        parts = (question_part(asked, rules),)
        assert ("cloud" in closed(rules, joined(parts, rules))) is kept


def test_the_sinks_that_an_opt_out_names_exist() -> None:
    assert {scope.value for scope in EACH} <= set(get_args(SinkName))
