"""The addresses that a site map names (sitemaps.org), without entities, DTDs and network."""

from __future__ import annotations

import zlib

from lxml import etree

from retrieval.parse import Parsed, Section
from retrieval.parse.refusals import Refusal

MAX_SITEMAP = 50 * 1024 * 1024
"""Bytes unpacked, as sitemaps.org has it."""


def parse(_: str, content: bytes) -> Parsed:
    """One section, named after its first element: urlset or sitemapindex. Its first block is its name."""
    content = _unpacked(content)
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise Refusal("map_dtd")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise Refusal("map_xml") from None
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        raise Refusal("no_map")
    named = (
        element.text
        for element in root.iter("{*}loc")
        if element.text and etree.QName(element.getparent()).localname in ("url", "sitemap")
    )
    return Parsed(kind, (Section((kind,), (kind, *named)),))


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        unpacked = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, MAX_SITEMAP + 1)
    except zlib.error:
        raise Refusal("map_packed") from None
    if len(unpacked) > MAX_SITEMAP:
        raise Refusal("map_unpacks", mb=MAX_SITEMAP // 1024**2)
    return unpacked
