"""reactions.add, remove and get."""

from __future__ import annotations

import re

from tests.standins.slack import events, render
from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError
from tests.standins.slack.methods.method import Method
from tests.standins.slack.rates import TIER_2, TIER_3
from tests.standins.slack.state import State
from tests.standins.slack.workspace import Json, Message


def _message(state: State, args: Arguments) -> Message:
    channel = state.joined_channel(args.text("channel"))
    message = channel.messages.get(args.text("timestamp"))
    if message is None or message.deleted:
        raise ApiError("message_not_found")
    return message


def _name(args: Arguments) -> str:
    name = args.text("name")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise ApiError("invalid_name")
    return name


def _add(state: State, args: Arguments) -> Json:
    message, name, bot = _message(state, args), _name(args), state.workspace.bot
    channel = state.workspace.channels[message.channel]
    if channel.is_archived:
        raise ApiError("is_archived")
    users = message.reactions.setdefault(name, [])
    if bot.id in users:
        raise ApiError("already_reacted")
    users.append(bot.id)
    state.publish(events.reaction("reaction_added", bot, name, message, state.clock.stamp()), channel)
    return {}


def _remove(state: State, args: Arguments) -> Json:
    message, name, bot = _message(state, args), _name(args), state.workspace.bot
    if bot.id not in message.reactions.get(name, []):
        raise ApiError("no_reaction")
    message.reactions[name].remove(bot.id)
    if not message.reactions[name]:
        del message.reactions[name]
    channel = state.workspace.channels[message.channel]
    state.publish(events.reaction("reaction_removed", bot, name, message, state.clock.stamp()), channel)
    return {}


def _get(state: State, args: Arguments) -> Json:
    message = _message(state, args)
    return {"type": "message", "channel": message.channel, "message": render.message(message, state.workspace)}


METHODS = {
    "reactions.add": Method(_add, TIER_3, scope="reactions:write"),
    "reactions.remove": Method(_remove, TIER_2, scope="reactions:write"),
    "reactions.get": Method(_get, TIER_3, scope="reactions:read"),
}
