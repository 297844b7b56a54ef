"""What happens in Slack is kept before Slack hears that it arrived, by Socket Mode and over HTTP: the stand-in."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Literal

import pytest
from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.inbox import Event
from bot.slack.app import check_in, http_session, slack_app, web_client
from bot.slack.blocks import BAD, answered
from bot.slack.faults import SlackFault
from bot.slack.feedback_blocks import feedback_form
from bot.slack.manifest import SCOPES
from retrieval.errors import Fault
from tests.integration.test_slack_post import answer
from tests.standins.slack import Answers, Limit, SlackStandIn, Timings, refuses

Mode = Literal["socket", "http"]
MODES: tuple[Mode, ...] = ("socket", "http")


class Desk:
    """What the listeners hand over; `broken` more events are refused first."""

    def __init__(self, slack: SlackStandIn) -> None:
        self.slack = slack
        self.kept: list[Event] = []
        self.changes: list[str] = []
        self.broken = 0

    async def put(self, event: Event) -> None:
        if self.broken:
            self.broken -= 1
            raise Fault("The inbox takes nothing.")
        self.kept.append(event)

    def changed(self, event: Mapping[str, Any]) -> None:
        self.changes.append(event["type"])

    async def follows(self, event: Event) -> bool:
        return "반차" in event.body["text"]

    @property
    def texts(self) -> list[str]:
        return [event.body["text"] for event in self.kept]


@asynccontextmanager
async def running(mode: Mode, *, follow_ups: bool = False) -> AsyncIterator[Desk]:
    relaxed = {Limit.POST_RATE: "posting is not what is tested here"}
    async with AsyncExitStack() as stack:
        quickly = Timings(ack=1.0, retries=(0.05, 0.1, 0.1))
        slack = await stack.enter_async_context(SlackStandIn(relaxed=relaxed, timings=quickly))
        session = await stack.enter_async_context(http_session())
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        desk = Desk(slack)
        app = slack_app(
            client,
            await check_in(client, slack.app_token),
            signing_secret=slack.signing_secret,
            put=desk.put,
            changed=desk.changed,
            follows=desk.follows if follow_ups else None,
        )
        await stack.enter_async_context(_connected(mode, app, slack))
        yield desk


@asynccontextmanager
async def _connected(mode: Mode, app: AsyncApp, slack: SlackStandIn) -> AsyncIterator[None]:
    if mode == "http":
        runner = web.AppRunner(app.web_app())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await slack.moves_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield
        await runner.cleanup()
    else:
        handler = AsyncSocketModeHandler(app, slack.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield
        await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("mode", MODES)
async def test_everything_people_do_arrives(mode: Mode) -> None:
    async with running(mode) as desk:
        slack, bot = desk.slack, desk.slack.workspace.bot
        hana = slack.workspace.user("hana")
        room = slack.workspace.channel("general", members=[hana, bot])
        asked = await slack.says(hana, room, f"<@{bot.id}> 연차는?")
        await slack.settled()
        await slack.says(hana, slack.workspace.im(hana), "반차는?")
        await slack.says(hana, room, "남의 이야기")
        await slack.settled()
        await slack.edits(asked, f"<@{bot.id}> 연차는 며칠?")
        await slack.settled()
        await slack.deletes(asked)
        await slack.slash(hana, room, "/naru", "why")
        await slack.joins(slack.workspace.user("bora"), room)
        await slack.settled()
        kinds = [event.kind for event in desk.kept]
        # The mention came as message and as app_mention.
        assert (kinds.count("message"), kinds.count("deleted"), kinds.count("command")) == (4, 1, 1)
        assert len({event.key for event in desk.kept}) == 5
        assert desk.changes == ["member_joined_channel"]
        assert "All right" in slack.workspace.ephemerals[-1].text


@pytest.mark.parametrize("mode", MODES)
async def test_clicks_and_forms_arrive_with_their_answer(mode: Mode) -> None:
    async with running(mode) as desk, http_session() as session:
        slack = desk.slack
        hana = slack.workspace.user("hana")
        room, shown = slack.workspace.channel("general", members=[hana, slack.workspace.bot]), answer()
        message = answered(shown, "ko")
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        ts = str((await client.chat_postMessage(channel=room.id, text=message.text, blocks=list(message.blocks)))["ts"])  # type: ignore[arg-type]
        click = await slack.clicks(hana, slack.message(room, ts), BAD)
        form = feedback_form(shown.id, "ko")
        await client.views_open(trigger_id=click.payload["trigger_id"], view=dict(form))
        (view,) = slack.workspace.views.values()
        await slack.submits(view, {("reason", "reason"): "틀렸어요"})
        await slack.submits(view, {("reason", "reason"): "틀렸어요"})
        await slack.settled()
        clicked, *sent = desk.kept
        assert clicked.body["answer"] == str(shown.id)
        assert [event.body["reason"] for event in sent] == ["틀렸어요"] * 2
        assert len({event.key for event in sent}) == 1
        assert not view.is_open


@pytest.mark.parametrize("mode", MODES)
async def test_what_could_not_be_kept_is_not_acked_and_comes_again(
    mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    async with running(mode) as desk:
        desk.broken = 1
        hana = desk.slack.workspace.user("hana")
        await desk.slack.says(hana, desk.slack.workspace.im(hana), "비밀 질문")
        await desk.slack.settled()
        assert desk.texts == ["비밀 질문"]
        assert "The inbox takes nothing." in caplog.text
        assert "비밀" not in caplog.text


@pytest.mark.parametrize("mode", MODES)
async def test_bots_are_never_listened_to(mode: Mode) -> None:
    async with running(mode) as desk:
        slack, bot = desk.slack, desk.slack.workspace.bot
        other = slack.workspace.user("robo", is_bot=True)
        room = slack.workspace.channel("general", members=[other, bot])
        await slack.integration_says(room, f"<@{bot.id}> 연차는?")
        await slack.settled()
        assert desk.kept == []


@pytest.mark.parametrize(("follow_ups", "texts"), [(False, 0), (True, 1)])
async def test_follow_ups_in_channels_are_taken_where_the_setting_says_so(follow_ups: bool, texts: int) -> None:
    async with running("socket", follow_ups=follow_ups) as desk:
        slack, bot = desk.slack, desk.slack.workspace.bot
        hana, bora = slack.workspace.user("hana"), slack.workspace.user("bora")
        room = slack.workspace.channel("general", members=[hana, bora, bot])
        asked = await slack.says(hana, room, f"<@{bot.id}> 연차는?")
        await slack.settled()
        desk.kept.clear()
        await slack.says(hana, room, "그럼 반차는?", thread_ts=asked.ts)
        await slack.says(hana, room, "고마워", thread_ts=asked.ts)
        await slack.says(bora, room, "저는 반차는요?", thread_ts=asked.ts)
        await slack.settled()
        assert desk.texts == ["그럼 반차는?"] * texts


@pytest.mark.parametrize("signature", ["wrong", "stale", "missing"])
async def test_a_request_that_slack_did_not_sign_is_not_taken(signature: Any) -> None:
    async with running("http") as desk:
        hana = desk.slack.workspace.user("hana")
        await desk.slack.says(hana, desk.slack.workspace.im(hana), "질문")
        await desk.slack.settled()
        (delivery,) = desk.slack.delivered("message")
        desk.kept.clear()
        assert desk.slack.requests is not None
        refused = await desk.slack.requests.post(delivery, signature=signature)
        assert (refused.status, desk.kept) == (401, [])


async def test_without_a_signing_secret_nothing_is_taken_over_http() -> None:
    async with SlackStandIn() as slack, http_session() as session:
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        desk = Desk(slack)
        identity = await check_in(client, None)
        app = slack_app(client, identity, signing_secret=None, put=desk.put, changed=desk.changed)
        hana = slack.workspace.user("hana")
        slack.signing_secret = ""  # what anybody can sign with
        async with _connected("http", app, slack):
            delivery = await slack.slash(hana, slack.workspace.im(hana), "/naru", "why")
            await slack.settled()
            assert slack.requests is not None
            assert (await slack.requests.post(delivery)).status == 401
        assert desk.kept == []


# At start


async def fault_at_start(slack: SlackStandIn, session: ClientSession) -> str:
    client = web_client(slack.bot_token, session, api_url=slack.api_url)
    with pytest.raises(SlackFault) as caught:
        await check_in(client, slack.app_token)
    assert slack.bot_token not in str(caught.value)
    return str(caught.value)


async def test_an_app_with_all_it_needs_knows_who_it_is() -> None:
    async with SlackStandIn(scopes=SCOPES) as slack, http_session() as session:
        identity = await check_in(web_client(slack.bot_token, session, api_url=slack.api_url), slack.app_token)
        assert identity.bot_user == slack.workspace.bot.id


async def test_missing_scopes_are_named_at_start() -> None:
    async with SlackStandIn(scopes=set(SCOPES) - {"chat:write", "commands"}) as slack, http_session() as session:
        assert "lacks the scopes chat:write, commands:" in await fault_at_start(slack, session)


async def test_a_server_that_names_no_scopes_is_taken_at_its_word(caplog: pytest.LogCaptureFixture) -> None:
    async with SlackStandIn() as slack, http_session() as session:
        bot = slack.workspace.bot.id
        slack.scripts("auth.test", Answers(200, {"ok": True, "team_id": "T1", "user_id": bot}))
        identity = await check_in(web_client(slack.bot_token, session, api_url=slack.api_url), slack.app_token)
        assert identity.bot_user == bot
        assert "does not say which scopes" in caplog.text


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_bad_bot_token_is_named_at_start(error: str) -> None:
    async with SlackStandIn() as slack, http_session() as session:
        slack.revoke(error)
        assert (await fault_at_start(slack, session)).startswith(f"SLACK_BOT_TOKEN does not work ({error})")


async def test_a_bad_app_token_is_named_at_start() -> None:
    async with SlackStandIn(app_scopes=()) as slack, http_session() as session:
        assert (await fault_at_start(slack, session)).startswith("SLACK_APP_TOKEN does not work (missing_scope)")


async def test_a_slack_that_is_away_does_not_mean_that_the_token_is_wrong() -> None:
    async with SlackStandIn() as slack, http_session() as session:
        slack.scripts("auth.test", refuses("service_unavailable"))
        assert "cannot be asked" in await fault_at_start(slack, session)


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with SlackStandIn() as slack, http_session() as session:
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        await check_in(client, slack.app_token)
