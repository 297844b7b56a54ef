"""Slack's history from the setting to the answer, and back out again when somebody opts out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from admin.operators import Operator
from admin.person_export import exported
from bot.domain import Route
from bot.settings import Settings
from bot.slack.history_kind import SLOW
from bot.subjects import Scope, Subject
from bot.toml_file import SettingsFault
from tests.integration.company import Company, company
from tests.integration.slack_history import FAST
from tests.integration.test_cli import Naru, naru, reason, variables
from tests.integration.test_source_cli import config
from tests.standins.openai import Says
from tests.standins.slack import Channel, SlackStandIn, User, Workspace

__all__ = ["naru", "variables"]  # fixtures

ASKED = "배포 서버 재시작은 어떻게 하나요?"
SAID = "배포 서버 재시작은 나루터 콘솔에서 빨간 단추를 누르면 됩니다"
PRESSED = Says("빨간 단추를 누릅니다. [1]")


@dataclass
class Talk:
    slack: SlackStandIn
    hana: User
    minsu: User
    general: Channel
    ops: Channel


@asynccontextmanager
async def talking() -> AsyncIterator[Talk]:
    made = Workspace()
    hana, minsu = made.user("하나"), made.user("민수")
    general = made.channel("general", members=[hana, minsu, made.bot])
    ops = made.channel("ops", members=[hana, made.bot], kind="private")
    async with SlackStandIn(made, relaxed=FAST) as slack:
        first = await slack.says(hana, general, SAID)
        await slack.says(minsu, general, "고맙습니다, 그렇게 해 볼게요", first.ts)
        yield Talk(slack, hana, minsu, general, ops)


@asynccontextmanager
async def asking(here: Talk, folder: Path, url: str, *channels: Channel) -> AsyncIterator[Company]:
    named = ",".join(channel.id for channel in channels)
    source = f"""
