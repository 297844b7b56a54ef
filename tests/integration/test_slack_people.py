"""People of Slack over the real client and a strict Slack: what the unit tests' company says, Slack says too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import Directory
from bot.domain import Room
from bot.people import DirectoryFile
from bot.slack.people import SlackPeople
from tests.builders import TODAY, no_directory
from tests.standins.slack import OTHER_TEAM, SCOPES, TEAM, Channel, Delayed, SlackStandIn, Workspace, rate_limited


@asynccontextmanager
async def slack_people(
    slack: SlackStandIn, patience_s: float = 3.0, company: Callable[[], Directory] = no_directory
) -> AsyncIterator[SlackPeople]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
        people = SlackPeople(client, TEAM, company, patience_s=patience_s, fresh_patience_s=patience_s)
        yield people
        await people.close()


async def seen(people: SlackPeople, asker: str, channel: Channel, *, fresh: bool = False) -> set[str]:
    return {*(await people.readers(asker, await people.room(channel.id), fresh=fresh)).principals}


class Office:
    """Hana and Minsu, their channel and their group."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.hana = self.workspace.user("hana", email="Hana@company.example")
        self.minsu = self.workspace.user("minsu", profile=None)
        self.sky = self.workspace.usergroup("sky", [self.hana, self.minsu])
        self.general = self.workspace.channel("general", members=[self.hana, self.minsu, self.workspace.bot])
        self.dm = self.workspace.im(self.hana)


@pytest.fixture
def office() -> Office:
    return Office()


async def test_rooms_and_their_readers(office: Office) -> None:
    hana, workspace = office.hana, office.workspace
    private = workspace.channel("plans", members=[hana, workspace.bot], kind="private")
    several = workspace.channel("mpdm", members=[hana, office.minsu, workspace.bot], kind="mpim")
    async with SlackStandIn(workspace) as slack, slack_people(slack) as people:
        assert await people.room(office.dm.id) == Room(office.dm.id, "DM", "dm")
        assert await people.room(office.general.id) == Room(office.general.id, "general", "public")
        assert await people.room(private.id) == Room(private.id, "plans", "private")
        assert (await people.room(several.id)).kind == "private"
        group = {f"group:{office.sky.id}", "group:sky"}
        own = {f"user:{hana.id}", "email:hana@company.example"}
        assert await seen(people, hana.id, office.dm) == {*own, *group, "everyone"}
        assert await seen(people, hana.id, office.general) == {*group, "everyone", f"channel:{office.general.id}"}
        assert await seen(people, hana.id, private) == {*own, *group, "everyone", f"channel:{private.id}"}


@pytest.mark.parametrize(
    "fields",
    [
        {"is_restricted": True},
        {"is_restricted": True, "is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": OTHER_TEAM},
    ],
)
async def test_a_guest_or_a_stranger_leaves_only_what_is_given_to_the_channel(
    office: Office, fields: dict[str, str | bool]
) -> None:
    outsider = office.workspace.user("outsider", **fields)
    async with SlackStandIn(office.workspace) as slack, slack_people(slack) as people:
        assert "everyone" in await seen(people, office.hana.id, office.general)
        await slack.joins(outsider, office.general)
        people.changed({"type": "member_joined_channel", "channel": office.general.id, "user": outsider.id})
        assert await seen(people, office.hana.id, office.general) == {f"channel:{office.general.id}"}
        assert (await people.room(office.general.id)).shared


