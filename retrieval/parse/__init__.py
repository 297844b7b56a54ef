"""Bytes to text with structure, one file per family of formats; families.py registers them."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.errors import Fault

MAX_BYTES = 10 * 1024 * 1024


class UnreadableFault(Fault):
    """One document that cannot be read; its last good version stays."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, up to the next.

    headings: from the outermost to its own, without the document's title. blocks: paragraphs, lists, tables,
    code, each as the source writes it. At least one of the two is not empty.
    """

    headings: tuple[str, ...]
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    title: str
    sections: tuple[Section, ...]
