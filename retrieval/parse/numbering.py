"""The numbers that Word puts before paragraphs and stores nowhere: "제3조" of a regulation is such a number."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Protocol

from docx.document import Document as DocumentObject
from docx.oxml.ns import qn

BULLET = "-"
_GANADA = "가나다라마바사아자차카타파하"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_PLACEHOLDER = re.compile(r"%([1-9])")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Label:
    """text: what stands before the paragraph. depth: how far it is indented, from 0."""

    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int


class Style(Protocol):
    name: str
    element: Any


class Numbering:
    """Counts along: asked for each paragraph of a document, in its order."""

    def __init__(self, document: DocumentObject) -> None:
        self._levels = _definitions(document)
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)

    def label(self, paragraph: Any, style: Style) -> Label | None:
        """What the paragraph is numbered with; None: it is no item of a list."""
        number, depth = _numbered(paragraph.find(qn("w:pPr")))
        if number is None and style.element is not None:
            number, own = _numbered(style.element.find(qn("w:pPr")))
            depth = own if depth is None else depth
        if number is None or number == "0":  # 0 takes the number of the style away
            return None
        depth = min(depth or 0, _DEEPEST)
        abstract, levels = self._levels.get(number, ("", {}))
        level = levels.get(depth)
        if level is None or level.format in ("bullet", "none") or not level.text:
            return Label(BULLET, depth)
        counts = self._counts[abstract]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return Label(_PLACEHOLDER.sub(lambda found: self._count(int(found[1]) - 1, counts, levels), level.text), depth)

    @staticmethod
    def _count(depth: int, counts: dict[int, int], levels: dict[int, _Level]) -> str:
        level = levels.get(depth)
        if level is None:
            return ""
        return _spelled(counts.get(depth, level.start), level.format)


def part_of(document: DocumentObject, kind: str) -> Any:
    """The root of a part that may be missing, for which the library would go and read its own template; None."""
    rels = (rel for rel in document.part.rels.values() if rel.reltype.endswith(f"/{kind}") and not rel.is_external)
    return next((rel.target_part.element for rel in rels), None)


def _numbered(properties: Any) -> tuple[str | None, int | None]:
    found = None if properties is None else properties.find(qn("w:numPr"))
    if found is None:
        return None, None
    number, depth = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
    deep = None if depth is None else depth.get(qn("w:val"), "0")
    return (None if number is None else number.get(qn("w:val"))), int(deep) if deep and deep.isdigit() else None


def _definitions(document: DocumentObject) -> dict[str, tuple[str, dict[int, _Level]]]:
    """The levels of each list by its number, and the definition that shares its count."""
    root = part_of(document, "numbering")
    if root is None:
        return {}
    abstract: dict[str, dict[int, _Level]] = {}
    for definition in root.iterchildren(qn("w:abstractNum")):
        levels = {}
        for level in definition.iterchildren(qn("w:lvl")):
            depth = level.get(qn("w:ilvl"), "0")
            if depth.isdigit():
                levels[int(depth)] = _Level(_of(level, "numFmt"), _of(level, "lvlText"), int(_of(level, "start") or 1))
        abstract[definition.get(qn("w:abstractNumId"), "")] = levels
    numbers: dict[str, tuple[str, dict[int, _Level]]] = {}
    for number in root.iterchildren(qn("w:num")):
        key = _of(number, "abstractNumId")
        # Lists of one definition go on counting, unless one says that it begins anew.
        anew = number.find(qn("w:lvlOverride")) is not None
        own = number.get(qn("w:numId"), "")
        numbers[own] = (f"{key}/{own}" if anew else key, abstract.get(key, {}))
    return numbers


def _of(element: Any, tag: str) -> str:
    found = element.find(qn(f"w:{tag}"))
    return "" if found is None else str(found.get(qn("w:val"), ""))


def _spelled(number: int, format: str) -> str:
    match format:
        case "ganada" if 1 <= number <= len(_GANADA):
            return _GANADA[number - 1]
        case "lowerLetter" | "upperLetter" if 1 <= number <= 26:
            letter = chr(ord("a") + number - 1)
            return letter.upper() if format == "upperLetter" else letter
        case "lowerRoman" | "upperRoman" if 1 <= number < 4000:
            roman = ""
            for value, letters in _ROMAN:
                roman += letters * (number // value)
                number %= value
            return roman.upper() if format == "upperRoman" else roman
        case "decimalEnclosedCircle" if 1 <= number <= 20:
            return chr(ord("①") + number - 1)
        case "decimalZero":
            return f"{number:02}"
        case _:
            return str(number)
