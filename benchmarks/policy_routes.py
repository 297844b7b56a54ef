"""Where questions go under the shipped policy, its cloud's terms in force, and what of a split identifier does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random

from benchmarks.invented import SENSITIVE
from bot.domain import Route, Turn
from bot.policy.parts import Prompt, question_part, thread_parts
from bot.policy.rules import Rules
from retrieval.label import NOTHING_SENSITIVE
from tests.builders import DM, ask, decision_for

INTRODUCED: Mapping[str, str] = {
    "kr_rrn": "주민번호 ",
    "frn": "외국인등록번호 ",
    "licence": "운전면허번호 ",
    "passport": "여권번호 ",
    "business": "사업자번호 ",
    "kb_account": "국민은행 계좌 ",
    "card": "카드번호 ",
    "phone": "연락처 ",
    "aws": "액세스 키 ",
}
"""What is split, and how people begin to say it."""
BETWEEN = " 그리고 나머지는 "


def to_cloud(text: str, rules: Rules) -> bool:
    """Whether the cloud is among the routes of that question, asked alone in a direct message."""
    return _cloud((*thread_parts((), {}, DM, rules), question_part(ask(text), rules)), rules)


def _cloud(parts: Prompt, rules: Rules) -> bool:
    return Route.CLOUD in decision_for(parts, rules).routes


def _over_messages(first: str, second: str, rules: Rules) -> bool:
    turn = Turn(first, "네, 이어서 말씀해 주세요.", NOTHING_SENSITIVE, ())
    return _cloud((*thread_parts((turn,), {}, DM, rules), question_part(ask(second), rules)), rules)


def _together(between: str) -> Callable[[str, str, Rules], bool]:
    return lambda first, second, rules: to_cloud(f"{first}{between}{second}", rules)


WAYS: Mapping[str, Callable[[str, str, Rules], bool]] = {
    "messages": _over_messages,
    "messages with words between": lambda a, b, rules: _over_messages(a, BETWEEN.lstrip() + b, rules),
    "lines": _together("\n"),
    "cells": _together(" | "),
    "words between": _together(BETWEEN),
}


def split_ways(rules: Rules, way: Callable[[str, str, Rules], bool], seed: int = 5) -> Iterator[tuple[str, int, bool]]:
    """(kind, where it is cut, whether the cloud may see it) for every cut of one value of each kind."""
    for name, introduction in INTRODUCED.items():
        kind, make = SENSITIVE[name]
        value = make(Random(seed))
        for cut in range(1, len(value)):
            yield kind, cut, way(introduction + value[:cut], value[cut:], rules)
