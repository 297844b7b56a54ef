"""Rows of this package's tables to its words. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import Row

from retrieval.label import Level
from retrieval.passage import Document, Principal, Rule, Source


def source_of(row: Row[Any]) -> Source:
    """From all columns of `source`."""
    return Source(
        name=row.name,
        kind=row.kind,
        location=row.location,
        level=Level(row.level),
        readers=_principals(row.readers),
        rules=tuple(Rule(rule["match"], Level(rule["level"]), _principals(rule["readers"])) for rule in row.rules),
        link=row.link,
        owner=row.owner,
    )


def document_of(row: Row[Any]) -> Document:
    """From the columns document_id, source, uri, title, level, readers, link, owner."""
    return Document(
        id=row.document_id,
        source=row.source,
        uri=row.uri,
        title=row.title,
        level=Level(row.level),
        readers=_principals(row.readers),
        link=None if row.link is None else _address(row.link, row.uri),
        owner=row.owner,
    )


def _principals(names: list[str]) -> frozenset[Principal]:
    return frozenset(map(Principal, names))


def _address(link: str, uri: str) -> str:
    # A uri escapes its control characters already.
    return f"{link.rstrip('/')}/{quote(uri, safe='/%')}"
