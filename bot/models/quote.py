"""The last resort, and often enough: the passages word for word, no model. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.policy.parts import FROM_ATTACHED, FROM_DOCUMENTS, Part, Role
from retrieval.text import document_terms, query_terms

_MOST_QUOTES = 3
_MOST_CHARACTERS = 400
_WORTH_QUOTING = 0.6
"""Of the best block's weight; a block that has less says something else."""
_TITLE_COUNTS = 0.5
"""A term that stands only in the title or heading says what the block is about, not what was asked of it."""

_FENCE = re.compile(r"\s*(?:```[^`]*|~~~.*)\Z")
_ROW = re.compile(r"\s*\|")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_HEADING = re.compile(r"#{1,6}\s.*|(?![-*+|>`~])[^:\d\n]{1,80}(?<![.!?。…])")
_LEAD = re.compile(r"(?![-*+|>`~]|\d+[.)]).{1,80}(?<![.!?。…])")
"""A line that is no sentence: a heading, or what announces a list. It says nothing without what follows."""
_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_OWN_NUMBER = re.compile(r"(`[^`\n]+`)|\[(\d{1,3})\]")

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, list, table or code of passage `number`. above: the terms of the passage's title and heading."""

    text: str
    number: int
    terms: frozenset[str]
    above: frozenset[str]

    def weight(self, asked: Weights) -> float:
        return _sum(asked, self.terms) + _TITLE_COUNTS * _sum(asked, self.above - self.terms)


def quote(question: str, parts: Iterable[Part]) -> str:
    """Of each passage the block that shares most with the question, best first, each with its passage's number. Terms
    that are rare among the blocks weigh more. Empty where there is no passage."""
    found_in = _by_passage(parts)
    passages = [_blocks(number, texts) for number, texts in found_in.items()]
    blocks = [block for passage in passages for block in passage]
    found = Counter(term for block in blocks for term in block.terms | block.above)
    asked = {
        term: weight * math.log(1 + len(blocks) / found[term])
        for term, weight in query_terms(question).items()
        if term in found
    }
    chosen = [max(passage, key=lambda block: block.weight(asked)) for passage in passages]
    chosen = [block for block in chosen if not _is_heading(block.text)] or chosen
    chosen.sort(key=lambda block: -block.weight(asked))
    chosen = _versions_in_order(chosen, {number for number, texts in found_in.items() if Role.IN_FORCE in texts})
    enough = _WORTH_QUOTING * max((block.weight(asked) for block in chosen), default=0.0)
    kept = [block for block in chosen if block.weight(asked) >= enough]
    return "\n\n".join(_quoted(block, asked) for block in kept[:_MOST_QUOTES])


def _versions_in_order(blocks: list[_Block], dated: set[int]) -> list[_Block]:
    """The blocks of passages that say when they are in force in the order of their numbers, among the places that they
    have: the search has put the version that counts first, and an older one may say more of the question's words."""
    in_order = iter(sorted((block for block in blocks if block.number in dated), key=lambda block: block.number))
    return [next(in_order) if block.number in dated else block for block in blocks]


def _by_passage(parts: Iterable[Part]) -> dict[int, dict[Role, str]]:
    passages: dict[int, dict[Role, str]] = {}
    for part in parts:
        role = FROM_ATTACHED.get(part.role, part.role)
        if role in FROM_DOCUMENTS and part.number:
            passages.setdefault(part.number, {})[role] = part.text
    return {number: texts for number, texts in passages.items() if Role.PASSAGE in texts}


def _blocks(number: int, texts: Mapping[Role, str]) -> list[_Block]:
    above = _terms(texts.get(Role.TITLE, "") + "\n" + texts.get(Role.HEADING, ""))
    below = list(_led(_paragraphs(texts[Role.PASSAGE]))) or [texts[Role.PASSAGE]]
    return [_Block(text, number, _terms(text), above) for text in below]


def _paragraphs(text: str) -> Iterator[str]:
    """What empty lines set apart; those inside of a code fence do not. A fence that is left open is closed."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        if not line.strip() and not fence:
            if lines:
                yield "\n".join(lines)
            lines = []
            continue
        lines.append(line)
        if _FENCE.match(line):
            mark = line.strip()[:3]
            fence = "" if fence == mark else fence or mark
    if lines:
        yield "\n".join([*lines, fence] if fence else lines)


def _led(paragraphs: Iterable[str]) -> Iterator[str]:
    """Each heading, and each line that only announces, together with what follows it."""
    leads: list[str] = []
    for paragraph in paragraphs:
        if _is_heading(paragraph) or _LEAD.fullmatch(paragraph):
            leads.append(paragraph)
        else:
            yield "\n\n".join([*leads, paragraph])
            leads = []
    yield from leads


def _is_heading(block: str) -> bool:
    return _HEADING.fullmatch(block) is not None


def _quoted(block: _Block, asked: Weights) -> str:
    text = _shortened(block.text, asked)
    lines = [f"> {line}".rstrip() for line in _without_numbers(text)]
    # The last row of a table and the end of a code fence must stand alone.
    if _ROW.match(text.splitlines()[-1]) or _FENCE.match(text.splitlines()[-1]):
        return "\n".join([*lines, ">", f"> [{block.number}]"])
    return "\n".join(lines) + f" [{block.number}]"


def _without_numbers(text: str) -> Iterator[str]:
    """The lines, where a [3] of the document's own becomes (3), or it would read as one of our numbers."""
    fenced = False
    for line in text.splitlines():
        fence = _FENCE.match(line) is not None
        fenced ^= fence
        yield line if fenced or fence else _OWN_NUMBER.sub(lambda m: m[1] or f"({m[2]})", line)


def _shortened(block: str, asked: Weights) -> str:
    """At most 400 characters: the lines of a list or table, or the sentences, that say most of what was asked, in their
    order. The header of a table stays; code stays whole, for half of it is none."""
    lines = block.split("\n")
    if len(block) <= _MOST_CHARACTERS or any(map(_FENCE.match, lines)):
        return block
    table = next((n for n, line in enumerate(lines) if _ROW.match(line)), None)
    in_lines = table is not None or any(map(_ITEM.match, lines))
    units = lines if in_lines else _SENTENCE.split(block)
    kept = set(range(table + 2)) if table is not None else set[int]()
    room = _MOST_CHARACTERS - sum(len(units[n]) for n in kept)
    for n in sorted(set(range(len(units))) - kept, key=lambda n: (-_sum(asked, _terms(units[n])), n)):
        if len(units[n]) <= room:
            kept.add(n)
            room -= len(units[n]) + 1
    if not kept:
        return block[:_MOST_CHARACTERS].rsplit(maxsplit=1)[0] + " …"
    return _with_gaps(units, kept, in_lines, table is not None)


def _with_gaps(units: list[str], kept: set[int], in_lines: bool, table: bool) -> str:
    text: list[str] = []
    for n, unit in enumerate(units):
        if n in kept:
            text.append(unit)
        elif not table and (not text or text[-1] != "…"):
            text.append("…")
    # A row of dots would be a row of the table.
    return ("\n" if in_lines else " ").join(text) + ("\n\n…" if table else "")


def _terms(text: str) -> frozenset[str]:
    return frozenset(document_terms(text))


def _sum(asked: Weights, terms: frozenset[str]) -> float:
    return sum(weight for term, weight in asked.items() if term in terms)
