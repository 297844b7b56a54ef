"""P1 to P4 and P13 over random policies: what only tightens never allows more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from bot.domain import Room, RoomKind, Route
from bot.policy import detect
from bot.policy.compare import changes, only_tightens, samples
from bot.policy.decide import routes_of
from bot.policy.detect.lists import Names
from bot.policy.mask import TYPES
from bot.policy.profiles import profiled
from bot.policy.rules import SINKS, Designation, ProfileName, Rules, Sink, SinkName, allowed
from bot.policy.terms import Terms
from retrieval.label import ImportedLabel, Label, Level
from retrieval.passage import Principal, Readers
from tests.builders import TERMS, document, shipped_rules

KINDS = ["kr_rrn", "card", "email"]
NAMES = ["hr", "hr-desk", "hr-desk-2", "general"]
levels = st.sampled_from(list(Level))
roomkinds: st.SearchStrategy[RoomKind] = st.sampled_from(get_args(RoomKind))


def table(*names: str) -> st.SearchStrategy[Mapping[str, Level]]:
    return st.dictionaries(st.sampled_from(names), levels, max_size=3)


@st.composite
def sinks(draw: st.DrawFn) -> dict[SinkName, Sink]:
    refused = st.frozensets(st.sampled_from(KINDS), max_size=2)
    return {name: Sink(name, draw(levels), draw(refused), draw(st.sampled_from(["", "", "shut"]))) for name in SINKS}


ROOM_KINDS = ("dm", "public", "private", "shared", "guests")
routes = st.sampled_from([Route.CLOUD, Route.ON_PREM])
days = st.dates(date(2026, 1, 1), date(2026, 1, 9))
names = table(*NAMES)
prefixes = table("h", "hr-", "hr-desk", "g")

DRAWN: Mapping[str, st.SearchStrategy[Any]] = {
    "kinds": table(*KINDS),
    "rooms": table(*ROOM_KINDS),
    "room_ids": table("C1", "C2"),
    "sinks": sinks(),
    "ceilings": table(*ROOM_KINDS),
    "ceiling_ids": table("C1", "C2"),
    "prefer": routes,
    "lists": st.sampled_from([detect.NO_LISTS, Names([("project", "은하수 계획")])]),
    "attachments": levels,
    "room_names": names,
    "room_prefixes": prefixes,
    "ceiling_names": names,
    "ceiling_prefixes": prefixes,
    "sources": table("wiki", "handbook"),
    "uris": table("hr/*", "*.md"),
    "labels": table("secret", "plain"),
    "roles": table("group:legal", "user:U1"),
    "terms": table("aurora", "달빛호").map(Terms),
    "small_talk": st.none() | routes,
    "prefer_rooms": st.dictionaries(st.sampled_from(["C1", "hr"]), routes),
    "prefer_sources": st.dictionaries(st.sampled_from(["wiki", "handbook"]), routes),
    "model_rooms": st.dictionaries(st.sampled_from(["C1", "hr"]), st.sampled_from(["hr-small", "law"])),
    "model_sources": st.dictionaries(st.sampled_from(["wiki", "handbook"]), st.sampled_from(["hr-small", "law"])),
    "profile": st.sampled_from(get_args(ProfileName)),
    "designation": st.none() | st.builds(Designation, st.sampled_from(["CISO", "CEO"]), days, days, st.just("IT-26-7")),
    "shadow": st.booleans(),
    "masking": st.frozensets(st.sampled_from(sorted(TYPES)), max_size=4),
}
"""What each field of a policy may say. A field that is missing here is one that nobody compares."""
SAYS_NOTHING = {"seen"}
OF_PEOPLE = {"opt_outs"}
"""What no policy says, and none can change."""


def policies() -> st.SearchStrategy[Rules]:
    return st.builds(Rules, **DRAWN).map(profiled)


rooms = st.builds(
    lambda id, name, kind, outside: Room(id, name, kind, outside > 0, outside == 1),
    st.sampled_from(["C1", "C3"]),
    st.sampled_from([*NAMES, "other", "HR-Desk-9"]),
    roomkinds,
    st.integers(0, 2),
)
asked = st.tuples(
    rooms,
    st.frozensets(st.sampled_from(KINDS), max_size=2),
    levels,
    st.sampled_from([(), (ImportedLabel("Secret"),), (ImportedLabel("other"),)]),
    st.sampled_from(["", "aurora", "달빛호는"]),
    st.frozensets(st.sampled_from([Principal("group:legal"), Principal("user:U1"), Principal("user:U2")])),
    st.booleans(),
    days,
)
Asked = tuple[Room, frozenset[str], Level, tuple[ImportedLabel, ...], str, frozenset[Principal], bool, date]
"""A room, what is found, the document's level and labels, its text, who asks, whether a file came along, the day."""


