"""The directory beside Slack: what operators are shown of people, and what they are told when the file is broken."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from admin.slack import SlackOperations
from tests.integration.company import company
from tests.integration.test_cli import ROOT
from tests.standins.slack import SlackStandIn

DOCUMENTS = {"parking.md": "# 주차\n\n추첨은 월요일입니다.\n", "legal/contract.md": "# 계약\n\n위약금은 없습니다.\n"}


def write(folder: Path, people: str) -> None:
    (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "naru.toml").write_text('directory = "people.csv"\n', encoding="utf-8")


async def naru(folder: Path, slack: SlackStandIn, *arguments: str, **more: str) -> tuple[int | None, str, str]:
    """A process of its own, in that folder and with that Slack: its status, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "admin.cli", *arguments),
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "NARU_HOME": str(folder / "home"),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            **more,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(40):
        said, told = await process.communicate()
    return process.returncode, said.decode(), told.decode()


async def test_somebody_is_shown_as_slack_and_the_directory_know_them_together(tmp_path: Path) -> None:
    write(tmp_path, "email,number,groups\nhana@company.example,1001,hr\n")
    async with SlackStandIn() as slack:
        hana = slack.workspace.user("hana", email="Hana@company.example")
        slack.workspace.usergroup("sky", [hana])
        for wanted in (hana.id, "1001"):
            status, said, told = await naru(tmp_path, slack, "people", "show", wanted, "--json")
            assert status == 0, told
            shown = json.loads(said)
            assert shown["slack"] == {"id": hana.id, "ours": True, "active": True, "guest": False}
            assert shown["directory"]["number"] == "1001"
            why = {one["principal"]: one["why"] for one in shown["principals"]}
            assert why["group:hr"] == "a group of the directory"
            assert why["group:sky"] == "a usergroup of Slack"
            assert {"everyone", f"user:{hana.id}", "email:hana@company.example"} <= set(why)


async def test_with_a_directory_that_cannot_be_used_naru_does_not_start_in_slack(
    tmp_path: Path, fresh_url: str
) -> None:
    write(tmp_path, "email\nnobody\n")
    async with SlackStandIn() as slack:
        status, _, told = await naru(tmp_path, slack, "run", NARU_DATABASE_URL=fresh_url)
    assert status == 1
    assert "people.csv: line 2, email must be an e-mail address" in told
    assert "Traceback" not in told


async def test_an_admin_in_slack_is_told_of_a_broken_directory_and_of_documents_for_nobody(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as office:
        people = tmp_path / "people.toml"
        sound = people.read_text(encoding="utf-8")
        operations = SlackOperations(office.app)
        assert "directory" not in await operations.status()
        people.write_text(sound.replace('groups = ["legal"]', 'groups = ["lgeal"]'), encoding="utf-8")
        status = await operations.status()
        assert "0 people may read 1 document." in status
        assert "group:legal (1 document) is nobody in the directory; did you mean group:lgeal?" in status
        people.write_text("people = 1", encoding="utf-8")
        status = await operations.status()
        assert "people.toml: people must be a list in [brackets]" in status
        assert "15 more minutes" in status
