"""What is said in Slack of opting out: the choices, what came of one, the receipt. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.optouts import Entry
from bot.receipts import Receipt
from bot.slack.blocks import Block, Message, told
from bot.subjects import Scope, Subject, SubjectKind
from bot.words import both

OUT, BACK = "opt_out", "opt_back"
_KINDS: Mapping[str, SubjectKind] = {"user": "user", "room": "room"}


def is_choice(action: str | None) -> bool:
    """Whether it is a button of these."""
    return bool(action) and str(action).partition(":")[0] in (OUT, BACK)


def choice(action: str, value: str) -> tuple[bool, Subject, Scope] | None:
    """What a button asks for: whether out or back, who, of what. None: it is none of ours."""
    verb, _, scope = action.partition(":")
    kind, _, id = value.partition(":")
    if verb not in (OUT, BACK) or scope not in list(Scope) or kind not in _KINDS or not id:
        return None
    return verb == OUT, Subject(_KINDS[kind], id), Scope(scope)


def choices(subject: Subject, in_force: Collection[Scope]) -> Message:
    """What one can opt out of, each with a button that asks once more. For App Home too."""
    intro = told(both(f"opt_out_{subject.kind}"))
    return Message(intro.text, (*intro.blocks, *(_choice(subject, scope, scope in in_force) for scope in Scope)))


def receipt_told(receipt: Receipt, entry: Entry) -> Message:
    """For whoever opted out, in their direct message."""
    lines = [
        both("receipt", receipt=str(receipt.id), scope=entry.scope.value, since=f"{entry.since:%Y-%m-%d %H:%M %Z}"),
        *(f"• {table}: {', '.join(f'{what} {n}' for what, n in each.items())}" for table, each in _told(receipt)),
        both("receipt_held") if receipt.held else "",
        both("receipt_open", day=f"{receipt.due_at:%Y-%m-%d}") if receipt.finished_at is None else both("receipt_done"),
    ]
    return told("\n".join(filter(None, lines)))


def _told(receipt: Receipt) -> list[tuple[str, Mapping[str, int]]]:
    return [(table, each) for table, each in receipt.counts.items() if "held" not in each]


def _choice(subject: Subject, scope: Scope, in_force: bool) -> Block:
    explained = told(both(f"opt_out_of_{scope.value}")).blocks[0]
    word = "opt_out_undo" if in_force else "opt_out_do"
    button: dict[str, Any] = {
        "type": "button",
        "action_id": f"{BACK if in_force else OUT}:{scope.value}",
        "value": str(subject),
        "text": _plain(both(word)),
        "confirm": {
            "title": _plain(both(word)),
            "text": _plain(both("opt_out_sure_back" if in_force else f"opt_out_of_{scope.value}")[:300]),
            "confirm": _plain(both("opt_out_yes")),
            "deny": _plain(both("opt_out_no")),
        },
    }
    if scope is Scope.ALL and not in_force:
        button["style"] = "danger"
    return {**explained, "block_id": f"{OUT}/{scope.value}", "accessory": button}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}
