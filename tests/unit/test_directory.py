"""Who somebody is in the directory and what that gives them: by id and address, until they leave, and never by name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory import Directory, Employment, Members, Person, Terms, address
from bot.domain import Room
from retrieval.passage import EVERYONE, Principal
from tests.builders import DM, TODAY, directory

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
KIM = Person("U1", "김하늘", email="kim@company.example", number="1001", groups=frozenset({"engineering", "sky"}))
LEE = Person("lee@company.example", "이서윤", email="lee@company.example", groups=frozenset({"hr"}))
PARTNER = Person("U9", "오누리", groups=frozenset({"sky"}), employment="guest")


def own(found: Directory, id: str) -> set[str]:
    return {*found.principals(found.people[id])}


def test_an_employee_has_an_id_an_address_groups_and_is_everyone() -> None:
    assert own(directory(KIM), "U1") == {
        "user:U1", "email:kim@company.example", "group:engineering", "group:sky", "everyone",
    }  # fmt: skip


@pytest.mark.parametrize(("leaving", "reads"), [(YESTERDAY, False), (TODAY, True), (TOMORROW, True)])
def test_who_left_is_nobody_from_the_day_after_the_last(leaving: date, reads: bool) -> None:
    found = directory(Person("U1", groups=frozenset({"hr"}), leaving=leaving))
    assert bool(own(found, "U1")) is reads
    assert own(found.on(TOMORROW), "U1") == (own(found, "U1") if leaving == TOMORROW else set())


@pytest.mark.parametrize(
    ("employment", "terms", "everyone"),
    [
        ("employee", None, True),
        ("contractor", None, False),
        ("intern", None, False),
        (None, None, False),
        ("guest", None, False),
        ("contractor", {"employment:employee", "employment:contractor"}, True),
        ("contractor", {"group:sky"}, True),
        ("employee", {"group:staff"}, False),
        ("guest", {"group:sky", "employment:guest"}, False),
        (None, {"employment:None"}, False),
    ],
)
def test_everyone_is_whoever_the_company_says_and_never_a_guest(
    employment: object, terms: set[str] | None, everyone: bool
) -> None:
    said = None if terms is None else Terms(everyone=frozenset(terms))
    person = Person("U1", groups=frozenset({"sky"}), employment=employment)  # type: ignore[arg-type]
    assert (EVERYONE in own(directory(person, terms=said), "U1")) is everyone


# Who


def test_somebody_is_known_by_slack_id_else_by_address() -> None:
    found = directory(KIM, LEE)
    assert found.who("U1", None) == KIM
    assert found.who("U1", "lee@company.example") == KIM, "the id comes first"
    assert found.who("U5", "lee@company.example") == LEE
    assert found.who("U5", None) is None


@pytest.mark.parametrize(
    "email", ["kim@elsewhere.example", "lee@company.example.evil.example", "이서윤", "LEE", "", None]
)
def test_nobody_is_known_by_name_or_by_something_like_their_address(email: str | None) -> None:
    assert directory(KIM, LEE).who("U5", email) is None


def test_a_row_that_says_another_account_is_theirs_takes_away_and_gives_nothing() -> None:
    """The address is in the row of somebody whose Slack id is another: it is out of date, or somebody's mistake."""
    known = directory(KIM).who("U5", "kim@company.example")
    assert known is not None
    assert not known.groups
    assert not directory(KIM).is_everyone(known)
    gone = Person("U1", email="kim@company.example", leaving=YESTERDAY)
    assert directory(gone).has_left(directory(gone).who("U5", "kim@company.example") or KIM)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Kim@Company.Example ", "kim@company.example"),
        ("\u212aim@company.example", None),  # the Kelvin sign: its small letter is a k
        ("kim", None),
        ("kim@", None),
        ("kim@a@b", None),
        ("kim @company.example", None),
        ("", None),
    ],
)
def test_an_address_has_one_spelling(text: str, expected: str | None) -> None:
    assert address(text) == expected


@pytest.mark.parametrize("wanted", ["U1", "kim@company.example", "KIM@company.example", "1001"])
def test_an_operator_finds_somebody_by_id_address_and_number(wanted: str) -> None:
    assert directory(KIM, LEE).found(wanted) == KIM
    assert directory(LEE).found(wanted) is None


