"""The shape of clicks, commands and submitted forms."""

from __future__ import annotations

from typing import Any

from tests.standins.slack import blocks, render
from tests.standins.slack.state import State
from tests.standins.slack.workspace import APP, TEAM, Channel, Json, Message, User, View

_CHANNEL_NAME = {"private": "privategroup", "im": "directmessage", "mpim": "mpdm"}


def action(shown: list[Json], action_id: str, value: str | None, stamp: str) -> Json:
    """What block_actions says of one element; raises LookupError when it or the option is not there."""
    found = [(block_id, one) for block_id, one in blocks.elements(shown) if one["action_id"] == action_id]
    if not found:
        raise LookupError(f"no element {action_id!r} is shown")
    block_id, one = found[0]
    done: Json = {"action_id": action_id, "block_id": block_id, "type": one["type"], "action_ts": stamp}
    if one["type"] == "feedback_buttons":
        sides = [one["positive_button"], one["negative_button"]]
        side = _picked(sides, value)
        return done | {"text": side["text"], "value": side["value"]}
    if "options" in one:
        return done | {"selected_option": _picked(one["options"], value)}
    return done | {key: one[key] for key in ("text", "value") if key in one}


def block_actions(state: State, user: User, shown: Message | View, done: Json) -> Json:
    body = _interaction(state, "block_actions", user) | {"actions": [done], "state": {"values": {}}}
    if isinstance(shown, View):
        return body | {"container": {"type": "view", "view_id": shown.id}, "view": render.view(shown)}
    channel = state.workspace.channels[shown.channel]
    container: Json = {
        "type": "message",
        "message_ts": shown.ts,
        "channel_id": channel.id,
        "is_ephemeral": shown.seen_only_by is not None,
    }
    if shown.thread_ts:
        container["thread_ts"] = shown.thread_ts
    body |= {"container": container, "channel": {"id": channel.id, "name": _name(channel)}}
    body["response_url"] = state.new_response_url(channel.id, user.id, shown)
    # Slack has no copy of an ephemeral message, so its clicks come without one.
    return body if shown.seen_only_by else body | {"message": render.message(shown, state.workspace)}


def view_submission(state: State, view: View, values: dict[tuple[str, str], Any]) -> Json:
    user = state.workspace.users[view.user]
    filled: dict[str, Json] = {}
    for block_id, one in blocks.elements(view.body["blocks"]):
        given = values.get((block_id, one["action_id"]))
        state_of = given if isinstance(given, dict) else {"value": given}
        filled.setdefault(block_id, {})[one["action_id"]] = {"type": one["type"]} | state_of
    unknown = [key for key in values if key[1] not in filled.get(key[0], {})]
    if unknown:
        raise LookupError(f"the form has no field {unknown[0]}")
    body = _interaction(state, "view_submission", user)
    return body | {"view": render.view(view) | {"state": {"values": filled}}, "response_urls": []}


def view_closed(state: State, view: View) -> Json:
    body = _interaction(state, "view_closed", state.workspace.users[view.user])
    del body["trigger_id"]
    return body | {"view": render.view(view), "is_cleared": False}


def message_action(state: State, user: User, on: Message, callback_id: str, stamp: str) -> Json:
    """docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload: a message shortcut."""
    channel = state.workspace.channels[on.channel]
    return _interaction(state, "message_action", user) | {
        "callback_id": callback_id,
        "action_ts": stamp,
        "message_ts": on.ts,
        "message": render.message(on, state.workspace),
        "channel": {"id": channel.id, "name": _name(channel)},
        "response_url": state.new_response_url(channel.id, user.id),
    }


def command(state: State, user: User, channel: Channel, name: str, text: str) -> Json:
    return {
        "token": "verification",
        "team_id": TEAM,
        "team_domain": "standin",
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": state.new_response_url(channel.id, user.id),
        "trigger_id": state.new_trigger(user.id),
    }


def _interaction(state: State, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": APP,
        "token": "verification",
        "team": {"id": TEAM, "domain": "standin"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": state.new_trigger(user.id),
    }


def _picked(options: list[Json], value: str | None) -> Json:
    found = [option for option in options if value in (None, option["value"])]
    if not found:
        raise LookupError(f"no option has the value {value!r}")
    return found[0]


def _name(channel: Channel) -> str:
    return _CHANNEL_NAME.get(channel.kind, channel.name)
