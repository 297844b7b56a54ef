"""What Slack sends, as Events of the inbox. Pure.

The body of an Event, by its kind:

message   user, text (question_text makes it readable), ts, thread_ts (None outside a thread), direct (a DM),
          addressed (False: a follow-up in a channel's thread, to be answered only where the setting and the thread
          say so), edited, files (only where there are some: id, name, size, mimetype, mode, file_access, permalink, url
          of each, as far as Slack says them). Event.ts is when it was written or edited, body["ts"] the message itself.
deleted   user, ts, thread_ts, direct
command   user, text, response_url, trigger_id
action    user, action (blocks.GOOD, BAD, CONSENT, TAKE_BACK, ALONE, AGAIN, a choice of optout_blocks, or a button
          of review_blocks), answer (ALONE, AGAIN: the question; a choice: whose it is; a review: where), trigger_id,
          response_url, message_ts, thread_ts
view      user, answer, reason, better (texts or None), consent ("yes" or "no"); of the form with a masked copy:
          user, copy, reply, trigger_id; of the form of a review: user, review, question, answer
shortcut  user, text (of the message that it was used on), trigger_id, response_url
home      user, do ("open", "out" or "in"), scope (of what a button opts out of or in to; None for "open")
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any

from bot.inbox import Event
from bot.slack.blocks import AGAIN, ALONE, BAD, BETTER, CONSENT, FORM, GOOD, LATER, REASON, TAKE_BACK
from bot.slack.feedback_blocks import consented
from bot.slack.home_blocks import CHOICES
from bot.slack.optout_blocks import is_choice
from bot.slack.review_blocks import ANSWER, QUESTION, is_review
from bot.slack.review_blocks import FORM as REVIEW
from bot.subjects import Scope

Payload = Mapping[str, Any]

COMMAND = "/naru"
MASKED_COPY, RESTORE, REPLY = "masked_copy", "restore", "reply"
"""The message shortcut, the form that it opens, and the field in that."""
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})
_SLACKBOT = "USLACKBOT"
_OF_A_FILE = {"size": int, **dict.fromkeys(("id", "name", "mimetype", "mode", "file_access", "permalink"), str)}
_MOST_FILES = 20
"""More than Slack lets anybody attach."""
_CLICKED = (GOOD, BAD, CONSENT, TAKE_BACK, ALONE, AGAIN, LATER)
_REFERENCE = re.compile(r"<(?P<sign>[@#!]?)(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")


def event_of(payload: Payload, bot_user: str, now: datetime) -> Event | None:
    """The Event that a payload of Slack is, None where it is nothing to us: chatter, bots, our own posts.

    One mention arrives as message and as app_mention, and both are the same Event. now: when it came in, for what
    carries no time of its own.
    """
    match payload:
        case {"type": "event_callback", "event": {"type": "app_mention" | "message"} as event}:
            return _of_message(event, bot_user)
        case {"type": "event_callback", "event": {"type": "app_home_opened", "tab": "home"} as event}:
            # Its event_ts comes with a dot, and in Slack's own documentation without one: it names the event, no more.
            return _of_home(event["user"], "open", None, f"home/{event['user']}/{event['event_ts']}", _ts(now))
        case {"command": str()}:
            return _of_command(payload, now)
        case {"type": "block_actions", "actions": [Mapping() as action, *_]}:
            return _of_click(payload, action)
        case {"type": "view_submission", "view": {"callback_id": callback}} if callback == FORM:
            return _of_form(payload, now)
        case {"type": "view_submission", "view": {"callback_id": callback}} if callback == RESTORE:
            return _of_reply(payload, now)
        case {"type": "view_submission", "view": {"callback_id": callback}} if callback == REVIEW:
            return _of_review(payload, now)
        case {"type": "message_action", "callback_id": callback} if callback == MASKED_COPY:
            return _of_shortcut(payload, now)
    return None


def question_text(text: str, bot_user: str) -> str:
    """What a person typed: without our own mention, with Slack's references and escapes as they are read."""

    def read(match: re.Match[str]) -> str:
        sign, target, label = match["sign"], match["target"], match["label"]
        if sign == "@" and target == bot_user:
            return ""
        if sign:
            name = (label or target.partition("^")[2] or target).lstrip("@#")
            return f"{'#' if sign == '#' else '@'}{name}"
        address = target.removeprefix("mailto:")
        return address if not label or label == address else f"{label} ({address})"

    return unescape(_REFERENCE.sub(read, text)).strip()


