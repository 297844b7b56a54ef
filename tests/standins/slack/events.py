"""The shape of Slack's events, and which of them an app is told of [pure]."""

from __future__ import annotations

import uuid
from typing import Any

from tests.standins.slack import render
from tests.standins.slack.workspace import APP, OTHER_TEAM, TEAM, Channel, Json, Message, User, Usergroup, Workspace

SUBSCRIPTIONS = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_home_opened": None,
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "user_change": "users:read",
    "subteam_members_changed": "usergroups:read",
    "channel_shared": "channels:read",
    "channel_archive": "channels:read",
    "channel_left": "channels:read",
    "group_left": "groups:read",
    "app_uninstalled": None,
    "tokens_revoked": None,
}
"""What a manifest may ask for, and the scope without which Slack delivers nothing of it."""
_MESSAGES = {"public": "message.channels", "private": "message.groups", "im": "message.im", "mpim": "message.mpim"}


def subscription(event: Json, channel: Channel | None) -> str:
    kind: str = event["type"]
    return _MESSAGES[channel.kind] if kind == "message" and channel else kind


def envelope(event: Json, channel: Channel | None, workspace: Workspace, now: float) -> Json:
    """The outer event; its event_id stays the same however often it is delivered."""
    return {
        "token": "verification",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{uuid.uuid4().hex[:10].upper()}",
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.is_shared),
        "event_context": f"4-{uuid.uuid4().hex}",
    }


def posted(message: Message, workspace: Workspace) -> Json:
    # Unlike in history, an event names its channel, and metadata comes along.
    return _in_channel(render.message(message, workspace, with_metadata=True), message, workspace, message.ts)


def mentioned(message: Message, workspace: Workspace) -> Json:
    body = render.message(message, workspace)
    return body | {"type": "app_mention", "channel": message.channel, "event_ts": message.ts}


def changed(message: Message, before: Json, workspace: Workspace, stamp: str) -> Json:
    body = {
        "type": "message",
        "subtype": "message_changed",
        "message": render.message(message, workspace, with_metadata=True),
        "previous_message": before,
        "hidden": True,
        "ts": stamp,
    }
    return _in_channel(body, message, workspace, stamp)


def deleted(message: Message, before: Json, workspace: Workspace, stamp: str) -> Json:
    body = {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": message.ts,
        "previous_message": before,
        "hidden": True,
        "ts": stamp,
    }
    return _in_channel(body, message, workspace, stamp)


def reaction(kind: str, user: User, name: str, message: Message, stamp: str) -> Json:
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    return _event(kind, stamp, user=user.id, reaction=name, item=item, item_user=message.user)


def member(kind: str, user: User, channel: Channel, stamp: str) -> Json:
    letter = "C" if channel.kind == "public" else "G"
    return _event(kind, stamp, user=user.id, channel=channel.id, channel_type=letter, team=user.team_id)


def home_opened(user: User, channel: Channel, stamp: str, tab: str) -> Json:
    return _event("app_home_opened", stamp, user=user.id, channel=channel.id, tab=tab)


def user_changed(user: User, scopes: frozenset[str], stamp: str) -> Json:
    return _event("user_change", stamp, user=render.user(user, scopes), cache_ts=int(float(stamp)))


def group_changed(group: Usergroup, added: list[str], removed: list[str], stamp: str) -> Json:
    return _event(
        "subteam_members_changed",
        stamp,
        subteam_id=group.id,
        team_id=TEAM,
        added_users=added,
        added_users_count=len(added),
        removed_users=removed,
        removed_users_count=len(removed),
    )


def shared(channel: Channel, stamp: str, team: str = OTHER_TEAM) -> Json:
    return _event("channel_shared", stamp, channel=channel.id, connected_team_id=team)


def of_channel(kind: str, channel: Channel, stamp: str) -> Json:
    return _event(kind, stamp, channel=channel.id)


def _event(kind: str, stamp: str, **fields: Any) -> Json:
    return {"type": kind, **fields, "event_ts": stamp}


def _in_channel(body: Json, message: Message, workspace: Workspace, stamp: str) -> Json:
    kind = workspace.channels[message.channel].kind
    return body | {"channel": message.channel, "channel_type": render.CHANNEL_TYPE[kind], "event_ts": stamp}
