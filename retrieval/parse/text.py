"""Plain text to one section of paragraphs. Pure."""

from __future__ import annotations

import re

from retrieval.parse import Parsed, Section
from retrieval.parse.decode import decode

_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def parse_text(name: str, content: bytes) -> Parsed:
    """The title is the file's name: what a text's first line is, nobody knows."""
    blocks = tuple(block.strip("\n") for block in _EMPTY_LINES.split(decode(content)) if block.strip())
    return Parsed(name, (Section((), blocks),) if blocks else ())
