"""No detector hangs: each ends soon on 20,000 characters of what it looks for, and far more is refused at once."""

from __future__ import annotations

import time

import pytest

from bot.policy import detect
from bot.policy.detect.seams import candidates
from bot.policy.detect.segment import Segment
from tests.unit.policy.detect.samples import EXAMPLES

LONG = 20_000
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
    slow = {}
    for trigger, text in TRIGGERS.items():
        segment = Segment.of(of(text))
        began = time.process_time()
        for _ in detect.DETECTORS[name](segment):
            pass
        slow[trigger] = time.process_time() - began
    assert {trigger: took for trigger, took in slow.items() if took > 2} == {}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_putting_pieces_together_ends(trigger: str) -> None:
    began = time.process_time()
    candidates([of(TRIGGERS[trigger])])
    assert time.process_time() - began < 2


def test_a_megabyte_is_refused_at_once() -> None:
    began = time.process_time()
    assert [one.kind for one in detect.find("1" * 1_000_000)] == [detect.UNDETECTED]
    assert time.process_time() - began < 0.1
