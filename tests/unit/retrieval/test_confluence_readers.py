"""Who may read a page of Confluence, in a world where it is known who is in which group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from retrieval.label import Level
from retrieval.passage import EVERYONE, Principal, Readers, Rule, Said, Source, principal
from retrieval.rows import said_of, said_row
from retrieval.sources.confluence_readers import Clause, Person, Subject, met, principals, unsettled

USERS = [f"u{n}" for n in range(5)]
GROUPS = [f"g{n}" for n in range(4)]
subjects = st.one_of(
    st.builds(Subject, st.just("user"), st.sampled_from(USERS)),
    st.builds(Subject, st.just("group"), st.sampled_from(GROUPS)),
)
clauses = st.lists(st.frozensets(subjects, max_size=4), min_size=1, max_size=5)
worlds = st.fixed_dictionaries({group: st.frozensets(st.sampled_from(USERS)) for group in GROUPS})


def is_in(user: str, clause: Clause, world: Mapping[str, frozenset[str]]) -> bool:
    return any(one.id == user or user in world.get(one.id, frozenset()) for one in clause)


@given(named=clauses, world=worlds, known=st.sets(st.sampled_from(GROUPS)))
def test_nobody_may_read_who_does_not_meet_every_restriction(
    named: Sequence[Clause], world: Mapping[str, frozenset[str]], known: set[str]
) -> None:
    found = met(named, {group: world[group] for group in known})
    for user in USERS:
        if is_in(user, found, world):
            assert all(is_in(user, clause, world) for clause in named)


@given(named=clauses, world=worlds)
def test_whoever_meets_every_restriction_may_read_where_all_groups_are_known(
    named: Sequence[Clause], world: Mapping[str, frozenset[str]]
) -> None:
    found = met(named, world)
    for user in USERS:
        assert is_in(user, found, world) == all(is_in(user, clause, world) for clause in named)


@given(named=clauses, world=worlds)
def test_only_what_is_unsettled_has_to_be_known(named: Sequence[Clause], world: Mapping[str, frozenset[str]]) -> None:
    asked = {group: world[group] for group in unsettled(named)}
    for user in USERS:
        assert is_in(user, met(named, asked), world) == all(is_in(user, clause, world) for clause in named)


@given(named=clauses, more=st.frozensets(subjects, max_size=4), world=worlds, known=st.sets(st.sampled_from(GROUPS)))
def test_another_restriction_never_lets_anybody_in(
    named: Sequence[Clause], more: Clause, world: Mapping[str, frozenset[str]], known: set[str]
) -> None:
    members = {group: world[group] for group in known}
    with_it = met([*named, more], members)
    assert {u for u in USERS if is_in(u, with_it, world)} <= {
        u for u in USERS if all(is_in(u, clause, world) for clause in named)
    }


def test_no_restriction_at_all_and_one_that_names_nobody_are_nobody() -> None:
    anybody = frozenset({Subject("group", "g0")})
    assert met([], {}) == met([anybody, frozenset()], {"g0": frozenset({"u0"})}) == frozenset()


def test_a_group_stays_a_group_within_another_one_and_not_among_people_named_one_by_one() -> None:
    hr, staff, kim = Subject("group", "hr"), Subject("group", "staff"), Subject("user", "kim")
    members = {"hr": frozenset({"kim"}), "staff": frozenset({"kim", "lee"})}
    assert met([frozenset({hr}), frozenset({staff})], members) == {hr}
    assert met([frozenset({hr}), frozenset({kim})], members) == {kim}, "whoever joins hr tomorrow is not Kim"


def test_whose_address_is_known_is_that_address_and_an_account_is_never_taken_for_a_group() -> None:
    people = {"u1": Person("김하늘", "Kim@Corp.example"), "u2": Person(login="lee"), "u3": Person(email="no address")}
    named = [Subject("user", one) for one in ("u1", "u2", "u3", "u4")]
    groups = [Subject("group", "g1"), Subject("group", "g2"), Subject("group", "lee")]
    found = principals([*named, *groups], "wiki", people, {"g1": "HR 팀", "g2": "~lee", "lee": "lee"})
    assert sorted(found) == [
        "email:kim@corp.example",
        "ext:wiki/%7Elee",
        "ext:wiki/HR%20팀",
        "ext:wiki/lee",
        "ext:wiki/~lee",
        "ext:wiki/~u3",
        "ext:wiki/~u4",
    ]
    assert all(principal(one) == one for one in found)


named_principals = st.frozensets(
    st.sampled_from([EVERYONE, *map(Principal, ("group:hr", "ext:wiki/hr", "email:a@corp.example", "user:U1"))])
)


@given(
    own=named_principals,
    rule=st.none() | named_principals,
    said=st.none() | named_principals,
    who=named_principals,
)
def test_what_only_narrows_never_widens_who_may_read(
    own: frozenset[Principal],
    rule: frozenset[Principal] | None,
    said: frozenset[Principal] | None,
    who: frozenset[Principal],
) -> None:
    rules = () if rule is None else (Rule("*", Level.INTERNAL, rule),)
    source = Source("wiki", "confluence", "https://x", Level.INTERNAL, own, rules)
    _, readers = source.access("HR/1", Said(readers=said, narrows=True))
    theirs = own if rule is None else rule
    if Readers(who).may_read(readers):
        assert EVERYONE in theirs or Readers(who).may_read(theirs)
        assert said is None or EVERYONE in said or Readers(who).may_read(said)


@given(
    said=st.builds(Said, readers=st.none() | named_principals, narrows=st.booleans(), changed=st.none() | st.dates())
)
def test_what_was_said_is_kept_as_it_was(said: Said) -> None:
    assert said_of(said_row(said)) == said
