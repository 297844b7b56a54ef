"""Identifiers that are split: over messages, lines, cells, with words between. Pure.

Nothing is recognised here. What could be the pieces of one identifier is put together again, and the detectors look at
that as at any other text; so a new detector finds its identifiers split as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.policy.detect.fillers import FILLER
from bot.policy.detect.normal import fold, whole
from bot.policy.detect.outlines import of_codes, of_points
from bot.policy.detect.pieces import COUNTED_OR_NAMED, Made, Piece, masked, pieces
from bot.policy.detect.segment import label

_SHORTEST, _LONGEST = 8, 20
"""Digits of an identifier, from a bare account to a card."""
_MOST_PIECES = 6
_AROUND = 4
_MANY_NUMBERS, _MANY_TOKENS = 80, 800
"""From so many on a text is a page of figures or of code, of which any few could be put together to anything: then
only neighbouring cells and lines are, which also bounds the cost. Counted by text, so that none shields another."""
_LONGEST_TOKEN = 300

_DIGITS = re.compile(r"\+?[0-9]+")
_TIGHT = re.compile(r"[ \t.\-·/_,*`~()]{0,4}")
_DASH = re.compile(r"\A-|-\Z|[\n| ] *- *[\n| ]")
_BRACKET = re.compile(r"\A\)|\) ?\Z|[\n| ]\) ?[\n| ]")
_HANGUL = re.compile(r"[가-힣]")

_TOKEN = re.compile(r"[!-{}~]+")  # all of ASCII that is seen, but for the | between cells
_WRAPPED = "\"'`()[]{}<>,;:!?*"
_EMOJI = re.compile(r":[a-z0-9_+-]+:[.,!?]*")
_ADDRESS = re.compile(r"[^@]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?![A-Za-z0-9.@-])")
_WORD = re.compile(r"[A-Za-z][a-z]*(?:[-'/.][A-Za-z]?[a-z]*)*")
# "password: ", "비밀번호는 ": what follows is no key by its format, and nothing without its name.
_NAMED = re.compile(r"[A-Za-z가-힣_ -]{2,20}(?:[:=] {0,2}| is | was |(?<=[가-힣])[은는이가] )\Z")
_MOST_OF_A_VALUE, _LONGEST_VALUE = 4, 40
_KINDS_OF_CHARACTER = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")))
_NUMBERED = re.compile(r"[A-Za-z][a-z]*[0-9]+")
_LONG_NAME, _LONG_TOKEN, _LONG_WORD = 7, 9, 14


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could be an identifier. around: the words beside its pieces."""

    text: str
    around: str
    pieces: tuple[str, ...]

    def holds(self, value: str) -> bool:
        """Whether the value stands in one piece: then it was looked at where it stands."""
        return any(value in piece for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What could be identifiers, put together. sure: pieces with nothing between them but the end of a line, a cell or
    a text; doubtful: with words between, or of several pieces, as chance would make them too."""

    sure: tuple[Candidate, ...]
    doubtful: tuple[Candidate, ...]


_Chain = list[Piece]


def candidates(texts: Sequence[str], *, typed: bool = False) -> Candidates:
    """Of texts in order. typed: they are what one person typed, where whatever is said belongs together."""
    plain = [fold(whole(text)).text for text in texts]
    made = [
        *_of_numbers(_numbers(plain, typed), typed),
        *of_codes(plain, typed=typed),
        *of_points(plain, typed=typed),
        *_of_tokens(_tokens(plain, typed), typed),
    ]
    sure = {one.text: _candidate(one) for one in made if one.sure}
    doubtful = dict.fromkeys(_candidate(one) for one in made if one.text not in sure)
    return Candidates(tuple(sure.values()), tuple(doubtful))


def _candidate(made: Made) -> Candidate:
    return Candidate(made.text, made.around, tuple(piece.text for piece in made.pieces))


def _numbers(texts: Sequence[str], typed: bool) -> list[_Chain]:
    """Runs of digits, chained as the detectors themselves would join them, but within a line and a cell."""
    chains: list[_Chain] = []
    for run in pieces(texts, masked(texts, COUNTED_OR_NAMED), _DIGITS, _MANY_NUMBERS, typed=typed):
        if chains and run.gap is not None and _TIGHT.fullmatch(run.gap):
            chains[-1].append(run)
        else:
            chains.append([run])
    return chains


def _of_numbers(chains: Sequence[_Chain], typed: bool) -> Iterator[Made]:
    for left, right in pairwise(chains):
        if right[0].close:
            most = 1 if right[0].dense else _AROUND
            for before in range(max(0, len(left) - most), len(left)):
                for after in range(1, min(len(right), most) + 1):
                    yield from _number([left[before:], right[:after]], True)
            yield from _number([left, right], True)
    for place, chain in enumerate(chains):
        if not chain[0].dense:
            yield from _from(chains[place : place + _MOST_PIECES], typed)


def _from(chains: Sequence[_Chain], typed: bool) -> Iterator[Made]:
    """The first with what follows it: with the next, with the next two, ..., and with one of them over the others."""
    whole = [chains[0]]
    for chain in chains[1:]:
        several = len(whole) > 1
        if chain[0].gap is None or (several and not typed and any(each[0].first for each in (*whole[1:], chain))):
            break
        whole.append(chain)
        yield from _number(whole, (typed and not several) or all(each[0].close for each in whole[1:]))
        if several:
            yield from _number([chains[0], chain], False)


def _number(chains: Sequence[_Chain], sure: bool) -> Iterator[Made]:
    """As it stood before it was split, and as digits alone."""
    runs = [run for chain in chains for run in chain]
    if not _SHORTEST <= sum(len(run.text) for run in runs) <= _LONGEST:
        return
    written = ""
    for number, chain in enumerate(chains):
        # A dash that touches a digit on either side of the seam, or has a cell to itself, was the identifier's own; so
        # was the bracket around an area code.
        gap = (number and chain[0].gap) or ""
        written += "-" if _DASH.search(gap) else " " if _BRACKET.search(gap) else ""
        written += chain[0].text + "".join((run.gap or "") + run.text for run in chain[1:])
    # What is called otherwise as a whole is it in pieces too.
    called = label(runs[0].before)
    for text in {written: None, "".join(run.text for run in runs): None}:
        yield Made(called + text, runs, sure)


def _tokens(texts: Sequence[str], typed: bool) -> list[Piece]:
    read = masked(texts, FILLER)
    found = (each for each in pieces(texts, read, _TOKEN, _MANY_TOKENS, typed=typed) if not _EMOJI.fullmatch(each.text))
    stripped = (replace(piece, text=piece.text.strip(_WRAPPED)) for piece in found)
    return [piece for piece in stripped if piece.text]


def _of_tokens(tokens: Sequence[Piece], typed: bool) -> Iterator[Made]:
    """Around each token that looks like a piece of an address or a key, and behind each name."""
    yield from _values(tokens)
    for place, piece in enumerate(tokens):
        if not _odd(piece.text):
            continue
        reach = 1 if piece.dense or "://" in piece.text else _AROUND
        for first in range(max(0, place - reach), place + 1):
            for last in range(max(place, first + 1), min(len(tokens), place + reach + 1)):
                whole = tokens[first : last + 1]
                if any(each.gap is None for each in whole[1:]):
                    break
                for made in _token(whole, place in (first, last), typed):
                    if made.sure or not piece.dense:
                        yield made


def _token(whole: Sequence[Piece], odd_end: bool, typed: bool) -> Iterator[Made]:
    apart = all(each.close and each.ends_a_line for each in whole[1:])
    two = len(whole) == 2
    if sum("@" in each.text for each in whole) > 1:
        return  # two people are mentioned
    # In English every word is a token, and any few of them around an @ would make an address.
    if two or all(each.ends_a_line or _HANGUL.search(each.gap or "") for each in whole[1:]):
        yield Made(_run_together(whole), whole, apart or (typed and two))
    if odd_end and not two:
        ends = (whole[0], whole[-1])
        yield Made(_run_together(ends), ends, typed)


def _values(tokens: Sequence[Piece]) -> Iterator[Made]:
    """What stands behind a name, with the pieces that words set apart from it, and with its name."""
    for place, piece in enumerate(tokens):
        name = _NAMED.search(piece.before)
        if name is None or piece.dense:
            continue
        for last in range(place + 1, min(len(tokens), place + _MOST_OF_A_VALUE)):
            if not _set_apart(tokens[last]):
                break
            value = _run_together(tokens[place : last + 1])
            if len(value) <= _LONGEST_VALUE and _mixed(value):
                yield Made(name[0] + value, tokens[place : last + 1], False)


def _set_apart(piece: Piece) -> bool:
    return piece.gap is not None and (piece.ends_a_line or _HANGUL.search(piece.gap) is not None)


def _mixed(value: str) -> bool:
    """Whether it is no word and no word with a number: "Minimum 8"."""
    return sum(kind.search(value) is not None for kind in _KINDS_OF_CHARACTER) >= 3 and not _NUMBERED.fullmatch(value)


def _run_together(tokens: Sequence[Piece]) -> str:
    """A picture or a file in letters is one token of any length; only its ends are near a seam."""
    first, *middle, last = (each.text for each in tokens)
    return first[-_LONGEST_TOKEN:] + "".join(text[:_LONGEST_TOKEN] for text in middle) + last[:_LONGEST_TOKEN]


def _odd(token: str) -> bool:
    if "@" in token:
        return not _ADDRESS.match(token)
    if token.isupper():
        return len(token) >= _LONG_NAME
    return len(token) >= (_LONG_WORD if _WORD.fullmatch(token) else _LONG_TOKEN)
