"""One thing to review in Slack, and the form that edits it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.learning import LONGEST_ANSWER, LONGEST_QUESTION, Pair, Waiting
from bot.slack.blocks import Block, Message, plain, told
from bot.words import both

FORM, QUESTION, ANSWER = "review", "question", "answer"
APPROVE, EDIT, DISCARD, NEXT = "review:approve", "review:edit", "review:discard", "review:next"
_WORDS = {APPROVE: "review_approve", EDIT: "review_edit", DISCARD: "review_discard", NEXT: "review_next"}
_SKIPPED = 100
"""Ids that a button remembers: its value has 2,000 characters at most."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a reviewer is: at which one, and which they have passed over."""

    id: str
    skipped: tuple[str, ...] = ()

    def value(self) -> str:
        return " ".join([self.id, *self.skipped[-_SKIPPED:]])

    @classmethod
    def of(cls, value: str) -> At:
        id, *skipped = value.split()[: _SKIPPED + 1] or [""]
        return cls(id, tuple(skipped))


def is_review(action: str | None) -> bool:
    """Whether it is a button of these."""
    return action in _WORDS


def shown(one: Waiting, at: At, left: int) -> Message:
    """What a reviewer decides on. The texts in it are what may be shown in Slack."""
    candidate = one.candidate
    pair = candidate.pair
    head = f"{candidate.good} 👍 {candidate.bad} 👎 · {one.level.name} · {both('review_left', left=str(left))}"
    lines = [
        head,
        both("review_split") if candidate.good and candidate.bad else "",
        both("review_second", approved=str(one.approved), needed=str(one.needed)) if one.needed > 1 else "",
        f"**{pair.question}**",
        pair.answer,
        *(f"• {document.title}" for document in one.documents),
        f"{both('reason')} {candidate.reason}" if candidate.reason else "",
        both("review_changed") if one.changed else "",
        *(f"! {problem}" for problem in one.problems),
    ]
    says = told("\n\n".join(filter(None, lines)))
    buttons = [
        {"type": "button", "action_id": action, "value": at.value(), "text": plain(both(word))}
        for action, word in _WORDS.items()
    ]
    return Message(says.text, (*says.blocks, {"type": "actions", "block_id": FORM, "elements": buttons}))


def form(pair: Pair, at: At, response_url: str) -> Block:
    """The modal that edits one; response_url: where what came of it is said."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps([at.value(), response_url]),
        "title": plain(both("review_form")),
        "submit": plain(both("review_approve")),
        "close": plain(both("close")),
        "blocks": [
            _field(QUESTION, both("review_question"), pair.question, LONGEST_QUESTION),
            _field(ANSWER, both("review_answer"), pair.answer, LONGEST_ANSWER),
        ],
    }


def metadata(said: str) -> tuple[At, str]:
    """What `form` put into its private_metadata. Raises ValueError for what is none of ours."""
    value, response_url = json.loads(said)
    return At.of(str(value)), str(response_url)


def _field(name: str, label: str, text: str, longest: int) -> Mapping[str, Any]:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {
            "type": "plain_text_input",
            "action_id": name,
            "multiline": True,
            "initial_value": text[:longest],
            "max_length": longest,
        },
    }


def decided(sentence: str, following: Message | None) -> Message:
    """What came of it, above what is next."""
    says = told(sentence)
    return says if following is None else Message(says.text, (*says.blocks, {"type": "divider"}, *following.blocks))