[[sources]]
name = "talk"
kind = "slack"
level = "internal"
readers = ["everyone"]
options = {{channels = "{named}"}}
"""
    token = {"SLACK_BOT_TOKEN": here.slack.bot_token, "SLACK_API_URL": here.slack.api_url}
    replies = {"cloud": (PRESSED,), "on_prem": (PRESSED,)}
    async with company(folder, url, {}, more=source, environment=token, **replies) as naru:  # type: ignore[arg-type]
        yield naru


def held(url: str) -> str:
    with psycopg.connect(url) as connection:
        return str(connection.execute("select title, text from document join passage on true").fetchall())


async def test_what_was_said_in_a_channel_answers_a_question_and_says_where(tmp_path: Path, fresh_url: str) -> None:
    async with talking() as here, asking(here, tmp_path, fresh_url, here.general) as naru:
        told = await naru.ask(ASKED)
        assert told.route is Route.CLOUD
        (source,) = told.citations
        assert source.title.startswith("#general")
        assert source.link
        assert source.link.startswith(f"https://standin.slack.com/archives/{here.general.id}/p")
        assert naru.cloud.heard("빨간 단추")


async def test_who_opts_out_of_the_cloud_is_not_sent_there_though_their_words_are_still_searched(
    tmp_path: Path, fresh_url: str
) -> None:
    async with talking() as here, asking(here, tmp_path, fresh_url, here.general) as naru:
        await naru.app.opting_out.out(Subject("user", here.minsu.id), Scope.CLOUD, by=here.minsu.id)
        told = await naru.ask(ASKED)
        assert told.route is Route.ON_PREM
        assert not naru.cloud.heard("빨간 단추")


async def test_who_opts_out_of_being_kept_is_given_to_nobody_at_once_and_gone_with_the_next_run(
    tmp_path: Path, fresh_url: str
) -> None:
    async with talking() as here, asking(here, tmp_path, fresh_url, here.general) as naru:
        await naru.app.opting_out.out(Subject("user", here.hana.id), Scope.RECORD, by=here.hana.id)
        told = await naru.ask(ASKED)
        assert "빨간" not in told.text
        assert not naru.cloud.heard("빨간 단추")
        assert not naru.on_prem.heard("빨간 단추")
        assert "빨간" in held(fresh_url)
        await naru.reindex()
        assert "빨간" not in held(fresh_url)
        assert "그렇게 해 볼게요" in held(fresh_url)


async def test_somebody_is_told_where_their_words_are_searched(tmp_path: Path, fresh_url: str) -> None:
    async with talking() as here, asking(here, tmp_path, fresh_url, here.general) as naru:
        officer = Operator("officer", frozenset({"officer"}))
        held_of = await exported(naru.app, here.minsu.id, officer, "asked by letter")
        (said,) = held_of.sections["said"]
        assert said["uri"] == f"{here.general.id}/{next(iter(here.general.messages))}"
        assert said["link"].startswith("https://standin.slack.com/archives/")
        hit = await naru.app.opting_out.blast(Subject("user", here.minsu.id))
        assert (hit.sources, hit.counts["document"]) == ({"slack": 1}, {"found": 1})


async def test_who_opts_out_of_all_is_erased_at_once_with_the_answers_that_rest_on_it(
    tmp_path: Path, fresh_url: str
) -> None:
    async with talking() as here, asking(here, tmp_path, fresh_url, here.general) as naru:
        await naru.ask(ASKED)
        receipt = await naru.app.opting_out.out(Subject("user", here.hana.id), Scope.ALL, by=here.hana.id)
        assert receipt.finished_at is not None
        assert receipt.counts["document"]["erased"] == 1
        assert "빨간" not in held(fresh_url)
        with psycopg.connect(fresh_url) as connection:
            assert connection.execute("select count(text) from answer").fetchone() == (0,)
            ledger: dict[str, int] = dict(
                connection.execute("select kind, count(*) from erasure group by kind").fetchall()
            )
        assert ledger["document"] == 1
        assert ledger["answer"] == 1
        await naru.reindex()
        assert "빨간" not in held(fresh_url)
        assert "하나" not in held(fresh_url)


async def test_a_room_that_opts_out_of_all_goes_at_once_and_what_the_law_holds_stays(
    tmp_path: Path, fresh_url: str
) -> None:
    async with talking() as here, asking(here, tmp_path, fresh_url, here.general, here.ops) as naru:
        await here.slack.says(here.hana, here.ops, "운영실 이야기")
        await naru.reindex()
        hold = Subject("user", here.minsu.id)
        await naru.app.opting_out.hold(hold, by="os:officer", why="case 1")
        for room in (here.general, here.ops):
            await naru.app.opting_out.out(Subject("room", room.id), Scope.ALL, by=here.hana.id)
        assert "운영실" not in held(fresh_url)
        assert "빨간" in held(fresh_url), "Minsu's words stand in that thread"
        told = await naru.ask(ASKED)
        assert "빨간" not in told.text


async def test_a_private_channel_stays_in_the_building_by_the_shipped_policy(tmp_path: Path, fresh_url: str) -> None:
    async with talking() as here, asking(here, tmp_path, fresh_url, here.general) as naru:
        await here.slack.converts(here.general, "private")
        await naru.reindex()
        with psycopg.connect(fresh_url, autocommit=True) as connection:
            readers = connection.execute("select distinct readers from document").fetchall()
            assert readers == [([f"channel:{here.general.id}"],)]
            for table in ("document", "audience"):  # the console's people are in no channel
                connection.execute(f"update {table} set readers = '{{everyone}}'")
        told = await naru.ask(ASKED)
        assert told.route is Route.ON_PREM
        assert not naru.cloud.heard("빨간 단추")


async def test_an_admin_adds_it_by_command_tries_one_thread_and_hears_what_cannot_be_read(
    naru: Naru, tmp_path: Path
) -> None:
    config(tmp_path)
    async with talking() as here:
        environment = {"SLACK_BOT_TOKEN": here.slack.bot_token, "SLACK_API_URL": here.slack.api_url}

        async def run(*arguments: str, **more: str):  # type: ignore[no-untyped-def]
            return await asyncio.to_thread(naru, *arguments, **{**environment, **more})

        common = ("--kind", "slack", "--level", "internal", "--readers", "everyone")
        away = here.slack.workspace.channel("away", members=[here.hana])
        refused = await run("source", "add", "talk", *common, "--option", f"channels={here.general.id},{away.id}")
        assert refused.returncode == 1
        assert "invite it" in reason(refused)
        no_token = await run("source", "add", "talk", *common, "--option", f"channels={away.id}", SLACK_BOT_TOKEN="")
        assert "SLACK_BOT_TOKEN" in reason(no_token)
        added = await run("source", "add", "talk", *common, "--option", f"channels={here.general.id}")
        assert added.returncode == 0, added.stderr
        assert SLOW in " ".join(added.stderr.split())
        first = next(iter(here.general.messages))
        tried = await run("source", "try", f"talk:{here.general.id}/{first}", "--question", ASKED, "--as", "U1")
        assert "#general" in tried.stdout
        indexed = await run("source", "reindex", "talk")
        assert indexed.returncode == 0, indexed.stderr
        hit = await run("search", ASKED, "--as", "U1", "--json")
        assert "빨간 단추" in hit.stdout or here.general.id in hit.stdout


def test_rules_that_would_give_it_other_readers_are_a_mistake_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "naru.toml").write_text(
        """
[[sources]]
name = "talk"
kind = "slack"
level = "internal"
readers = ["everyone"]
options = {channels = "C012AB3CD"}
[[sources.rules]]
match = "*"
level = "public"
readers = ["everyone"]
""",
        encoding="utf-8",
    )
    with pytest.raises(SettingsFault, match="who may read which document"):
        Settings.load({"NARU_CONFIG": str(tmp_path / "naru.toml")}, tmp_path)
