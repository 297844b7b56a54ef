"""The one message that shows what came of an event: posted once and found again after a crash, its final text stored
before it is set."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.inbox import Claimed, Fenced, Inbox
from bot.slack.blocks import Message
from bot.slack.post import SlackDoor

Find = Callable[[], Awaitable[str | None]]
"""What an earlier attempt posted and did not live to store: its ts."""
Post = Callable[[], Awaitable[str]]
"""Posts a new one; its ts."""


async def placeholder(
    inbox: Inbox, door: SlackDoor, claimed: Claimed, channel: str, find: Find, post: Post, *, again: bool = False
) -> str:
    """The ts of the message: as stored, as posted by an earlier attempt, or of a new one. again: this attempt may have
    posted it too. Raises SlackFault, Fenced, DatabaseFault."""
    if claimed.placeholder is not None:
        return claimed.placeholder
    ts = await find() if again or claimed.attempt > 1 else None
    if ts is None:
        # Shielded: a post that is cut off halfway may stand in Slack, and nobody would take it back.
        return await asyncio.shield(_posted(inbox, door, claimed, channel, post))
    await inbox.placed(claimed, ts)
    return ts


async def _posted(inbox: Inbox, door: SlackDoor, claimed: Claimed, channel: str, post: Post) -> str:
    """A new post. An attempt that was overtaken while it posted takes its post back."""
    event = claimed.event
    ts = await post()
    try:
        await inbox.placed(claimed, ts)
    except Fenced:
        # Only where the other attempt has one already: without, it may be about to adopt this one.
        if await inbox.placeholder_of(event.channel, event.ts) not in (None, ts):
            await door.remove(channel, ts)
        raise
    return ts


async def store(inbox: Inbox, claimed: Claimed, message: Message) -> None:
    """The final text, before it is set: an attempt that comes after a crash sets it as it is. Raises Fenced,
    DatabaseFault."""
    await inbox.finished(claimed, {"text": message.text, "blocks": list(message.blocks)})


def stored(claimed: Claimed) -> Message | None:
    """What an earlier attempt stored."""
    if claimed.finished is None:
        return None
    return Message(claimed.finished["text"], tuple(claimed.finished["blocks"]))
