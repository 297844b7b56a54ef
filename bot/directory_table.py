"""The file that lists the people: CSV, as spreadsheets write it, or TOML. What is wrong with it is said all at once,
each problem with its line, and never with what stands there: it is about people."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Strict, ValidationError

from bot.directory import Directory, Employment, Listed, Members, Person, Terms, address
from bot.directory_row import SHOWN, Row, cell, field_of, spelling
from bot.domain import Room
from bot.toml_file import Problem, Section, SettingsFault, hint, model_of, read_toml
from retrieval.parse.decode import decode
from retrieval.parse.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a company writes its file. words: its own for kinds of employment; ignored: headers of columns that say
    nothing to us."""

    words: Mapping[str, Employment] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()


def load_directory(path: Path, today: date, terms: Terms | None = None, dialect: Dialect | None = None) -> Directory:
    """The directory of a file on a day; raises SettingsFault with every problem of it."""
    return Directory(_Reading(path, dialect or Dialect()).read(), terms or Terms(), today)


class _RoomTable(Section):
    id: str
    name: str
    kind: Literal["public", "private"]
    members: Annotated[tuple[str, ...], Strict(False)]
    shared: bool = False

    def room(self) -> Members:
        return Members(Room(self.id, self.name, self.kind, self.shared), self.members)


class _Tables(Section):
    # Not as Row yet: that one's problems are said with their lines.
    people: Annotated[tuple[dict[str, Any], ...], Strict(False)]
    rooms: Annotated[tuple[_RoomTable, ...], Strict(False)] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """A row under its own headers. at: where it stands, and where each of its cells does."""

    at: str
    cells: Mapping[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)

    def place(self, header: str) -> str:
        return self.places.get(header, f"{self.at}, {header}")