def _of_message(event: Payload, bot_user: str) -> Event | None:
    subtype = event.get("subtype")
    channel = event.get("channel", "")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    if subtype in _WRITTEN:
        return _asked(event, channel, bot_user, direct, addressed=direct or _names(event, bot_user))
    old = event.get("previous_message") or {}
    if subtype == "message_deleted":
        return _deleted(old, event, channel, bot_user, direct)
    if subtype != "message_changed":
        return None
    new = event.get("message") or {}
    if new.get("subtype") == "tombstone":  # what is left of a deleted message that had replies
        return _deleted(old, event, channel, bot_user, direct)
    same_text, now = new.get("text") == old.get("text"), event.get("event_ts") or event.get("ts")
    if (same_text and _there(new) == _there(old)) or not (old or new.get("edited")):  # Slack added a preview
        return None
    # Of a file that was taken away `edited` says nothing: it is of the last change of the words.
    at = now if same_text else (new.get("edited") or {}).get("ts") or now
    addressed = direct or _names(new, bot_user) or _names(old, bot_user)
    return _asked(new, channel, bot_user, direct, addressed=addressed, edited_ts=at)


def _asked(
    message: Payload, channel: str, bot_user: str, direct: bool, *, addressed: bool, edited_ts: str | None = None
) -> Event | None:
    if not _by_a_person(message, bot_user) or not (addressed or _may_follow_up(message)):
        return None
    ts = message["ts"]
    edited_ts = edited_ts or (message.get("edited") or {}).get("ts")
    body = {
        **_whose(message, direct),
        "text": message.get("text") or "",
        "addressed": addressed,
        "edited": edited_ts is not None,
        **({"files": files} if (files := files_of(message)) else {}),
    }
    key = f"{channel}/{ts}" + (f"/{edited_ts}" if edited_ts else "")
    return Event(key, "message", channel, _thread(channel, message), edited_ts or ts, body)


def _deleted(old: Payload, event: Payload, channel: str, bot_user: str, direct: bool) -> Event | None:
    # Whether it was a question to us only the inbox can tell: our name may have been edited away, and `deleted_ts` may
    # be all that Slack says (docs.slack.dev/reference/events/message/message_deleted).
    gone = old or {"user": None, "ts": event.get("deleted_ts")}
    if not gone.get("ts") or (old and not _by_a_person(old, bot_user)):
        return None
    ts, at = gone["ts"], event.get("event_ts") or event.get("ts") or gone["ts"]
    return Event(f"{channel}/{ts}/deleted", "deleted", channel, _thread(channel, gone), at, _whose(gone, direct))


def _of_command(payload: Payload, now: datetime) -> Event | None:
    if payload["command"] != COMMAND:
        return None
    key = payload["trigger_id"]
    body = {
        "user": payload["user_id"],
        "text": payload.get("text") or "",
        "response_url": payload.get("response_url"),
        "trigger_id": key,
    }
    return Event(key, "command", payload["channel_id"], key, _ts(now), body)


def _of_click(payload: Payload, action: Payload) -> Event | None:
    if choice := CHOICES.get(str(action.get("action_id"))):
        key = f"{payload.get('trigger_id')}/{action['action_ts']}"
        return _of_home(payload["user"]["id"], *choice, key, action["action_ts"])
    known = action.get("action_id") in _CLICKED or is_review(action.get("action_id"))
    if not known and not is_choice(action.get("action_id")):
        return None
    user, container = payload["user"]["id"], payload.get("container") or {}
    body = {
        "user": user,
        "action": action["action_id"],
        "answer": action.get("value") or "",
        "trigger_id": payload.get("trigger_id"),
        "response_url": payload.get("response_url"),
        "message_ts": container.get("message_ts"),
        "thread_ts": container.get("thread_ts"),
    }
    channel = container.get("channel_id") or ""
    at = action["action_ts"]
    if action["action_id"] == ALONE:
        # However often it is pressed, it is one answer; and opinions, which are kept within moments, wait for none.
        key = f"{ALONE}/{body['answer']}/{body['message_ts']}"
        return Event(key, "action", channel, f"{ALONE}/{user}", at, body)
    if action["action_id"] == LATER:
        # It may wait for hours, and nothing else waits for it.
        key = f"{LATER}/{body['answer']}/{body['message_ts']}/{user}"
        return Event(key, "action", channel, key, at, body)
    if action["action_id"] == AGAIN:
        key = f"{AGAIN}/{body['answer']}/{body['message_ts']}/{user}"
        return Event(key, "action", channel, f"{channel}/{body['thread_ts'] or body['message_ts']}", at, body)
    return Event(f"{payload.get('trigger_id')}/{at}", "action", channel, _opinions(user), at, body)


