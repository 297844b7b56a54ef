"""A channel that somebody named as a source, as it is now, and why nothing of it may be read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.policy.optout import OptOuts, refuses
from bot.slack.history_kind import Chosen
from bot.slack.users import Channel, Json, channel_of
from retrieval.label import Level


@dataclass(frozen=True, slots=True)
class Place:
    """barred: why nothing of it may be held; None: it is read. about: its name, topic and purpose; authors: who wrote
    those, by id."""

    channel: Channel
    level: Level | None
    barred: str | None
    about: str
    authors: frozenset[str]

    @property
    def part(self) -> str:
        """What the uris of all of its documents begin with."""
        return f"{self.channel.id}/"


def place_of(one: Chosen, body: Json, team: str, opt_outs: OptOuts, *, shared: bool) -> Place:
    """body: a conversation object (docs.slack.dev/reference/objects/conversation-object). team: our own. shared:
    whether channels of other organisations are read too."""
    channel = channel_of(one.id, body, team)
    said = list(_about(body, opt_outs))
    about, authors = "\n\n".join([f"#{channel.name}", *(text for text, _ in said)]), frozenset(who for _, who in said)
    return Place(channel, one.level, _barred(channel, body, opt_outs, shared=shared), about, authors)


def is_out(opt_outs: OptOuts, id: str) -> bool:
    """Whether nothing of somebody's may be kept. id: theirs, or its pseudonym."""
    return any(refuses(reason, "record") for reason in opt_outs.of_user(id).reasons)


def _barred(channel: Channel, body: Json, opt_outs: OptOuts, *, shared: bool) -> str | None:
    if channel.kind in ("dm", "unknown") or body.get("is_im") or body.get("is_mpim"):
        return f"{channel.id} is a direct message, or of a kind that nobody knows: it is never read."
    if channel.connected and not shared:
        return (
            f"The channel {channel.id} is shared with another organisation: it is not read, unless the source says "
            "shared = true."
        )
    if any(refuses(reason, "record") for reason in opt_outs.of_room(channel.id).reasons):
        return f"The channel {channel.id} has opted out: it is not read."
    if not body.get("is_member") and not body.get("is_archived"):  # we may have been taken out with the rest
        return f"Naru is not in the channel {channel.id}: invite it, or take the channel out of the source."
    return None


def _about(body: Json, opt_outs: OptOuts) -> Iterator[tuple[str, str]]:
    """What a channel says of itself, and who wrote it, as far as they are kept."""
    for one in (body.get("topic"), body.get("purpose")):
        if isinstance(one, Mapping) and one.get("value") and not is_out(opt_outs, str(one.get("creator"))):
            yield str(one["value"]), str(one.get("creator"))