# External groups


def external(**mapped: set[str]) -> Terms:
    return Terms(
        external={
            Principal(name.replace("__", "/").replace("_", ":", 1)): frozenset(map(Principal, ours))
            for name, ours in mapped.items()
        }
    )


def test_an_external_group_is_whoever_it_is_mapped_to() -> None:
    terms = external(ext_wiki__hr={"group:hr"}, ext_wiki__kim={"email:kim@company.example"}, ext_wiki__all={"everyone"})
    found = directory(KIM, LEE, PARTNER, terms=terms)
    assert {"ext:wiki/kim", "ext:wiki/all"} <= own(found, "U1")
    assert {"ext:wiki/hr", "ext:wiki/all"} <= own(found, "lee@company.example")
    assert not {p for p in own(found, "U9") if p.startswith("ext:")}


def test_what_is_mapped_to_nobody_or_not_at_all_is_nobody() -> None:
    found = directory(KIM, LEE, terms=external(ext_wiki__none=set(), ext_wiki__gone={"group:gone"}))
    assert not {p for p in found.held() if p.startswith("ext:")}


def test_an_address_of_a_group_is_mapped_too() -> None:
    found = directory(
        KIM, terms=Terms(external={Principal("email:team@x.example"): frozenset({Principal("group:sky")})})
    )
    assert "email:team@x.example" in own(found, "U1")


# Never

GROUPS = st.frozensets(st.sampled_from(["a", "b", "c"]))
DAYS = st.sampled_from([None, YESTERDAY, TODAY, TOMORROW])
KINDS: st.SearchStrategy[Employment | None] = st.sampled_from(("employee", "contractor", "intern", "guest", None))
MAPPED = st.dictionaries(
    st.sampled_from(["ext:w/1", "ext:w/2", "email:t@x.example"]).map(Principal),
    st.frozensets(st.sampled_from(["group:a", "group:b", "everyone", "user:U0", "email:p1@x.example"]).map(Principal)),
)
TERMS = st.builds(
    Terms,
    everyone=st.frozensets(st.sampled_from(["employment:employee", "employment:contractor", "group:a", "group:c"])),
    external=MAPPED,
)


@st.composite
def people(draw: st.DrawFn) -> tuple[Person, ...]:
    return tuple(
        Person(f"U{n}", email=f"p{n}@x.example", groups=draw(GROUPS), employment=draw(KINDS), leaving=draw(DAYS))
        for n in range(draw(st.integers(1, 5)))
    )


@given(people(), TERMS)
def test_nobody_who_left_has_anything_and_no_guest_has_a_group(listed: tuple[Person, ...], terms: Terms) -> None:
    found = directory(*listed, terms=terms)
    for person in listed:
        has = own(found, person.id)
        if person.leaving == YESTERDAY:
            assert has == set()
        elif person.guest:
            assert has == {f"user:{person.id}", f"email:{person.email}"}
        else:
            plain = {f"user:{person.id}", f"email:{person.email}", "everyone", *(f"group:{g}" for g in person.groups)}
            assert has - plain <= {name for name, ours in terms.external.items() if ours & has}
            assert {f"group:{g}" for g in person.groups} <= has


@given(people(), TERMS, st.lists(st.integers(0, 5), min_size=1, unique=True), st.sampled_from(["U77", "U9"]))
def test_adding_somebody_unknown_to_a_room_never_adds_a_reader(
    listed: tuple[Person, ...], terms: Terms, members: list[int], stranger: str
) -> None:
    room = Room("C1", "c1", "private")
    ids = tuple(f"U{n}" for n in members)
    before = directory(*listed, terms=terms, rooms=(Members(room, ids),))
    after = directory(*listed, terms=terms, rooms=(Members(room, (*ids, stranger)),))
    for id in ids:
        assert after.readers(id, room).principals <= before.readers(id, room).principals
        assert before.readers(id, room).principals <= own(before, id) | {"channel:C1"} if id in before.people else True
        assert after.readers(id, DM) == before.readers(id, DM)
