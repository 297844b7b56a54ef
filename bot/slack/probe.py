"""What Slack says of the tokens: for the doctor, who tells every finding apart; `check_in` stops at the first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.app import http_session, unusable, web_client
from bot.slack.faults import SlackFault, translated


@dataclass(frozen=True, slots=True)
class Identified:
    """What the bot token is. team: the workspace's name. scopes: None where Slack does not tell. at: Slack's clock, in
    whole seconds; None: not told. app: the app's id; None: not told."""

    team: str
    scopes: frozenset[str] | None
    at: datetime | None
    app: str | None


class Probe:
    """Asks Slack with one app's tokens. Every method raises SlackFault with one sentence."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def identified(self) -> Identified:
        """Whose the bot token is, if it works."""
        try:
            with translated("auth.test"):
                who = await self._client.auth_test()
        except SlackFault as fault:
            what = "the Bot User OAuth Token (xoxb-) under OAuth & Permissions"
            raise unusable("SLACK_BOT_TOKEN", what, fault) from None
        told = who.headers.get("x-oauth-scopes")
        return Identified(
            team=str(who.get("team") or who["team_id"]),
            scopes=None if told is None else frozenset(scope.strip() for scope in str(told).split(",")),
            at=_time(who.headers.get("Date")),
            app=await self._app(str(who.get("bot_id") or "")),
        )

    async def opens_a_socket(self, app_token: str) -> None:
        """Whether the app token does. The socket's address is not used."""
        try:
            with translated("apps.connections.open"):
                await self._client.apps_connections_open(app_token=app_token)
        except SlackFault as fault:
            what = "an App-Level Token (xapp-) with connections:write, with Socket Mode on"
            raise unusable("SLACK_APP_TOKEN", what, fault) from None

    async def handles(self) -> frozenset[str]:
        """Of the workspace's usergroups: what `group:` stands for."""
        with translated("usergroups.list"):
            listed = await self._client.usergroups_list()
        return frozenset(str(group["handle"]) for group in listed.get("usergroups") or [])

    async def _app(self, bot: str) -> str | None:
        try:
            with translated("bots.info"):
                found = await self._client.bots_info(bot=bot)
        except SlackFault:
            return None
        return str((found.get("bot") or {}).get("app_id") or "") or None


@asynccontextmanager
async def probe(bot_token: str, api_url: str | None) -> AsyncIterator[Probe]:
    """With a session of its own, for as long as the context is open."""
    session = http_session()
    try:
        yield Probe(web_client(bot_token, session, api_url=api_url))
    finally:
        await session.close()


def _time(date: object) -> datetime | None:
    try:
        return parsedate_to_datetime(str(date)).astimezone(UTC)
    except ValueError:
        return None
