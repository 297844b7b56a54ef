"""No detector hangs: each ends soon on 10,000 characters of what it looks for, and far more is refused at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.policy import detect
from bot.policy.detect.finding import Finding
from bot.policy.detect.seams import candidates
from bot.policy.detect.segment import Segment
from tests.growth import assert_text_costs_its_length
from tests.unit.policy.detect.samples import EXAMPLES

LONG = 10_000
TRIGGERS = {
    **{kind: value + " " for kind, value in EXAMPLES.items()},
    **{f"half of a {kind}": value[: len(value) // 2] + "\n" for kind, value in EXAMPLES.items()},
    "digits": "7",
    "groups": "1234 ",
    "pairs": "12-",
    "at": "a@",
    "names": "password=",
    "token beginnings": "sk-",
    "dots": "eyJ.",
    "addresses": "http://a:",
    "dashes": "-----BEGIN ",
    "cells": "| 12 ",
    "letters": "aB3",
    "korean": "가나다라 ",
}


def of(trigger: str) -> str:
    return (trigger * (LONG // len(trigger) + 1))[:LONG]


@pytest.mark.parametrize("name", detect.DETECTORS)
def test_each_detector_ends(name: str) -> None:
    def detected(text: str) -> None:
        for _ in detect.DETECTORS[name](Segment.of(text)):
            pass

    for trigger in TRIGGERS.values():
        assert_text_costs_its_length(detected, of(trigger))


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_putting_pieces_together_ends(trigger: str) -> None:
    assert_text_costs_its_length(lambda text: candidates([text]), of(TRIGGERS[trigger]))


def test_a_megabyte_is_refused_at_once() -> None:
    read: list[Segment] = []

    def reads(segment: Segment) -> Iterator[Finding]:
        read.append(segment)
        yield from ()

    found = detect.find("1" * 1_000_000, detectors={"mine": reads})
    assert ([one.kind for one in found], read) == ([detect.UNDETECTED], [])
