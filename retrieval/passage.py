"""What retrieval talks about: Source, Document, Passage, and who may read them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Literal, NewType, cast
from unicodedata import normalize

from retrieval.confidence import NO_SIGNALS, How, Signals
from retrieval.label import ImportedLabel, Label, Level

Principal = NewType("Principal", str)
"""An opaque string: `everyone`, `user:..`, `group:..`, `channel:..`, `email:..`, `ext:<source>/<group>`."""

EVERYONE = Principal("everyone")

APPROVED = "approved"
"""The source of questions with answers that people approved. They show how an answer is to be; no question finds them
among what answers it."""

_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """As PostgreSQL takes it: NUL and half of a character, as JSON of somebody else may hold them, are marked."""
    return _NO_TEXT.sub("\ufffd", text)


def principal(text: str) -> Principal:
    """With an address in small letters, as people's own are compared. Raises ValueError with the rest of a sentence for
    what has none of the forms."""
    if not re.fullmatch(r"everyone|(user|group|channel|email|ext):\S+", text):
        raise ValueError("must be everyone, user:.., group:.., channel:.., email:.. or ext:<source>/<group>")
    return Principal(text.lower() if text.startswith("email:") else text)


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
class Said:
    """What a source says of one of its documents beside its text; None where it says nothing.

    title: wins over the one that stands in the document. level: raises what the source's settings say and never lowers
    it. readers: in place of the source's own, unless a rule matches; narrows: they are met with what the source and its
    rules say, and never widen it. in_force_from: the first day on which it holds. changed: the day of its newest
    version, which says nothing of when it holds. owner, link: in place of the source's. labels: what the source calls
    its level in words of its own; carried: those that stand in the document itself.
    """

    title: str | None = None
    level: Level | None = None
    readers: frozenset[Principal] | None = None
    narrows: bool = False
    in_force_from: date | None = None
    changed: date | None = None
    owner: str | None = None
    link: str | None = None
    labels: tuple[ImportedLabel, ...] = ()
    carried: tuple[ImportedLabel, ...] = ()

    def __post_init__(self) -> None:
        # Here and not where it is stored: what is stored is compared with what is said the next time.
        for name in ("title", "owner", "link"):
            if (said := getattr(self, name)) is not None and _NO_TEXT.search(said):
                object.__setattr__(self, name, storable(said))


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from.

    location: what the kind needs to find it (a folder for `files`). link: the address that a document's uri is
    appended to, where people can open it. owner: whom to ask when the documents do not know. Of the rules that
    match, the one with the highest level wins (of equals the later); none matches: the source's own level and
    readers. schedule: when it is re-indexed, as cron says it. options: what only its kind knows.
    """

    name: str
    kind: str
    location: str
    level: Level
    readers: frozenset[Principal]
    rules: tuple[Rule, ...] = ()
    link: str | None = None
    owner: str | None = None
    schedule: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)

    def access(self, uri: str, said: Said = NOTHING_SAID) -> tuple[Level, frozenset[Principal]]:
        """The level and the readers of one of its documents, of which it said so much."""
        if said.narrows and said.readers is not None:
            level, own = self.access(uri, replace(said, readers=None))
            return level, _met(own, said.readers)
        # A name can be spelled in more than one way (macOS decomposes Hangul, Windows does not tell HR from hr): a
        # rule that missed one of them would leave a document to the laxer level of its source.
        name = _one_spelling(uri)
        matching = [rule for rule in reversed(self.rules) if fnmatchcase(name, _one_spelling(rule.match))]
        if not matching:
            readers = self.readers if said.readers is None else said.readers
            return max(self.level, said.level or self.level), readers
        strictest = max(matching, key=lambda rule: rule.level)
        return max(strictest.level, said.level or strictest.level), strictest.readers


def _met(own: frozenset[Principal], said: frozenset[Principal]) -> frozenset[Principal]:
    """Those whom both name. Who is in a group is not known here, so only `everyone` is taken to hold others; of two
    that overlap in truth nobody is taken to be in both."""
    if EVERYONE in said:
        return own
    return said if EVERYONE in own else own & said


def _one_spelling(name: str) -> str:
    return normalize("NFC", name).casefold()


PlaceKind = Literal["page", "slide", "row"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a text stands, counted from 1, both ends included. Digits only, so that it says nothing."""

    kind: PlaceKind
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.kind} {self.first}-{self.last}"

    @classmethod
    def of(cls, text: str) -> Place | None:
        """What `str` gave, read back; None for the empty text."""
        if not text:
            return None
        kind, _, range_ = text.partition(" ")
        first, _, last = range_.partition("-")
        return cls(cast(PlaceKind, kind), int(first), int(last))

    def joined(self, other: Place | None) -> Place | None:
        """From the first of the two to the last; None where one has no place, or one of another kind."""
        if other is None or other.kind != self.kind:
            return None
        return Place(self.kind, min(self.first, other.first), max(self.last, other.last))


@dataclass(frozen=True, slots=True)
class InForce:
    """When a text holds, as of the day it was found. first, last: both included; None: not known.

    state: `now`; `later`, not yet; `before`, no longer: it has ended, or a newer version of it holds.
    """

    first: date | None
    last: date | None
    state: Literal["now", "later", "before"]


@dataclass(frozen=True, slots=True)
class Document:
    """One page or file as its source last gave it in a readable state. in_force_from, in_force_until: the first and the
    last day on which it holds; None: not known. labels: other systems' that it carries."""

    id: int
    source: str
    uri: str
    title: str
    level: Level
    readers: frozenset[Principal]
    link: str | None = None
    owner: str | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None
    labels: tuple[ImportedLabel, ...] = ()

    @property
    def label(self) -> Label:
        """Only what the source says; what the text says is detected at decision time, and what the policy says of the
        source and of other systems' labels is added then (`Rules.document_label`). The origin names no document:
        reasons are kept and shown, and a file's name or number may say too much."""
        return Label.of(self.level, "source", f"source {self.source}")


def key_of_passage(source: str, uri: str, heading: str, text: str) -> str:
    """What names a passage: the first 32 hexadecimal digits of a SHA-256 over where it stands and what it says."""
    said = "\0".join((source, uri, heading, text))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Passage:
    """One retrievable piece of a document.

    heading: the headings above it, outermost first, joined by " › ". score: its BM25 and a part of its document's,
    higher is better; comparable within one search only. confidence: the probability that it answers, which the signals
    say; comparable between searches. how: whether it was found by words alone. place: which pages, slides or rows of
    the file it stands on, None where it has none. in_force: when it holds, None where that is not known. also: the
    other documents of these readers that say the same, word for word. reranked: the re-ranker's score, None where it
    was not asked.
    """

    id: int
    document: Document
    heading: str
    text: str
    score: float
    confidence: float
    place: Place | None = None
    in_force: InForce | None = None
    also: tuple[Document, ...] = ()
    signals: Signals = NO_SIGNALS
    reranked: float | None = None
    how: How = "words"

    @property
    def key(self) -> str:
        """Another one once it says something else, or stands elsewhere."""
        return key_of_passage(self.document.source, self.document.uri, self.heading, self.text)
