"""Invented documents of many topics, in two languages, with vectors: as many as are asked for, the same each time.

Words are as rare as in a language: a general vocabulary of 60,000 and some of each topic's own, both by Zipf's law,
made of a thousand syllables of which the first are the most frequent, so that pairs of them are as rare as in real
text. A vector is its topic's and some of its own, so that there is something near a question to be missed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from zlib import crc32

from retrieval.embed import Vector
from retrieval.parse import Parsed, Section

DIMENSIONS = 384
SECTIONS = 3
TOPICS = 2_000
_WORDS = 60_000
_OWN = 150
_SYLLABLES = 1_000
_NOISES = 1_024
_FIRST, _LAST = ord("가"), ord("힣")
_LOT = 20_261_123


@dataclass(frozen=True, slots=True)
class Tongue:
    words: Sequence[str]
    weights: Sequence[float]


def _tongue(syllables: Sequence[str], short: int, long: int) -> Tongue:
    rng = random.Random(_LOT)
    by_rank = list(accumulate(1 / (rank + 10) for rank in range(len(syllables))))
    words = ["".join(rng.choices(syllables, cum_weights=by_rank, k=rng.randint(short, long))) for _ in range(_WORDS)]
    return Tongue(words, list(accumulate(1 / (rank + 3) for rank in range(_WORDS))))


class Topics:
    """passages: how many there are in all, to the next document."""

    def __init__(self, passages: int) -> None:
        self.documents = -(-passages // SECTIONS)
        rng = random.Random(_LOT)
        korean = [chr(code) for code in rng.sample(range(_FIRST, _LAST + 1), _SYLLABLES)]
        english = [a + b for a in "bcdfghjklmnprstvwy" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "or", "es")]
        self._tongues = (_tongue(korean, 2, 4), _tongue(rng.sample(english, len(english)), 2, 4))
        self._centres = [_direction(rng) for _ in range(TOPICS)]
        self._noises = [_direction(rng) for _ in range(_NOISES)]
        self._words: dict[tuple[int, bool], Sequence[str]] = {}
        self._own_weights = list(accumulate(1 / (rank + 3) for rank in range(_OWN)))

    def parsed(self, number: int) -> Parsed:
        """Of the document of that number: three sections of about 450 characters, one document of four in English."""
        rng, topic = random.Random(_LOT + number), self.topic(number)
        tongue, own = self._tongues[number % 4 == 0], self._own(topic, number % 4 == 0)

        def sentence() -> str:
            general = rng.choices(tongue.words, cum_weights=tongue.weights, k=7)
            return " ".join((*general[:4], *rng.choices(own, cum_weights=self._own_weights, k=3), *general[4:])) + "."

        sections = (
            Section((f"{own[place]} {topic}",), (" ".join(sentence() for _ in range(11 if number % 4 else 7)),))
            for place in range(SECTIONS)
        )
        return Parsed(f"{own[-1]} {number}", tuple(sections))

    def topic(self, number: int) -> int:
        return random.Random(number).randrange(TOPICS)

    def vector(self, heading: str, text: str) -> Vector:
        """Of a passage, by what is embedded of it."""
        lot = random.Random(crc32(text.encode()))
        centre = self._centres[int(heading.rsplit(" ", 1)[1])]
        one, two, three = lot.choices(self._noises, k=3)
        return [c + 0.35 * (x + y + z) for c, x, y, z in zip(centre, one, two, three, strict=True)]

    def question(self, rng: random.Random, number: int) -> tuple[str, Vector]:
        """About a section of that document, as people ask: five of its words and one beside, and its vector, nearly."""
        section = self.parsed(number).sections[rng.randrange(SECTIONS)]
        said = section.blocks[0].replace(".", "").split()
        words = [*rng.sample(said, 5), rng.choice(self._tongues[number % 4 == 0].words[:3_000])]
        about, beside = self.vector(section.headings[0], section.blocks[0]), rng.choice(self._noises)
        return " ".join(words), [a + 0.4 * b for a, b in zip(about, beside, strict=True)]

    def _own(self, topic: int, english: bool) -> Sequence[str]:
        if (topic, english) not in self._words:
            self._words[topic, english] = random.Random(topic).sample(self._tongues[english].words[200:], _OWN)
        return self._words[topic, english]


def _direction(rng: random.Random) -> list[float]:
    """Of length 1, nearly."""
    return [rng.gauss(0, DIMENSIONS**-0.5) for _ in range(DIMENSIONS)]
