"""Which parser reads which document."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote

from retrieval.parse import MAX_BYTES, Parsed, UnreadableFault
from retrieval.parse.decode import decode
from retrieval.parse.markdown import parse_markdown

Parser = Callable[[str, str], Parsed]
"""(name, text) -> Parsed; `name` is the title of a document that gives none."""

_SHORT = 10_000
PARSERS: Mapping[str, Parser] = {
    ".md": parse_markdown,
    ".markdown": parse_markdown,
}


async def in_thread(uri: str, content: bytes, suffix: str | None = None) -> Parsed:
    """`parse` beside the event loop: for what is known to be harmless. A short text takes less than a thread does."""
    if len(content) <= _SHORT:
        return parse(uri, content, suffix)
    return await asyncio.to_thread(parse, uri, content, suffix)


def parse(uri: str, content: bytes, suffix: str | None = None) -> Parsed:
    """suffix: of its family; None: the uri's own. Raises UnreadableFault for what is too big, binary, empty or of no
    known family."""
    path = PurePosixPath(uri)
    parser = PARSERS.get((suffix or path.suffix).lower())
    if parser is None:
        raise UnreadableFault(f"{uri} is of no kind that Naru reads ({', '.join(PARSERS)}).", "unknown")
    if len(content) > MAX_BYTES:
        raise UnreadableFault(f"{uri} is over {MAX_BYTES // 1024**2} MB: split it.", "too_big")
    text = decode(uri, content)
    if not text.strip():
        raise UnreadableFault(f"{uri} is empty.", "empty")
    parsed = parser(" ".join(unquote(path.stem, errors="replace").split()), text)
    if not parsed.sections:
        raise UnreadableFault(f"{uri} has a title and no text.", "empty")
    return parsed
