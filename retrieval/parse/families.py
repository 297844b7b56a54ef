"""Which parser reads which document, whatever its name says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import PurePosixPath
from urllib.parse import unquote

from retrieval.parse import Parsed, Section
from retrieval.parse.decode import decode
from retrieval.parse.labels import has_labels, labels
from retrieval.parse.markdown import parse_markdown
from retrieval.parse.package import names
from retrieval.parse.recognise import container, refuse_protected
from retrieval.parse.refusals import Refusal
from retrieval.parse.separated import parse_csv
from retrieval.parse.text import parse_text

Parser = Callable[[str, bytes], Parsed]
"""(name, content) -> Parsed; `name` is the title of a document that gives none. Raises Refusal."""

_SHORT = 10_000


def _markdown(name: str, content: bytes) -> Parsed:
    return parse_markdown(name, decode(content))


TEXTS: Mapping[str, Parser] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": parse_text,
    ".log": parse_text,
    ".rst": parse_text,
    ".csv": parse_csv,
    ".tsv": parse_csv,
}
"""Read by nothing but Python. What their content looks like does not matter: they are this, or no text."""

_MARKED = (".html", ".htm", ".xhtml")
_BINARY = (".pdf", ".docx", ".pptx", ".pptm", ".xlsx", ".xlsm", ".hwp", ".hwpx")
_NAMED = (".doc", ".xls", ".ppt", ".xlsb", ".rtf", ".msg", ".pages", ".numbers", ".key", ".odt", ".ods", ".odp")
_NAMED_CAUSES = {".pages": "iwork", ".numbers": "iwork", ".key": "iwork"}

READ = (*TEXTS, *_MARKED, ".eml", *_BINARY)
"""The suffixes of what is read."""

SUFFIXES = (*READ, *_NAMED)
"""And of what is known and cannot be read, unless it is something else in truth: it is listed so that it is named."""

LINKS, SITEMAP, STORAGE = "page/links", "page/sitemap", "page/storage"
"""Suffixes that no file has: of what is read of a web page beside its text, and of Confluence's own format."""
_OF_PAGES = {LINKS: "links", SITEMAP: "sitemap", STORAGE: "storage"}

_HEAVY = ("docx", "html", "hwp", "links", "mail", "pdf", "pptx", "sitemap", "storage", "xlsx")
"""Modules with a function `parse`, loaded when first needed: only the processes that parse pay for their libraries."""

_PACKAGES = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
    ("Contents/section0.xml", "hwp"),
)
_OTHER_PACKAGES = (("xl/workbook.bin", "xlsb"), ("Index/Document.iwa", "iwork"), ("content.xml", "opendocument"))


async def in_thread(uri: str, content: bytes, suffix: str | None = None) -> Parsed:
    """`parse` beside the event loop: for what is known to be harmless. A short text takes less than a thread does."""
    if len(content) <= _SHORT:
        return parse(uri, content, suffix)
    return await asyncio.to_thread(parse, uri, content, suffix)


def parse(uri: str, content: bytes, suffix: str | None = None) -> Parsed:
    """In this process, without limits. suffix: of its family; None: the uri's own. Raises UnreadableFault."""
    name, own = named(uri)
    try:
        return read(name, suffix or own, content)
    except Refusal as refusal:
        raise refusal.fault(uri) from None


def named(uri: str) -> tuple[str, str]:
    """A document's name without its suffix, as people write it, and the suffix."""
    path = PurePosixPath(uri)
    return " ".join(unquote(path.stem, errors="replace").split()), path.suffix


def read(name: str, suffix: str, content: bytes, inside: bool = False) -> Parsed:
    """inside: it is attached to another document, and what is attached to it is only named. Raises Refusal."""
    if not content.strip(b" \t\r\n\f\xef\xbb\xbf"):
        raise Refusal("empty")
    refuse_protected(content)
    parsed = _clean(_parser(suffix.lower(), content, inside)(name, content))
    if not parsed.sections:
        raise Refusal("only_a_title")
    return parsed


def _parser(suffix: str, content: bytes, inside: bool) -> Parser:
    if suffix in TEXTS:
        return TEXTS[suffix]
    if suffix in _OF_PAGES:
        return _heavy(_OF_PAGES[suffix])
    if suffix == ".eml":
        return partial(_heavy("mail"), read=partial(read, inside=True), attachments=not inside)
    if suffix not in SUFFIXES:
        raise Refusal("unknown")
    match container(content):
        case "html":
            return _heavy("html")
        case "text" if suffix in _MARKED:
            return _heavy("html")
        case "text":
            raise Refusal(_NAMED_CAUSES.get(suffix, "broken"))
        case "pdf" | "hwp" as module:
            return _heavy(module)
        case "zip":
            return _package(content)


def _package(content: bytes) -> Parser:
    parts = names(content)
    for part, module in _PACKAGES:
        if part in parts:
            if any(name.startswith("META-INF/") and name.endswith("encryption.xml") for name in parts):
                raise Refusal("password")
            return partial(_labelled, _heavy(module)) if has_labels(parts) else _heavy(module)
    for part, cause in _OTHER_PACKAGES:
        if part in parts:
            raise Refusal(cause)
    raise Refusal("archive")


def _labelled(parser: Parser, name: str, content: bytes) -> Parsed:
    return replace(parser(name, content), labels=labels(content))


def load_all() -> None:
    for module in _HEAVY:
        _heavy(module)


def _heavy(module: str) -> Callable[..., Parsed]:
    parser: Callable[..., Parsed] = import_module(f"retrieval.parse.{module}").parse
    return parser


_CONTROL = dict.fromkeys(
    [*(code for code in range(32) if code not in (9, 10)), 127, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


def _clean(parsed: Parsed) -> Parsed:
    """Without the characters that are no text; what they alone held is gone with them."""
    sections = (
        Section(
            tuple(heading for one in section.headings if (heading := one.translate(_CONTROL)).strip()),
            tuple(block for one in section.blocks if (block := one.translate(_CONTROL)).strip()),
            section.place,
        )
        for section in parsed.sections
    )
    kept = tuple(section for section in sections if section.headings or section.blocks)
    title, front = parsed.title.translate(_CONTROL), parsed.front.translate(_CONTROL)
    return Parsed(title, kept, parsed.pictures, front, parsed.labels)
