"""auth.test and apps.connections.open."""

from __future__ import annotations

from tests.standins.slack.calls import Arguments
from tests.standins.slack.methods.method import Method
from tests.standins.slack.rates import RECONNECTS, SPECIAL
from tests.standins.slack.state import State
from tests.standins.slack.workspace import BOT_ID, TEAM, Json


def _test(state: State, args: Arguments) -> Json:
    bot = state.workspace.bot
    return {
        "url": "https://standin.slack.com/",
        "team": "Stand-in",
        "user": bot.name,
        "team_id": TEAM,
        "user_id": bot.id,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _open(state: State, args: Arguments) -> Json:
    return {"url": state.new_socket_url()}


METHODS = {
    "auth.test": Method(_test, SPECIAL),
    "apps.connections.open": Method(_open, RECONNECTS, scope="connections:write", token="xapp"),
}
