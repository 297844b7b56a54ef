"""A message shortcut: a masked copy of a message, to paste elsewhere, and what was answered there with the values back.

Both stand in forms that only the person who asked sees. Nothing of either is logged, and of the text only what its
placeholders stand for is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.copies import Copies, CopyFault
from bot.inbox import Claimed
from bot.policy.mask import FullFault
from bot.slack.blocks import Block, notice, told
from bot.slack.events import REPLY, RESTORE, question_text
from bot.slack.faults import SlackFault
from bot.slack.post import SlackDoor
from bot.words import Language, say, spoken

_SECTION = 3_000
"""Characters of a section's text, and of a field's (docs.slack.dev/reference/block-kit)."""
_SECTIONS = 90
"""Of the 100 blocks that a form may have."""


@dataclass(frozen=True, slots=True)
class MaskedCopies:
    """The worker's handlers of the shortcut and of the form behind it. bot_user: our own user id."""

    copies: Copies
    door: SlackDoor
    bot_user: str

    async def copied(self, claimed: Claimed) -> str:
        """Show the copy of a message. Slack forgets within 3 s where a form was to open: then it is said so."""
        body = claimed.event.body
        text = question_text(body["text"], self.bot_user)
        tongue = spoken(text)
        if not text:
            await self._respond(body["response_url"], say(tongue, "copy_empty"))
            return "ignored"
        copy = str(claimed.question)
        try:
            made = await self.copies.make(text, _thread(body["user"], copy), body["user"])
            view = copy_form(made, copy, tongue)
        except (CopyFault, FullFault) as fault:
            await self._respond(body["response_url"], str(fault))
            return "refused"
        return await self._opened(body["trigger_id"], view, body["response_url"], tongue)

    async def restored(self, claimed: Claimed) -> str:
        """Show what was pasted, with the values back: those of this person's own copy."""
        body = claimed.event.body
        reply = body["reply"] or ""
        if not reply.strip():
            return "ignored"
        text, _ = await self.copies.restore(reply, _thread(body["user"], body["copy"]))
        tongue = spoken(reply)
        return await self._opened(body["trigger_id"], restored_form(text, tongue), None, tongue)

    async def _opened(self, trigger: str | None, view: Block, address: str | None, tongue: Language) -> str:
        try:
            await self.door.open_view(trigger or "", view)
        except SlackFault as fault:
            if fault.retry:
                raise
            if address is not None:
                await self.door.respond(address, notice(tongue, "copy_late"))
            return "late"
        return "copied"

    async def _respond(self, address: str | None, sentence: str) -> None:
        if address is not None:
            await self.door.respond(address, told(sentence))


def copy_form(copy: str, id: str, tongue: Language) -> Block:
    """The copy, and a field for what is answered to it. bot/slack/events.py reads what comes back."""
    field = {
        "type": "input",
        "block_id": REPLY,
        "optional": True,
        "label": _plain(say(tongue, "copy_reply")),
        "element": {"type": "plain_text_input", "action_id": REPLY, "multiline": True, "max_length": _SECTION},
    }
    return {
        "type": "modal",
        "callback_id": RESTORE,
        "private_metadata": id,
        "title": _plain(say(tongue, "copy")),
        "submit": _plain(say(tongue, "copy_restore")),
        "close": _plain(say(tongue, "close")),
        "blocks": [*_sections((say(tongue, "copy_note"), copy)), field],
    }


def restored_form(text: str, tongue: Language) -> Block:
    """What was pasted, with the values back."""
    return {
        "type": "modal",
        "title": _plain(say(tongue, "copy_restored")),
        "close": _plain(say(tongue, "close")),
        "blocks": list(_sections((text,))),
    }


def _sections(texts: Iterable[str]) -> Iterator[Block]:
    """As plain text: nothing in it becomes a link or a mention."""
    pieces = [text[at : at + _SECTION] for text in texts for at in range(0, len(text), _SECTION)]
    for piece in pieces[:_SECTIONS]:
        yield {"type": "section", "text": _plain(piece)}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _thread(user: str, copy: str) -> str:
    return f"copy/{user}/{copy}"