class _Reading:
    """One reading of a file: collects problems until the end."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self._path = path
        self._ignored = {spelling(header) for header in dialect.ignored}
        self._words = {spelling(word): kind for word, kind in dialect.words.items()}
        self._problems: list[Problem] = []
        self._first: dict[tuple[str, str], str] = {}
        self._field_of = cache(field_of)  # each row has the same headers

    def read(self) -> Listed:
        rooms: Sequence[_RoomTable] = ()
        match self._path.suffix.lower():
            case ".toml":
                written, rooms = self._toml()
            case ".csv" | ".tsv" | ".txt":
                written = self._csv()
            case _:
                self._problem("", "must be a .csv or a .toml file: save a spreadsheet as CSV")
                written = []
        people = [person for row in written if (person := self._person(row)) is not None]
        if not written and not self._problems:
            self._problem("", "lists nobody")
        for room in rooms:
            self._once("room", room.id, f"rooms[{room.id}]")
        if self._problems:
            raise SettingsFault(*sorted(self._problems, key=_line))
        return Listed(tuple(people), tuple(room.room() for room in rooms))

    def _problem(self, key: str, text: str) -> None:
        self._problems.append(Problem(str(self._path), key, text))

    def _person(self, row: _Written) -> Person | None:
        own = {name: header for header in row.cells if (name := self._field_of(header)) is not None}
        cells = {name: cell(row.cells[header]) for name, header in own.items()}
        # An open kind of employment is no employee, so that one is told apart from a column that is not there.
        said = {name: value for name, value in cells.items() if value != "" or name == "employment"}
        for kind, value in (("id", said.get("id")), ("email", address(str(said.get("email", ""))))):
            if isinstance(value, str):
                self._once(kind, value, row.place(own[kind]))
        try:
            found = Row.model_validate(said, context=self._words)
        except ValidationError as errors:
            for error in errors.errors(include_url=False, include_input=False):
                self._problem(row.place(own[str(error["loc"][0])]), Row.sentence(error))
            return None
        if found.guest and found.employment != "guest" and "employment" in said:
            self._problem(row.place(own["guest"]), f"is true, and {own['employment']} says something else")
        id = found.id or found.email
        if id is None:
            self._problem(row.at, "has neither a Slack id nor an e-mail address: nothing tells who that is")
        return found.person(id) if id else None

    def _once(self, kind: str, value: str, place: str) -> None:
        first = self._first.setdefault((kind, value), place)
        if first is not place:
            self._problem(place, f"is there twice, first at {first}: rights would hang on which of them counts")

    # -- TOML --

    def _toml(self) -> tuple[list[_Written], Sequence[_RoomTable]]:
        raw = read_toml(self._path, "it lists the people, their groups and the rooms")
        tables = model_of(_Tables, raw, str(self._path))
        blocks = _blocks(self._decoded() or "", len(tables.people))
        written = [_Written(f"people[{n}]", row, blocks.get(n, {})) for n, row in enumerate(tables.people, 1)]
        for row in written:
            self._check_headers(row.cells, row.place)
        return written, tables.rooms

    # -- CSV --

    def _csv(self) -> list[_Written]:
        content = self._decoded()
        rows = self._records(content) if content is not None else []
        if not rows:
            return []
        line, header = rows[0]
        self._check_headers(header, lambda name: f"line {line}, {name}")
        if not {"id", "email"} & set(map(self._field_of, header)):
            text = "names no column for addresses or Slack ids (이메일, 슬랙): the first line must name the columns"
            self._problem(f"line {line}", text)
        if self._problems:
            return []  # every row would only say the same again
        written: list[_Written] = []
        for line, cells in rows[1:]:
            if len(cells) != len(header):
                text = f"has {len(cells)} cells and the first line {len(header)}: put texts with a comma in quotes"
                self._problem(f"line {line}", text)
            else:
                written.append(_Written(f"line {line}", dict(zip(header, cells, strict=True))))
        return written

    def _decoded(self) -> str | None:
        try:
            return decode(self._path.read_bytes())
        except FileNotFoundError:
            self._problem("", "does not exist: it lists the people and their groups")
        except OSError as error:
            self._problem("", f"cannot be read ({error.strerror})")
        except Refusal:
            self._problem("", "is not text in UTF-8, UTF-16 or CP949: save it as CSV UTF-8")
        return None

    def _records(self, text: str) -> list[tuple[int, list[str]]]:
        """The rows that say something, each with the line on which it begins."""
        head = text.split("\n", 1)[0]
        separator = max(",;\t", key=head.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows: list[tuple[int, list[str]]] = []
        begins = 1
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    rows.append((begins, cells))
                begins = reader.line_num + 1
        except csv.Error as error:
            self._problem(f"line {begins}", f"is not valid CSV ({error})")
            return []
        return rows

    def _check_headers(self, headers: Iterable[str], place: Callable[[str], str]) -> None:
        fields: dict[str, str] = {}
        for header in filter(str.strip, headers):
            name = self._field_of(header)
            if name is None:
                if spelling(header) not in self._ignored:
                    text = f"is no column, nor in ignore_columns of naru.toml{hint(header, list(SHOWN))}"
                    self._problem(place(header), text)
            elif name in fields:
                self._problem(place(header), f"says the same as {fields[name]}: leave one of the two out")
            else:
                fields[name] = header


def _line(problem: Problem) -> int:
    found = re.match(r"line (\d+)", problem.key)
    return int(found[1]) if found else 0


def _blocks(text: str, count: int) -> dict[int, dict[str, str]]:
    """For each [[people]] of a TOML file, by number from 1, the places of its keys. Nothing for people in one list."""
    lines = text.split("\n")
    begins = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*people\s*\]\]", line)]
    if len(begins) != count:
        return {}
    return {number: dict(_keys(lines, begin)) for number, begin in enumerate(begins, 1)}


def _keys(lines: Sequence[str], begin: int) -> Iterator[tuple[str, str]]:
    for number in range(begin + 1, len(lines)):
        if re.match(r"\s*\[", lines[number]):
            return
        key = re.match(r"\s*[\"']?([^\"'=#]+?)[\"']?\s*=", lines[number])
        if key:
            yield key[1], f"line {number + 1}, {key[1]}"
