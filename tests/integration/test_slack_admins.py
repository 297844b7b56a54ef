"""The admins hear of trouble unasked, each of them once, however many processes see it."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from bot.slack.admins import Admins
from bot.slack.app import http_session, web_client
from bot.slack.budget import UpdateBudget
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from tests.builders import ROOT, no_directory
from tests.integration.in_slack import FAST, in_slack
from tests.standins.slack import SlackStandIn, User


def told(slack: SlackStandIn, user: User) -> list[str]:
    return [one.text for one in slack.shown(slack.workspace.im(user)) if one.bot_id]


async def test_every_admin_is_told_once_by_however_many_processes_and_nobody_else() -> None:
    async with SlackStandIn(relaxed=FAST) as slack, http_session() as session:
        work = slack.workspace
        admin, named = work.user("admin", is_admin=True), work.user("named")
        others = [work.user("hana"), work.user("guest", is_restricted=True)]
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        door = SlackDoor(client, bot_user=work.bot.id, budget=UpdateBudget())
        for _ in range(2):
            people = SlackPeople(client, admin.team_id, no_directory, admins=[f"user:{named.id}"])
            assert await Admins(door, people).tell("policy 1", "The policy cannot be used.") == 2
            await people.close()
        assert told(slack, admin) == told(slack, named) == ["The policy cannot be used."]
        assert [told(slack, other) for other in others] == [[], []]


async def test_a_policy_and_a_list_that_cannot_be_used_are_told_to_the_admins_of_a_running_naru(
    tmp_path: Path, fresh_url: str
) -> None:
    path, customers = tmp_path / "policy.toml", tmp_path / "customers.txt"
    customers.write_text("바다물산\n", encoding="utf-8")
    shipped = (ROOT / "policy.toml").read_text(encoding="utf-8")
    path.write_text(shipped, encoding="utf-8")

    async with in_slack(tmp_path, fresh_url, settings='\n[lists]\ncustomers = "customers.txt"\n') as here:
        customers.write_text("정보\n산들바람\n", encoding="utf-8")
        path.write_text(shipped + "\n[kinds", encoding="utf-8")
        os.utime(path, ns=(1, 1))
        async with asyncio.timeout(30):
            while len(said := sorted(told(here.slack, here.admin))) < 2:
                await asyncio.to_thread(time.sleep, 0.05)
        assert "customers.txt, line 1: the name is an ordinary word" in said[0]
        assert "policy.toml has 1 problem: `naru policy check` lists it." in said[1]
        assert told(here.slack, here.engineer) == []
