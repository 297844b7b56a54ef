"""Policy data that others made, read where it lies: it is not ours to ship. See the README beside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks import BenchmarkFault
from benchmarks.policy_cases import Message, Span

KINDS: Mapping[str, str] = {
    "RRN": "kr_rrn",
    "RRN20": "kr_rrn",
    "FRN": "kr_rrn",
    "BRN": "kr_business",
    "DL": "kr_driver_licence",
    "PASSPORT": "kr_passport",
    "PHONE": "phone",
    "EMAIL": "email",
    "CARD": "card",
    "ACCT": "kr_account",
    "SECRET": "secret",
}
"""By the type of a span of messages_dev.jsonl."""
SYNTH: Mapping[str, str] = {
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "PHONE_NUMBER": "phone",
    "IBAN_CODE": "iban",
    "US_SSN": "us_ssn",
    "IP_ADDRESS": "ip",
}
"""By the type of a span of presidio_synth_dev.json; its names and addresses are nothing that a pattern finds."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A text that does or does not hold a secret."""

    text: str
    secret: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """A prompt of another router's tests and the class that its authors gave it."""

    text: str
    group: str


class PolicyData:
    """The files of a folder. Every method raises BenchmarkFault when its file cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def messages(self) -> list[Message]:
        """Messages with identifiers; a group that starts with NEG is a hard negative."""
        return [
            Message(text, tuple(Span(KINDS[type_], a, b, text[a:b]) for a, b, type_ in row["spans"]), row["kind"])
            for row in self._lines("messages_dev.jsonl")
            for text in [_decoded(row)]
        ]

    def synth(self) -> list[Message]:
        rows = json.loads(self._text("presidio_synth_dev.json"))
        return [Message(row["full_text"], tuple(_synth_spans(row)), "synth") for row in rows]

    def vectors(self, of: str) -> list[Vector]:
        """of: "gitleaks" or "detect_secrets"."""
        return [Vector(_decoded(row), row["secret"]) for row in self._lines(f"{of}_vectors_dev.jsonl")]

    def prose(self) -> list[Message]:
        """News and encyclopedia sentences in Korean; spans: the names of people in them."""
        lines = self._text("klue_ner_v1.1_dev_first1000.tsv").splitlines()
        blocks = [list(lines) for blank, lines in groupby(lines, key=lambda line: not line) if not blank]
        return [_sentence([line.split("\t") for line in block if not line.startswith("##")]) for block in blocks]

    def probes(self) -> list[Probe]:
        """The routing probes; group: the decision that is expected, such as local_privacy_policy."""
        return list(_probes(self._text("vsr_privacy_probes.yaml").splitlines()))

    def labelled_prompts(self) -> list[Probe]:
        labels = json.loads(self._text("vsr_privacy_kb_labels.json"))["labels"]
        return [Probe(text, name) for name, label in labels.items() for text in label["exemplars"]]

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        return map(json.loads, self._text(name).splitlines())

    def _text(self, name: str) -> str:
        path = self._folder / name
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise BenchmarkFault(
                f"{path} cannot be read ({error.strerror}): name the folder that holds it with --data, or NARU_DATA."
            ) from error


def _decoded(row: Mapping[str, Any]) -> str:
    return base64.b64decode(row["text_b64"]).decode()


def _synth_spans(row: Mapping[str, Any]) -> Iterator[Span]:
    for span in row["spans"]:
        if kind := SYNTH.get(span["entity_type"]):
            yield Span(kind, span["start_position"], span["end_position"], span["entity_value"])


def _sentence(columns: list[list[str]]) -> Message:
    """Of (character, tag) rows."""
    text = "".join(row[0] for row in columns)
    spans: list[Span] = []
    for place, row in enumerate(columns):
        if row[-1] == "B-PS":
            end = next((i for i in range(place + 1, len(columns)) if columns[i][-1] != "I-PS"), len(columns))
            spans.append(Span("person", place, end, text[place:end]))
    return Message(text, tuple(spans), "prose")


def _probes(lines: list[str]) -> Iterator[Probe]:
    """Read without a YAML library, which nothing else here needs: the file has one plain shape."""
    group = ""
    for place, line in enumerate(lines):
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        if key == "id" and line.startswith("  - "):
            group = value
        elif key == "query" and value == "|":
            yield Probe("\n".join(_indented(lines[place + 1 :], len(line) - len(line.lstrip()))), group)
        elif key == "query":
            yield Probe(value, group)


def _indented(lines: list[str], indent: int) -> Iterator[str]:
    """The lines of a block that is indented by more than that."""
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return
        yield line[indent + 2 :]
