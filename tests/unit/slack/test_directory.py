"""Slack's people with what the company's directory says of them: joined by id and confirmed address, and never laxer
than either for who left, for guests and for strangers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory import Directory, Person, Terms
from bot.domain import Room
from bot.slack.people import PER_MINUTE, SlackPeople
from bot.toml_file import Problem, SettingsFault
from retrieval.passage import NOBODY, Principal
from tests.builders import TODAY, directory, no_directory
from tests.unit.slack.company import ELSEWHERE, TEAM, Company
from tests.unit.slack.company import Person as Account

YESTERDAY = TODAY - timedelta(days=1)
ROOM = Room("C1", "c1", "public")
KIM = Account("U1", email="kim@company.example")
LEE = Account("U2", email="lee@company.example")
HR = frozenset({"hr"})
CONTRACTORS = frozenset({"employment:contractor"})


@dataclass
class Office:
    """A workspace, and a directory that can change meanwhile."""

    slack: Company
    listed: Directory = field(default_factory=no_directory)
    usergroup: str | None = None

    def people(self) -> SlackPeople:
        limits = dict.fromkeys(PER_MINUTE, 10**6)
        return SlackPeople(
            self.slack, TEAM, lambda: self.listed, everyone=self.usergroup, limits=limits, clock=lambda: 0
        )

    async def own(self, id: str = "U1") -> set[str]:
        return await seen(self.people(), id, dm(id))


def dm(user: str) -> Room:
    return Room(f"D{user}", "DM", "dm")


async def seen(people: SlackPeople, asker: str = "U1", room: Room = ROOM, *, fresh: bool = False) -> set[str]:
    return {*(await people.readers(asker, room, fresh=fresh)).principals}


def office(*rows: Person, accounts: tuple[Account, ...] = (), usergroup: str | None = None, **terms: Any) -> Office:
    found = Company(*(replace(account) for account in (KIM, LEE, *accounts)))
    found.channel("C1", *found.people)
    for id in found.people:
        found.dm(id)
    found.groups = {"S1": ("sky", ["U1", "U2"])}
    return Office(found, directory(*rows, terms=Terms(**terms)), usergroup)


# Who is who


@pytest.mark.parametrize(
    "row", [Person("U1", groups=HR), Person("kim@company.example", email="kim@company.example", groups=HR)]
)
async def test_somebody_has_what_slack_and_the_directory_give(row: Person) -> None:
    assert await office(row).own() == {
        "user:U1", "group:S1", "group:sky", "group:hr", "everyone", "email:kim@company.example",
    }  # fmt: skip


@pytest.mark.parametrize(
    "account",
    [
        Account("U5", email="kim@elsewhere.example"),
        Account("U5", email="boss@company.example", confirmed=False),
        Account("U5", email="boss@company.example", guest=True),
        Account("U5", email="boss@company.example", single_channel=True),
        Account("U5", email="boss@company.example", team=ELSEWHERE),
        Account("U5", email="boss@company.example", stranger=True),
        Account("U5", email="boss@company.example", bot=True),
        Account("U5", email="boss@company.example", deleted=True),
        Account("U6", guest=True),
        Account("U6", team=ELSEWHERE),
        Account("U6", stranger=True),
        Account("U6", bot=True),
    ],
)
async def test_only_a_full_member_with_a_confirmed_address_is_who_the_directory_means(account: Account) -> None:
    found = office(
        Person("boss@company.example", email="boss@company.example", groups=HR), Person("U6", groups=HR),
        accounts=(account,),
    )  # fmt: skip
    assert "group:hr" not in await found.own(account.id)


async def test_nobody_is_matched_by_the_name_in_front_of_the_at() -> None:
    found = office(Person("k", email="kim@holding.example", groups=HR))
    assert "group:hr" not in await found.own()


async def test_the_slack_id_comes_before_the_address() -> None:
    found = office(Person("U1", groups=frozenset({"a"})), Person("x", email="kim@company.example", groups=HR))
    assert {"group:a"} == {p for p in await found.own() if p in ("group:a", "group:hr")}


async def test_an_address_in_the_row_of_another_account_gives_nothing() -> None:
    found = office(Person("U7", email="kim@company.example", groups=HR), alone=True)
    assert await found.own() == {"user:U1", "group:S1", "group:sky", "email:kim@company.example"}


async def test_whom_the_directory_does_not_know_has_what_slack_says() -> None:
    assert await office(Person("U7", groups=HR)).own() == await Office(office().slack).own()


# A name that both use


async def test_a_name_is_a_group_of_both() -> None:
    found = office(Person("U2", groups=HR))
    found.slack.groups["S2"] = ("hr", ["U1"])
    assert "group:hr" in await found.own("U1")
    assert "group:hr" in await found.own("U2")


async def test_a_group_that_the_directory_reserves_is_the_directorys_alone() -> None:
    """Anybody in Slack who may edit usergroups could make one of that name."""
    found = office(Person("U2", groups=frozenset({"hr", "sky"})), groups_alone=True)
    found.slack.groups["S2"] = ("hr", ["U1"])
    assert await found.own() == {"user:U1", "group:S1", "group:S2", "everyone", "email:kim@company.example"}
    assert {"group:hr", "group:sky", "group:S1"} <= await found.own("U2")


@pytest.mark.parametrize(
    ("rows", "terms", "usergroup", "expected"),
    [
        ((), {}, None, {"U1", "U2"}),
        ((Person("U1", employment="contractor"),), {}, None, {"U2"}),
        ((Person("U1", employment="contractor"),), {"everyone": CONTRACTORS}, None, {"U1", "U2"}),
        ((Person("U1"),), {"alone": True}, None, {"U1"}),
        ((Person("U1"), Person("U2")), {}, "half", {"U1"}),
        ((Person("U1", employment="intern"), Person("U2")), {}, "half", set()),
        ((Person("U2"),), {"alone": True}, "half", {"U2"}),
        ((Person("U2", groups=HR),), {"alone": True, "everyone": frozenset({"group:hr"})}, "half", {"U2"}),
    ],
)  # fmt: skip
async def test_who_is_everyone(
    rows: tuple[Person, ...], terms: dict[str, Any], usergroup: str | None, expected: set[str]
) -> None:
    found = office(*rows, usergroup=usergroup, **terms)
    found.slack.groups["S2"] = ("half", ["U1"])
    assert {id for id in ("U1", "U2") if "everyone" in await found.own(id)} == expected


async def test_an_external_group_is_mapped_from_slacks_groups_too_and_never_for_a_guest() -> None:
    mapped = {Principal("ext:wiki/sky"): frozenset({Principal("group:sky")})}
    found = office(accounts=(Account("U5", guest=True),), external=mapped)
    found.slack.groups["S1"][1].append("U5")
    assert "ext:wiki/sky" in await found.own("U1")
    assert await found.own("U5") == {"user:U5", "group:S1", "group:sky"}


# Who left, and guests


async def test_who_left_is_nobody_though_the_account_is_open() -> None:
    found = office(Person("U1", groups=HR, leaving=YESTERDAY))
    found.slack.people["U1"].admin = True
    people = found.people()
    for fresh in (False, True):
        assert await seen(people, "U1", dm("U1"), fresh=fresh) == set()
        assert await seen(people, "U1", ROOM, fresh=fresh) == set()
    assert await people.alone("U1") == NOBODY
    assert not await people.is_admin("U1")


@pytest.mark.parametrize(
    "row", [Person("U2", leaving=YESTERDAY), Person("U2", employment="guest"),
            Person("x", email="lee@company.example", employment="guest")]
)  # fmt: skip
async def test_with_one_who_left_or_a_guest_of_the_directory_a_room_reads_what_is_its_own(row: Person) -> None:
    people = office(row).people()
    assert (await people.room("C1")).shared
    assert await seen(people) == {"channel:C1"}


async def test_a_guest_of_the_directory_gets_none_of_its_groups_and_is_no_admin() -> None:
    found = office(Person("U1", groups=HR, employment="guest"))
    found.slack.people["U1"].admin = True
    assert await found.own() == {"user:U1", "group:S1", "group:sky", "email:kim@company.example"}
    assert not await found.people().is_admin("U1")


async def test_a_group_of_the_directory_can_be_the_admins() -> None:
    found = office(Person("U1", groups=HR))
    people = SlackPeople(found.slack, TEAM, lambda: found.listed, admins=["group:hr"])
    assert await people.is_admin("U1")
    assert not await people.is_admin("U2")


# As it is now


@pytest.mark.parametrize("fresh", [False, True])
async def test_a_change_of_the_directory_counts_at_the_next_look(fresh: bool) -> None:
    found = office(Person("U1", groups=HR), Person("U2", groups=HR))
    people = found.people()
    assert "group:hr" in await seen(people)
    found.slack.calls.clear()
    found.listed = directory(Person("U1", groups=HR), Person("U2"))
    assert "group:hr" not in await seen(people, fresh=fresh)
    found.listed = directory(Person("U1", groups=HR), Person("U2", groups=HR, leaving=YESTERDAY))
    assert await seen(people, fresh=fresh) == {"channel:C1"}
    assert fresh or not found.slack.calls, "the directory costs no call"


async def test_a_change_while_slack_is_being_asked_counts_too() -> None:
    found = office(Person("U1", groups=HR), Person("U2", groups=HR))

    async def meanwhile(method: str, when: str) -> None:
        if (method, when) == ("usergroups.list", "after"):
            found.listed = directory(Person("U1", groups=HR), Person("U2", leaving=YESTERDAY))

    found.slack.on_call = meanwhile
    assert await seen(found.people()) == {"channel:C1"}


async def test_while_the_directory_cannot_be_used_nobody_may_read(caplog: pytest.LogCaptureFixture) -> None:
    found = office()

    def broken() -> Directory:
        raise SettingsFault(Problem("people.csv", "line 3, email", "must be an e-mail address"))

    people = SlackPeople(found.slack, TEAM, broken)
    assert await seen(people, "U1", dm("U1")) == set()
    assert await seen(people, fresh=True) == set()
    assert (await people.room("C1")).kind == "unknown"
    assert await people.alone("U1") == NOBODY
    assert not await people.is_admin("U1")
    assert "people.csv: line 3, email" in caplog.text


async def test_a_directory_on_a_disk_that_hangs_makes_nobody_wait_for_long() -> None:
    found, released = office(), Event()

    def hanging() -> Directory:
        released.wait(10)
        return found.listed

    people = SlackPeople(found.slack, TEAM, hanging, patience_s=0.05)
    try:
        assert await asyncio.wait_for(seen(people), 5) == set()
    finally:
        released.set()


async def test_what_the_directory_gives_needs_no_usergroups() -> None:
    found = office(Person("U1", groups=HR), Person("U2", groups=HR))
    readers = await found.people().readers("U1", ROOM, fresh=True, enough=lambda r: "group:hr" in r.principals)
    assert "group:hr" in readers.principals
    assert found.slack.calls["usergroups.list"] == 0


# Never

IDS = [f"U{n}" for n in range(1, 6)]
ACCOUNTS: list[dict[str, Any]] = [
    {}, {}, {"guest": True}, {"single_channel": True}, {"team": ELSEWHERE}, {"stranger": True}, {"bot": True},
    {"deleted": True}, {"confirmed": False},
]  # fmt: skip
NAMES = ("one", "two", "hr")
MAPPED = {Principal("ext:w/hr"): frozenset({Principal("group:hr"), Principal("user:U3")})}


@st.composite
def offices(draw: st.DrawFn) -> Office:
    accounts = (Account(id, email=f"{id.lower()}@x.example", **draw(st.sampled_from(ACCOUNTS))) for id in IDS)
    found = Company(*accounts)
    found.channel("C1", *draw(st.lists(st.sampled_from([*IDS, "U404"]), min_size=1, unique=True)))
    for id in IDS:
        found.dm(id)
    users = st.lists(st.sampled_from(IDS), unique=True)
    found.groups = {"S1": ("one", draw(users)), "S2": ("hr", draw(users))}
    rows = [
        Person(
            draw(st.sampled_from([id, f"{id.lower()}@x.example"])),
            email=f"{id.lower()}@x.example",
            groups=frozenset(draw(st.lists(st.sampled_from(NAMES)))),
            employment=draw(st.sampled_from(("employee", "contractor", "guest", None))),
            leaving=draw(st.sampled_from([None, YESTERDAY, TODAY])),
        )
        for id in draw(st.lists(st.sampled_from(IDS), unique=True))
    ]
    terms = Terms(alone=draw(st.booleans()), groups_alone=draw(st.booleans()), external=MAPPED)
    return Office(found, directory(*rows, terms=terms), draw(st.sampled_from([None, "one"])))


def row_of(found: Office, id: str) -> Person | None:
    return next((row for row in found.listed.listed.people if id in (row.id, str(row.email)[:2].upper())), None)


@given(offices())
async def test_nobody_has_what_neither_slack_nor_the_directory_gives(found: Office) -> None:
    for id in IDS:
        account, row = found.slack.people[id], row_of(found, id)
        given = found.slack.may_read(id)
        if row and account.is_full:
            given |= {f"group:{group}" for group in row.groups} | {f"email:{row.email}"}
        has = await found.own(id)
        assert has - {"ext:w/hr"} <= given
        assert "ext:w/hr" not in has or has & {"group:hr", "user:U3"}


@given(offices())
async def test_nobody_who_left_no_guest_and_no_stranger_has_a_group_of_the_directory(found: Office) -> None:
    for id in IDS:
        account, row = found.slack.people[id], row_of(found, id)
        has = await found.own(id)
        vouched_for = account.team == TEAM and not account.stranger and account.confirmed
        known = row if row and (row.id == id or vouched_for) else None
        if known and known.leaving == YESTERDAY:
            assert has == set()
        elif not account.is_full or known is None or known.guest:
            own = {f"group:{name}" for s, (h, users) in found.slack.groups.items() if id in users for name in (s, h)}
            assert {p for p in has if p.startswith(("group:", "ext:"))} <= own | {"ext:w/hr"}
            assert not has & {f"group:{name}" for name in found.listed.reserved}
        if not account.is_full or (known and known.employment != "employee"):
            assert "everyone" not in has


@given(offices(), st.sampled_from(["U404", *IDS]), st.booleans())
async def test_adding_somebody_whom_the_directory_does_not_know_never_adds_a_reader(
    found: Office, added: str, fresh: bool
) -> None:
    members = found.slack.channels["C1"].members
    if added in members or row_of(found, added):
        return
    before = {id: await seen(found.people(), id, fresh=fresh) for id in members}
    members.append(added)
    for id, had in before.items():
        assert await seen(found.people(), id, fresh=fresh) <= had


@given(offices(), st.booleans())
async def test_a_room_reads_by_what_all_present_have_by_themselves(found: Office, fresh: bool) -> None:
    members = [id for id in found.slack.channels["C1"].members if id in found.slack.people]
    here = [id for id in members if found.slack.people[id].is_present]
    for asker in members:
        shared = await seen(found.people(), asker, fresh=fresh)
        for id in here:
            assert shared - {"channel:C1"} <= await found.own(id)
