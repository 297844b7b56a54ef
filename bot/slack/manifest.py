"""What the app asks Slack for: scopes, events, the command. `python -m bot.slack.manifest > slack-manifest.json`

With the public address of an app that Slack calls over HTTP: `python -m bot.slack.manifest https://naru.example.com`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from bot.slack.events import COMMAND, MASKED_COPY

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_CHANNELS = ("channels:read", "groups:read")

METHODS: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "bots.info": ("users:read",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,
    "conversations.info": _READ,
    "conversations.list": _READ,
    "conversations.members": _READ,
    "conversations.open": ("im:write",),
    "conversations.replies": _HISTORY,
    "files.info": ("files:read",),
    "reactions.add": ("reactions:write",),
    "usergroups.list": ("usergroups:read",),
    "users.info": ("users:read", "users:read.email"),
    "users.list": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
}
"""The methods that bot/slack calls with the bot token, each with the scopes that it needs; a test holds the two
together. apps.connections.open goes by the app-level token (connections:write), which no manifest grants."""

EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "channel_archive": ("channels:read",),
    "channel_shared": _CHANNELS,
    "channel_unshared": _CHANNELS,
    "group_archive": ("groups:read",),
    "member_joined_channel": _CHANNELS,
    "member_left_channel": _CHANNELS,
    "subteam_created": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}
"""Messages everywhere, because an edit or a deletion of a question comes as a message; who is there, for readers."""

SCOPES = tuple(
    sorted({"commands"}.union(*METHODS.values(), *EVENTS.values())),
)


def manifest(address: str | None = None) -> dict[str, Any]:
    """The app's manifest (docs.slack.dev/reference/app-manifest). address: None for Socket Mode, else where Slack
    reaches us, e.g. https://naru.example.com."""
    reached = {"request_url": f"{address.rstrip('/')}/slack/events"} if address else {}
    command = {
        "command": COMMAND,
        "description": "나루에게 물어보기 · Ask Naru",
        "usage_hint": "help | why | optout | review | status | reindex <source|all>",
        "should_escape": False,
        **({"url": reached["request_url"]} if reached else {}),
    }
    copy = {
        "name": "가린 사본 · Masked copy",  # at most 24 characters
        "type": "message",
        "callback_id": MASKED_COPY,
        "description": "번호와 이름을 가린 글을 만듭니다 · The text without its values, to paste elsewhere",
    }
    return {
        "display_information": {
            "name": "Naru",
            "description": "회사 문서로 답합니다 · Answers from the company's documents",
            "background_color": "#1d4e5f",
        },
        "features": {
            # Without the tab that takes messages nobody can write to the bot directly.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Naru", "always_online": True},
            "slash_commands": [command],
            "shortcuts": [copy],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**reached, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else None
    sys.stdout.write(json.dumps(manifest(address), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
