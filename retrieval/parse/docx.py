"""Word documents: headings, paragraphs, lists with their numbers, tables, in the order of the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

from retrieval.parse import Parsed
from retrieval.parse.grid import table
from retrieval.parse.numbering import Numbering, part_of
from retrieval.parse.outline import Outline
from retrieval.parse.refusals import Refusal

Element = Any
"""An lxml element of WordprocessingML (ECMA-376, part 1, section 17)."""

_HEADING = re.compile(r"(?:heading|제목) ?([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|제목|표제", re.IGNORECASE)
_TEXT, _TAB, _HYPHEN = qn("w:t"), qn("w:tab"), qn("w:noBreakHyphen")
_BREAKS = (qn("w:br"), qn("w:cr"))
_PARAGRAPH, _TABLE, _PROPERTIES = qn("w:p"), qn("w:tbl"), qn("w:pPr")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = (_FALLBACK, _PROPERTIES, qn("w:del"), qn("w:moveFrom"))


def parse(name: str, content: bytes) -> Parsed:
    try:
        document = Document(BytesIO(content))
        return _Reading(document).parsed(name)
    except (PackageNotFoundError, BadZipFile, XMLSyntaxError, KeyError, ValueError, AttributeError, IndexError):
        raise Refusal("broken") from None


class _Reading:
    def __init__(self, document: DocumentObject) -> None:
        self._document = document
        self._numbering = Numbering(document)
        self._outline = Outline()
        self._title = ""
        self._items: list[str] = []
        part = part_of(document, "styles")
        styles = () if part is None else part.iterchildren(qn("w:style"))
        self._styles = {style.get(qn("w:styleId")): style for style in styles}
        self._style = cache(self._named)

    def parsed(self, name: str) -> Parsed:
        for element in _blocks(self._document.element.body):
            if element.tag == _TABLE:
                self._table(element)
            else:
                self._paragraph(element)
        self._end_list()
        return self._outline.parsed(name, self._title or self._document.core_properties.title or "")

    def _paragraph(self, element: Element) -> None:
        text = _said(element)
        if not text:
            return
        style = self._style(_value(element, "w:pStyle") or "")
        label = self._numbering.label(element, style)
        heading = _HEADING.fullmatch(style.name) if style.name else None
        level = int(heading[1]) if heading else _outline_level(element)
        if level is None and label is not None:
            self._items.append("  " * label.depth + f"{label.text} {text}")
            return
        self._end_list()
        if level is not None:
            self._outline.heading(level, f"{label.text} {text}" if label and label.text != "-" else text)
        elif not self._title and style.name and _TITLE.fullmatch(style.name):
            self._title = text
        else:
            self._outline.block(text)

    def _table(self, element: Element) -> None:
        self._end_list()
        rows = list(_rows(element))
        filled = [cell for row in rows for cell in row if cell]
        if len(filled) == 1:  # a frame around a paragraph
            self._outline.block(filled[0])
        else:
            self._outline.block(table(rows) if filled else "")

    def _end_list(self) -> None:
        self._outline.block("\n".join(self._items))
        self._items = []

    def _named(self, style_id: str) -> _Style:
        found = self._styles.get(style_id)
        name = None if found is None else found.find(qn("w:name"))
        return _Style("" if name is None else name.get(qn("w:val"), ""), found)


class _Style:
    """name: as Word stores it, in English for its own. element: its definition."""

    def __init__(self, name: str, element: Element) -> None:
        self.name = name
        self.element = element


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables, also of content controls and of what was inserted while changes were tracked."""
    for child in parent:
        if child.tag in (_PARAGRAPH, _TABLE):
            yield child
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _blocks(child)


def _said(element: Element) -> str:
    lines = "".join(_words(element)).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _words(element: Element) -> Iterator[str]:
    """The text as it stands, that of text boxes included; deleted text and field codes are none."""
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag == _TAB:
            yield " "
        elif child.tag == _HYPHEN:
            yield "-"
        elif child.tag in _BREAKS:
            yield "\n"
        elif child.tag == _PARAGRAPH:
            yield "\n"
            yield from _words(child)
            yield "\n"
        elif child.tag not in _SKIPPED:
            yield from _words(child)


def _rows(element: Element) -> Iterator[list[str]]:
    """Cells that span columns leave blanks; those that span rows are said in each, so that each row is whole."""
    above: list[str] = []
    for row in element.iterchildren(qn("w:tr")):
        cells: list[str] = []
        for cell in (
            cell for child in row for cell in ([child] if child.tag == qn("w:tc") else child.iter(qn("w:tc")))
        ):
            merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            goes_on = merged is not None and merged.get(qn("w:val"), "continue") == "continue"
            text = above[len(cells)] if goes_on and len(cells) < len(above) else _said(cell)
            span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            width = min(int(span.get(qn("w:val"), "1")), 100) if span is not None else 1
            cells += [text] + [""] * (width - 1)
        above = cells
        yield cells


def _value(paragraph: Element, tag: str) -> str | None:
    found = paragraph.find(f"{_PROPERTIES}/{qn(tag)}")
    return None if found is None else found.get(qn("w:val"))


def _outline_level(paragraph: Element) -> int | None:
    level = _value(paragraph, "w:outlineLvl")
    return int(level) + 1 if level is not None and level.isdigit() and int(level) < 9 else None
