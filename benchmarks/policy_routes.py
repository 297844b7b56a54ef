"""Where questions go under the shipped policy, its cloud's terms in force, and what of a split identifier does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from benchmarks.policy_disguises import WORDS, values
from bot.domain import Route, Turn
from bot.policy.parts import Prompt, question_part, thread_parts
from bot.policy.rules import Rules
from retrieval.label import NOTHING_SENSITIVE
from tests.builders import DM, ask, decision_for

ENGLISH: Mapping[str, str] = {
    "kr_rrn": "resident registration number",
    "kr_driver_licence": "driver's licence",
    "kr_passport": "passport number",
    "kr_business": "business registration number",
    "kr_corporate": "corporate registration number",
    "kr_customs": "customs code",
    "kr_account": "bank account number",
    "card": "card number",
    "phone": "phone number",
    "email": "mail",
    "iban": "IBAN",
    "us_ssn": "SSN",
    "ip": "server IP",
    "coordinates": "coordinates",
    "secret": "password",
}
"""What each kind of value is called; in Korean, as where it is disguised."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the pieces of a value come. over: "messages", or what stands between two pieces of one text. words: how each
    piece but the first begins."""

    over: str
    words: Sequence[str] = ("",)
    english: bool = False

    def to_cloud(self, kind: str, pieces: Sequence[str], rules: Rules) -> bool:
        first = f"{ENGLISH[kind]} is " if self.english else f"{WORDS[kind]} "
        said = [f"{first}{pieces[0]}"]
        said += [self.words[n % len(self.words)] + piece for n, piece in enumerate(pieces[1:])]
        if self.over != "messages":
            return to_cloud(self.over.join(said), rules)
        turns = [Turn(text, "네, 이어서 말씀해 주세요.", NOTHING_SENSITIVE, ()) for text in said[:-1]]
        return _cloud((*thread_parts(turns, {}, DM, rules), question_part(ask(said[-1]), rules)), rules)


_KOREAN = ("그리고 나머지는 ", "마지막으로 남은 것은 ")
_ENGLISH = ("and the rest of it is ", "then finally ")
WAYS: Mapping[str, Way] = {
    "messages": Way("messages"),
    "messages with words between": Way("messages", _KOREAN),
    "messages with English words between": Way("messages", _ENGLISH, english=True),
    "lines": Way("\n"),
    "cells": Way(" | "),
    "words between": Way(" ", _KOREAN),
    "English words between": Way(" ", _ENGLISH, english=True),
}


def to_cloud(text: str, rules: Rules) -> bool:
    """Whether the cloud is among the routes of that question, asked alone in a direct message."""
    return _cloud((*thread_parts((), {}, DM, rules), question_part(ask(text), rules)), rules)


def _cloud(parts: Prompt, rules: Rules) -> bool:
    return Route.CLOUD in decision_for(parts, rules).routes


def cuts(value: str, pieces: int, most: int, random: Random) -> list[tuple[int, ...]]:
    """Where a value is cut into so many pieces: every way, or as many as `most`, drawn."""
    every = list(combinations(range(1, len(value)), pieces - 1))
    return every if len(every) <= most else random.sample(every, most)


def split_ways(
    rules: Rules, way: Way, pieces: int, most: int, seed: int = 5
) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    """(kind, where it is cut, whether the cloud may see it) for one value of each slot that may not go there whole."""
    for kind, value in values(seed):
        for cut in cuts(value, pieces, most, Random(seed)):
            parts = [value[a:b] for a, b in zip((0, *cut), (*cut, None), strict=True)]
            yield kind, cut, way.to_cloud(kind, parts, rules)
