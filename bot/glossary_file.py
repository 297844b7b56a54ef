"""glossary.toml: the company's words, read again whenever the file has changed.

[[words]]
same = ["연차", "annual leave", "PTO"]     # each of them finds the others

[[words]]
say = ["법카"]                             # people say it; documents do not
mean = ["법인카드"]
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, Strict

from bot.toml_file import Problem, Section, SettingsFault, model_of, read_toml
from retrieval.glossary import MAX_SYNONYMS, NO_GLOSSARY, Glossary, key_of

MAX_ENTRIES = 5_000

_log = logging.getLogger(__name__)
_KEY = re.compile(r"words\[(\d+)\]\.?(.*)")
_HEADER = re.compile(r"\s*\[\[\s*words\s*\]\]")

Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Strict(False)]


class _Entry(Section):
    same: Words = ()
    say: Words = ()
    mean: Words = ()


class _File(Section):
    words: Annotated[tuple[_Entry, ...], Strict(False)] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One [[words]]. line: where it begins. one_way: `words` are what people say, `means` what documents say; otherwise
    `words` all mean the same and `means` is empty."""

    line: int
    words: tuple[str, ...]
    means: tuple[str, ...] = ()

    @property
    def one_way(self) -> bool:
        return bool(self.means)


class GlossaryFile:
    """The glossary of a file that may come and go: without it no query is widened. While what stands in it cannot be
    used, the last one that could goes on, because a search must not fail over a comma; `naru glossary check` says what
    is wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._glossary = NO_GLOSSARY

    def __call__(self) -> Glossary:
        try:
            status = self._path.stat()
        except OSError:
            self._stamp, self._glossary = None, NO_GLOSSARY
            return self._glossary
        stamp = status.st_mtime_ns, status.st_size
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._glossary = glossary_of(load_entries(self._path))
            except SettingsFault as fault:
                count = len(fault.problems)
                _log.warning("%s has %d problems and is not used: naru glossary check", self._path, count)
        return self._glossary


def load_entries(path: Path) -> tuple[Entry, ...]:
    """What stands in the file; raises SettingsFault with every problem of it, each with its line."""
    raw = read_toml(path, "it lists the company's words; docs/how-to/glossary.md shows how")
    text = path.read_text(encoding="utf-8-sig")
    where = _Lines(str(path), text)
    file = _model(raw, where)
    entries = tuple(_entry(n, one, where) for n, one in enumerate(file.words))
    problems = [*_alone(file.words, where), *_twice(entries, where)]
    if len(entries) > MAX_ENTRIES:
        problems.append(Problem(str(path), "words", f"has {len(entries)} entries, and {MAX_ENTRIES} are read"))
    if problems:
        raise SettingsFault(*problems)
    return entries


def glossary_of(entries: Sequence[Entry]) -> Glossary:
    means: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        for word in entry.words:
            means[word] = entry.means or tuple(other for other in entry.words if other != word)
    return Glossary(means)


class _Lines:
    """Where things stand: TOML says it for syntax only."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._text = text.splitlines()
        self.headers = [n for n, line in enumerate(self._text, 1) if _HEADER.match(line)]

    def of(self, entry: int, word: str | None = None) -> int:
        """The line of an entry, counted from 0, or of a word in it."""
        if entry >= len(self.headers):
            return 1
        first = self.headers[entry]
        last = self.headers[entry + 1] - 1 if entry + 1 < len(self.headers) else len(self._text)
        quoted = () if word is None else (f'"{word}"', f"'{word}'")
        return next((n for n in range(first, last + 1) if any(q in self._text[n - 1] for q in quoted)), first)

    def problem(self, entry: int, sentence: str, word: str | None = None) -> Problem:
        return Problem(f"{self.path}, line {self.of(entry, word)}:", "", sentence)

    def placed(self, problem: Problem) -> Problem:
        """The problem with its line, where its key names an entry."""
        found = _KEY.fullmatch(problem.key)
        if found is None:
            return problem
        return self.problem(int(found[1]) - 1, f"{found[2] or 'the entry'} {problem.sentence}")


def _model(raw: dict[str, Any], where: _Lines) -> _File:
    try:
        return model_of(_File, raw, where.path)
    except SettingsFault as fault:
        raise SettingsFault(*map(where.placed, fault.problems)) from None


def _entry(number: int, one: _Entry, where: _Lines) -> Entry:
    return Entry(where.of(number), one.same, ()) if one.same else Entry(where.of(number), one.say, one.mean)


def _alone(entries: Sequence[_Entry], where: _Lines) -> Iterator[Problem]:
    for n, one in enumerate(entries):
        if bool(one.same) == bool(one.say or one.mean) or bool(one.say) != bool(one.mean):
            yield where.problem(n, "an entry has `same`, or else both `say` and `mean`")
        elif one.same and len({key_of(word) for word in one.same}) < 2:
            yield where.problem(n, "`same` needs two words that differ")
        if len(one.same) > MAX_SYNONYMS + 1 or len(one.mean) > MAX_SYNONYMS:
            yield where.problem(
                n, f"more than {MAX_SYNONYMS} others for one word are not searched for: split the entry"
            )
        for word in (*one.same, *one.say, *one.mean):
            if len(key_of(word).replace(" ", "")) < 2:
                yield where.problem(n, f"'{word}' is one letter, which is found in every other word", word)


def _twice(entries: Sequence[Entry], where: _Lines) -> Iterator[Problem]:
    seen: dict[str, tuple[int, str]] = {}
    for n, entry in enumerate(entries):
        for word in entry.words:
            key = key_of(word)
            if key in seen:
                line = where.of(*seen[key])
                yield where.problem(n, f"'{word}' stands in line {line} already: a word has one entry", word)
            seen.setdefault(key, (n, word))
