"""Masking and the way back on generated texts: what differs, what a stream holds back, how long a piece takes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from random import Random

from benchmarks import Machine, Row, Tell
from bot.policy import detect
from bot.policy.mask import HELD_BACK, TYPES, Masked, Placeholders, Unmasker, mask, unmask

CASES = 20_000
HELD_BACK_CHARACTERS = HELD_BACK
CHUNK_US = 20.0
_SEED = 20261123
_KINDS = frozenset(TYPES)
_ISSUED = (0, 41, 9_900)
_NAMES = ("김나루", "이강", "한별", "박하늘", "Jack")
_SAID = (
    "연락처는 ", "로", "으로 ", "은 ", "는 ", "이 ", "가족", "을\n", "와 ", "과 함께 ", "이라고 ", "라고는 ", "(으)로 ",
    "은(는) ", "에게 전화", ". ", ", ", " ", "\n", "⟦", "⟧", "⟦=⟧", "⟦(⟧", "⟦PHONE_1⟧", "⟦PERSON_12⟧", "⟦PHON", "call ",
    "계좌 ", "3 ", "회의는 4층 ", "총 1,200원 ",
)  # fmt: skip


async def measure(tell: Tell) -> list[Row]:
    random, machine = Random(_SEED), Machine.now()
    identity = chunking = left = held = chunks = 0
    spent = 0.0
    for number in range(CASES):
        text = _text(random)
        # Long numbers too: they are what a stream holds back for longest.
        masked = mask(text, _KINDS, _find, Placeholders({}, dict.fromkeys(TYPES.values(), random.choice(_ISSUED))))
        values = masked.placeholders.values
        identity += unmask(masked.text, values) != text
        left += any(one.kind in _KINDS and one.score >= detect.MASK for one in _find(masked.text))
        for pieces in (list(masked.text), _cut(random, masked.text), _tokens(masked.text)):
            said, waited, took = _streamed(pieces, masked)
            chunking += said != text
            held, spent, chunks = max(held, waited), spent + took, chunks + len(pieces)
        if number % 5_000 == 0:
            tell(f"{number:,} of {CASES:,} cases")
    conditions = machine.conditions_without_database(
        f"{CASES:,} generated Korean and English texts (seed {_SEED}), each cut by characters, at random and by four"
    )
    return [
        Row.at_most("texts that masking and the way back change", identity, 0, conditions),
        Row.at_most("streams that come out otherwise when they are cut", chunking, 0, conditions),
        Row.at_most("masked texts that still hold what was to be hidden", left, 0, conditions),
        Row.at_most("characters that a stream holds back", held, HELD_BACK_CHARACTERS, conditions),
        Row.at_most("µs a piece of a stream takes", 1e6 * spent / chunks, CHUNK_US, conditions),
    ]


def _find(text: str) -> Iterator[detect.Finding]:
    """What the detectors find, and names as a company lists them."""
    yield from detect.find(text)
    for name in _NAMES:
        at = text.find(name)
        while at >= 0:
            yield detect.Finding("person", at, at + len(name), 1.0, "listed")
            at = text.find(name, at + 1)


def _text(random: Random) -> str:
    return "".join(random.choice((random.choice(_SAID), _value(random))) for _ in range(random.randint(1, 12)))


def _value(random: Random) -> str:
    """Made here, so that none stands in the code."""
    middle, last = random.randint(2000, 9999), random.randint(1000, 9999)
    return random.choice(
        (
            f"010-{middle}-{last}",
            f"010{middle}{last}",
            f"naru{last}@" + "haneul.example",
            random.choice(_NAMES),
            ".".join(("10", "20", str(middle % 250), str(last % 250))),
        )
    )


def _cut(random: Random, text: str) -> list[str]:
    cuts = sorted(random.randint(0, len(text)) for _ in range(random.randint(0, 8)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _tokens(text: str) -> list[str]:
    """About what models send."""
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def _streamed(pieces: Iterable[str], masked: Masked) -> tuple[str, int, float]:
    """What came out, the most characters that waited, and seconds."""
    unmasker = Unmasker(masked.placeholders.values)
    said: list[str] = []
    held = 0
    began = time.perf_counter()
    for piece in pieces:
        said.append(unmasker.feed(piece))
        held = max(held, unmasker.waiting)
    said.append(unmasker.end())
    return "".join(said), held, time.perf_counter() - began
