"""The last resort, and often enough: the passages word for word, no model. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.policy.parts import FROM_ATTACHED, FROM_DOCUMENTS, Part, Role
from retrieval.text import document_terms, query_terms

_MOST_SENTENCES = 3
_MOST_CHARACTERS = 400
_GAP = "…"
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

    def weight(self, asked: Weights, terms: frozenset[str] | None = None) -> float:
        """Of the block, or of that part of it which has these `terms`."""
        said = self.terms if terms is None else terms
        return _sum(asked, said) + _TITLE_COUNTS * _sum(asked, self.above - said)


def quote(question: str, parts: Iterable[Part]) -> str:
    """The sentences that answer, at most three and 400 characters: of each passage the block that shares most with the
    question, best first, and of these what says most of it, with the passage's number. Terms that are rare among the
    blocks weigh more. Empty where there is no passage."""
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
    kept = [block for block in chosen if block.weight(asked) >= enough][:_MOST_SENTENCES]
    return "\n\n".join(_quoted(block, text) for block, text in _fitting(kept, asked))


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


def _fitting(blocks: Sequence[_Block], asked: Weights) -> Iterator[tuple[_Block, str]]:
    """Of the blocks, in their order, the sentences that say most of what was asked: together at most three and 400
    characters. A list, a table or code counts as one, shortened to what room there is."""
    sentences = [[block.text] if _has_lines(block.text) else _SENTENCE.split(block.text) for block in blocks]
    places = [(n, m) for n, found in enumerate(sentences) for m in range(len(found))]
    weights = {(n, m): blocks[n].weight(asked, _terms(sentences[n][m])) for n, m in places}
    kept: dict[int, dict[int, str]] = {}
    left, room = _MOST_SENTENCES, _MOST_CHARACTERS
    for n, m in sorted(places, key=lambda place: (-weights[place], place)):
        alone = len(sentences[n]) == 1
        space = room if alone else room - len(f"{_GAP} ") - len(f" {_GAP}")
        fits = len(sentences[n][m]) <= space
        # Beside another quotation what does not fit is no loss; alone it would be silence.
        if left and (fits or not kept) and (text := sentences[n][m] if fits else _cut(sentences[n][m], asked, space)):
            kept.setdefault(n, {})[m] = text
            left, room = left - 1, space - len(text)
    for n, found in sorted(kept.items()):
        whole = found == dict(enumerate(sentences[n]))
        yield blocks[n], blocks[n].text if whole else _with_gaps(len(sentences[n]), found)


def _with_gaps(many: int, kept: Mapping[int, str]) -> str:
    """The kept ones of so `many` sentences."""
    text: list[str] = []
    for n in range(many):
        if n in kept:
            text.append(kept[n])
        elif not text or text[-1] != _GAP:
            text.append(_GAP)
    return " ".join(text)


def _quoted(block: _Block, text: str) -> str:
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


def _has_lines(block: str) -> bool:
    """Whether it is a list, a table or code, whose lines are no sentences."""
    return any(pattern.match(line) for line in block.split("\n") for pattern in (_ROW, _ITEM, _FENCE))


def _cut(text: str, asked: Weights, room: int) -> str:
    """At most `room` characters of it: of a list or table the lines that say most of what was asked, in their order,
    below the table's header; of code the beginning, for a line from within it is none; else the first words."""
    lines = text.split("\n")
    if any(map(_FENCE.match, lines)):
        return _code_cut(lines, room)
    table = next((n for n, line in enumerate(lines) if _ROW.match(line)), None)
    head = set(range(min(table + 2, len(lines)))) if table is not None else set[int]()
    kept, room_left = set(head), room - sum(len(lines[n]) + 1 for n in head) - len(f"\n\n{_GAP}")
    for n in sorted(set(range(len(lines))) - head, key=lambda n: (-_sum(asked, _terms(lines[n])), n)):
        if len(lines[n]) + len(f"\n{_GAP}\n") <= room_left:
            kept.add(n)
            room_left -= len(lines[n]) + len(f"\n{_GAP}\n")
    if kept == head:
        words = text[: room - 2].rsplit(maxsplit=1)
        return f"{words[0]} {_GAP}" if words else ""
    if table is not None:
        # A row of dots would be a row of the table.
        return "\n".join(lines[n] for n in sorted(kept)) + f"\n\n{_GAP}"
    shown = [lines[n] if n in kept else _GAP for n in range(len(lines))]
    return "\n".join(line for line, before in zip(shown, ["", *shown], strict=False) if (line, before) != (_GAP, _GAP))


def _code_cut(lines: Sequence[str], room: int) -> str:
    opened = next(n for n, line in enumerate(lines) if _FENCE.match(line))
    end = [_GAP, lines[opened].strip()[:3]]
    kept: list[str] = []
    for line in lines:
        if sum(len(one) + 1 for one in [*kept, line, *end]) > room:
            break
        kept.append(line)
    return "\n".join([*kept, *end]) if len(kept) > opened + 1 else ""


def _terms(text: str) -> frozenset[str]:
    return frozenset(document_terms(text))


def _sum(asked: Weights, terms: frozenset[str]) -> float:
    return sum(weight for term, weight in asked.items() if term in terms)
