"""The last resort, and often enough: the passages word for word, no model. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.policy.parts import Part, Role
from retrieval.text import query_terms

_MOST_PASSAGES = 3
_MOST_CHARACTERS = 400
_WORTH_QUOTING = 0.6
"""Of the best passage's share of the question's terms; a passage that has less says something else."""


def quote(question: str, parts: Iterable[Part]) -> str:
    """The blocks that share most with the question, best passage first, each with its passage's number."""
    asked = frozenset(query_terms(question))
    chosen: list[tuple[float, int, str]] = []
    for part in parts:
        if part.role is Role.PASSAGE:
            share, block = max(_blocks(part.text, asked), key=lambda candidate: candidate[0])
            chosen.append((share, part.number, block))
    chosen = chosen[:_MOST_PASSAGES]
    best = max((share for share, _, _ in chosen), default=0.0)
    kept = [item for item in chosen if item[0] >= _WORTH_QUOTING * best]
    return "\n\n".join(_quoted(block, number) for _, number, block in kept)


def _blocks(text: str, asked: frozenset[str]) -> list[tuple[float, str]]:
    """The paragraphs of a passage, each with the share of the question's terms that stand in it."""
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()] or [text]
    return [(len(asked & frozenset(query_terms(block))) / max(1, len(asked)), block) for block in blocks]


def _quoted(block: str, number: int) -> str:
    text = block if len(block) <= _MOST_CHARACTERS else block[:_MOST_CHARACTERS].rsplit(maxsplit=1)[0] + " …"
    return "\n".join(f"> {line}" for line in text.splitlines()) + f" [{number}]"
