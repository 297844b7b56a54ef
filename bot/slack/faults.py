"""What Slack refuses, as sentences, and what can be done about each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from retrieval.errors import Fault


class SlackFault(Fault):
    """One call to Slack failed.

    code: Slack's own name for it, or ours (`unreachable`, `timeout`, `http_500`). retry: another try now may help.
    after: seconds that Slack asked to wait. gone: the place is no more, so nothing can be shown there. unknown: it may
    have been done all the same. again: as for every Fault, also where somebody has to mend the app first.
    """

    def __init__(
        self,
        sentence: str,
        *,
        code: str,
        retry: bool = False,
        again: bool = False,
        after: float | None = None,
        gone: bool = False,
        unknown: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.retry = retry
        self.again = again or retry
        self.after = after
        self.gone = gone
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class _Meaning:
    says: str
    retry: bool = False
    again: bool = False
    gone: bool = False
    unknown: bool = False


_TOKEN = _Meaning("the bot token is not valid any more: install the app again and set SLACK_BOT_TOKEN", again=True)
_ROOM = _Meaning("the conversation is archived or closed", gone=True)
_AWAY = _Meaning("the bot is not in the conversation: invite it", gone=True)
_POST = _Meaning("the message is not there any more", gone=True)
_TRIGGER = _Meaning("the click or command is too long ago for a form", gone=True)
_TROUBLE = _Meaning("Slack has trouble of its own", retry=True, unknown=True)
_BROKEN = _Meaning("the message does not have a form that Slack takes: this is a mistake of Naru's")

# Codes: docs.slack.dev/reference/methods, the error lists of the methods that bot/slack calls.
_MEANINGS: Mapping[str, _Meaning] = {
    **dict.fromkeys(("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"), _TOKEN),
    **dict.fromkeys(("is_archived", "is_inactive", "thread_not_found", "thread_locked"), _ROOM),
    **dict.fromkeys(("not_in_channel", "channel_not_found", "user_not_in_channel", "restricted_action"), _AWAY),
    **dict.fromkeys(("message_not_found", "cant_update_message", "cant_delete_message", "edit_window_closed"), _POST),
    **dict.fromkeys(("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "invalid_trigger_id"), _TRIGGER),
    **dict.fromkeys(("internal_error", "fatal_error", "service_unavailable", "request_timeout"), _TROUBLE),
    **dict.fromkeys(("timeout", "unreachable", "garbled"), _TROUBLE),
    **dict.fromkeys(("invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments"), _BROKEN),
    "not_enabled": _Meaning("the app has no Home tab: update it from slack-manifest.json"),
    "expired_url": _Meaning("the click or command is too long ago to be answered", gone=True),
    "missing_scope": _Meaning(
        "the app lacks a scope: update it from slack-manifest.json and install it again", again=True
    ),
    "ratelimited": _Meaning("Slack asks for fewer calls", retry=True),
    "rate_limited": _Meaning("Slack asks for fewer calls", retry=True),
    "streaming_state_conflict": _Meaning("the message is a stream that has not ended"),
    "message_not_in_streaming_state": _Meaning("the stream has ended"),
    "not_sent": _Meaning("Slack cannot be reached", retry=True),
}
_UNNAMED = _Meaning("Slack refuses it")


def refusal(what: str, code: str, after: float | None = None) -> SlackFault:
    """The fault that a code stands for. what: the method that was called."""
    name = code if re.fullmatch(r"[a-z0-9_]{1,60}", code) else "garbled"
    meaning = _TROUBLE if name.startswith("http_5") else _MEANINGS.get(name, _UNNAMED)
    sentence = f"{what} failed ({name}): {meaning.says}."
    return SlackFault(
        sentence,
        code=name,
        retry=meaning.retry,
        again=meaning.again,
        after=after,
        gone=meaning.gone,
        unknown=meaning.unknown,
    )


@contextmanager
def translated(what: str) -> Iterator[None]:
    """The lower libraries' errors become ours. None of their texts is kept: they hold what was sent."""
    try:
        yield
    except SlackApiError as error:
        raise refusal(what, _code(error.response), _retry_after(error.response)) from None
    except TimeoutError:
        raise refusal(what, "timeout") from None
    except aiohttp.ClientConnectorError:
        raise refusal(what, "not_sent") from None
    except (aiohttp.ClientError, SlackClientError, ValueError):
        raise refusal(what, "unreachable") from None


def _code(response: object) -> str:
    """Slack's code, or the status where the body is not Slack's: a proxy answered, or a server that fell over."""
    data = getattr(response, "data", None)
    status = getattr(response, "status_code", None) or getattr(response, "status", 200)
    if isinstance(data, Mapping) and isinstance(data.get("error"), str):
        return str(data["error"])
    return "ratelimited" if status == 429 else "garbled" if status == 200 else f"http_{status}"


def _retry_after(response: object) -> float | None:
    value = str((getattr(response, "headers", None) or {}).get("Retry-After", ""))
    return float(value) if value.isdecimal() else None
