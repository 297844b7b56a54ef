"""Web pages, whole: an extractor made for news leaves out the tables and side notes that handbooks live on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import html
from lxml.etree import ParserError, XMLSyntaxError

from retrieval.parse import Parsed
from retrieval.parse.decode import decode
from retrieval.parse.grid import table
from retrieval.parse.outline import Outline
from retrieval.parse.refusals import Refusal

Element = Any

_DROPPED = frozenset({
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "audio", "video", "map",
    "nav", "footer", "form", "button", "input", "select", "textarea", "dialog", "head", "link", "meta",
})  # fmt: skip
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog", "alertdialog"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "meter", "output", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr", "img", "picture",
})  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f\u00a0\u200b]+")
_MOST = 0.5
"""The share of a page's text that its <article> must hold to be taken for the page."""
_WIDEST = 100
_CELLS = 500_000
"""Of one table."""
_DEEPEST = 200
"""Elements within elements; libxml2 itself stops at 256."""


def parse(name: str, content: bytes) -> Parsed:
    declared = _CHARSET.search(content[:4096])
    text = decode(content, declared[1].decode("ascii", "replace") if declared else None)
    try:
        # Bytes, because lxml takes no str that declares an encoding.
        document = html.document_fromstring(text.encode(), html.HTMLParser(encoding="utf-8", no_network=True))
    except (ParserError, XMLSyntaxError, ValueError, AssertionError):
        raise Refusal("empty" if not text.strip() else "broken") from None
    root = _root(document)
    page = _Page()
    page.read(root)
    tops = [heading for heading in root.iter("h1") if not _dropped(heading)]
    own = _inline(tops[0], _DEEPEST).strip() if len(tops) == 1 else document.findtext(".//title") or ""
    return page.parsed(name, own)


def _root(document: Element) -> Element:
    """What the page is about: its <main>, or an <article> that holds most of it."""
    for path in (".//main", ".//*[@role='main']"):
        found = document.findall(path)
        if len(found) == 1:
            return found[0]
    body = document.find("body")
    whole = document if body is None else body
    articles = document.findall(".//article")
    if len(articles) == 1 and len(articles[0].text_content()) > _MOST * len(whole.text_content()):
        return articles[0]
    return whole


class _Page:
    """Feeds an Outline: text runs on until the edge of a block."""

    def __init__(self) -> None:
        self._outline = Outline()
        self._text = ""

    def parsed(self, name: str, title: str) -> Parsed:
        self._flush()
        return self._outline.parsed(name, title)

    def read(self, element: Element, room: int = _DEEPEST) -> None:
        """The element and what is in it; the text after it is its parent's."""
        if room == 0:
            raise Refusal("too_deep")
        if _dropped(element):
            return
        tag = element.tag
        if tag in _INLINE:
            self._text += _inline(element, room)
        elif tag == "br":
            self._text += "\n"
        elif tag in _HEADINGS:
            self._flush()
            if heading := _tidy(_inline(element, room)):
                self._outline.heading(_HEADINGS[tag], heading)
        elif tag in ("ul", "ol", "menu"):
            self._block("\n".join(_items(element, 0, room)))
        elif tag == "table" and (rows := _rows(element, room)):
            self._block(table(rows))
        elif tag == "pre":
            self._block(f"```\n{''.join(element.itertext()).strip(chr(10))}\n```")
        else:
            self._flush()
            self._text += element.text or ""
            for child in element:
                self.read(child, room - 1)
                self._text += child.tail or ""
            self._flush()

    def _block(self, text: str) -> None:
        self._flush()
        self._outline.block(text)

    def _flush(self) -> None:
        self._outline.block(_tidy(self._text))
        self._text = ""


def _dropped(element: Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in _DROPPED:  # comments have a function for a tag
        return True
    look = element.get
    return (
        look("hidden") is not None
        or look("aria-hidden") == "true"
        or look("role") in _ROLES
        or bool(_HIDDEN.search(look("style", "")))
    )


def _inline(element: Element, room: int) -> str:
    """The text in an element, whatever is in it."""
    if room == 0:
        raise Refusal("too_deep")
    if _dropped(element):
        return ""
    if element.tag == "br":
        return "\n"
    if element.tag == "img":
        return str(element.get("alt", ""))
    parts = [element.text or ""]
    for child in element:
        parts += [_inline(child, room - 1), child.tail or ""]
    text = "".join(parts)
    return text if element.tag in _INLINE else f"\n{text}\n"


def _tidy(text: str) -> str:
    lines = (" ".join(_SPACE.split(line)).strip() for line in text.split("\n")) if "\n" in text else (text,)
    return "\n".join(line for line in (_SPACE.sub(" ", line).strip() for line in lines) if line)


def _items(element: Element, depth: int, room: int) -> Iterator[str]:
    if room == 0:
        raise Refusal("too_deep")
    number = int(start) if (start := element.get("start", "1")).isdigit() else 1
    for item in element:
        if _dropped(item):
            continue
        if item.tag in ("ul", "ol", "menu"):
            yield from _items(item, depth + 1, room - 1)
            continue
        text = [item.text or ""]
        inner: list[Element] = []
        for child in item:
            if child.tag in ("ul", "ol", "menu"):
                inner.append(child)
            else:
                text.append(_inline(child, room - 1))
            text.append(child.tail or "")
        if line := " ".join(_tidy("".join(text)).split("\n")):
            yield "  " * depth + (f"{number}. {line}" if element.tag == "ol" else f"- {line}")
            number += 1
        for nested in inner:
            if not _dropped(nested):
                yield from _items(nested, depth + 1, room - 1)


def _rows(element: Element, room: int) -> list[list[str]]:
    """The rows of a table of data, spanning cells said in each; none where it only lays out the page."""
    # An element without children is false.
    headed = next(element.iter("h1", "h2", "h3", "h4"), None) is not None
    if headed or sum(1 for _ in element.iter("table")) > 1:
        return []
    room = _CELLS
    rows: list[list[str]] = []
    below: dict[int, tuple[str, int]] = {}
    for row in (row for row in element.iter("tr") if not _dropped(row)):
        cells: list[str] = []
        for cell in (*(cell for cell in row if cell.tag in ("td", "th") and not _dropped(cell)), None):
            while len(cells) in below:
                text, left = below.pop(len(cells))
                if left > 1:
                    below[len(cells)] = (text, left - 1)
                cells.append(text)
            if cell is None:
                break
            text = " ".join(_inline(cell, room - 1).split())
            if (height := _span(cell, "rowspan")) > 1:
                below[len(cells)] = (text, height - 1)
            cells += [text, *[""] * (_span(cell, "colspan") - 1)]
        rows.append(cells)
        room -= len(cells)
        if room < 0:
            raise Refusal("too_many_cells", thousands=_CELLS // 1000)
    return rows if max(map(len, rows), default=0) > 1 else []


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1")
    return min(max(int(value), 1), _WIDEST) if value.isdigit() and len(value) < 6 else 1
