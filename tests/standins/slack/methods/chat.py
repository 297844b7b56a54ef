"""chat.postMessage, update, delete, postEphemeral and getPermalink."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.standins.slack import blocks, events, limits, render
from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError, Limit
from tests.standins.slack.methods.method import Method
from tests.standins.slack.rates import SPECIAL, TIER_3, TIER_4
from tests.standins.slack.state import State
from tests.standins.slack.workspace import BOT_ID, Channel, Json, Message

_SHOWN_BY = ("unfurl_links", "unfurl_media", "parse", "link_names", "mrkdwn", "reply_broadcast")


def content(state: State, args: Arguments, *, most: int = limits.TEXT, limit: Limit = Limit.TEXT) -> Json:
    """The text and blocks of a message, checked: as fields of Message."""
    given = args.json("blocks")
    if "markdown_text" in args:
        if given is not None or "text" in args:
            raise ApiError("markdown_text_conflict")
        text = args.text("markdown_text")
        state.strictness.length(Limit.MARKDOWN_TEXT, text, limits.MARKDOWN_TEXT, "msg_too_long")
        return {"text": text, "blocks": [{"type": "markdown", "block_id": "b0", "text": text}]}
    text = args.text("text", "")
    if not text.strip() and not given:
        raise ApiError("no_text")
    state.strictness.length(limit, text, most, "msg_too_long")
    if given:
        blocks.check_message(given, state.strictness)
    return {"text": text, "blocks": blocks.with_ids(given or [])}


def metadata(state: State, args: Arguments) -> Json | None:
    given: Any = args.json("metadata")
    if given in (None, {}):
        return None
    if not isinstance(given, dict):
        raise ApiError("invalid_metadata_format")
    if not isinstance(given.get("event_type"), str) or not isinstance(given.get("event_payload"), dict):
        raise ApiError("invalid_metadata_schema")
    state.strictness.length(Limit.METADATA, json.dumps(given), limits.METADATA, "metadata_too_large")
    return given


def own_message(state: State, channel: Channel, ts: str, otherwise: str) -> Message:
    """One of the bot's own, or the error `otherwise`."""
    message = channel.messages.get(ts)
    if message is None or message.deleted:
        raise ApiError("message_not_found")
    if message.bot_id != BOT_ID:
        raise ApiError(otherwise)
    return message


def bots_message(state: State, channel: Channel, **fields: Any) -> Message:
    """Puts a message of the bot into the channel; the app is told of it like of everybody's."""
    bot = state.workspace.bot
    message = Message(channel.id, state.clock.stamp(), user=bot.id, bot_id=BOT_ID, **fields)
    channel.messages[message.ts] = message
    state.publish(events.posted(message, state.workspace), channel)
    return message


def thread_of(channel: Channel, args: Arguments) -> str | None:
    """A thread's first message: replying to a reply would start a thread that nobody sees."""
    thread_ts = args.text("thread_ts", "") or None
    if thread_ts is None:
        return None
    if not re.fullmatch(r"\d{10}\.\d{6}", thread_ts):
        raise ApiError("invalid_thread_ts")
    parent = channel.messages.get(thread_ts)
    if parent and parent.thread_ts not in (None, parent.ts):
        raise ApiError("cannot_reply_to_message")
    return thread_ts


def _post(state: State, args: Arguments) -> Json:
    target = args.text("channel")
    # A user's id stands for the conversation with them.
    user = state.workspace.users.get(target)
    channel = state.joined_channel(state.workspace.im(user).id if user else target)
    if channel.is_archived:
        raise ApiError("is_archived")
    fields = content(state, args) | {"metadata": metadata(state, args), "thread_ts": thread_of(channel, args)}
    state.rates.count_post(channel.id)
    fields["arguments"] = {name: args.json(name) for name in _SHOWN_BY if name in args}
    if args.flag("reply_broadcast") and fields["thread_ts"]:
        fields |= {"is_broadcast": True, "subtype": "thread_broadcast"}
    message = bots_message(state, channel, **fields)
    return {"channel": channel.id, "ts": message.ts, "message": render.message(message, state.workspace)}


def _update(state: State, args: Arguments) -> Json:
    channel = state.channel(args.text("channel"))
    message = own_message(state, channel, args.text("ts"), "cant_update_message")
    if channel.is_archived:
        raise ApiError("is_inactive")
    if message.streaming_since is not None:
        raise ApiError("streaming_state_conflict")
    fields = content(state, args, most=limits.UPDATE_TEXT, limit=Limit.UPDATE_TEXT)
    before = render.message(message, state.workspace)
    # Text without blocks removes the blocks; metadata stays unless it is given, and {} removes it.
    message.text, message.blocks = fields["text"], fields["blocks"]
    if "metadata" in args:
        message.metadata = metadata(state, args)
    message.arguments = {name: args.json(name) for name in _SHOWN_BY if name in args}
    stamp = state.clock.stamp()
    message.edited = {"user": state.workspace.bot.id, "ts": stamp}
    state.publish(events.changed(message, before, state.workspace, stamp), channel)
    body = render.message(message, state.workspace)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": body}


def _delete(state: State, args: Arguments) -> Json:
    channel = state.channel(args.text("channel"))
    message = own_message(state, channel, args.text("ts"), "cant_delete_message")
    before = render.message(message, state.workspace)
    message.deleted = True
    state.publish(events.deleted(message, before, state.workspace, state.clock.stamp()), channel)
    return {"channel": channel.id, "ts": message.ts}


def _post_ephemeral(state: State, args: Arguments) -> Json:
    channel = state.joined_channel(args.text("channel"))
    if channel.is_archived:
        raise ApiError("is_archived")
    user = args.text("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    fields = content(state, args) | {"thread_ts": thread_of(channel, args)}
    bot = state.workspace.bot
    message = Message(channel.id, state.clock.stamp(), user=bot.id, bot_id=BOT_ID, seen_only_by=user, **fields)
    state.workspace.ephemerals.append(message)
    return {"message_ts": message.ts}


def _permalink(state: State, args: Arguments) -> Json:
    channel = state.channel(args.text("channel"))
    ts = args.text("message_ts")
    message = channel.messages.get(ts)
    if message is None or message.deleted:
        raise ApiError("message_not_found")
    link = f"https://standin.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = {
    "chat.postMessage": Method(_post, SPECIAL, scope="chat:write"),
    "chat.update": Method(_update, TIER_3, scope="chat:write"),
    "chat.delete": Method(_delete, TIER_3, scope="chat:write"),
    "chat.postEphemeral": Method(_post_ephemeral, TIER_4, scope="chat:write"),
    "chat.getPermalink": Method(_permalink, SPECIAL),
}
