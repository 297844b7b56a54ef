"""conversations.info, members, history, replies, list and open."""

from __future__ import annotations

from collections.abc import Iterable

from tests.standins.slack import render
from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError, Limit
from tests.standins.slack.methods.method import Method, page
from tests.standins.slack.rates import TIER_2, TIER_3, TIER_4
from tests.standins.slack.state import PREFIX, State
from tests.standins.slack.workspace import Channel, Json, Kind, Message

_KINDS: dict[str, Kind] = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


def _info(state: State, args: Arguments) -> Json:
    channel = state.channel(args.text("channel"))
    state.need_for(channel, "read")
    body = render.channel(channel, state.workspace)
    if args.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def _members(state: State, args: Arguments) -> Json:
    channel = state.channel(args.text("channel"))
    state.need_for(channel, "read")
    found, after = page(channel.members, args, default=100, most=1000)
    return {"members": found} | after


def _history(state: State, args: Arguments) -> Json:
    """Newest first; replies in threads are not among them, unless they were sent to the channel too. Of a deleted
    message with replies a tombstone is left."""
    channel = state.joined_channel(args.text("channel"))
    state.need_for(channel, "history")
    shown = [m for m in channel.messages.values() if m.thread_ts in (None, m.ts) or m.is_broadcast]
    left = [m for m in reversed(shown) if _is_left(m, channel) and _is_within(m, args)]
    found, after = page(left, args, default=100, most=999, at_most=state.a_page)
    more = bool(after["response_metadata"]["next_cursor"])
    return {"messages": _rendered(state, found, args), "has_more": more, "pin_count": 0} | (after if more else {})


def _replies(state: State, args: Arguments) -> Json:
    """Oldest first, the thread's first message before all; asked for by a reply's ts it is that reply alone."""
    channel = state.joined_channel(args.text("channel"))
    state.need_for(channel, "history")
    ts = args.text("ts")
    asked, replies = channel.messages.get(ts), channel.replies(ts)
    if asked is None or (asked.deleted and not replies):
        raise ApiError("thread_not_found")
    found, after = page(
        [m for m in replies if not m.deleted and _is_within(m, args)],
        args,
        default=1000,
        most=1000,
        at_most=state.a_page,
    )
    more = bool(after["response_metadata"]["next_cursor"])
    messages = _rendered(state, [asked, *found], args)
    return {"messages": messages, "has_more": more} | (after if more else {})


def _list(state: State, args: Arguments) -> Json:
    kinds = [_kind(name) for name in args.names("types") or ["public_channel"]]
    for kind in kinds:
        state.need(f"{PREFIX[kind]}:read")
    visible = [c for c in state.workspace.channels.values() if c.kind in kinds and _is_listed(state, c)]
    if args.flag("exclude_archived"):
        visible = [channel for channel in visible if not channel.is_archived]
    found, after = page(visible, args, default=100, most=1000)
    return {"channels": [render.channel(channel, state.workspace) for channel in found]} | after


def _open(state: State, args: Arguments) -> Json:
    channel = state.channel(args.text("channel")) if "channel" in args else _with(state, args.names("users"))
    body = render.channel(channel, state.workspace) if args.flag("return_im") else {"id": channel.id}
    return {"channel": body}


def _with(state: State, ids: list[str]) -> Channel:
    users = [state.workspace.users.get(id) for id in ids]
    known = [user for user in users if user is not None]
    if not known or len(known) < len(users):
        raise ApiError("user_not_found")
    if any(user.deleted for user in known):
        raise ApiError("user_disabled")
    if len(known) == 1:
        state.need("im:write")
        return state.workspace.im(known[0])
    state.need("mpim:write")
    inside = {*ids, state.workspace.bot.id}
    found = next((c for c in state.workspace.channels.values() if c.kind == "mpim" and {*c.members} == inside), None)
    return found or state.workspace.channel("mpdm", members=[*known, state.workspace.bot], kind="mpim")


def _kind(name: str) -> Kind:
    if name not in _KINDS:
        raise ApiError("invalid_types")
    return _KINDS[name]


def _is_listed(state: State, channel: Channel) -> bool:
    inside = state.workspace.bot.id in channel.members or not state.strictness.holds(Limit.MEMBERSHIP)
    return channel.kind == "public" or inside


def _is_left(message: Message, channel: Channel) -> bool:
    return not message.deleted or any(not reply.deleted for reply in channel.replies(message.ts))


def _is_within(message: Message, args: Arguments) -> bool:
    ts, oldest, latest = float(message.ts), _bound(args, "oldest", "0"), _bound(args, "latest", "inf")
    return oldest <= ts <= latest if args.flag("inclusive") else oldest < ts < latest


def _bound(args: Arguments, name: str, default: str) -> float:
    try:
        return float(args.text(name, default))
    except ValueError:
        raise ApiError(f"invalid_ts_{name}") from None


def _rendered(state: State, messages: Iterable[Message], args: Arguments) -> list[Json]:
    full = args.flag("include_all_metadata")
    return [
        render.tombstone(m, state.workspace) if m.deleted else render.message(m, state.workspace, with_metadata=full)
        for m in messages
    ]


METHODS = {
    "conversations.info": Method(_info, TIER_3),
    "conversations.members": Method(_members, TIER_4),
    "conversations.history": Method(_history, TIER_3),
    "conversations.replies": Method(_replies, TIER_3),
    "conversations.list": Method(_list, TIER_2),
    "conversations.open": Method(_open, TIER_3),
}
