"""The app that Slack talks to: its listeners keep what comes in, and only then Slack is told that it arrived."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.inbox import Event
from bot.slack.events import COMMAND, MASKED_COPY, event_of
from bot.slack.faults import SlackFault, translated
from bot.slack.manifest import SCOPES
from bot.words import both
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

_ANY = re.compile("")
_CALL_S = 10.0

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in this workspace."""

    team: str
    bot_user: str
    bot: str


def http_session() -> aiohttp.ClientSession:
    """For all calls to Slack. The process's proxy settings are never looked at."""
    return aiohttp.ClientSession(trust_env=False, timeout=aiohttp.ClientTimeout(total=_CALL_S))


def web_client(
    token: str, session: aiohttp.ClientSession, *, api_url: str | None = None, proxy: str | None = None
) -> AsyncWebClient:
    """api_url: where the API is, Slack's own by default."""
    address = (api_url or AsyncWebClient.BASE_URL).rstrip("/") + "/"
    # No retries below us: the library would send a post of unknown outcome again.
    client = AsyncWebClient(token, address, session=session, retry_handlers=[], logger=_quiet())
    client.proxy = proxy
    return client


async def check_in(client: AsyncWebClient, app_token: str | None) -> Identity:
    """Whether the tokens work and the app may do what it will do. Raises SlackFault with one sentence.

    app_token: of the connection by Socket Mode; None where Slack calls us.
    """
    try:
        with translated("auth.test"):
            who = await client.auth_test()
    except SlackFault as fault:
        raise unusable("SLACK_BOT_TOKEN", "the Bot User OAuth Token (xoxb-) under OAuth & Permissions", fault) from None
    told = who.headers.get("x-oauth-scopes")
    if told is None:
        _log.warning("Slack does not say which scopes the app has: what lacks one fails when it is used")
    missing = sorted(set(SCOPES) - {scope.strip() for scope in str(told).split(",")})
    if told is not None and missing:
        raise SlackFault(
            f"The Slack app lacks the scopes {', '.join(missing)}: update it from slack-manifest.json and install it "
            "to the workspace again.",
            code="missing_scope",
        )
    if app_token is not None:
        try:
            with translated("apps.connections.open"):
                await client.apps_connections_open(app_token=app_token)
        except SlackFault as fault:
            what = "an App-Level Token (xapp-) with connections:write, with Socket Mode on"
            raise unusable("SLACK_APP_TOKEN", what, fault) from None
    return Identity(str(who["team_id"]), str(who["user_id"]), str(who.get("bot_id") or ""))


def slack_app(
    client: AsyncWebClient,
    identity: Identity,
    *,
    signing_secret: str | None,
    put: Callable[[Event], Awaitable[object]],
    changed: Callable[[Mapping[str, Any]], object],
    follows: Callable[[Event], Awaitable[bool]] | None = None,
) -> AsyncApp:
    """For Socket Mode and for HTTP alike.

    put: keeps an event; what it raises means that Slack is not acked and sends it again. changed: is told of every
    event about people and channels. follows: whether a message that does not address us continues a thread of its
    author's with us; None: such messages are left alone. signing_secret: None where nothing comes in by HTTP.
    """

    async def authorize() -> AuthorizeResult:
        # Bolt would call auth.test for the first event, and give that event up if the call fails.
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team,
            bot_user_id=identity.bot_user,
            bot_id=identity.bot,
            bot_token=client.token,
        )

    app = AsyncApp(
        name="naru",
        client=client,
        authorize=authorize,
        # Without a secret of ours every signature is wrong; Bolt would take the empty one for right.
        signing_secret=signing_secret or secrets.token_hex(32),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        logger=_quiet(),
    )

    async def keep(body: Body) -> None:
        event = event_of(body, identity.bot_user, datetime.now(UTC))
        if event is not None and (event.body.get("addressed", True) or (follows and await follows(event))):
            await put(event)

    async def happened(body: Body) -> None:
        if body["event"]["type"] in ("message", "app_mention", "app_home_opened"):
            await keep(body)
        else:
            changed(body["event"])

    async def commanded(body: Body, ack: AsyncAck) -> None:
        await keep(body)
        await ack(both("heard"))

    async def clicked(body: Body, ack: AsyncAck) -> None:
        await keep(body)
        await ack()

    app.event(_ANY)(happened)
    app.command(COMMAND)(commanded)
    app.action(_ANY)(clicked)
    app.view(_ANY)(clicked)
    app.shortcut(MASKED_COPY)(clicked)
    app.error(_not_taken)
    return app


async def _not_taken(error: Exception) -> BoltResponse:
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200)  # a shortcut, a closed form: nothing to us, and nothing to send again
    _log.error("an event was not taken: %s", error if isinstance(error, Fault) else type(error).__name__)
    return BoltResponse(status=503)


def unusable(setting: str, what: str, fault: SlackFault) -> SlackFault:
    """A token that does not work, or cannot be tried. what: what it should be."""
    if fault.retry:
        return SlackFault(f"Slack cannot be asked whether {setting} is right: {fault}", code=fault.code, again=True)
    return SlackFault(f"{setting} does not work ({fault.code}): set it to {what} of the app.", code=fault.code)


def _quiet() -> logging.Logger:
    """Bolt and the SDK log whole payloads, as warnings too; what matters of them reaches us as errors."""
    logger = logging.getLogger(f"{__name__}.library")
    logger.setLevel(logging.ERROR)
    return logger
