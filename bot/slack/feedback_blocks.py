"""What people are asked about an answer: a form, and whether Naru may learn from what they said. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.slack.blocks import BETTER, CONSENT, FORM, REASON, TAKE_BACK, Block, Message, notice, plain
from bot.words import Language, say

_LONGEST_FIELD = 3000  # docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
_YES = "yes"


def feedback_form(answer: UUID, tongue: Language) -> Block:
    """The modal that asks for a reason, a better answer, and consent, which nobody has ticked for them;
    bot/slack/events.py reads what comes back."""
    fields = ((REASON, say(tongue, "reason")), (BETTER, say(tongue, "better")))
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": str(answer),
        "title": plain(say(tongue, "form")),
        "submit": plain(say(tongue, "send")),
        "close": plain(say(tongue, "close")),
        "blocks": [*(_field(name, label) for name, label in fields), _box(tongue)],
    }


def consented(view: Mapping[str, Any]) -> bool:
    """Whether the box of a form that came back was ticked."""
    given = (view.get("state") or {}).get("values") or {}
    chosen = ((given.get(CONSENT) or {}).get(CONSENT) or {}).get("selected_options") or ()
    return any(one.get("value") == _YES for one in chosen)


def thanked(answer: str, tongue: Language, *, learning: bool) -> Message:
    """Thanks, and a button: that Naru may learn from it, or where it may, that it may not any more."""
    says = notice(tongue, "learns" if learning else "thanks")
    do, word = (TAKE_BACK, "learn_not") if learning else (CONSENT, "learn")
    button = {"type": "button", "action_id": do, "value": answer, "text": plain(say(tongue, word))}
    means = () if learning else notice(tongue, "learn_means").blocks
    return Message(says.text, (*says.blocks, *means, {"type": "actions", "block_id": CONSENT, "elements": [button]}))


def _field(name: str, label: str) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": plain(label),
        "element": {
            "type": "plain_text_input",
            "action_id": name,
            "multiline": True,
            "max_length": _LONGEST_FIELD,
        },
    }


def _box(tongue: Language) -> Block:
    option = {"text": plain(say(tongue, "learn")), "description": plain(say(tongue, "learn_means")), "value": _YES}
    return {
        "type": "input",
        "block_id": CONSENT,
        "optional": True,
        "label": plain(say(tongue, "learn_label")),
        "element": {"type": "checkboxes", "action_id": CONSENT, "options": [option]},
    }
