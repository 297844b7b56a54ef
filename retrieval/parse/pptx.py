"""Presentations: each slide a place, its title the heading, then its text, tables and notes."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from lxml.etree import XMLSyntaxError
from pptx import Presentation
from pptx.exc import PythonPptxError

from retrieval.parse import Parsed
from retrieval.parse.grid import table
from retrieval.parse.outline import Outline
from retrieval.parse.refusals import Refusal
from retrieval.passage import Place

MAX_DEPTH = 20
"""Groups within groups."""

_NOTES = "(notes) "


def parse(name: str, content: bytes) -> Parsed:
    outline = Outline()
    try:
        presentation = Presentation(BytesIO(content))
        for number, slide in enumerate(presentation.slides, 1):
            _slide(outline, number, slide)
        return outline.parsed(name, presentation.core_properties.title or "")
    except (PythonPptxError, BadZipFile, XMLSyntaxError, KeyError, ValueError, AttributeError, IndexError):
        raise Refusal("broken") from None


def _slide(outline: Outline, number: int, slide: Any) -> None:
    title = slide.shapes.title
    heading = " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""
    outline.place(Place("slide", number, number))
    outline.heading(1, heading)
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            for text in _texts(shape, MAX_DEPTH):
                outline.block(text)
    if slide.has_notes_slide:
        notes = slide.notes_slide.notes_text_frame
        text = _lines(notes) if notes is not None else ""
        outline.block(f"{_NOTES}{text}" if text else "")


def _texts(shape: Any, room: int) -> Iterator[str]:
    if room == 0:
        raise Refusal("too_deep")
    if hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _texts(inner, room - 1)
    elif getattr(shape, "has_table", False):
        yield table([[" ".join(cell.text.split()) for cell in row.cells] for row in shape.table.rows])
    elif shape.has_text_frame:
        yield _lines(shape.text_frame)


def _lines(frame: Any) -> str:
    """Several paragraphs are a list, as slides show them."""
    said = [(p.level, " ".join(p.text.split())) for p in frame.paragraphs if p.text.strip()]
    if len(said) < 2:
        return "".join(text for _, text in said)
    return "\n".join("  " * level + f"- {text}" for level, text in said)
