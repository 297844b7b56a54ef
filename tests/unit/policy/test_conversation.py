"""What people said to each other: never for training, as sensitive as the room it was said in, and not without them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Room
from bot.policy.conversation import KIND, refuses, room_of, said_by, said_in, speaker_of, speakers
from bot.policy.decide import decide
from bot.policy.optout import UNKNOWN, OptedOut, OptOuts
from bot.policy.parts import passage_parts
from bot.policy.rules import SINKS, Rules, Sink, allowed
from bot.subjects import Scope, Subject
from retrieval.label import ImportedLabel, Label, Level, Reason
from retrieval.passage import Document
from tests.builders import DM, document, passage, shipped_rules

GENERAL = Room("C012AB3CD", "general", "public")
OPEN = replace(
    shipped_rules(),
    kinds=dict.fromkeys(shipped_rules().kinds, Level.PUBLIC),
    rooms=dict.fromkeys(shipped_rules().rooms, Level.PUBLIC),
    sinks={name: Sink(name, Level.RESTRICTED, frozenset()) for name in SINKS},
)
"""A policy that lets everything go everywhere."""


def talk(room: Room = GENERAL, *pseudonyms: str) -> Document:
    return replace(document(level=Level.PUBLIC), labels=(said_in(room), *map(said_by, pseudonyms)))


def closed(one: Document, rules: Rules) -> set[str]:
    return {name for name in SINKS if not allowed(rules.document_label(one), rules.sinks[name])}


def out(rules: Rules, *entries: OptedOut) -> Rules:
    return replace(rules, opt_outs=OptOuts(1, entries))


def test_no_policy_lets_it_become_training_data() -> None:
    assert closed(talk(), OPEN) == {"train"}
    parts = passage_parts(1, replace(passage("점심 뭐 먹지"), document=talk()), OPEN)
    verdict = decide(parts, DM, OPEN, UUID(int=1)).verdict("train")
    assert not verdict.allowed
    assert {reason.kind for reason in verdict.against} == {KIND}


def test_the_shipped_policy_says_so_too() -> None:
    assert KIND in shipped_rules().sinks["train"].refuse
    assert KIND not in shipped_rules().sinks["cloud"].refuse


@given(st.sampled_from(list(Level)), st.text(max_size=5), st.frozensets(st.text(max_size=4), max_size=3))
def test_nothing_beside_it_makes_it_training_data(level: Level, kind: str, refuse: frozenset[str]) -> None:
    label = Label.of(Level.PUBLIC, KIND, "source talk") | Label.of(level, kind, "passage 1")
    assert not allowed(label, Sink("train", Level.RESTRICTED, refuse))
    assert refuses(Reason(Level.PUBLIC, KIND, ""), "train")


@pytest.mark.parametrize("kind", ["public", "private", "unknown"])
def test_it_is_as_sensitive_as_the_room_in_which_it_was_said(kind: str) -> None:
    room = replace(GENERAL, kind=kind)  # type: ignore[arg-type]
    rules = replace(shipped_rules(), room_prefixes={"hr-": Level.CONFIDENTIAL})
    label = rules.document_label(talk(room))
    assert label.reasons >= rules.room_label(room).reasons
    named = rules.document_label(talk(replace(GENERAL, name="hr-talk")))
    assert named.level is Level.CONFIDENTIAL


def test_a_room_that_this_release_does_not_know_is_restricted() -> None:
    strange = replace(talk(), labels=(ImportedLabel("stage general", said_in(GENERAL).id),))
    assert OPEN.document_label(strange).level is Level.RESTRICTED


@given(st.sampled_from(["public", "private", "unknown", "dm"]), st.booleans(), st.text(max_size=12))
def test_where_and_by_whom_come_back_from_the_labels(kind: str, shared: bool, name: str) -> None:
    room = Room("C1", name, kind, shared)  # type: ignore[arg-type]
    assert room_of(said_in(room)) == room
    assert speaker_of(said_in(room)) is None
    assert speaker_of(said_by("abc")) == "abc"
    assert room_of(said_by("abc")) is None
    assert speakers([said_in(room), said_by("b"), said_by("a"), ImportedLabel("x", "y")]) == {"a", "b"}


def test_what_somebody_said_honours_what_they_opted_out_of() -> None:
    for scope, sinks in ((Scope.CLOUD, {"cloud", "train"}), (Scope.RECORD, {"record", "train"}), (Scope.ALL, None)):
        rules = out(OPEN, OptedOut(Subject("user", "U1"), scope, pseudonym="kim"))
        assert closed(talk(GENERAL, "kim", "lee"), rules) == (sinks or {"cloud", "record", "train"})
        assert closed(talk(GENERAL, "lee"), rules) == {"train"}


@pytest.mark.parametrize("scope", list(Scope))
def test_nobody_is_given_it_any_more_once_they_opted_out_of_being_kept(scope: Scope) -> None:
    of_kim = out(OPEN, OptedOut(Subject("user", "U1"), scope, pseudonym="kim"))
    of_room = out(OPEN, OptedOut(Subject("room", GENERAL.id), scope, pseudonym="room"))
    kept = scope in (Scope.ALL, Scope.RECORD)
    assert of_kim.unsaid(talk(GENERAL, "kim")) == of_room.unsaid(talk(GENERAL, "lee")) == kept
    assert not of_kim.unsaid(talk(GENERAL, "lee"))
    assert not of_kim.unsaid(document(level=Level.PUBLIC))


def test_while_nobody_knows_who_opted_out_it_is_given_to_nobody() -> None:
    rules = replace(OPEN, opt_outs=UNKNOWN)
    assert rules.unsaid(talk(GENERAL, "kim"))
    assert not rules.unsaid(document(level=Level.PUBLIC))


def test_our_own_labels_are_none_that_policy_toml_has_to_know() -> None:
    assert shipped_rules().imported(said_in(GENERAL)) is Level.PUBLIC
    assert shipped_rules().imported(ImportedLabel("general")) is Level.RESTRICTED
