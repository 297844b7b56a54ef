"""What a web page and a site map say of themselves and of others. Nothing is fetched here.

lxml reads them without entities, DTDs and network; what it cannot make sense of says nothing.
"""

from __future__ import annotations

import zlib
from codecs import BOM_UTF8, lookup
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from lxml import etree

from retrieval.addresses import Address
from retrieval.fetch import Fetched

MAX_SITEMAP = 50 * 1024 * 1024
"""Bytes unpacked, as sitemaps.org has it."""

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
        if lookup(charset).name == "utf-8":
            return fetched.content
        return BOM_UTF8 + fetched.content.decode(charset).encode()
    except (LookupError, UnicodeDecodeError):
        return fetched.content


def read_page(fetched: Fetched) -> Page:
    """Of an HTML page."""
    parser = etree.HTMLParser(no_network=True, recover=True, huge_tree=False, remove_comments=True)
    robots = fetched.headers.get("x-robots-tag", "").lower()
    content = content_of(fetched)
    root = etree.fromstring(content, parser) if content.strip() else None
    if root is None:
        return Page((), None, "noindex" not in robots, "nofollow" not in robots)
    base, canonical, links = fetched.address, None, []
    for element in root.iter("base", "meta", "link", "a", "area", "iframe", "frame"):
        told = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        if element.tag == "base":
            base = _joined(fetched.address, told.get("href")) or base
        elif element.tag == "meta" and told.get("name", "").lower() in ("robots", "naru"):
            robots += "," + told.get("content", "").lower()
        elif element.tag == "link" and told.get("rel", "").lower() == "canonical":
            canonical = canonical or _joined(base, told.get("href"))
        elif element.tag in ("a", "area") and "nofollow" not in told.get("rel", "").lower():
            links.append(_joined(base, told.get("href")))
        elif element.tag in ("iframe", "frame"):
            links.append(_joined(base, told.get("src")))
    words = {word.strip() for word in robots.split(",")}
    found = tuple(dict.fromkeys(link for link in links if link is not None))
    return Page(found, canonical, not words & {"noindex", "none"}, not words & {"nofollow", "none"})


def read_sitemap(fetched: Fetched) -> tuple[bool, tuple[Address, ...]]:
    """(whether it is an index of site maps, the addresses that it names). Raises ValueError with the rest of a
    sentence."""
    content = _unpacked(fetched.content)
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise ValueError("holds a DTD, which no site map needs")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise ValueError("is not XML") from None
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        raise ValueError("is no site map: its first element is neither urlset nor sitemapindex")
    return kind == "sitemapindex", tuple(_locations(root, fetched.address))


def _locations(root: Any, base: Address) -> Iterator[Address]:
    for element in root.iter("{*}loc"):
        address = _joined(base, element.text)
        if address is not None and etree.QName(element.getparent()).localname in ("url", "sitemap"):
            yield address


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        unpacked = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, MAX_SITEMAP + 1)
    except zlib.error:
        raise ValueError("is not packed as its first bytes say") from None
    if len(unpacked) > MAX_SITEMAP:
        raise ValueError(f"unpacks to over {MAX_SITEMAP // 1024**2} MB")
    return unpacked


def _joined(base: Address, reference: str | None) -> Address | None:
    """None for what is no address of a page: mailto:, javascript:, what nobody can read."""
    if not reference:
        return None
    try:
        return base.joined(reference)
    except ValueError:
        return None


def _content_type(headers: Mapping[str, str]) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    told = headers.get("content-type", "").partition(";")[0].strip().lower()
    charset = message.get_param("charset")
    return told, charset if isinstance(charset, str) else None
