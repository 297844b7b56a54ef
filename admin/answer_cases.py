"""A company's own questions with what their answers should be: JSON lines, or a spreadsheet as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from admin.evaluate import EvaluationFault
from retrieval.parse.decode import decode
from retrieval.parse.refusals import Refusal

COLUMNS = ("question", "relevant", "keywords", "unanswerable")
FEW = 40
"""Cases below which what looks better may be chance."""
_TRUE, _FALSE = ("true", "yes", "1"), ("", "false", "no", "0")
_SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """line: where it stands; a spreadsheet's head is the first. relevant: uris of documents that answer it; empty: not
    said. keywords: what a right answer says. answerable: False where no document answers."""

    line: int
    question: str
    relevant: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    answerable: bool = True


def read_cases(content: bytes, where: str) -> tuple[Case, ...]:
    """The cases of a file, which is CSV where its name ends so. Raises EvaluationFault, each problem with its line."""
    try:
        text = decode(content)
    except Refusal:
        raise EvaluationFault(f"{where} is no text: save it as UTF-8.") from None
    found: list[Case] = []
    problems: list[str] = []
    try:
        for number, row in _csv_rows(text) if where.lower().endswith(".csv") else _json_rows(text):
            try:
                found.append(_case(number, row()))
            except ValueError as error:
                problems.append(f"line {number}: {error}")
    except (ValueError, csv.Error) as error:
        raise EvaluationFault(f"{where}: {error}") from None
    if not found and not problems:
        problems.append('there is no question: each line is {"question": "...", "relevant": ["uri"]}')
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        raise EvaluationFault("\n".join(problems[:_SHOWN_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])))
    return tuple(found)


class _Row:
    """A row that may be none: called, it is read, or raises ValueError."""

    def __init__(self, cells: Mapping[str, Any] | str) -> None:
        self._cells = cells

    def __call__(self) -> Mapping[str, Any]:
        if not isinstance(self._cells, str):
            return self._cells
        try:
            row = json.loads(self._cells)
        except (ValueError, RecursionError):
            raise ValueError("is not JSON") from None
        if not isinstance(row, dict):
            raise ValueError("is JSON, and no object in {braces}")
        return row


def _json_rows(text: str) -> Iterator[tuple[int, _Row]]:
    return ((number, _Row(line)) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _csv_rows(text: str) -> Iterator[tuple[int, _Row]]:
    """Raises ValueError for a head that is not ours, and csv.Error."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    head = [name.strip().lower() for name in next(lines, [])]
    if "question" not in head or not set(head) <= set(COLUMNS) or len(set(head)) < len(head):
        raise ValueError(f"the first row holds question, and of {', '.join(COLUMNS[1:])} what you have, each once.")
    for number, cells in enumerate(lines, 2):
        if any(cell.strip() for cell in cells):
            row = dict(zip(head, cells, strict=False))
            listed = {
                name: _listed(row.get(name, "")) for name in ("relevant", "keywords") if row.get(name, "").strip()
            }
            yield number, _Row({**row, **dict.fromkeys(("relevant", "keywords")), **listed})


def _listed(cell: str) -> list[str]:
    return [one.strip() for one in re.split(r"[;\n]", cell) if one.strip()]


def _case(number: int, row: Mapping[str, Any]) -> Case:
    question = row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise ValueError('has no "question"')
    relevant, keywords = row.get("relevant"), row.get("keywords")
    uris = tuple(_uris(relevant)) if relevant is not None else ()
    answerable = not _is_true(row.get("unanswerable", False)) and relevant != []
    if not answerable and uris:
        raise ValueError('is "unanswerable" and names what is "relevant": leave one of them out')
    if keywords is not None and not (isinstance(keywords, list) and all(isinstance(k, str) and k for k in keywords)):
        raise ValueError('"keywords" must be a list of texts')
    return Case(number, question.strip(), uris, tuple(keywords or ()), answerable)


def _uris(relevant: object) -> Iterable[str]:
    """Also as `naru evaluate retrieval` has them, with the passage that is meant."""
    if not isinstance(relevant, list):
        raise ValueError('"relevant" must be a list of uris; it is empty where nothing answers')
    for one in relevant:
        uri = one.get("uri") if isinstance(one, dict) else one
        if not isinstance(uri, str) or not uri:
            raise ValueError('"relevant" holds what is neither a uri nor {"uri": "...", "contains": "..."}')
        yield uri


def _is_true(value: object) -> bool:
    said = value.strip().lower() if isinstance(value, str) else "true" if value is True else "" if not value else None
    if said not in (*_TRUE, *_FALSE):
        raise ValueError('"unanswerable" must be true or false')
    return said in _TRUE
