"""What retrieval talks about: Source, Document, Passage, and who may read them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NewType
from unicodedata import normalize

from retrieval.label import Label, Level

Principal = NewType("Principal", str)
"""An opaque string: `everyone`, `user:..`, `group:..`, `channel:..`, `email:..`, `ext:<source>/<group>`."""

EVERYONE = Principal("everyone")


@dataclass(frozen=True, slots=True)
class Readers:
    """The principals that everyone present in a conversation shares. Empty: nobody, so nothing is visible.

    There is no default and no value that means "all": whoever searches says for whom.
    """

    principals: frozenset[Principal]

    def may_read(self, readers: frozenset[Principal]) -> bool:
        return not self.principals.isdisjoint(readers)


NOBODY = Readers(frozenset())


@dataclass(frozen=True, slots=True)
class Rule:
    """For the documents of a source whose uri matches the glob `match`: another level, other readers."""

    match: str
    level: Level
    readers: frozenset[Principal]


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from.

    location: what the kind needs to find it (a folder for `files`). link: the address that a document's uri is
    appended to, where people can open it. owner: whom to ask when the documents do not know. Of the rules that
    match, the one with the highest level wins (of equals the later); none matches: the source's own level and
    readers.
    """

    name: str
    kind: str
    location: str
    level: Level
    readers: frozenset[Principal]
    rules: tuple[Rule, ...] = ()
    link: str | None = None
    owner: str | None = None

    def access(self, uri: str) -> tuple[Level, frozenset[Principal]]:
        """What this source says of one of its documents: its level and its readers."""
        # A name can be spelled in more than one way (macOS decomposes Hangul, Windows does not tell HR from hr): a
        # rule that missed one of them would leave a document to the laxer level of its source.
        name = _one_spelling(uri)
        matching = [rule for rule in reversed(self.rules) if fnmatchcase(name, _one_spelling(rule.match))]
        if not matching:
            return self.level, self.readers
        strictest = max(matching, key=lambda rule: rule.level)
        return strictest.level, strictest.readers


def _one_spelling(name: str) -> str:
    return normalize("NFC", name).casefold()


@dataclass(frozen=True, slots=True)
class Document:
    """One page or file as its source last gave it in a readable state."""

    id: int
    source: str
    uri: str
    title: str
    level: Level
    readers: frozenset[Principal]
    link: str | None = None
    owner: str | None = None

    @property
    def label(self) -> Label:
        """Only what the source says; what the text says is detected at decision time. The origin names no document:
        reasons are kept and shown, and a file's name or number may say too much."""
        return Label.of(self.level, "source", f"source {self.source}")


@dataclass(frozen=True, slots=True)
class Passage:
    """One retrievable piece of a document.

    heading: the headings above it, outermost first, joined by " › ". score: its BM25 and a part of its document's,
    higher is better; comparable within one search only. confidence: how much of the BM25 that a passage could reach
    for this query it does reach, 0 to 1; comparable between searches.
    """

    id: int
    document: Document
    heading: str
    text: str
    score: float
    confidence: float