def known(rules: Rules, one: Asked) -> tuple[Label, Label]:
    """The label of a whole question, and of the document that it would show."""
    room, kinds, level, labels, text, own, attached, _ = one
    found = Label.join([Label.of(rules.kind_level(kind), kind, "question") for kind in kinds])
    found |= Label.of(rules.attachments, "attached", "attached 1") if attached else Label()
    shown = rules.document_label(document(level=level, labels=labels)) | rules.terms.label(text, "passage 1")
    return rules.room_label(room) | found | shown | rules.asker_label(Readers(own)), shown


def allows(rules: Rules, one: Asked) -> set[str]:
    label, shown = known(rules, one)
    rules = rules.under(TERMS, one[-1])
    told = {name for name in SINKS if name != "slack" and allowed(label, rules.sinks[name])}
    masked = {"masked"} if allowed(rules.at_best(label), rules.sinks["cloud"]) else set()
    return masked | told | ({"slack"} if allowed(shown, rules.shown_in(one[0])) else set())


@st.composite
def edits(draw: st.DrawFn) -> tuple[Rules, Rules]:
    """A policy, and the same with one or two of its fields written anew: about half of these only tighten."""
    old, other = draw(policies()), draw(policies())
    edited = draw(st.lists(st.sampled_from(sorted(DRAWN)), min_size=1, max_size=2, unique=True))
    return old, replace(old, **{name: getattr(other, name) for name in edited})


def test_every_field_of_a_policy_is_drawn_here() -> None:
    assert {one.name for one in fields(Rules)} == DRAWN.keys() | SAYS_NOTHING | OF_PEOPLE


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_no_field_of_a_policy_changes_in_silence(name: str) -> None:
    old = shipped_rules()
    told = settings(phases=[Phase.generate], database=None, max_examples=100)
    find(DRAWN[name], lambda value: bool(changes(old, replace(old, **{name: value}))), settings=told, random=Random(0))


@given(edits())
def test_a_policy_that_says_something_else_has_another_hash(edit: tuple[Rules, Rules]) -> None:
    old, new = edit
    assert (old.hash == new.hash) is (old == new)


@given(edits(), asked)
def test_an_edit_that_only_tightens_never_enlarges_what_is_allowed(edit: tuple[Rules, Rules], one: Asked) -> None:
    old, new = edit
    if only_tightens(changes(old, new)):
        assert allows(new, one) <= allows(old, one)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("kinds", Level.INTERNAL, Level.PUBLIC),
        ("labels", Level.RESTRICTED, Level.INTERNAL),
        ("roles", Level.CONFIDENTIAL, Level.PUBLIC),
        ("sources", Level.CONFIDENTIAL, Level.INTERNAL),
        ("rooms", Level.CONFIDENTIAL, Level.PUBLIC),
        ("ceilings", Level.INTERNAL, Level.CONFIDENTIAL),
    ],
)
def test_one_level_that_allows_more_is_called_looser(name: str, before: Level, after: Level) -> None:
    key = {"kinds": "email", "rooms": "dm", "ceilings": "dm"}.get(name, "x")
    old, new = (
        replace(shipped_rules(), **{name: {**getattr(shipped_rules(), name), key: level}})  # type: ignore[arg-type]
        for level in (before, after)
    )
    assert [change.way for change in changes(old, new)] == ["looser"]
    assert [change.way for change in changes(new, old)] == ["tighter"]


TIGHTER = ["kinds", "rooms", "room_ids", "room_names", "room_prefixes", "sources", "uris", "labels", "roles"]
LOWER = ["ceilings", "ceiling_ids", "ceiling_names", "ceiling_prefixes"]


@given(policies(), st.sampled_from([*TIGHTER, *LOWER]), asked)
def test_making_one_table_stricter_is_called_tightening_and_is_one(rules: Rules, name: str, one: Asked) -> None:
    strictest = Level.PUBLIC if name in LOWER else Level.RESTRICTED
    new = replace(rules, **{name: dict.fromkeys(getattr(rules, name), strictest)})  # type: ignore[arg-type]
    found = changes(rules, new)
    assert only_tightens(found)
    assert allows(new, one) <= allows(rules, one)


