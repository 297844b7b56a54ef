"""What the detectors build with the first text can be built before it."""

from __future__ import annotations

import subprocess
import sys

COUNTING = """
import re._compiler, sys
from bot.policy import detect

built = []

def hear(frame, event, _):
    if event == "call" and frame.f_code.co_name in ("stems_of", "_compile") and frame.f_code.co_filename.endswith(
        ("phrases.py", "_compiler.py")
    ):
        built.append(frame.f_code.co_name)

if sys.argv[1] == "warm":
    detect.warm_up()
sys.setprofile(hear)
detect.find(sys.argv[2])
sys.setprofile(None)
print(len(built))
"""


def built(first: str, text: str) -> int:
    """How many tables and patterns a text has waited for, in a process that has looked at none before."""
    command = [sys.executable, "-c", COUNTING, first, text]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=60, text=True).stdout)


def test_after_warming_up_a_first_question_builds_next_to_nothing() -> None:
    assert built("cold", "연차는 며칠인가요?") > 1_000
    for question in ("연차는 며칠인가요?", "How many days of leave do I have?"):
        assert built("warm", question) < 100, question
