"""Comma-separated values, and those that tabs, semicolons or bars separate. Pure."""

from __future__ import annotations

import csv
from io import StringIO

from retrieval.parse import Parsed
from retrieval.parse.decode import decode
from retrieval.parse.grid import row_sections
from retrieval.parse.refusals import Refusal

MAX_FIELD = 100_000
_DELIMITERS = ",\t;|"


def parse_csv(name: str, content: bytes) -> Parsed:
    """Commas, tabs, semicolons or bars, whichever divides its first lines most."""
    text = decode(content)
    csv.field_size_limit(MAX_FIELD)
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
        return Parsed(name, tuple(row_sections((), enumerate(rows, 1))))
    except csv.Error:
        raise Refusal("long_field", thousands=MAX_FIELD // 1000) from None


def _delimiter(text: str) -> str:
    start = text[:10_000].split("\n")[:20]
    return max(_DELIMITERS, key=lambda mark: (sum(line.count(mark) for line in start), mark == ","))
