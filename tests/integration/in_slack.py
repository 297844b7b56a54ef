"""A whole Naru in a strict look-alike of Slack, for a test: real sockets, a real database, models as stand-ins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from admin.slack import serve
from bot.config_file import Slack
from bot.slack.home import OptOutActions
from tests.integration.company import CONFIG, Company, company
from tests.standins.openai import Reply, Says
from tests.standins.slack import (
    Channel,
    Limit,
    Message,
    SlackStandIn,
    User,
    Workspace,
)

DOCUMENTS = {
    "public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n",
    "hr/salary.md": "# 급여 밴드\n\n## 시니어 엔지니어\n\n시니어 엔지니어의 급여 밴드는 구천만 원부터입니다.\n",
}
ASKED = "연차는 며칠인가요?"
SALARY = "시니어 엔지니어 급여 밴드가 어떻게 되나요?"
DAYS = Says("연차는 15일입니다. [1]")
MONEY = Says("구천만 원부터입니다. [1]")
FAST = {Limit.POST_RATE: "several questions within a second are what is tested here"}


@dataclass
class InSlack:
    """A running Naru, the workspace it is in, and its models."""

    slack: SlackStandIn
    naru: Company
    url: str
    engineer: User
    hr: User
    admin: User
    guest: User
    general: Channel
    shared: Channel

    async def mentions(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Message:
        said = await self.slack.says(user, channel, f"<@{self.slack.workspace.bot.id}> {text}", thread_ts)
        await self.quiet()
        return said

    async def writes(self, user: User, text: str, thread_ts: str | None = None) -> Message:
        said = await self.slack.says(user, self.slack.workspace.im(user), text, thread_ts)
        await self.quiet()
        return said

    def answers(self, message: Message) -> list[Message]:
        return [reply for reply in self.slack.replies(message) if reply.user == self.slack.workspace.bot.id]

    def answer(self, message: Message) -> Message:
        (only,) = self.answers(message)
        return only

    async def quiet(self) -> None:
        """Until everything that came in is done."""
        await self.slack.settled(within=20)
        async with asyncio.timeout(30):
            while await asyncio.to_thread(self._open):
                pass

    def _open(self) -> int:
        with psycopg.connect(self.url) as database:
            row = database.execute("select count(*) from inbox where state <> 'done'").fetchone()
            return int(row[0]) if row else 0


@asynccontextmanager
async def in_slack(
    folder: Path,
    url: str,
    *,
    http: bool = False,
    cloud: Sequence[Reply] = (Says("연차는 15일입니다. [1]"),),
    on_prem: Sequence[Reply] = (MONEY,),
    opinion: Sequence[Reply] = (),
    settings: str = "",
    config: str = CONFIG,
    opt_outs: OptOutActions | None = None,
    **more: object,
) -> AsyncIterator[InSlack]:
    made = Workspace()
    engineer, hr = made.user("haneul"), made.user("seoyun")
    admin, guest = made.user("admin", is_admin=True), made.user("guest", is_restricted=True, is_ultra_restricted=True)
    made.usergroup("hr", [hr])
    general = made.channel("general", members=[engineer, hr, admin, made.bot])
    shared = made.channel("shared", members=[engineer, guest, made.bot])
    async with company(
        folder, url, DOCUMENTS, cloud=cloud, on_prem=on_prem, opinion=opinion, more=settings, config=config
    ) as naru:
        target = "http://127.0.0.1:9/" if http else None
        async with SlackStandIn(made, target=target, relaxed=FAST) as slack:
            tokens = Slack(
                bot_token=SecretStr(slack.bot_token),
                app_token=None if http else SecretStr(slack.app_token),
                signing_secret=SecretStr(slack.signing_secret),
                api_url=slack.api_url,
                port=0,
                **more,  # type: ignore[arg-type]
            )
            app = replace(naru.app, settings=replace(naru.app.settings, slack=tokens))
            stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
            serving = asyncio.create_task(serve(app, stop, ready.set_result, opt_outs))
            await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            if http:
                await slack.moves_to(ready.result())
            try:
                yield InSlack(slack, naru, url, engineer, hr, admin, guest, general, shared)
            finally:
                stop.set()
                await serving


modes = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
