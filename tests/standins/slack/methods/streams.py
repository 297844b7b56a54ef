"""chat.startStream, appendStream, stopStream, and assistant.threads.setStatus.

A stream is `streaming` from its start until it is stopped, or for 5 minutes; after that only chat.update changes it.
"""

from __future__ import annotations

from tests.standins.slack import blocks, events, limits, render
from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError, Limit
from tests.standins.slack.methods import chat
from tests.standins.slack.methods.method import Method
from tests.standins.slack.rates import SPECIAL, TIER_2, TIER_4
from tests.standins.slack.state import State
from tests.standins.slack.workspace import Channel, Json, Message

_CHUNKS = {"markdown_text", "task_update", "plan_update", "blocks"}


def _start(state: State, args: Arguments) -> Json:
    channel = state.joined_channel(args.text("channel"))
    if channel.is_archived:
        raise ApiError("is_archived")
    args.text("thread_ts")
    if channel.kind != "im":
        for name in ("recipient_user_id", "recipient_team_id"):
            if name not in args:
                raise ApiError(f"missing_{name}")
    thread_ts = chat.thread_of(channel, args)
    text, added = _piece(state, args)
    since = state.clock.now()
    message = chat.bots_message(
        state, channel, text=text, blocks=_shown(text, added), thread_ts=thread_ts, streaming_since=since
    )
    return {"channel": channel.id, "ts": message.ts}


def _append(state: State, args: Arguments) -> Json:
    channel, message = _streaming(state, args)
    text, added = _piece(state, args)
    if not text and not added:
        raise ApiError("no_text")
    _grow(state, message, text, added)
    return {"channel": channel.id, "ts": message.ts}


def _stop(state: State, args: Arguments) -> Json:
    channel, message = _streaming(state, args)
    text, added = _piece(state, args)
    metadata = chat.metadata(state, args)
    below = args.json("blocks") or []
    if below:
        blocks.check_message(below, state.strictness)
    before = render.message(message, state.workspace)
    _grow(state, message, text, added)
    message.blocks += blocks.with_ids(below)
    message.streaming_since = None
    message.metadata = metadata
    state.publish(events.changed(message, before, state.workspace, state.clock.stamp()), channel)
    return {"channel": channel.id, "ts": message.ts, "message": render.message(message, state.workspace)}


def _status(state: State, args: Arguments) -> Json:
    if "assistant:write" not in state.scopes:
        state.need("chat:write")
    channel = state.channel(args.text("channel_id"))
    state.workspace.statuses[channel.id, args.text("thread_ts")] = args.text("status")
    return {}


def expire(state: State, message: Message) -> None:
    """Ends a stream that Slack holds open no longer; what it says by then stays."""
    age = state.clock.now() - (message.streaming_since or state.clock.now())
    if state.strictness.holds(Limit.STREAM_AGE) and age >= limits.STREAM_AGE:
        message.streaming_since = None


def _streaming(state: State, args: Arguments) -> tuple[Channel, Message]:
    channel = state.joined_channel(args.text("channel"))
    message = chat.own_message(state, channel, args.text("ts"), "message_not_owned_by_app")
    expire(state, message)
    if message.streaming_since is None:
        raise ApiError("message_not_in_streaming_state")
    return channel, message


def _piece(state: State, args: Arguments) -> tuple[str, list[Json]]:
    """The new text, and the new chunks that are no text."""
    text = args.text("markdown_text", "")
    chunks = args.json("chunks") or []
    if not isinstance(chunks, list) or any(not isinstance(c, dict) or c.get("type") not in _CHUNKS for c in chunks):
        raise ApiError("invalid_chunks")
    text += "".join(chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text")
    state.strictness.length(Limit.MARKDOWN_TEXT, text, limits.MARKDOWN_TEXT, "msg_too_long")
    return text, [chunk for chunk in chunks if chunk["type"] != "markdown_text"]


def _grow(state: State, message: Message, text: str, added: list[Json]) -> None:
    state.strictness.length(Limit.STREAM_SIZE, message.text + text, limits.STREAM_SIZE, "msg_too_long")
    message.text += text
    message.blocks = _shown(message.text, [b for b in message.blocks if b["type"] != "markdown"] + added)


def _shown(text: str, added: list[Json]) -> list[Json]:
    markdown = [{"type": "markdown", "block_id": "stream", "text": text}] if text else []
    return [*markdown, *added]


METHODS = {
    "chat.startStream": Method(_start, TIER_2, scope="chat:write"),
    "chat.appendStream": Method(_append, TIER_4, scope="chat:write"),
    "chat.stopStream": Method(_stop, TIER_2, scope="chat:write"),
    "assistant.threads.setStatus": Method(_status, SPECIAL),
}
