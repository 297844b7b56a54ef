"""Rows of this package's tables to its words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row

from retrieval.label import ImportedLabel, Level
from retrieval.passage import Document, Principal, Rule, Said, Source


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
        schedule=row.schedule,
        options=row.options,
    )


def said_of(row: Mapping[str, Any]) -> Said:
    """From the column `said`."""
    level, readers, from_ = row.get("level"), row.get("readers"), row.get("in_force_from")
    return Said(
        title=row.get("title"),
        level=None if level is None else Level(level),
        readers=None if readers is None else _principals(readers),
        narrows=row.get("narrows", False),
        in_force_from=None if from_ is None else date.fromisoformat(from_),
        changed=None if (changed := row.get("changed")) is None else date.fromisoformat(changed),
        owner=row.get("owner"),
        link=row.get("link"),
        labels=_labels(row, "labels"),
        carried=_labels(row, "carried"),
    )


def labels_of(row: Mapping[str, Any]) -> tuple[ImportedLabel, ...]:
    """Every label that a document carries, from the column `said`."""
    return _labels(row, "labels") + _labels(row, "carried")


def _labels(row: Mapping[str, Any], key: str) -> tuple[ImportedLabel, ...]:
    return tuple(ImportedLabel(*one) for one in row.get(key, ()))


def said_row(said: Said) -> dict[str, Any]:
    """For the column `said`: only what was said."""
    values = {
        "title": said.title,
        "level": None if said.level is None else int(said.level),
        "readers": None if said.readers is None else sorted(said.readers),
        "narrows": said.narrows or None,
        "in_force_from": None if said.in_force_from is None else said.in_force_from.isoformat(),
        "changed": None if said.changed is None else said.changed.isoformat(),
        "owner": said.owner,
        "link": said.link,
        "labels": [[one.name, one.id] for one in said.labels] or None,
        "carried": [[one.name, one.id] for one in said.carried] or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def document_of(row: Row[Any]) -> Document:
    """From the columns document_id, source, uri, title, level, readers, link, owner, own_link, in_force_from,
    in_force_until, said. link: the source's, which the uri is appended to; own_link: the document's."""
    return Document(
        id=row.document_id,
        source=row.source,
        uri=row.uri,
        title=row.title,
        level=Level(row.level),
        readers=_principals(row.readers),
        link=row.own_link or (None if row.link is None else _address(row.link, row.uri)),
        owner=row.owner,
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        labels=labels_of(row.said),
    )


def _principals(names: list[str]) -> frozenset[Principal]:
    return frozenset(map(Principal, names))


def _address(link: str, uri: str) -> str:
    # A uri escapes its control characters already.
    return f"{link.rstrip('/')}/{quote(uri, safe='/%')}"