@given(policies(), policies())
def test_what_is_tighter_one_way_is_looser_the_other(old: Rules, new: Rules) -> None:
    there, back = changes(old, new), changes(new, old)
    assert {c.what for c in there} == {c.what for c in back}
    assert changes(old, old) == ()
    assert {c.what for c in there if c.way == "tighter"} <= {c.what for c in back if c.way == "looser"}


@given(policies(), asked, asked)
def test_in_any_policy_more_to_know_never_allows_more(rules: Rules, one: Asked, other: Asked) -> None:
    room = one[0]
    label, shown = known(rules, one)
    more, more_shown = known(rules, (room, *other[1:]))
    for name in SINKS:
        if allowed(label | more, rules.sinks[name]):
            assert allowed(label, rules.sinks[name])
            assert allowed(more, rules.sinks[name])
    alone, both = routes_of(label, shown, room, rules), routes_of(label | more, shown | more_shown, room, rules)
    assert {*both} - {Route.REFUSE} <= {*alone}
    assert routes_of(more | label, more_shown | shown, room, rules) == both


@given(policies(), rooms)
def test_a_name_or_people_from_outside_never_lower_a_room(rules: Rules, room: Room) -> None:
    plain = replace(room, name="unlisted", shared=False, guests_only=False)
    assert rules.room_label(room).level >= rules.room_label(plain).level
    assert rules.shown_in(room).ceiling <= rules.shown_in(plain).ceiling
    others = replace(room, shared=True, guests_only=False)
    assert rules.room_label(others).level >= rules.room_label(room).level
    assert rules.shown_in(others).ceiling <= rules.shown_in(room).ceiling


@given(policies(), st.text(max_size=5))
def test_a_label_that_the_policy_does_not_name_is_never_less_than_restricted(rules: Rules, name: str) -> None:
    carried = document(labels=(ImportedLabel(f"unknown {name}"),))
    assert rules.document_label(carried).level is Level.RESTRICTED


def test_an_asker_of_whom_nothing_is_known_has_the_strictest_role() -> None:
    with_roles = replace(shipped_rules(), roles={"group:legal": Level.CONFIDENTIAL})
    assert with_roles.asker_label(Readers(frozenset())).level is Level.RESTRICTED
    assert with_roles.asker_label(Readers(frozenset({Principal("user:U7")}))) == Label()
    legal = Readers(frozenset({Principal("user:U7"), Principal("group:legal")}))
    assert with_roles.asker_label(legal) == Label.of(Level.CONFIDENTIAL, "asker", "role")
    assert shipped_rules().asker_label(Readers(frozenset())) == Label()


def designated(on: date, until: date, by: str = "CISO") -> Rules:
    return replace(shipped_rules(), profile="finance", designation=Designation(by, on, until, "IT-26-7"))


@pytest.mark.parametrize(
    ("after", "way"),
    [
        (designated(date(2026, 1, 1), date(2046, 12, 31)), "looser"),
        (designated(date(2025, 1, 1), date(2026, 12, 31)), "looser"),
        (designated(date(2027, 1, 1), date(2027, 12, 31)), "looser"),
        (designated(date(2026, 2, 1), date(2026, 12, 31)), "tighter"),
        (designated(date(2026, 1, 1), date(2026, 12, 31), "CEO"), "other"),
    ],
)
def test_a_day_more_of_a_designation_is_looser(after: Rules, way: str) -> None:
    before = designated(date(2026, 1, 1), date(2026, 12, 31))
    assert [(change.way, change.what) for change in changes(before, after)] == [(way, "designation")]


def test_a_lower_level_of_attached_files_is_looser() -> None:
    before, after = (replace(shipped_rules(), attachments=level) for level in (Level.CONFIDENTIAL, Level.PUBLIC))
    (change,) = changes(before, after)
    assert (change.way, change.what, change.after) == ("looser", "attachments.level", "public")
    assert not only_tightens([change])


def test_a_kind_more_that_is_masked_is_looser() -> None:
    fewer, more = (replace(shipped_rules(), masking=kinds) for kinds in (frozenset(), frozenset({"phone"})))
    (change,) = changes(fewer, more)
    assert (change.way, change.what, change.after) == ("looser", "masking.kinds", "masks phone")
    assert only_tightens(changes(more, fewer))
    assert changes(more, fewer)


def test_samples_show_questions_that_take_another_way() -> None:
    old = shipped_rules()
    new = replace(old, sinks={**old.sinks, "cloud": replace(old.sinks["cloud"], refuse=frozenset())})
    found = {(one.room, one.kind) for one in samples(old, new, most=1000)}
    assert ("dm", "email") in found
    assert not {kind for _, kind in found} & {"nothing else"}
    assert samples(old, old) == ()
