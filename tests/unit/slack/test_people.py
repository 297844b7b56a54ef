"""Nobody learns from an answer what they may not read: who is present, and what they share, as Slack says it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackRequestError

from bot.directory import Directory
from bot.domain import Room
from bot.people import People
from bot.slack.fetched import Pace
from bot.slack.people import PER_MINUTE, SlackPeople
from retrieval.passage import EVERYONE, NOBODY, Readers
from tests.builders import no_directory
from tests.unit.slack.company import ELSEWHERE, TEAM, Channel, Company, Person, refusal

KIM = Person("U1", email="kim@company.example")
LEE = Person("U2", email="lee@company.example")
BOT = Person("UBOT", bot=True)
GUEST = Person("U7", guest=True)
LONER = Person("U8", single_channel=True)
PARTNER = Person("U9", team=ELSEWHERE)
STRANGER = Person("U10", stranger=True)
LEFT = Person("U11", deleted=True)
ROOM = Room("C1", "c1", "public")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def company(*more: Person, page: int = 100) -> Company:
    found = Company(*(replace(person) for person in (KIM, LEE, BOT, *more)), page=page)
    found.channel("C1", "U1", "U2", "UBOT", *(person.id for person in more))
    for person in (KIM, LEE, *more):
        found.dm(person.id)
    found.groups = {"S1": ("sky", ["U1", "U2"]), "S2": ("hr", ["U2"])}
    return found


UNLIMITED = dict.fromkeys(PER_MINUTE, 10**6)
"""For properties: they ask more often than a minute allows, and time stands still for them."""


def people_of(
    found: Company, clock: Clock | None = None, company: Callable[[], Directory] = no_directory, **more: Any
) -> SlackPeople:
    return SlackPeople(found, TEAM, company, clock=clock or Clock(), **more)


async def seen(people: SlackPeople, asker: str = "U1", room: Room = ROOM, *, fresh: bool = False) -> set[str]:
    return {*(await people.readers(asker, room, fresh=fresh)).principals}


def never(_: Readers) -> bool:
    return False


def dm(user: str) -> Room:
    return Room(f"D{user}", "DM", "dm")


# Who is who


async def test_the_story_takes_it_as_its_people() -> None:
    people: People = people_of(company())
    assert await people.readers("U1", dm("U1")) != NOBODY


async def test_in_a_direct_message_a_full_member_has_all_of_their_own_principals() -> None:
    assert await seen(people_of(company()), "U1", dm("U1")) == {
        "user:U1", "group:S1", "group:sky", "everyone", "email:kim@company.example",
    }  # fmt: skip


@pytest.mark.parametrize("person", [GUEST, LONER, PARTNER, STRANGER, LEFT])
async def test_whoever_is_no_full_member_is_no_member_either(person: Person) -> None:
    people = people_of(company(person))
    assert await people.is_member("U1")
    assert not await people.is_member(person.id)


async def test_where_slack_does_not_say_who_somebody_is_they_are_no_member() -> None:
    found = company()
    found.fails["users.info"] = refusal("internal_error")
    assert not await people_of(found).is_member("U1")


@pytest.mark.parametrize("person", [GUEST, LONER, PARTNER, STRANGER])
async def test_whoever_is_no_full_member_is_not_everyone(person: Person) -> None:
    assert await seen(people_of(company(person)), person.id, dm(person.id)) == {f"user:{person.id}"}


@pytest.mark.parametrize("person", [LEFT, Person("U12", bot=True), Person("U13", bot=True, deleted=True)])
async def test_a_closed_account_and_a_bot_read_nothing(person: Person) -> None:
    assert await seen(people_of(company(person)), person.id, dm(person.id)) == set()
    assert await seen(people_of(company(person)), person.id, ROOM) == set()


@pytest.mark.parametrize(
    "person",
    [
        Person("U12", email="x@company.example", confirmed=False),
        Person("U12", email="x@partner.example", team=ELSEWHERE),
        Person("U12", email="x@partner.example", stranger=True),
        Person("U12"),
    ],
)
async def test_an_address_counts_only_when_our_own_workspace_confirmed_it(person: Person) -> None:
    assert not {p for p in await seen(people_of(company(person)), "U12", dm("U12")) if p.startswith("email:")}


async def test_whose_rank_slack_does_not_give_is_a_guest() -> None:
    found = company()
    found.fails["users.info"] = {"user": {"id": "U1", "team_id": TEAM}}
    assert EVERYONE not in await seen(people_of(found), "U1", dm("U1"))


async def test_a_configured_group_is_everyone_in_place_of_all_full_members() -> None:
    found = company(GUEST)
    found.groups["S2"] = ("hr", ["U2", GUEST.id])
    for everyone in ("S2", "hr"):
        people = people_of(found, everyone=everyone)
        assert [EVERYONE in await seen(people, id, dm(id)) for id in ("U1", "U2", GUEST.id)] == [False, True, False]


async def test_a_closed_or_foreign_usergroup_gives_nothing() -> None:
    found = company()
    members = {"users": ["U1"], "handle": "sky"}
    found.fails["usergroups.list"] = {
        "usergroups": [{"id": "S1", "date_delete": 5, **members}, {"id": "S2", "is_external": True, **members}]
    }
    assert not {p for p in await seen(people_of(found), "U1", dm("U1")) if p.startswith("group:")}


async def test_a_workspace_whose_plan_has_no_usergroups_can_still_ask() -> None:
    found = company()
    found.fails["usergroups.list"] = refusal("plan_upgrade_required")
    assert await seen(people_of(found)) == {"everyone", "channel:C1"}


@pytest.mark.parametrize(
    ("person", "admins", "is_admin"),
    [
        (Person("U12", admin=True), [], True),
        (Person("U12"), [], False),
        (Person("U12"), ["user:U12"], True),
        (Person("U12"), ["group:ops"], True),
        (Person("U12", guest=True), ["group:ops"], False),
        (Person("U12", admin=True, deleted=True), ["user:U12"], False),
        (Person("U12", admin=True, team=ELSEWHERE), ["user:U12"], False),
    ],
)
async def test_admins_are_slacks_and_the_configured_and_never_an_outsider(
    person: Person, admins: list[str], is_admin: bool
) -> None:
    found = company(person)
    found.groups["S3"] = ("ops", ["U12"])
    assert await people_of(found, admins=admins).is_admin("U12") is is_admin
    listed = await people_of(found, admins=admins).admins()
    assert ("U12" in listed) is is_admin


async def test_while_slack_does_not_answer_nobody_is_an_admin() -> None:
    found = company(Person("U12", admin=True))
    found.fails["users.info"] = refusal("ratelimited")
    assert not await people_of(found).is_admin("U12")


async def test_an_admin_of_a_busy_minute_waits_and_is_not_taken_for_somebody_else() -> None:
    found = company(Person("U12", admin=True))

    async def wait(method: str, when: str) -> None:
        await asyncio.sleep(0.05)

    found.on_call = wait
    assert await people_of(found, patience_s=0.01).is_admin("U12")


# Rooms


async def test_in_a_room_only_what_all_present_share_counts_and_bots_narrow_nothing() -> None:
    assert await seen(people_of(company())) == {"group:S1", "group:sky", "everyone", "channel:C1"}
    assert await seen(people_of(company(LEFT))) == {"group:S1", "group:sky", "everyone", "channel:C1"}


@pytest.mark.parametrize("person", [GUEST, LONER, PARTNER, STRANGER, Person("U12", team=ELSEWHERE, bot=True)])
async def test_with_anybody_from_outside_only_what_is_given_to_the_room_is_readable(person: Person) -> None:
    assert await seen(people_of(company(person))) == {"channel:C1"}


async def test_a_member_whom_slack_does_not_know_is_from_outside() -> None:
    found = company()
    found.channels["C1"].members.append("U404")
    assert await seen(people_of(found)) == {"channel:C1"}
    assert (await people_of(found).room("C1")).shared


CONNECTED = [
    {"is_shared": True},
    {"is_ext_shared": True},
    {"is_org_shared": True},
    {"is_pending_ext_shared": True},
    {"pending_shared": [ELSEWHERE]},
    {"shared_team_ids": [TEAM, ELSEWHERE]},
]


@pytest.mark.parametrize("flags", CONNECTED)
async def test_a_room_connected_to_another_organisation_has_only_its_own(flags: dict[str, Any]) -> None:
    found = company()
    found.channels["C1"].flags |= flags
    people = people_of(found)
    assert (await people.room("C1")).shared
    assert await seen(people) == {"channel:C1"}


async def test_what_the_question_remembers_of_its_room_can_only_make_it_stricter() -> None:
    assert await seen(people_of(company()), "U1", Room("C1", "c1", "public", shared=True)) == {"channel:C1"}


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({"is_private": False}, "public"),
        ({"is_private": True}, "private"),
        ({"is_private": None, "is_group": True}, "private"),
        ({"is_private": True, "is_mpim": True}, "private"),
        ({"is_private": None}, "unknown"),
    ],
)
async def test_what_kind_a_room_is(flags: dict[str, Any], kind: str) -> None:
    found = company()
    found.channel("C1", "U1", "U2", **flags)
    room = await people_of(found).room("C1")
    assert (room.kind, room.shared) == (kind, False)
    assert (await seen(people_of(found), "U1", room) == set()) is (kind == "unknown")


async def test_a_direct_message_is_a_room_of_its_own_kind_and_with_a_guest_a_shared_one() -> None:
    people = people_of(company(GUEST))
    assert await people.room("DU1") == Room("DU1", "DM", "dm")
    assert await people.room(f"D{GUEST.id}") == Room(f"D{GUEST.id}", "DM", "dm", shared=True, guests_only=True)


async def test_a_room_in_which_slack_names_nobody_is_a_shared_one() -> None:
    found = company()
    found.channel("C1", "UBOT")
    assert (await people_of(found).room("C1")).shared


async def test_a_room_that_slack_does_not_show_is_unknown_and_shared() -> None:
    assert await people_of(company()).room("C404") == Room("C404", "C404", "unknown", shared=True)


@pytest.mark.parametrize(
    ("asker", "room"),
    [
        ("U404", ROOM),
        ("U1", Room("C404", "c404", "public")),
        ("U1", Room("C404", "c404", "unknown", shared=True)),
        ("U1", replace(ROOM, kind="dm")),
        ("U1", dm("U2")),
        ("UBOT", ROOM),
    ],
)
async def test_nobody_asks_as_nobody_or_where_they_are_not(asker: str, room: Room) -> None:
    assert await seen(people_of(company()), asker, room) == set()


async def test_who_has_left_the_room_reads_nothing_in_it() -> None:
    found = company()
    found.channels["C1"].members.remove("U1")
    assert await seen(people_of(found)) == set()


async def test_a_guest_on_the_last_page_is_seen() -> None:
    crowd = [Person(f"U{n}") for n in range(100, 130)]
    found = company(*crowd, GUEST, page=7)
    assert await seen(people_of(found)) == {"channel:C1"}
    found.channels["C1"].members.remove(GUEST.id)
    assert await seen(people_of(found)) == {"everyone", "channel:C1"}


async def test_a_large_room_costs_one_list_and_no_call_for_each_person() -> None:
    found = company(*(Person(f"U{n}") for n in range(100, 160)))
    people = people_of(found)
    assert EVERYONE in await seen(people)
    assert EVERYONE in await seen(people, fresh=True)
    assert (found.calls["users.list"], found.calls["users.info"]) == (2, 0)


async def test_many_whom_the_workspace_does_not_list_are_outsiders_unasked() -> None:
    found = company(*(Person(f"U{n}", team=ELSEWHERE) for n in range(100, 160)))
    assert await seen(people_of(found)) == {"channel:C1"}
    assert found.calls["users.info"] == 0


# Failures

METHODS = ["conversations.info", "conversations.members", "users.info", "usergroups.list"]
FAILURES = [
    refusal("ratelimited"),
    refusal("missing_scope"),
    refusal("token_revoked"),
    refusal("fatal_error"),
    SlackRequestError("broken"),
    ClientConnectionError(),
    TimeoutError(),
    OSError(),
    {},
    {"channel": [], "members": [], "user": "U1", "usergroups": {}},
    {"channel": None, "members": [None], "user": None, "usergroups": [None]},
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("failure", FAILURES, ids=repr)
async def test_when_slack_fails_nobody_may_read(method: str, failure: Exception | dict[str, Any]) -> None:
    found = company()
    found.fails[method] = failure
    for fresh in (False, True):
        assert await seen(people_of(found), fresh=fresh) == set()
    room = await people_of(found).room("C1")
    assert room.shared or method == "usergroups.list"


async def test_when_the_list_of_people_fails_a_large_room_reads_nothing() -> None:
    found = company(*(Person(f"U{n}") for n in range(100, 160)))
    found.fails["users.list"] = refusal("missing_scope")
    assert await seen(people_of(found)) == set()


async def test_pages_that_never_end_are_not_believed() -> None:
    found = company()
    found.fails["conversations.members"] = {"members": ["U1"], "response_metadata": {"next_cursor": "again"}}
    assert await seen(people_of(found)) == set()


async def test_slack_that_hangs_makes_nobody_wait_for_long() -> None:
    found = company()
    found.hangs = True
    people = people_of(found, patience_s=0.05, fresh_patience_s=0.05)
    async with asyncio.timeout(1):
        assert await seen(people) == set()
        assert await seen(people, fresh=True) == set()
        assert (await people.room("C1")).kind == "unknown"
        assert not await people.is_admin("U1")


async def test_a_failure_is_logged_with_its_reason_and_without_anybodys_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = company()
    found.fails["users.info"] = refusal("missing_scope")
    with caplog.at_level(logging.WARNING):
        await seen(people_of(found))
    assert "users.info answered missing_scope" in caplog.text
    assert "company.example" not in caplog.text


async def test_after_a_failure_the_next_question_asks_again() -> None:
    found = company()
    people = people_of(found)
    found.fails["usergroups.list"] = refusal("ratelimited")
    assert await seen(people) == set()
    found.fails.clear()
    assert "group:sky" in await seen(people)


async def test_one_who_gives_up_waiting_takes_nothing_from_the_others() -> None:
    found = company()
    people = people_of(found)
    hasty = asyncio.create_task(people.readers("U1", ROOM))
    patient = asyncio.create_task(people.readers("U1", ROOM))
    await asyncio.sleep(0)
    hasty.cancel()
    assert EVERYONE in (await patient).principals


async def test_closing_ends_what_is_under_way() -> None:
    found = company()
    found.hangs = True
    people = people_of(found, patience_s=0.02)
    before = asyncio.all_tasks()
    await seen(people)
    assert asyncio.all_tasks() > before
    await people.close()
    assert asyncio.all_tasks() == before


# What is kept

Change = tuple[str, Callable[[Company], None], dict[str, Any]]


def set_guest(found: Company) -> None:
    found.people["U2"].guest = True


def leave_group(found: Company) -> None:
    found.groups["S1"] = ("sky", ["U2"])


def add_guest(found: Company) -> None:
    found.people["U7"] = replace(GUEST)
    found.channels["C1"].members.append("U7")


def connect(found: Company) -> None:
    found.channels["C1"].flags["is_ext_shared"] = True


def close_account(found: Company) -> None:
    found.people["U1"].deleted = True


def lose_address(found: Company) -> None:
    found.people["U1"].email = None


STRICTER: list[Change] = [
    ("guest", set_guest, {"type": "user_change", "user": Person("U2", guest=True).body()}),
    ("bare", set_guest, {"type": "user_change", "user": "U2"}),
    ("group", leave_group, {"type": "subteam_members_changed", "subteam_id": "S1", "removed_users": ["U1"]}),
    ("updated", leave_group, {"type": "subteam_updated", "subteam": {"id": "S1"}}),
    ("joined", add_guest, {"type": "member_joined_channel", "channel": "C1", "user": "U7"}),
    ("shared", connect, {"type": "channel_shared", "channel": "C1"}),
    ("object", connect, {"type": "channel_rename", "channel": {"id": "C1"}}),
    ("closed", close_account, {"type": "user_change", "user": Person("U1", deleted=True).body()}),
]


@pytest.mark.parametrize(("name", "change", "event"), STRICTER, ids=[name for name, *_ in STRICTER])
async def test_after_its_event_a_change_counts_at_once(
    name: str, change: Callable[[Company], None], event: dict[str, Any]
) -> None:
    found = company()
    people = people_of(found)
    before = await seen(people)
    change(found)
    people.changed(event)
    after = await seen(people)
    assert after < before
    assert after <= found.may_all_read("C1")


@dataclass
class Meanwhile:
    """At the nth call: something changes and its event arrives."""

    nth: int
    when: str
    found: Company
    people: SlackPeople
    change: Callable[[Company], None]
    event: dict[str, Any]
    calls: int = 0

    @property
    def happened(self) -> bool:
        return self.calls >= self.nth

    async def __call__(self, method: str, moment: str) -> None:
        if moment == self.when:
            self.calls += 1
            if self.calls == self.nth:
                self.change(self.found)
                self.people.changed(self.event)


@pytest.mark.parametrize(("name", "change", "event"), STRICTER, ids=[name for name, *_ in STRICTER])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fresh", [False, True])
async def test_an_event_that_comes_while_slack_is_being_asked_counts_too(
    name: str, change: Callable[[Company], None], event: dict[str, Any], when: str, fresh: bool
) -> None:
    """At every call in turn: the change happens just before its answer is made, or while the answer is on its way."""
    for nth in range(1, 6):
        found = company()
        people = people_of(found)
        meanwhile = Meanwhile(nth, when, found, people, change, event)
        found.on_call = meanwhile
        got = await seen(people, fresh=fresh)
        assert meanwhile.happened
        assert got <= ({"channel:C1"} if change is connect else found.may_all_read("C1"))


@pytest.mark.parametrize(
    ("name", "change"), [(n, c) for n, c, _ in STRICTER if n in ("guest", "group", "joined", "closed")]
)
async def test_a_fresh_look_needs_no_event(name: str, change: Callable[[Company], None]) -> None:
    found = company()
    people = people_of(found)
    before = await seen(people)
    change(found)
    assert await seen(people) == before, "kept for a while"
    assert await seen(people, fresh=True) <= found.may_all_read("C1")


def held(found: Company, method: str) -> tuple[asyncio.Event, asyncio.Event]:
    """The next answers of this method are made, and then wait for the second event; the first: one is waiting."""
    made, released = asyncio.Event(), asyncio.Event()

    async def hold(called: str, moment: str) -> None:
        if (called, moment) == (method, "after"):
            made.set()
            await released.wait()

    found.on_call = hold
    return made, released


async def test_a_fresh_look_does_not_believe_a_call_that_was_under_way() -> None:
    """Its answer may have been made before the asker came."""
    found = company()
    people = people_of(found)
    made, released = held(found, "conversations.members")
    early = asyncio.create_task(seen(people, fresh=True))
    await made.wait()
    add_guest(found)
    late = asyncio.create_task(seen(people, fresh=True))
    await asyncio.sleep(0.01)
    released.set()
    assert EVERYONE in await early
    assert await late == {"channel:C1"}


async def test_after_an_event_nobody_believes_an_answer_that_was_made_before_it() -> None:
    found = company()
    people = people_of(found)
    made, released = held(found, "conversations.members")
    early = asyncio.create_task(seen(people))
    await made.wait()
    add_guest(found)
    people.changed({"type": "member_joined_channel", "channel": "C1", "user": "U7"})
    late = asyncio.create_task(seen(people))
    await asyncio.sleep(0.01)
    released.set()
    assert await early == await late == {"channel:C1"}


async def test_an_event_that_says_what_is_known_still_counts_for_a_call_under_way() -> None:
    """A guest, then for a moment a full member, and a guest again: the moment must not be what is kept."""
    found = company()
    found.people["U2"].guest = True
    people = people_of(found)
    await seen(people, "U2", dm("U2"))
    found.people["U2"].guest = False
    made, released = held(found, "users.info")
    looking = asyncio.create_task(seen(people, "U2", dm("U2"), fresh=True))
    await made.wait()
    set_guest(found)
    people.changed({"type": "user_change", "user": found.people["U2"].body()})
    released.set()
    assert EVERYONE not in await looking
    assert await seen(people) == {"channel:C1"}


@pytest.mark.parametrize("fresh", [False, True])
async def test_of_two_things_that_slack_said_of_somebody_the_later_counts(fresh: bool) -> None:
    found, clock = company(*(Person(f"U{n}") for n in range(100, 120)), page=5), Clock()
    people = people_of(found, clock)
    assert EVERYONE in await seen(people)
    set_guest(found)
    clock.now += 1
    await seen(people, "U2", dm("U2"), fresh=True)
    assert await seen(people, fresh=fresh) == {"channel:C1"}


async def test_twenty_answers_at_once_make_one_call_of_each_kind() -> None:
    found = company()
    people = people_of(found)
    await seen(people)
    found.calls.clear()
    await asyncio.gather(*(seen(people, fresh=True) for _ in range(20)))
    assert found.calls == {"conversations.members": 1, "usergroups.list": 1, "users.info": 3}


async def test_a_question_soon_after_another_makes_no_call() -> None:
    found = company()
    people = people_of(found)
    await people.room("C1")
    await seen(people)
    found.calls.clear()
    await people.room("C1")
    await seen(people, "U2")
    assert found.calls == {}


async def test_what_is_kept_grows_old_by_itself() -> None:
    found, clock = company(), Clock()
    people = people_of(found, clock)
    assert EVERYONE in await seen(people)
    add_guest(found)
    clock.now += 59
    assert EVERYONE in await seen(people)
    clock.now += 1
    assert await seen(people) == {"channel:C1"}


async def test_what_has_grown_old_is_not_used_when_slack_is_away() -> None:
    found, clock = company(), Clock()
    people = people_of(found, clock)
    await seen(people)
    found.fails["conversations.members"] = refusal("ratelimited")
    clock.now += 60
    assert await seen(people) == set()


async def test_usergroups_are_asked_for_only_where_something_hangs_on_them() -> None:
    found = company()
    people = people_of(found)
    readers = await people.readers("U1", ROOM, fresh=True, enough=lambda r: EVERYONE in r.principals)
    assert {*readers.principals} == {EVERYONE, "channel:C1"}
    assert found.calls["usergroups.list"] == 0
    readers = await people.readers("U1", ROOM, fresh=True, enough=lambda r: "group:sky" in r.principals)
    assert "group:sky" in readers.principals
    assert found.calls["usergroups.list"] == 1


async def test_where_there_is_no_list_of_people_they_are_looked_up_one_by_one() -> None:
    found = company(*(Person(f"U{n}") for n in range(100, 120)))
    found.fails["users.list"] = refusal("unknown_method")
    people = people_of(found)
    assert EVERYONE in await seen(people)
    set_guest(found)
    assert await seen(people, fresh=True) == {"channel:C1"}


async def test_where_there_are_no_usergroups_nobody_reads_by_one() -> None:
    found = company()
    found.fails["usergroups.list"] = refusal("unknown_method")
    assert await seen(people_of(found)) == {EVERYONE, "channel:C1"}


async def test_what_a_draft_rests_on_is_a_few_seconds_old_at_most() -> None:
    found, clock = company(), Clock()
    people = people_of(found, clock)
    assert EVERYONE in await seen(people)
    add_guest(found)
    clock.now += 4
    assert EVERYONE in (await people.recent("U1", ROOM, 5, never)).principals
    clock.now += 1
    assert {*(await people.recent("U1", ROOM, 5, never)).principals} == {"channel:C1"}


async def test_drafts_leave_slacks_limits_to_finished_answers() -> None:
    found, clock = company(), Clock()
    people = people_of(found, clock)
    for _ in range(8):
        await seen(people, fresh=True)
    clock.now += 5
    found.calls.clear()
    assert await people.recent("U1", ROOM, 5, never) == NOBODY
    assert found.calls["usergroups.list"] == 0
    assert EVERYONE in await seen(people, fresh=True)
    clock.now += 60
    assert EVERYONE in (await people.recent("U1", ROOM, 5, never)).principals


async def test_a_change_of_status_costs_no_call_and_a_change_of_rights_does() -> None:
    found = company()
    people = people_of(found)
    await seen(people)
    found.calls.clear()
    people.changed({"type": "user_change", "user": found.people["U1"].body() | {"status": "lunch"}})
    await seen(people)
    assert found.calls == {}
    lose_address(found)
    people.changed({"type": "user_change", "user": found.people["U1"].body()})
    await seen(people)
    assert found.calls == {"users.info": 1}


async def test_after_events_were_missed_everything_is_asked_again() -> None:
    found = company(*(Person(f"U{n}") for n in range(100, 160)))
    people = people_of(found)
    await seen(people)
    set_guest(found)
    people.forget()
    assert await seen(people) == {"channel:C1"}


@pytest.mark.parametrize(
    "event", [{}, {"type": "message", "channel": "C1"}, {"type": "user_change"}, {"type": "channel_shared"},
              {"type": "user_change", "user": {"id": 5}}, {"type": None}]
)  # fmt: skip
async def test_an_event_about_nobody_changes_nothing(event: dict[str, Any]) -> None:
    found = company()
    people = people_of(found)
    before = await seen(people)
    found.calls.clear()
    people.changed(event)
    assert await seen(people) == before
    assert found.calls == {}


# Never

IDS = [f"U{n}" for n in range(1, 9)]
KINDS: list[dict[str, Any]] = [
    {}, {}, {}, {"guest": True}, {"single_channel": True}, {"team": ELSEWHERE}, {"stranger": True}, {"bot": True},
    {"deleted": True}, {"email": "a@company.example"}, {"email": "a@company.example", "confirmed": False},
]  # fmt: skip
MEMBERS = st.lists(st.sampled_from([*IDS, "U404"]), min_size=1, unique=True)
GROUP = st.lists(st.sampled_from(IDS), unique=True)


@st.composite
def companies(draw: st.DrawFn) -> Company:
    found = Company(*(Person(id, **draw(st.sampled_from(KINDS))) for id in IDS), page=draw(st.integers(1, 5)))
    for id in ("C1", "C2"):
        found.channel(id, *draw(MEMBERS))
    for id in IDS:
        found.dm(id)
    found.groups = {"S1": ("one", draw(GROUP)), "S2": ("two", draw(GROUP))}
    return found


@given(companies(), st.booleans())
async def test_a_room_never_reads_by_what_one_of_those_present_lacks(found: Company, fresh: bool) -> None:
    people = people_of(found, limits=UNLIMITED)
    for id in IDS:
        person = found.people[id]
        assert await seen(people, id, dm(id), fresh=fresh) == (found.may_read(id) if person.is_present else set())
        inside = person.is_present and id in found.channels["C1"].members
        assert await seen(people, id, fresh=fresh) == (found.may_all_read("C1") if inside else set())


@st.composite
def changes(draw: st.DrawFn) -> tuple[Callable[[Company], None], Callable[[Company], list[dict[str, Any]]]]:
    """Something that happens, and the events that Slack sends of it (with what is true when it is sent)."""
    match draw(st.sampled_from(["user", "group", "channel"])):
        case "user":
            id, kind = draw(st.sampled_from(IDS)), draw(st.sampled_from(KINDS))
            return (
                lambda found: found.people.update({id: Person(id, **kind)}),
                lambda found: [{"type": "user_change", "user": found.people[id].body()}],
            )
        case "group":
            id, users = draw(st.sampled_from(["S1", "S2"])), draw(GROUP)
            return (
                lambda found: found.groups.update({id: (found.groups[id][0], users)}),
                lambda found: [{"type": "subteam_members_changed", "subteam_id": id}],
            )
        case _:
            id, members = draw(st.sampled_from(["C1", "C2"])), draw(MEMBERS)

            def move(found: Company) -> None:
                found.channels[id] = Channel(id, members, found.channels[id].flags)

            return move, lambda found: [{"type": "member_joined_channel", "channel": id, "user": members[0]}]


@given(companies(), st.lists(changes(), min_size=1, max_size=5), st.randoms(use_true_random=False), st.data())
async def test_once_all_events_are_seen_in_whatever_order_nothing_laxer_than_the_truth_is_kept(
    found: Company, happenings: list[Any], random: Any, data: st.DataObject
) -> None:
    people = people_of(found, limits=UNLIMITED)
    asker = data.draw(st.sampled_from(IDS))
    on_the_way: list[dict[str, Any]] = []
    for happen, events in happenings:
        await seen(people, asker)
        happen(found)
        on_the_way += events(found)
        if data.draw(st.booleans()):
            people.changed(on_the_way.pop(random.randrange(len(on_the_way))))
        asking = asyncio.create_task(seen(people, asker))
        await asyncio.sleep(0)
    random.shuffle(on_the_way)
    for event in on_the_way:
        people.changed(event)
        for _ in range(random.randrange(4)):
            await asyncio.sleep(0)
    await asking
    inside = found.people[asker].is_present and asker in found.channels["C1"].members
    assert await seen(people, asker) == (found.may_all_read("C1") if inside else set())


# The pace


async def test_no_minute_holds_more_calls_than_slack_allows() -> None:
    clock = Clock()
    pace = Pace(20, clock)
    times: list[float] = []
    for _ in range(10):
        await pace.turn()
        times.append(clock.now)
    assert times == [1000.0] * 10, "at once"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await pace.turn()
    clock.now += 12
    await pace.turn()


async def test_a_large_workspace_is_not_listed_again_for_every_answer() -> None:
    found, clock = company(*(Person(f"U{n}") for n in range(100, 120)), page=5), Clock()
    people = people_of(found, clock)
    await seen(people)
    found.calls.clear()
    await seen(people, fresh=True)
    assert found.calls["users.list"] == 0
    clock.now += 60
    await seen(people, fresh=True)
    assert found.calls["users.list"] == 5


async def test_answers_beyond_the_pace_wait_and_are_not_sent_to_be_refused() -> None:
    found = company()
    people = people_of(found, fresh_patience_s=0.02)
    got = [await seen(people, fresh=True) for _ in range(11)]
    assert [bool(one) for one in got] == [True] * 10 + [False]
    assert found.calls["usergroups.list"] == 10
