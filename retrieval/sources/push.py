"""Documents that other systems send: one JSON object a line. What they sent is kept and read like any other source."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from retrieval.label import ImportedLabel, Level
from retrieval.parse import UnreadableFault
from retrieval.parse.decode import MAX_TEXT
from retrieval.passage import Principal, Said, Source, principal
from retrieval.pushed import PushStore
from retrieval.sources import Listed, Loaded, Reader
from retrieval.sources.kind import Absolute, Kind, Means

FORMATS: Mapping[str, str] = {"text": ".txt", "markdown": ".md", "html": ".html"}
"""What `format` may say, and the suffix of its family."""

LONGEST_LINE = 16 * 1024 * 1024
LONGEST_NAME = 1024
LONGEST_LABEL = 200
MOST_READERS = 200

_KEYS = frozenset(
    {"uri", "title", "text", "format", "readers", "level", "label", "effective_from", "owner", "link", "deleted"}
)


@dataclass(frozen=True, slots=True)
class Pushed:
    """A document as it was sent. version: another one for another content."""

    uri: str
    text: str
    format: str
    said: Said

    @property
    def version(self) -> str:
        return sha256(f"{self.format}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Deleted:
    uri: str


def read_line(line: bytes) -> Pushed | Deleted:
    """What a line asks for. Raises ValueError with what is wrong with it, never with what it says."""
    told = _object(line)
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        known = ", ".join(sorted(_KEYS))
        raise ValueError(f"has a key that is not known; the keys are {known}")
    uri = _uri(told)
    deleted = told.get("deleted", False)
    if not isinstance(deleted, bool):
        raise ValueError("deleted must be true or false")
    if deleted:
        return Deleted(uri)
    format_ = told.get("format", "text")
    if not isinstance(format_, str) or format_ not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}")
    text = _text(told, "text", MAX_TEXT)
    if text is None or not text.strip():
        raise ValueError("text is missing or empty; to delete a document, send deleted: true")
    return Pushed(uri, text, format_, _said(told))


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON (character {error.pos + 1})") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(told, dict):
        raise ValueError("is JSON, and no object in {braces}")
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("has the same key twice")
    return told


def _said(told: Mapping[str, Any]) -> Said:
    title, label = _text(told, "title", LONGEST_NAME), _text(told, "label", LONGEST_LABEL)
    return Said(
        title=" ".join(title.split()) or None if title else None,
        level=_level(told),
        readers=_readers(told),
        in_force_from=_date(told),
        owner=_text(told, "owner", LONGEST_NAME),
        link=_link(told),
        labels=(ImportedLabel(label),) if label else (),
    )


def _text(told: Mapping[str, Any], key: str, longest: int) -> str | None:
    value = told.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{key} must be text")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise ValueError(f"{key} holds half a character") from None
    if "\0" in value:
        raise ValueError(f"{key} holds a NUL character")
    if size > longest:
        raise ValueError(f"{key} is over {longest:,} bytes: split it")
    return value or None


def _uri(told: Mapping[str, Any]) -> str:
    uri = _text(told, "uri", LONGEST_NAME)
    if uri is None:
        raise ValueError("uri is missing or empty")
    if uri != uri.strip() or any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in uri):
        raise ValueError("uri must be one line without characters that nobody sees")
    if uri.endswith("/"):
        raise ValueError("uri must not end with /")
    return uri


def _level(told: Mapping[str, Any]) -> Level | None:
    value = _text(told, "level", LONGEST_NAME)
    try:
        return None if value is None else Level.named(value)
    except ValueError:
        raise ValueError("level must be public, internal, confidential or restricted") from None


def _readers(told: Mapping[str, Any]) -> frozenset[Principal] | None:
    value = told.get("readers")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("readers must be a list of texts")
    if not 1 <= len(value) <= MOST_READERS:
        raise ValueError(f"readers must be 1 to {MOST_READERS}")
    try:
        return frozenset(principal(_text({"readers": one}, "readers", LONGEST_NAME) or "") for one in value)
    except ValueError as error:
        raise ValueError(f"each of readers {error}") from None


def _date(told: Mapping[str, Any]) -> date | None:
    value = _text(told, "effective_from", LONGEST_NAME)
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise ValueError("effective_from must be a date such as 2027-01-31") from None


def _link(told: Mapping[str, Any]) -> str | None:
    value = _text(told, "link", 4096)
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        usable = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and not parts.password
        )
    except ValueError:
        usable = False
    if not usable or not value.isprintable() or " " in value:
        raise ValueError("link must be an address that begins with http:// or https://, without a password")
    return value


class PushedDocuments:
    """Reads what was pushed to one source."""

    def __init__(self, store: PushStore, source: str) -> None:
        self._store = store
        self._source = source

    async def list(self) -> AsyncIterator[Listed]:
        async for uri, version, said in self._store.listed(self._source):
            yield Listed(uri, version, said)

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        kept = await self._store.kept(self._source, uri)
        if kept is None:
            raise UnreadableFault(f"{uri} cannot be read (it is not there any more).", "away")
        text, format_, found = kept
        if version is not None and found == version:
            return None
        return Loaded(text.encode(), found, FORMATS[format_])


def _located(location: str, _: Absolute) -> str:
    if location:
        raise ValueError("is of no use for kind push: other systems send its documents")
    return location


def _reader(source: Source, means: Means) -> Reader:
    return PushedDocuments(PushStore(means.database), source.name)


KIND = Kind(_located, _reader)
