"""The statement of what left, as data, as rows of CSV, and in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from admin.reports.egress import Egress
from admin.reports.statement import Line, Recipient, Sums
from admin.reports.words import WORDS
from bot.words import Language

COLUMNS = (
    "day", "vendor", "country", "host", "model", "sources", "requests", "characters", "prompt_tokens",
    "completion_tokens", "requests_without_tokens", "masked", "characters_so_far", "tokens_so_far",
)  # fmt: skip


def data(found: Egress) -> dict[str, Any]:
    told = found.statement
    return {
        "period": {"first": str(found.period.first), "last": str(found.period.last)},
        "made": found.made.isoformat(),
        "lines": [_line(line) for line in told.lines],
        "total": _sums(told.total),
        "recipients": [_recipient(name) | _sums(sums) for name, sums in told.recipients.items()],
        "sources": {name: _sums(sums) for name, sums in told.sources.items()},
        "questions": {"left": told.questions, "stayed": found.stayed},
        "decisions": {"first": told.first, "last": told.last},
        "contract": found.terms.model_dump(mode="json") if found.terms else None,
        "seal": {
            "id": found.seal.id,
            "hash": found.seal.hash,
            "at": found.seal.at.isoformat(),
            "unsealed": found.seal.unsealed,
        }
        if found.seal
        else None,
    }


def rows(found: Egress) -> Iterator[Sequence[str]]:
    """One for each line, in the order of COLUMNS; what is several stands in one cell, parted by semicolons."""
    for line in found.statement.lines:
        flat = _line(line) | {
            "sources": "; ".join(line.sources),
            "masked": "; ".join(f"{kind} {count}" for kind, count in line.sums.masked.items()),
        }
        yield [_cell(str(flat[column])) for column in COLUMNS]


def _cell(text: str) -> str:
    """A spreadsheet takes what begins like this for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _line(line: Line) -> dict[str, Any]:
    return {
        "day": str(line.day),
        **_recipient(line.recipient),
        "sources": list(line.sources),
        **_sums(line.sums),
        "characters_so_far": line.characters_so_far,
        "tokens_so_far": line.tokens_so_far,
    }


def _recipient(recipient: Recipient) -> dict[str, Any]:
    where = {"vendor": recipient.vendor, "country": recipient.country}
    return {name: value or "not declared" for name, value in where.items()} | {
        "host": recipient.host,
        "model": recipient.model,
    }


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "requests": sums.requests,
        "characters": sums.characters,
        "prompt_tokens": sums.prompt_tokens,
        "completion_tokens": sums.completion_tokens,
        "requests_without_tokens": sums.uncounted,
        "masked": dict(sums.masked),
    }


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: what stands above it, its columns, its rows."""

    title: str
    columns: list[str]
    rows: Sequence[tuple[str, ...]]


def sheets(found: Egress, tongue: Language, zone: ZoneInfo) -> Iterator[Sheet]:
    """The statement for people, in the order in which they read it."""
    words, told = WORDS[tongue], found.statement
    head = [(words["period"], str(found.period)), (words["made"], f"{found.made.astimezone(zone):%Y-%m-%d %H:%M %Z}")]
    yield Sheet(words["title"], ["", ""], list(head))
    if told.lines:
        names = ("day", "vendor", "country", "model", "sources", "requests", "characters", "tokens", "so_far", "masked")
        total = (words["total"], "", "", "", "", *_figures(told.total), "", _kinds(told.total.masked))
        yield Sheet("", [words[name] for name in names], [*(_row(line, words) for line in told.lines), total])
        figures = [words[name] for name in ("requests", "characters", "tokens")]
        by_recipient = [(*_whose(r, words), r.host, *_figures(s)) for r, s in told.recipients.items()]
        yield Sheet(words["by_recipient"], ["", "", "", "", *figures], by_recipient)
        if told.sources:
            by_source = [(name, *_figures(sums)) for name, sums in told.sources.items()]
            yield Sheet(words["by_source"], ["", *figures], by_source)
    else:
        yield Sheet("", [""], [(words["nothing"],)])
    yield Sheet("", ["", ""], list(_foot(found, words, zone)))


def _row(line: Line, words: Mapping[str, str]) -> tuple[str, ...]:
    return (
        str(line.day),
        *_whose(line.recipient, words),
        ", ".join(line.sources) or words["question_alone"],
        *_figures(line.sums),
        f"{line.characters_so_far:,}",
        _kinds(line.sums.masked),
    )


def _whose(recipient: Recipient, words: Mapping[str, str]) -> tuple[str, str, str]:
    return _declared(recipient.vendor, words), _declared(recipient.country, words), recipient.model


def _figures(sums: Sums) -> tuple[str, str, str]:
    """Of tokens those of the prompts and those of the answers; with a question mark where some were not counted."""
    known = f"{sums.prompt_tokens:,}+{sums.completion_tokens:,}" if sums.tokens else ""
    tokens = " ".join(filter(None, (known, "(?)" if sums.uncounted else "")))
    return f"{sums.requests:,}", f"{sums.characters:,}", tokens or "0+0"


def _kinds(masked: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in masked.items()) or "–"


def _declared(text: str | None, words: Mapping[str, str]) -> str:
    return text or words["not_declared"]


def _foot(found: Egress, words: Mapping[str, str], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    told = found.statement
    yield words["left"], f"{told.questions:,}"
    yield words["stayed"], f"{found.stayed:,}"
    if told.total.uncounted:
        yield words["uncounted"], f"{told.total.uncounted:,}"
    yield words["first"], told.first or "–"
    yield words["last"], told.last or "–"
    yield words["terms"], _terms(found, words)
    yield words["seal"], _seal(found, words, zone)


def _terms(found: Egress, words: Mapping[str, str]) -> str:
    terms = found.terms
    if terms is None:
        return words["not_declared"]
    return words["contract"].format(
        vendor=_declared(terms.vendor, words),
        region=terms.region,
        days=terms.retention_days,
        training=words["trains" if terms.training else "trains_not"],
        contract=terms.contract,
        expires=terms.expires,
    )


def _seal(found: Egress, words: Mapping[str, str], zone: ZoneInfo) -> str:
    seal = found.seal
    if seal is None:
        return words["no_seal"] if found.statement.lines else "–"
    at = f"{seal.at.astimezone(zone):%Y-%m-%d %H:%M}"
    said = words["sealed"].format(id=seal.id, hash=seal.hash[:16], at=at)
    return words["unsealed"].format(sealed=said, count=seal.unsealed) if seal.unsealed else said
