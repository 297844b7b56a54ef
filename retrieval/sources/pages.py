"""What a web page and a site map say of themselves and of others. Nothing is fetched here, and nothing parsed: that is
done where documents are."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, lookup
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message

from retrieval.addresses import Address
from retrieval.fetch import Fetched
from retrieval.parse import Parsed

SUFFIXES: Mapping[str, str] = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/x-hwp": ".hwp",
    "application/haansofthwp": ".hwp",
    "application/vnd.hancom.hwp": ".hwp",
    "application/vnd.hancom.hwpx": ".hwpx",
    "message/rfc822": ".eml",
}
"""Content types of documents. text/plain and application/octet-stream say less than the end of the address does."""

_ENCODING = re.compile(
    r"utf-(16|32)(-[bl]e)?|cp\d+|iso8859-\d+|koi8-[rtu]|(euc|iso2022)_\w+|shift_jis\w*|gb\w+|big5\w*|johab|hz|mac-\w+|tis-620"
)
"""Python's names for how the web writes text. It has others: punycode, for one, takes hours for what is large."""

_UNTOLD = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True, slots=True)
class Page:
    """links: where it leads. canonical: the address that it names as its own, if it names one."""

    links: tuple[Address, ...]
    canonical: Address | None
    index: bool
    follow: bool


def suffix_of(fetched: Fetched) -> str | None:
    """Of the family of its content; None: it is no document."""
    content_type, _ = _content_type(fetched.headers)
    name = fetched.address.path.partition("?")[0].rpartition("/")[2]
    own = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if content_type in _UNTOLD:
        return own if own in SUFFIXES.values() else SUFFIXES.get(content_type)
    return SUFFIXES.get(content_type)


def content_of(fetched: Fetched) -> bytes:
    """Its bytes; text in the encoding that only the headers tell as UTF-8 with the mark that says so."""
    content_type, charset = _content_type(fetched.headers)
    if not content_type.startswith("text/") or not charset or fetched.content.startswith(BOM_UTF8):
        return fetched.content
    try:
        codec = lookup(charset).name
        if not _ENCODING.fullmatch(codec):
            return fetched.content
        return BOM_UTF8 + fetched.content.decode(codec).encode()
    except (LookupError, ValueError):
        return fetched.content


def page_of(fetched: Fetched, said: Parsed) -> Page:
    """said: by the page itself, as parse/links.py reads it. The header counts as well."""
    told = {section.headings[0]: section.blocks for section in said.sections if section.headings}
    robots = ",".join([fetched.headers.get("x-robots-tag", "").lower(), *told.get("robots", ())])
    words = {word.strip() for word in robots.split(",")}
    base = next(_addresses(fetched.address, told.get("base", ())), fetched.address)
    return Page(
        links=tuple(dict.fromkeys(_addresses(base, told.get("links", ())))),
        canonical=next(_addresses(base, told.get("canonical", ())), None),
        index=not words & {"noindex", "none"},
        follow=not words & {"nofollow", "none"},
    )


def sitemap_of(fetched: Fetched, said: Parsed) -> tuple[bool, tuple[Address, ...]]:
    """(whether it is an index of site maps, the addresses that it names). said: as parse/sitemap.py reads it."""
    is_index = any(section.headings == ("sitemapindex",) for section in said.sections)
    named = [block for section in said.sections for block in section.blocks[1:]]
    return is_index, tuple(_addresses(fetched.address, named))


def _addresses(base: Address, references: Iterable[str]) -> Iterator[Address]:
    """Without what is no address of a page: mailto:, javascript:, what nobody can read."""
    for reference in references:
        with suppress(ValueError):
            yield base.joined(reference)


def _content_type(headers: Mapping[str, str]) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    told = headers.get("content-type", "").partition(";")[0].strip().lower()
    charset = message.get_param("charset")
    return told, charset if isinstance(charset, str) else None
