"""What was said in a channel may be read by its members wherever they ask, and by nobody else."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.people import MOST_ROOMS
from tests.unit.slack.company import Company, refusal
from tests.unit.slack.test_people import GUEST, IDS, LEFT, UNLIMITED, companies, company, dm, people_of, seen


def rooms(*ids: str):  # type: ignore[no-untyped-def]
    async def named() -> Collection[str]:
        return ids

    return named


async def test_a_member_reads_in_a_direct_message_what_was_said_in_a_channel_and_nobody_else_does() -> None:
    found = company(GUEST, LEFT)
    found.channel("C5", "U1", GUEST.id, LEFT.id, is_private=True)
    people = people_of(found, rooms=rooms("C5"))
    assert "channel:C5" in await seen(people, "U1", dm("U1"))
    assert "channel:C5" in (await people.alone("U1")).principals
    for other in ("U2", GUEST.id, LEFT.id):
        assert "channel:C5" not in await seen(people, other, dm(other))


async def test_a_room_reads_it_where_all_who_are_present_are_members_of_that_channel_too() -> None:
    found = company()
    found.channel("C5", "U1", "U2", is_private=True)
    found.channel("C6", "U1", is_private=True)
    people = people_of(found, rooms=rooms("C5", "C6"))
    assert {"channel:C1", "channel:C5"} <= await seen(people)
    assert "channel:C6" not in await seen(people)


async def test_who_leaves_the_channel_reads_it_no_more_and_a_fresh_look_needs_no_event() -> None:
    found = company()
    channel = found.channel("C5", "U1", is_private=True)
    people = people_of(found, rooms=rooms("C5"))
    assert "channel:C5" in await seen(people, "U1", dm("U1"))
    channel.members.remove("U1")
    assert "channel:C5" not in await seen(people, "U1", dm("U1"), fresh=True)
    channel.members.append("U1")
    people.changed({"type": "member_joined_channel", "channel": "C5", "user": "U1"})
    assert "channel:C5" in await seen(people, "U1", dm("U1"))


async def test_what_slack_does_not_say_of_a_channel_takes_nothing_else_away() -> None:
    found = company()
    found.channel("C5", "U1", is_private=True)
    found.fails["conversations.members"] = refusal("channel_not_found")
    assert await seen(people_of(found, rooms=rooms("C5")), "U1", dm("U1")) == found.may_read("U1")


async def test_nothing_is_asked_where_what_is_known_will_do_and_never_of_more_channels_than_slack_bears() -> None:
    found = company()
    for n in range(MOST_ROOMS + 5):
        found.channel(f"R{n:03}", "U1")
    people = people_of(found, rooms=rooms(*found.channels.keys() - {"C1"}), limits=UNLIMITED)
    await people.readers("U1", dm("U1"), enough=lambda readers: True)
    assert found.calls["conversations.members"] == 0
    await people.readers("U1", dm("U1"))
    assert found.calls["conversations.members"] == MOST_ROOMS


@given(companies(), st.booleans())
async def test_nobody_ever_reads_by_a_channel_that_one_of_those_present_is_not_in(found: Company, fresh: bool) -> None:
    people = people_of(found, limits=UNLIMITED, rooms=rooms("C2"))
    inside = {*found.channels["C2"].members}
    for id in IDS:
        person = found.people[id]
        own = found.may_read(id) if person.is_present else set()
        more = {"channel:C2"} if own and person.is_full and id in inside else set()
        assert await seen(people, id, dm(id), fresh=fresh) == own | more
        here = [found.people.get(one) for one in found.channels["C1"].members]
        readers = await seen(people, id, fresh=fresh)
        if "channel:C2" in readers:
            assert all(one is not None and one.is_full for one in here if one is None or one.is_present)
            assert {one.id for one in here if one is not None and one.is_present} <= inside


async def test_the_room_itself_is_not_asked_for_twice() -> None:
    found = company()
    found.channel("C5", "U1", "U2", is_private=True)
    people = people_of(found, rooms=rooms("C5"))
    known = await people.room("C5")
    before = found.calls["conversations.members"]
    assert "channel:C5" in await seen(people, "U1", known)
    assert found.calls["conversations.members"] == before
