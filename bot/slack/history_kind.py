"""What a source of the kind `slack` can be told, and what is no channel that may be named. What reads it is in
history_source.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from retrieval.label import Level
from retrieval.passage import Source
from retrieval.sources import Reader, SourceFault
from retrieval.sources.kind import Absolute, Kind, Means, Option, Value

NAME = "slack"
OPTIONS: Mapping[str, Option] = {"channels": Option(""), "days": Option(365, 1, 3650), "shared": Option(False)}
"""channels: their ids, and the level of each that is more sensitive than the source. days: how far back. shared: also
those that another organisation shares."""
SLOW = (
    "An app that other companies install too and that is not in Slack's Marketplace is given 15 messages at a time, "
    "once a minute: history then takes a minute for each 15 messages and each thread. An app made in your own "
    "workspace is not held to this."
)
"""docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps"""
_CHANNEL = re.compile(r"[CG][A-Z0-9]{6,}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A channel that somebody named. level: raises the source's."""

    id: str
    level: Level | None = None


def chosen(channels: str) -> tuple[Chosen, ...]:
    """From `C012AB3CD, C034EF5GH=confidential`. Raises ValueError with the rest of a sentence."""
    found: dict[str, Chosen] = {}
    for each in re.split(r"[,\s]+", channels.strip()):
        id, _, level = each.partition("=")
        if not _CHANNEL.fullmatch(id):
            raise ValueError(
                "must name the channels by their ids, such as C012AB3CD (a channel's details end with it); direct "
                "messages are never read"
            )
        found[id] = Chosen(id, Level.named(level) if level else None)
    return tuple(found.values())


class _HistoryKind(Kind):
    def checked(self, options: Mapping[str, object]) -> dict[str, Value]:
        values = Kind.checked(self, options)
        try:
            chosen(str(values["channels"]))
        except ValueError as error:
            raise ValueError(f"holds channels, which {error}") from None
        return values


def kind(reader: Callable[[Source, Means], Reader]) -> Kind:
    """reader: what the composition root makes of a source whose options were checked."""
    return _HistoryKind(_located, reader, OPTIONS, ruled=False)


def _located(location: str, _: Absolute) -> str:
    if location:
        raise ValueError("is of no use for kind slack: name its channels, --option channels=C012AB3CD,C034EF5GH")
    return location


def unread(source: Source, _: Means) -> Reader:
    """Where there is no Slack to read from."""
    raise SourceFault(f"Source '{source.name}' needs Slack: set SLACK_BOT_TOKEN (docs/how-to/slack.md).")


KIND = kind(unread)
