"""What left, like a bank statement: a line for each day, recipient and set of sources, with what it has come to. Pure.

Figures of requests, never of texts. A request rests on several sources at once, and its characters cannot be told
apart by them: a line names them all, so that its sums are exact. Only in `sources` does such a request count with each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that left, as the audit has it. vendor, country: empty where naru.toml did not say. tokens: None
    where the vendor did not. masked: how many values of each kind stayed behind a placeholder."""

    at: datetime
    decision: str
    question: str
    host: str
    vendor: str
    country: str
    model: str
    characters: int
    prompt_tokens: int | None
    completion_tokens: int | None
    sources: tuple[str, ...]
    masked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """uncounted: requests of whose tokens the vendor said nothing; they are in no sum of tokens."""

    requests: int = 0
    characters: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    uncounted: int = 0
    masked: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: Iterable[Sent]) -> Sums:
        every = list(sent)
        masked: Counter[str] = Counter()
        for one in every:
            masked.update(one.masked)
        return cls(
            len(every),
            sum(one.characters for one in every),
            sum(one.prompt_tokens or 0 for one in every),
            sum(one.completion_tokens or 0 for one in every),
            sum(one.prompt_tokens is None or one.completion_tokens is None for one in every),
            dict(sorted(masked.items())),
        )

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    vendor: str
    country: str
    host: str
    model: str

    @classmethod
    def of(cls, sent: Sent) -> Recipient:
        return cls(sent.vendor, sent.country, sent.host, sent.model)


@dataclass(frozen=True, slots=True)
class Line:
    """characters_so_far, tokens_so_far: with all lines before."""

    day: date
    recipient: Recipient
    sources: tuple[str, ...]
    sums: Sums
    characters_so_far: int
    tokens_so_far: int


@dataclass(frozen=True, slots=True)
class Statement:
    """first, last: ids of the Decisions by which the first request left and the last; None: nothing left."""

    lines: tuple[Line, ...]
    total: Sums
    recipients: Mapping[Recipient, Sums]
    sources: Mapping[str, Sums]
    questions: int
    first: str | None
    last: str | None


def statement(sent: Iterable[Sent], zone: ZoneInfo) -> Statement:
    """zone: in which a day begins and ends."""
    every = sorted(sent, key=lambda one: one.at)
    return Statement(
        lines=tuple(_lines(every, zone)),
        total=Sums.of(every),
        recipients={name: Sums.of(one for one in every if Recipient.of(one) == name) for name in _recipients(every)},
        sources={name: Sums.of(one for one in every if name in one.sources) for name in _sources(every)},
        questions=len({one.question for one in every}),
        first=every[0].decision if every else None,
        last=every[-1].decision if every else None,
    )


def _lines(every: Iterable[Sent], zone: ZoneInfo) -> Iterable[Line]:
    def of(one: Sent) -> tuple[date, Recipient, tuple[str, ...]]:
        return one.at.astimezone(zone).date(), Recipient.of(one), tuple(sorted(set(one.sources)))

    characters = tokens = 0
    for (day, recipient, sources), group in groupby(sorted(every, key=of), key=of):
        sums = Sums.of(group)
        characters += sums.characters
        tokens += sums.tokens
        yield Line(day, recipient, sources, sums, characters, tokens)


def _recipients(every: Iterable[Sent]) -> list[Recipient]:
    return sorted({Recipient.of(one) for one in every})


def _sources(every: Iterable[Sent]) -> list[str]:
    return sorted({name for one in every for name in one.sources})
