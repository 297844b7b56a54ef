"""A strict stand-in for Slack: the Web API, Socket Mode, signed HTTP delivery, and people who use the workspace.

    async with SlackStandIn() as slack:
        hana = slack.workspace.user("hana")
        general = slack.workspace.channel("general", members=[hana, slack.workspace.bot])
        ...  # start the app with slack.api_url, slack.bot_token, slack.app_token
        await slack.says(hana, general, f"<@{slack.workspace.bot.id}> 연차는 며칠인가요?")
        await slack.settled()

It is strict by default: lengths, blocks, rates, scopes, membership. A test turns a limit off by name, with its
reason: SlackStandIn(relaxed={Limit.POST_RATE: "two answers within a second are what is tested here"}).
"""

from __future__ import annotations

from tests.standins.slack.calls import Answers, Call, Delayed, Dropped, LostReply, Reply, rate_limited, refuses
from tests.standins.slack.deliveries import Attempt, Delivery
from tests.standins.slack.limits import Limit
from tests.standins.slack.requests import Answer, Requests
from tests.standins.slack.sockets import Socket
from tests.standins.slack.standin import SCOPES, SUBSCRIPTIONS, SlackStandIn
from tests.standins.slack.timing import Timings
from tests.standins.slack.workspace import OTHER_TEAM, TEAM, Channel, File, Message, User, Usergroup, View, Workspace

__all__ = [
    "OTHER_TEAM",
    "SCOPES",
    "SUBSCRIPTIONS",
    "TEAM",
    "Answer",
    "Answers",
    "Attempt",
    "Call",
    "Channel",
    "Delayed",
    "Delivery",
    "Dropped",
    "File",
    "Limit",
    "LostReply",
    "Message",
    "Reply",
    "Requests",
    "SlackStandIn",
    "Socket",
    "Timings",
    "User",
    "Usergroup",
    "View",
    "Workspace",
    "rate_limited",
    "refuses",
]
