"""The Home tab as blocks. Pure.

Limits: 100 blocks a view, a header 150 characters, a section 3,000, a dialog's text 300
(docs.slack.dev/reference/block-kit).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.held import Held
from bot.slack.blocks import Block, told
from bot.slack.home_words import SCOPES, SENTENCES
from bot.subjects import Scope
from bot.words import Language

CHOICES = {f"home_{do}_{scope}": (do, scope) for do in ("out", "in") for scope in Scope}
"""What each button does, by its id."""
_MOST_SOURCES = 30


@dataclass(frozen=True, slots=True)
class Page:
    """What one person sees. sources: those they may read, each with how many documents of it. out_of: the scopes that
    they are out of; None where nobody can opt out here. board: for admins; None for anybody else."""

    notice: str
    version: str
    held: Held
    sources: tuple[tuple[str, int], ...]
    out_of: frozenset[Scope] | None = None
    board: str | None = None


def home(page: Page, tongue: Language) -> Block:
    """The view that views.publish takes."""
    return {"type": "home", "blocks": list(_blocks(page, tongue))}


def _blocks(page: Page, tongue: Language) -> Iterator[Block]:
    words = SENTENCES[tongue]
    yield from told(words["intro"]).blocks
    yield _header(words["held"])
    yield from told(_held(page, tongue)).blocks
    if page.out_of is not None:
        yield _header(words["opting"])
        for scope in Scope:
            yield _choice(scope, page.out_of, tongue)
    yield from told(words["training"]).blocks
    yield _header(words["sources"])
    yield from told(_sources(page, tongue)).blocks
    yield _header(words["helps"])
    yield from told(words["help"]).blocks
    yield {"type": "divider"}
    yield from told(page.notice).blocks
    yield {"type": "context", "elements": [_plain(words["version"].format(version=page.version))]}
    if page.board is not None:
        yield _header(words["admin"])
        yield from told(page.board).blocks


def _held(page: Page, tongue: Language) -> str:
    held, words = page.held, SENTENCES[tongue]
    said = words["numbers"].format(
        questions=f"{held.questions:,}", texts=f"{held.texts:,}", opinions=f"{held.opinions:,}"
    )
    if page.out_of is None:
        return said
    names = [SCOPES[tongue][scope][0] for scope in Scope if scope in page.out_of]
    return said + "\n" + words["out_of"].format(names=", ".join(names) or words["none"])


def _sources(page: Page, tongue: Language) -> str:
    words, more = SENTENCES[tongue], len(page.sources) - _MOST_SOURCES
    lines = [words["source"].format(name=name, documents=f"{n:,}") for name, n in page.sources[:_MOST_SOURCES]]
    lines += [words["more"].format(count=more)] if more > 0 else []
    return "\n".join(lines) or words["no_sources"]


def _choice(scope: Scope, out_of: frozenset[Scope], tongue: Language) -> Block:
    """What a scope means, with a button to leave it or to come back; none where leaving everything holds it."""
    words, (name, does) = SENTENCES[tongue], SCOPES[tongue][scope]
    (says,) = told(f"**{name}** · {does}").blocks
    if Scope.ALL in out_of and scope is not Scope.ALL:
        (says,) = told(f"**{name}** · {words['within']}").blocks
        return says
    if scope in out_of:
        button = _button(f"home_in_{scope}", words["in"])
    else:
        sure = {
            "title": _plain(words["sure"]),
            "text": _plain(does),
            "confirm": _plain(words["yes"]),
            "deny": _plain(words["no"]),
        }
        button = {**_button(f"home_out_{scope}", words["out"]), "confirm": sure}
    return {**says, "accessory": button}


def _button(action: str, text: str) -> Block:
    return {"type": "button", "action_id": action, "text": _plain(text)}


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text)}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}
