"""The `slack` sink per room: what each may be shown, and that nothing above it is shown or prompted there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.check import Shown
from bot.domain import Room, Route, Turn
from bot.policy.decide import decide
from bot.policy.parts import Role, joined, passage_parts, thread_parts
from bot.policy.policy_file import load_rules
from bot.policy.rules import Rules, allowed
from bot.why import sink_says
from retrieval.label import NOTHING_SENSITIVE, Level
from retrieval.passage import Passage
from tests.builders import DM, ROOT, api_key, ask, decision_for, document, parts_of, passage, rrn, shipped_rules

PUBLIC_ROOM = Room("C1", "general", "public")
PRIVATE_ROOM = Room("C3", "hr", "private")
NOT_KNOWN = Room("C404", "C404", "unknown", shared=True)

levels = st.sampled_from(list(Level))
rooms = st.builds(
    Room,
    st.sampled_from(["C1", "C2"]),
    st.just("r"),
    st.sampled_from(["dm", "private", "public", "unknown"]),
    st.booleans(),
)
tables = st.tuples(
    st.dictionaries(st.sampled_from(["dm", "private", "public", "shared"]), levels),
    st.dictionaries(st.sampled_from(["C1", "C2"]), levels),
    levels,
)
texts = st.sampled_from(["연차는 15일", "문의 a.b@corp.example", rrn(), api_key()])
founds = st.lists(st.tuples(texts, levels), max_size=5)


def ruled(by_kind: dict[str, Level], by_id: dict[str, Level], otherwise: Level) -> Rules:
    rules = shipped_rules()
    slack = replace(rules.sinks["slack"], ceiling=otherwise)
    return replace(rules, sinks={**rules.sinks, "slack": slack}, ceilings=by_kind, ceiling_ids=by_id)


def passages(found: list[tuple[str, Level]]) -> tuple[Passage, ...]:
    return tuple(passage(text, of=document(n, level), id=n) for n, (text, level) in enumerate(found))


@pytest.mark.parametrize(
    ("room", "ceiling"),
    [
        (DM, Level.CONFIDENTIAL),
        (PRIVATE_ROOM, Level.CONFIDENTIAL),
        (PUBLIC_ROOM, Level.INTERNAL),
        (replace(DM, shared=True), Level.INTERNAL),
        (replace(PRIVATE_ROOM, shared=True), Level.INTERNAL),
        (replace(PUBLIC_ROOM, shared=True), Level.INTERNAL),
        (NOT_KNOWN, Level.PUBLIC),
        (replace(NOT_KNOWN, shared=False), Level.PUBLIC),
    ],
)
def test_the_shipped_policy_shows_a_room_what_its_kind_allows(room: Room, ceiling: Level) -> None:
    assert shipped_rules().shown_in(room).ceiling is ceiling


def test_one_room_has_a_ceiling_of_its_own_by_its_id() -> None:
    for level in Level:
        rules = replace(shipped_rules(), ceiling_ids={PUBLIC_ROOM.id: level})
        assert rules.shown_in(PUBLIC_ROOM).ceiling is level
        assert rules.shown_in(replace(PUBLIC_ROOM, id="C2")).ceiling is Level.INTERNAL


def test_rooms_that_are_not_named_have_the_sinks_own_ceiling(tmp_path: Path) -> None:
    shipped = (ROOT / "policy.toml").read_text(encoding="utf-8")
    start, end = shipped.index("[sinks.slack.rooms]"), shipped.index("[sinks.record]")
    path = tmp_path / "policy.toml"
    path.write_text(shipped[:start] + '[sinks.slack.rooms]\ndm = "restricted"\n' + shipped[end:], encoding="utf-8")
    rules = load_rules(path)
    assert rules.shown_in(DM).ceiling is Level.RESTRICTED
    for room in (PRIVATE_ROOM, PUBLIC_ROOM, replace(DM, shared=True)):
        assert rules.shown_in(room).ceiling is Level.CONFIDENTIAL
    assert rules.shown_in(NOT_KNOWN).ceiling is Level.PUBLIC


@given(rooms, tables)
def test_outsiders_never_raise_what_a_room_is_shown(
    room: Room, table: tuple[dict[str, Level], dict[str, Level], Level]
) -> None:
    rules = ruled(*table)
    with_them = rules.shown_in(replace(room, shared=True)).ceiling
    assert with_them <= rules.shown_in(replace(room, shared=False)).ceiling
    assert with_them <= table[0].get("shared", table[2])


@given(rooms, tables)
def test_an_unknown_room_that_is_not_named_is_never_shown_more_than_public_text(
    room: Room, table: tuple[dict[str, Level], dict[str, Level], Level]
) -> None:
    by_kind, _, otherwise = table
    assert ruled(by_kind, {}, otherwise).shown_in(replace(room, kind="unknown")).ceiling is Level.PUBLIC


@given(rooms, tables, founds)
def test_a_passage_above_the_rooms_ceiling_is_never_shown_or_prompted_there(
    room: Room, table: tuple[dict[str, Level], dict[str, Level], Level], found: list[tuple[str, Level]]
) -> None:
    rules, made = ruled(*table), passages(found)
    sink, shown = rules.shown_in(room), Shown.in_room(made, room, rules)
    assert {*shown.passages, *shown.title_only} == {*made}
    for kept in made:
        label = joined(passage_parts(1, kept, rules), rules)
        assert (kept in shown.passages) is (label.level <= sink.ceiling and not label.kinds & sink.refuse)


@given(rooms, founds, levels, levels)
def test_a_lower_ceiling_never_shows_more(room: Room, found: list[tuple[str, Level]], one: Level, other: Level) -> None:
    made = passages(found)
    lower, higher = (
        Shown.in_room(made, room, ruled({"shared": level}, {room.id: level}, level)) for level in sorted((one, other))
    )
    assert {*lower.passages} <= {*higher.passages}


@given(rooms, tables, texts, levels)
def test_an_earlier_answer_is_never_prompted_where_it_may_no_longer_be_shown(
    room: Room, table: tuple[dict[str, Level], dict[str, Level], Level], text: str, level: Level
) -> None:
    rules, rests_on = ruled(*table), document(7, level)
    turn = Turn("얼마예요?", text, NOTHING_SENSITIVE, (7,))
    (told,) = (p for p in thread_parts((turn,), {7: rests_on}, room, rules) if p.role is Role.EARLIER_ANSWER)
    if told.text:
        assert allowed(told.label, rules.shown_in(room))
    else:
        assert told.label.level is Level.RESTRICTED


def test_the_slack_verdict_is_the_rooms() -> None:
    parts = parts_of(ask(), passage(of=document(level=Level.CONFIDENTIAL)))
    assert decision_for(parts, room=PRIVATE_ROOM).routes == (Route.ON_PREM, Route.QUOTE)
    in_public = decision_for(parts, room=PUBLIC_ROOM)
    assert in_public.routes == (Route.REFUSE,)
    verdict = in_public.verdict("slack")
    assert verdict.ceiling is Level.INTERNAL
    assert [(r.level, r.kind) for r in verdict.against] == [(Level.CONFIDENTIAL, "source")]


def test_what_was_withheld_is_in_the_verdict_and_changes_no_route() -> None:
    rules, secret = shipped_rules(), passage(of=document(2, Level.CONFIDENTIAL), id=2)
    withheld = passage_parts(2, secret, rules)
    parts = parts_of(ask(room=PUBLIC_ROOM), passage())
    alone, beside = (decide(parts, PUBLIC_ROOM, rules, UUID(int=1), those) for those in ((), withheld))
    assert beside.routes == alone.routes
    assert beside.label == alone.label
    verdict = beside.verdict("slack")
    told = sink_says(verdict.allowed, verdict.ceiling, verdict.against)
    assert told == "in part, takes up to INTERNAL: source (source handbook)"


def test_a_kind_that_is_refused_at_any_level_is_not_blamed_on_the_ceiling() -> None:
    rules = replace(shipped_rules(), ceilings={"dm": Level.RESTRICTED})
    verdict = decision_for(parts_of(ask(), passage(rrn())), rules).verdict("slack")
    assert sink_says(verdict.allowed, verdict.ceiling, verdict.against) == "no: kr_rrn (passage 1)"


def test_the_policys_hash_changes_with_each_ceiling() -> None:
    rules = shipped_rules()
    changed = (
        replace(rules, ceilings={**rules.ceilings, "dm": Level.PUBLIC}),
        replace(rules, ceiling_ids={"C1": Level.PUBLIC}),
    )
    assert len({rules.hash, *(other.hash for other in changed)}) == 3
