"""How long looking takes, and what the detectors weigh in a process of their own."""

from __future__ import annotations

import gc
import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median, quantiles

from benchmarks import BenchmarkFault
from benchmarks.policy_figures import Find
from bot.policy.parts import joined, passage_parts, question_part
from bot.policy.rules import Rules
from bot.policy.seen import Seen
from bot.settings import PROJECT
from tests.builders import ask, passage

SHORT = (50, 500)
LONG_BYTES = 8 * 1024
PASSES = 3
RUNS = (
    "1",
    "0",
    "a",
    "A",
    "@",
    ".",
    "-",
    " ",
    "(",
    "=",
    ":",
    "/",
    "가",
    "\n",
    "1-",
    "1 ",
    "a@",
    "a.",
    "A1",
    "=a",
    "<a|",
    "eyJ.",
)
"""What a pattern that goes back and forth would go back and forth in."""
_FRESH = """
import json, time
import psutil
process = psutil.Process()
before, started = process.memory_info().rss, time.perf_counter()
from bot.policy import detect
imported = time.perf_counter() - started
detect.find("010-0000-0000")
print(json.dumps({"import_s": imported, "bytes": process.memory_info().rss - before}))
"""
_LISTED = """
import json
import psutil
from bot.policy.detect import find
from bot.policy.detect.lists import Names
process = psutil.Process()
syllables = [chr(0xAC00 + 28 * i) for i in range(100)]
before = process.memory_info().rss
held = Names(("person", a + b + c) for a in syllables for b in syllables for c in syllables)
find("준비", held)
print(json.dumps({"bytes_per_entry": (process.memory_info().rss - before) / 1_000_000}))
"""


def short_ms(find: Find, texts: Sequence[str]) -> list[float]:
    """p50, p95 and p99 in milliseconds over the texts of 50 to 500 characters, after one pass to warm up."""
    chosen = [text for text in texts if SHORT[0] <= len(text) <= SHORT[1]]
    _each_ms(find, chosen)
    best = _best_ms(find, chosen)
    cuts = quantiles(best, n=100)
    return [median(best), cuts[94], cuts[98]]


def long_ms(find: Find, texts: Sequence[str]) -> float:
    """The slowest in milliseconds of the documents of 8 KB that the texts make up."""
    documents, document = [], ""
    for text in texts:
        document += text + "\n"
        if len(document.encode()) >= LONG_BYTES:
            documents.append(document.encode()[:LONG_BYTES].decode(errors="ignore"))
            document = ""
    return max(_best_ms(find, documents), default=math.nan)


def fresh_process() -> dict[str, float]:
    """import_s: seconds of the import alone; bytes: resident memory that import and first use added."""
    runs = [_told(_FRESH) for _ in range(PASSES)]
    return {key: min(run[key] for run in runs) for key in runs[0]}


def bytes_per_entry() -> float:
    """Resident memory of a million listed names, by name."""
    return _told(_LISTED)["bytes_per_entry"]


def label_ms(question: str, passages: Sequence[str], rules: Rules) -> tuple[float, float]:
    """The least of several passes for everything that a decision labels: (nothing seen before, all seen before)."""
    cold, cached = list[float](), list[float]()
    for _ in range(PASSES):
        fresh = replace(rules, seen=Seen())
        for times in (cold, cached):
            started = time.perf_counter()
            found = (
                each for number, text in enumerate(passages, 1) for each in passage_parts(number, passage(text), fresh)
            )
            joined((*found, question_part(ask(question), fresh)), fresh)
            times.append((time.perf_counter() - started) * 1000)
    return min(cold), min(cached)


def growth(find: Find, length: int) -> dict[str, float]:
    """For runs of each of these: how much `length` characters cost, measured in what half as many cost. A baseline of
    their own, so that neither machine nor load counts."""
    gc.freeze()  # what the benchmark itself holds would be looked through for garbage again and again
    ratios = {}
    for unit in RUNS:
        half, whole = (
            min(_busy_s(find, (unit * many)[:many]) for _ in range(PASSES)) for many in (length // 2, length)
        )
        ratios[unit] = whole / half
    gc.unfreeze()
    return ratios


def _best_ms(find: Find, texts: Sequence[str]) -> list[float]:
    """Of each text the least of several passes: what else the machine did is no property of the detectors."""
    passes = zip(*(_each_ms(find, texts) for _ in range(PASSES)), strict=True)
    return [min(times) for times in passes]


def _each_ms(find: Find, texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        started = time.perf_counter()
        find(text)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _busy_s(find: Find, text: str) -> float:
    """Of the processor alone: what else the machine does counts for less in a second than in a few milliseconds."""
    started = time.process_time()
    find(text)
    return time.process_time() - started


def _told(program: str) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300
    )
    if ran.returncode:
        raise BenchmarkFault(f"A process of its own failed to load the detectors: {ran.stderr.strip()[-300:]}")
    answer: dict[str, float] = json.loads(ran.stdout)
    return answer