def _of_home(user: str, do: str, scope: Scope | None, key: str, ts: str) -> Event:
    # In order for each person, so that what is shown last is how it is.
    return Event(key, "home", "", f"home/{user}", ts, {"user": user, "do": do, "scope": scope})


def _of_form(payload: Payload, now: datetime) -> Event:
    user, view = payload["user"]["id"], payload["view"]
    said = {name: _given(view, name) for name in (REASON, BETTER)}
    consent = "yes" if consented(view) else "no"
    body = {"user": user, "answer": view.get("private_metadata") or "", **said, "consent": consent}
    # A form that is sent twice is one form.
    return Event(view["id"], "view", "", _opinions(user), _ts(now), body)


def _of_review(payload: Payload, now: datetime) -> Event:
    user, view = payload["user"]["id"], payload["view"]
    said = {name: _given(view, name) for name in (QUESTION, ANSWER)}
    body = {"user": user, "review": view.get("private_metadata") or "", **said}
    return Event(view["id"], "view", "", _opinions(user), _ts(now), body)


def _of_reply(payload: Payload, now: datetime) -> Event:
    user, view = payload["user"]["id"], payload["view"]
    copy, trigger = view.get("private_metadata") or "", payload.get("trigger_id")
    body = {"user": user, "copy": copy, "reply": _given(view, REPLY), "trigger_id": trigger}
    return Event(view["id"], "view", "", _copies(user), _ts(now), body)


def _of_shortcut(payload: Payload, now: datetime) -> Event:
    user, key = payload["user"]["id"], payload["trigger_id"]
    body = {
        "user": user,
        "text": (payload.get("message") or {}).get("text") or "",
        "trigger_id": key,
        "response_url": payload.get("response_url"),
    }
    channel = (payload.get("channel") or {}).get("id") or ""
    return Event(key, "shortcut", channel, _copies(user), payload.get("action_ts") or _ts(now), body)


def _given(view: Payload, name: str) -> str | None:
    given = (view.get("state") or {}).get("values") or {}
    value = ((given.get(name) or {}).get(name) or {}).get("value")
    return value if isinstance(value, str) else None


def _by_a_person(message: Payload, bot_user: str) -> bool:
    user = message.get("user")
    if message.get("bot_id") or message.get("bot_profile") or message.get("subtype") not in _WRITTEN:
        return False
    return bool(user and message.get("ts")) and user not in (bot_user, _SLACKBOT)


def files_of(message: Payload) -> list[dict[str, Any]]:
    """What is attached, each file once, without what nobody needs."""
    kept: dict[str, dict[str, Any]] = {}
    for file in message.get("files") or ():
        if isinstance(file, Mapping) and isinstance(file.get("id"), str):
            told = {key: file[key] for key, kind in _OF_A_FILE.items() if isinstance(file.get(key), kind)}
            address = file.get("url_private_download") or file.get("url_private")
            kept.setdefault(file["id"], told | ({"url": address} if isinstance(address, str) else {}))
    return list(kept.values())[:_MOST_FILES]


def _there(message: Payload) -> frozenset[str]:
    """The ids of the files that are still there: a deleted one leaves a tombstone."""
    return frozenset(file["id"] for file in files_of(message) if file.get("mode") != "tombstone")


def _names(message: Payload, bot_user: str) -> bool:
    text = message.get("text") or ""
    return f"<@{bot_user}>" in text or f"<@{bot_user}|" in text


def _may_follow_up(message: Payload) -> bool:
    """In a thread that its author began, as far as Slack says who did."""
    user = message["user"]
    return message.get("thread_ts") not in (None, message["ts"]) and message.get("parent_user_id", user) == user


def _whose(message: Payload, direct: bool) -> dict[str, Any]:
    return {
        "user": message["user"],
        "ts": message["ts"],
        "thread_ts": message.get("thread_ts"),
        "direct": direct,
    }


def _thread(channel: str, message: Payload) -> str:
    return f"{channel}/{message.get('thread_ts') or message['ts']}"


def _opinions(user: str) -> str:
    """What one person thinks of answers is taken in order, and waits for no answer: a form must open within 3 s."""
    return f"feedback/{user}"


def _copies(user: str) -> str:
    """So do masked copies."""
    return f"{MASKED_COPY}/{user}"


def _ts(now: datetime) -> str:
    return f"{now.timestamp():.6f}"
