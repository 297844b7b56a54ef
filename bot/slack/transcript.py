"""What was said in a channel, as documents: a thread each, and what stands in no thread by days. Pure.

Left out, always: what apps said and what was said to Naru (an answer would come back as what it rests on), Slack's own
lines (who joined, what was renamed), and what people said who are to be left out: not even a mention names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from hashlib import sha256
from typing import Any

from bot.slack.events import files_of, question_text

Json = Mapping[str, Any]

FORMAT = 1
"""Counted up when the same messages become another text: then all of it is read anew."""
OMITTED = "…"
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})
_SLACKBOT = "USLACKBOT"
_TITLE = 60
MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_MARKED = re.compile(r"(?<![A-Za-z0-9*_~])([*_~])(?=\S)([^*_~\n]+)(?<=\S)\1(?![A-Za-z0-9*_~])")
"""A mark of Slack's around words; in Korean a particle follows it at once."""
_UNSAFE = str.maketrans("<>|&", "‹›¦+")


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks. bot_user: Naru itself. name: of a person, by their id. left_out: who is not read."""

    bot_user: str
    name: Callable[[str], str]
    left_out: Callable[[str], bool]

    def heard(self, message: Json) -> bool:
        """Whether a message is taken in: a person's, not to us, and of nobody who is left out."""
        user = message.get("user")
        by_an_app = message.get("bot_id") or message.get("bot_profile") or message.get("app_id")
        if by_an_app or message.get("subtype") not in _WRITTEN or not isinstance(user, str):
            return False
        return user not in (self.bot_user, _SLACKBOT) and not self.to_us(message) and not self.left_out(user)

    def to_us(self, message: Json) -> bool:
        """Whether it names Naru. A thread that begins so is one with Naru."""
        text = message.get("text") or ""
        return f"<@{self.bot_user}>" in text or f"<@{self.bot_user}|" in text

    def readable(self, text: str) -> str:
        """As it reads in Slack: names for ids, links whole, without the marks of bold and the like, and one block."""

        def named(match: re.Match[str]) -> str:
            who = OMITTED if self.left_out(match[1]) else self.name(match[1]).translate(_UNSAFE)
            return f"<@{match[1]}|{who}>"

        pieces = _CODE.split(MENTION.sub(named, text))
        plain = (piece.strip("`") if n % 2 else _MARKED.sub(r"\2", piece) for n, piece in enumerate(pieces))
        lines = question_text("".join(plain), self.bot_user).splitlines()
        return "\n".join(line.rstrip() for line in lines if line.strip())


@dataclass(frozen=True, slots=True)
class Transcript:
    """One document. speakers: the ids of those whose words stand in it. first: the ts of the first of them."""

    text: str
    title: str
    speakers: frozenset[str]
    first: str


def transcript(
    messages: Iterable[Json], channel: str, voices: Voices, zone: tzinfo, *, opening: Json | None = None
) -> Transcript | None:
    """Of messages in their order; None where nobody of them is heard. channel: its name. opening: the message that it
    is called by; None: the first that is heard."""
    blocks = [(one, said) for one in messages if voices.heard(one) and (said := _said(one, voices))]
    if not blocks:
        return None
    first = blocks[0][0]
    text = "\n\n".join(f"{_who(one, voices)} ({_when(one, zone)}): {said}" for one, said in blocks)
    speakers = frozenset(one["user"] for one, _ in blocks)
    return Transcript(text, title(opening or first, channel, voices, zone), speakers, first["ts"])


def title(message: Json, channel: str, voices: Voices, zone: tzinfo) -> str:
    """Where, when, and how it begins, where that may be said."""
    said = " ".join(_said(message, voices).split()) if voices.heard(message) else ""
    said = said if len(said) <= _TITLE else f"{said[:_TITLE].rstrip()}{OMITTED}"
    return f"#{channel} {_day(message, zone).isoformat()}" + (f": {said}" if said else "")


def is_thread(message: Json) -> bool:
    """Whether it is what a thread hangs on. What is left of a deleted one is that too, while there are replies."""
    return bool(message.get("reply_count")) and message.get("thread_ts", message["ts"]) == message["ts"]


def is_loose(message: Json) -> bool:
    """Whether it stands in no thread. A reply that was sent to the channel too stands in its own."""
    return message.get("thread_ts") in (None, message["ts"]) and not is_thread(message)


def by_day(messages: Iterable[Json], zone: tzinfo) -> dict[date, list[Json]]:
    """In the order in which they were written."""
    days: dict[date, list[Json]] = {}
    for message in sorted(messages, key=lambda one: float(one["ts"])):
        days.setdefault(_day(message, zone), []).append(message)
    return days


def version(*said: object) -> str:
    return sha256("\0".join(map(str, (FORMAT, *said))).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def thread_version(first: Json, gone: Sequence[str], today: date) -> str:
    """Another one whenever the thread may read otherwise. gone: speakers of what is held who are to be left out now.

    Slack tells of a thread how many replies there are and when the last one was, and not that one was edited: so it is
    read again from time to time, daily while it is a week young, then weekly, each thread on a day of its own.
    """
    last = float(first.get("latest_reply") or first["ts"])
    period = 1 if today.toordinal() - datetime.fromtimestamp(last, UTC).toordinal() < 7 else 7
    turn = (today.toordinal() + int(sha256(str(first["ts"]).encode()).hexdigest()[:4], 16)) // period
    edited = (first.get("edited") or {}).get("ts")
    replies = first.get("reply_count"), first.get("latest_reply"), first.get("reply_users_count")
    return version(first["ts"], first.get("text"), first.get("subtype"), edited, *replies, *gone, period, turn)


def _said(message: Json, voices: Voices) -> str:
    names = [f"[{file.get('name') or file['id']}]" for file in files_of(message)]
    return "\n".join(filter(None, (voices.readable(message.get("text") or ""), " ".join(names))))


def _who(message: Json, voices: Voices) -> str:
    return " ".join(voices.name(message["user"]).split())


def _when(message: Json, zone: tzinfo) -> str:
    return datetime.fromtimestamp(float(message["ts"]), zone).strftime("%Y-%m-%d %H:%M")


def _day(message: Json, zone: tzinfo) -> date:
    return datetime.fromtimestamp(float(message["ts"]), zone).date()
