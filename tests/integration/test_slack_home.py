"""The Home tab: what Naru knows of whoever opens it, what they may read, and the way out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from bot.held import Holdings
from bot.inbox import Claimed, Event
from bot.slack.app import http_session, web_client
from bot.slack.budget import UpdateBudget
from bot.slack.home import Home
from bot.slack.locales import Locales
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.subjects import Scope, Subject
from retrieval.database import Database
from tests.builders import no_directory
from tests.integration.events import SEAL
from tests.integration.in_slack import ASKED, InSlack, in_slack, modes
from tests.integration.test_slack_commands import direct, shown
from tests.standins.slack import TEAM, SlackStandIn, User, View, Workspace, rate_limited, refuses
from tests.standins.slack.blocks import texts
from tests.unit.test_notice import shipped


@dataclass
class OptOuts:
    """As the real ones: twice is once."""

    of: dict[str, set[Scope]] = field(default_factory=lambda: defaultdict(set))

    async def scopes(self, user: str) -> frozenset[Scope]:
        return frozenset(self.of[user])

    async def add(self, user: str, scope: Scope) -> None:
        self.of[user].add(scope)

    async def take_back(self, user: str, scope: Scope) -> None:
        self.of[user].discard(scope)


async def opened(here: InSlack, user: User) -> View:
    await here.slack.opens_home(user)
    await here.quiet()
    return here.slack.workspace.homes[user.id]


def said(view: View) -> str:
    return "\n".join(texts(view.body["blocks"]))


async def test_everybody_sees_what_is_theirs_and_admins_how_naru_is_doing(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        here.hr.locale = "en-US"
        await here.slack.opens_home(here.engineer, tab="messages")
        await here.mentions(here.engineer, here.general, ASKED)
        engineer, hr, admin, guest = [
            said(await opened(here, user)) for user in (here.engineer, here.hr, here.admin, here.guest)
        ]
        assert len(here.slack.calls_of("views.publish")) == 4, "none for the messages tab"
        assert "물은 질문 *1개*, 그 가운데 글까지 남은 것 *1개*" in engineer
        assert "*handbook* · 문서 1개" in engineer
        assert "Questions asked: *0*" in hr
        assert "*handbook* · 2 documents" in hr, "the file that only HR may read counts for HR alone"
        assert "*shadow*" in admin
        assert "*receipts*" in admin
        assert "`██████████` 100% *cloud* · 질문 1 questions" in admin
        assert "의견이 아직 적음" in admin
        assert not any("*shadow*" in page for page in (engineer, hr, guest))
        assert "handbook" not in guest
        assert "그 방 사람들" in engineer
        assert "그 방 사람들" not in guest


async def test_a_button_opts_out_and_in_and_the_tab_says_so(tmp_path: Path, fresh_url: str) -> None:
    opt_outs = OptOuts()
    async with in_slack(tmp_path, fresh_url, http=True, opt_outs=opt_outs) as here:
        view = await opened(here, here.engineer)
        assert "빠진 범위: *없음*" in said(view)
        await here.slack.clicks(here.engineer, view, "home_out_cloud")
        await here.quiet()
        assert opt_outs.of == {here.engineer.id: {Scope.CLOUD}}
        assert "빠진 범위: *클라우드*" in said(view)
        await here.slack.clicks(here.engineer, view, "home_in_cloud")
        await here.quiet()
        assert opt_outs.of[here.engineer.id] == set()
        assert "빠진 범위: *없음*" in said(view)


@modes
async def test_who_leaves_by_a_button_has_left_and_has_a_receipt_and_comes_back_by_a_button(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        subject, register = Subject("user", here.engineer.id), here.naru.app.opting_out.register
        view = await opened(here, here.engineer)
        for _ in range(2):  # from two screens
            await here.slack.clicks(here.engineer, replace(view), "home_out_cloud")
        await here.quiet()
        assert "빠진 범위: *클라우드*" in said(view)
        assert [entry.scope for entry in await register.listed(subject)] == [Scope.CLOUD]
        (receipt,) = direct(here.slack, here.engineer)
        ((kept, _),) = await here.naru.app.opting_out.receipts_of(subject)
        assert str(kept.id) in shown(receipt)
        await here.mentions(here.engineer, here.general, ASKED)
        assert here.naru.cloud.requests == []
        assert "빠진 범위: *없음*" in said(await opened(here, here.hr)), "it is nobody else's"
        await here.slack.clicks(here.engineer, await opened(here, here.engineer), "home_in_cloud")
        await here.quiet()
        assert "빠진 범위: *없음*" in said(here.slack.workspace.homes[here.engineer.id])
        assert await register.listed(subject) == ()
        await here.mentions(here.engineer, here.general, ASKED)
        assert len(here.naru.cloud.requests) == 1


@asynccontextmanager
async def a_home(database: Database, opt_outs: OptOuts) -> AsyncIterator[tuple[SlackStandIn, User, Home]]:
    """Without the rest of Naru."""
    made = Workspace()
    user = made.user("haneul")
    async with SlackStandIn(made) as slack, http_session() as session:
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        people, locales = SlackPeople(client, TEAM, no_directory), Locales(client, TEAM)

        async def readable(_: object) -> tuple[tuple[str, int], ...]:
            return ()

        async def board() -> str:
            return ""

        door = SlackDoor(client, bot_user=made.bot.id, budget=UpdateBudget())
        holdings = Holdings(database, SEAL)
        yield slack, user, Home(door, people, locales, shipped(), holdings.of, readable, board, opt_outs)
        await people.close()
        await locales.close()


def a_click(user: User, do: str = "out", attempt: int = 1) -> Claimed:
    event = Event("1.a/1", "home", "", "t", "1700000000.000100", {"user": user.id, "do": do, "scope": "all"})
    return Claimed(1, attempt, event, None, UUID(int=0), attempt)


async def test_a_tab_that_slack_does_not_take_undoes_no_opt_out(database: Database) -> None:
    opt_outs = OptOuts()
    async with a_home(database, opt_outs) as (slack, user, home):
        slack.scripts("views.publish", refuses("not_enabled"), refuses("invalid_auth"))
        assert [await home.handle(a_click(user)) for _ in range(2)] == ["gone"] * 2
        assert opt_outs.of[user.id] == {Scope.ALL}


async def test_slack_that_asks_for_fewer_calls_gets_the_tab_a_little_later(database: Database) -> None:
    async with a_home(database, OptOuts()) as (slack, user, home):
        slack.scripts("views.publish", rate_limited(0))
        assert await home.handle(a_click(user, do="in")) == "shown"
        assert "빠진 범위: *없음*" in said(slack.workspace.homes[user.id])


async def test_who_pressed_in_vain_is_told_so_once(database: Database) -> None:
    async with a_home(database, OptOuts()) as (slack, user, home):
        await home.give_up(a_click(user, attempt=5))
        await home.give_up(a_click(user, attempt=6))
        await home.give_up(a_click(user, do="open"))
        (told,) = slack.shown(slack.workspace.im(user))
        assert "하지 못했습니다: ‘모두’" in told.text