async def test_the_directory_knows_people_by_their_confirmed_address_and_counts_at_once(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    rows = "hana@company.example,,hr,\n"
    directory = DirectoryFile(file, lambda: TODAY)
    write(file, rows)
    async with SlackStandIn(office.workspace) as slack, slack_people(slack, company=directory.directory) as people:
        assert {"group:hr", "group:sky", "everyone"} <= await seen(people, office.hana.id, office.dm)
        assert "group:hr" not in await seen(people, office.hana.id, office.general)
        write(file, rows + f",{office.minsu.id},hr,\n")
        assert "group:hr" in await seen(people, office.hana.id, office.general)
        write(file, rows + f",{office.minsu.id},hr,2026-11-21\n")
        assert await seen(people, office.hana.id, office.general) == {f"channel:{office.general.id}"}
        assert await seen(people, office.minsu.id, office.general) == set()


def write(file: Path, rows: str) -> None:
    file.write_text(f"email,slack,groups,leaving\n{rows}", encoding="utf-8")


async def test_a_channel_that_another_organisation_shares(office: Office) -> None:
    office.general.other_teams.append(OTHER_TEAM)
    async with SlackStandIn(office.workspace) as slack, slack_people(slack) as people:
        assert await seen(people, office.hana.id, office.general) == {f"channel:{office.general.id}"}


async def test_a_channel_of_more_than_one_page(office: Office) -> None:
    crowd = [office.workspace.user(f"person{n}") for n in range(1200)]
    office.general.members += [one.id for one in crowd]
    async with SlackStandIn(office.workspace) as slack, slack_people(slack) as people:
        assert "everyone" in await seen(people, office.hana.id, office.general)
        assert len(slack.calls_of("conversations.members")) == len(slack.calls_of("users.list")) == 2
        crowd[-1].is_restricted = True
        people.forget()
        assert "everyone" not in await seen(people, office.hana.id, office.general)


async def test_a_private_channel_without_the_bot_is_unknown(office: Office) -> None:
    secret = office.workspace.channel("secret", members=[office.hana], kind="private")
    async with SlackStandIn(office.workspace) as slack, slack_people(slack) as people:
        assert await people.room(secret.id) == Room(secret.id, secret.id, "unknown", shared=True)
        assert await seen(people, office.hana.id, secret) == set()


@pytest.mark.parametrize("scope", ["channels:read", "users:read", "usergroups:read"])
async def test_without_a_scope_nobody_may_read(office: Office, scope: str) -> None:
    async with SlackStandIn(office.workspace, scopes=SCOPES - {scope}) as slack, slack_people(slack) as people:
        assert await seen(people, office.hana.id, office.general) == set()


async def test_without_the_scope_for_addresses_there_are_none(office: Office) -> None:
    scopes = SCOPES - {"users:read.email"}
    async with SlackStandIn(office.workspace, scopes=scopes) as slack, slack_people(slack) as people:
        assert "email:hana@company.example" not in await seen(people, office.hana.id, office.dm)


async def test_a_limit_a_lost_token_and_a_slack_that_is_slow(office: Office) -> None:
    async with SlackStandIn(office.workspace) as slack, slack_people(slack, patience_s=0.3) as people:
        assert "everyone" in await seen(people, office.hana.id, office.general)
        slack.scripts("conversations.members", rate_limited(30))
        assert await seen(people, office.hana.id, office.general, fresh=True) == set()
        slack.scripts("usergroups.list", Delayed(5))
        assert await seen(people, office.hana.id, office.general, fresh=True) == set()
        people.forget()
        slack.revoke()
        assert await seen(people, office.hana.id, office.general) == set()


async def test_a_fresh_look_sees_what_no_event_told(office: Office) -> None:
    async with SlackStandIn(office.workspace) as slack, slack_people(slack) as people:
        assert "group:sky" in await seen(people, office.hana.id, office.general)
        office.sky.users.remove(office.minsu.id)
        assert "group:sky" not in await seen(people, office.hana.id, office.general, fresh=True)


async def test_a_burst_of_answers_stays_within_slacks_limits(office: Office) -> None:
    rooms = [
        office.workspace.channel(f"room{n}", members=[office.hana, office.minsu, office.workspace.bot])
        for n in range(10)
    ]
    async with SlackStandIn(office.workspace) as slack, slack_people(slack) as people:
        for room in rooms:
            assert "everyone" in await seen(people, office.hana.id, room)
        looks = (seen(people, office.hana.id, room, fresh=True) for room in rooms for _ in range(20))
        assert all("everyone" in found for found in await asyncio.gather(*looks))


async def test_admins(office: Office) -> None:
    office.minsu.is_admin = True
    async with SlackStandIn(office.workspace) as slack, slack_people(slack) as people:
        assert await people.is_admin(office.minsu.id)
        assert not await people.is_admin(office.hana.id)
