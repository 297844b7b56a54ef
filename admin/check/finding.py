"""What the doctor says: one sentence about one thing, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from retrieval.errors import Fault


class Status(StrEnum):
    """fail: it does not work. warn: it works, and somebody should know. skip: it could not be tried, or need not be."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """sentence: what was found; never a secret, nor anybody's text. fix: what to do; empty where there is nothing."""

    status: Status
    sentence: str
    fix: str = ""


def ok(sentence: str) -> Finding:
    return Finding(Status.OK, sentence)


def warn(sentence: str, fix: str = "") -> Finding:
    return Finding(Status.WARN, sentence, fix)


def fail(sentence: str, fix: str = "") -> Finding:
    return Finding(Status.FAIL, sentence, fix)


def skip(sentence: str, fix: str = "") -> Finding:
    return Finding(Status.SKIP, sentence, fix)


def of(fault: Fault, status: Status = Status.FAIL) -> Finding:
    """A Fault as a finding: what it says after its last colon is what to do."""
    what, _, todo = str(fault).rpartition(": ")
    return Finding(status, ended(what or todo), ended(todo[:1].upper() + todo[1:]) if what else "")


def ended(sentence: str) -> str:
    """With a full stop, unless it ends already."""
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
