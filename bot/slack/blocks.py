"""What is said in Slack: an answer, a draft, a notice. Pure.

Limits: a section 3,000 characters, the text of chat.update about 4,000, all blocks of a message together about 13,200
(observed; the documentation names 50 blocks only), a title of a form 24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.domain import Answer, Citation
from bot.slack.mrkdwn import Line, escape, link, mrkdwn, sections
from bot.words import Language, also_name, both, in_force_name, place_name, route_name, say

GOOD, BAD, FORM = "feedback_good", "feedback_bad", "feedback"
ALONE, AGAIN, LATER = "ask_alone", "ask_again", "ask_later"
CONSENT, TAKE_BACK = "feedback_consent", "feedback_take_back"
REASON, BETTER = "reason", "better"

_WHOLE = 12_800
_CITATIONS = 4_000
_LONGEST_NAME = 120
_LONGEST_LINK = 600
_CELLS = 10

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What a post shows. text: what a notification shows, and who cannot see blocks; mrkdwn, at most 3,000."""

    text: str
    blocks: tuple[Block, ...]


def answered(answer: Answer, tongue: Language, machine: str = "") -> Message:
    """The answer from its first line on, its sources, one line that says which way it went, and two buttons. machine:
    says in that line what made it; it takes no room from the answer, so a quotation is as long with it."""
    sources, more = sections((Line(_source(one, tongue)) for one in answer.citations), _CITATIONS)
    tail = [*map(_context, (*sources, "…") if more else sources), _context(_way(answer, tongue))]
    buttons = _buttons(answer, tongue)
    texts, cut = sections(mrkdwn(answer.text), _WHOLE - _size([*tail, buttons]))
    body = [*map(_section, texts), *([_section("…\n" + say(tongue, "cut"))] if cut else [])]
    if machine:
        tail[-1] = {**tail[-1], "elements": [*tail[-1]["elements"], _mrkdwn(escape(machine))]}
    return Message(_first(texts), (*body, *tail, buttons))


def draft(text: str, tongue: Language) -> Message:
    """The sentences that are there so far."""
    texts, _ = sections(mrkdwn(text), _WHOLE)
    return Message(_first(texts), (*map(_section, texts), _context(say(tongue, "writing"))))


def notice(tongue: Language, sentence: str, **words: str) -> Message:
    """One of Naru's own sentences, by its name in bot/words.py."""
    return told(say(tongue, sentence, **words))


def offered(question: UUID, tongue: Language) -> Message:
    """To the asker alone: that there is more to read, with a button that has it answered in a direct message."""
    ask = {"type": "button", "action_id": ALONE, "value": str(question), "text": plain(say(tongue, "ask_alone"))}
    says = notice(tongue, "more_alone")
    return Message(says.text, (*says.blocks, {"type": "actions", "block_id": ALONE, "elements": [ask]}))


def withdrawn(question: UUID) -> Message:
    """What stands where an answer was withdrawn: that it was, and a button that asks again. It says nothing of why."""
    ask = {"type": "button", "action_id": AGAIN, "value": str(question), "text": plain(both("ask_again"))}
    says = told(both("taken_back"))
    return Message(says.text, (*says.blocks, {"type": "actions", "block_id": AGAIN, "elements": [ask]}))


def told(text: str) -> Message:
    """Any text of ours, a Fault's sentence for example, made harmless like an answer's."""
    texts, _ = sections(mrkdwn(text), _WHOLE)
    return Message(_first(texts), tuple(map(_section, texts)))


def progress(source: str, done: int, total: int) -> Message:
    """How far a re-index is, in documents."""
    return told(f"{both('reindexing')}\n**{source}** {bar(done, total)} {done:,} / {total:,}")


def bar(done: int, total: int) -> str:
    """Ten cells; the last one is filled by the last document only."""
    filled = _CELLS * min(done, total) // total if total else _CELLS
    return "▰" * filled + "▱" * (_CELLS - filled)


def _first(texts: tuple[str, ...]) -> str:
    # chat.update refuses an empty text, and an answer may consist of nothing that can be shown.
    return texts[0] if texts else "…"


def _source(citation: Citation, tongue: Language) -> str:
    place = place_name(tongue, citation.place)
    name = " › ".join(filter(None, (_short(citation.title), _short(citation.heading), place))) or _short(citation.uri)
    short_enough = citation.link is not None and len(citation.link) <= _LONGEST_LINK
    shown = f"[{citation.number}] {link(citation.link if short_enough else None, name)}"
    also = also_name(tongue, [link(None, _short(title)) for title in citation.also])
    return " · ".join(filter(None, (shown, in_force_name(tongue, citation.in_force), also)))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _way(answer: Answer, tongue: Language) -> str:
    kinds = ", ".join(sorted(answer.label.kinds))
    tried = ", ".join(route_name(tongue, route) for route, _ in answer.tried)
    instead = say(tongue, "instead", routes=tried) if tried else ""
    level = answer.label.level.name
    return say(
        tongue,
        "line",
        route=route_name(tongue, answer.route),
        instead=instead,
        level=level,
        kinds=f" ({_short(kinds)})" if kinds else "",
    )


def _buttons(answer: Answer, tongue: Language) -> Block:
    """What somebody thinks of it; and where a model was away, that it is to be asked when it is back. The value of that
    one is the question and the models."""
    elements = [
        {"type": "button", "action_id": action, "value": str(answer.id), "text": plain(say(tongue, word))}
        for action, word in ((GOOD, "good"), (BAD, "bad"))
    ]
    if answer.away:
        value = " ".join([str(answer.question), *sorted(answer.away)])
        elements.append({"type": "button", "action_id": LATER, "value": value, "text": plain(say(tongue, "ask_later"))})
    return {"type": "actions", "block_id": FORM, "elements": elements}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack makes no links of addresses and no mentions of names that merely stand in the text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def _size(blocks: Iterable[Block]) -> int:
    return sum(len(text) for block in blocks for text in _texts(block))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
