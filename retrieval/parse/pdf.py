"""PDF: each page a place; headings from the outline, or from the sizes of the letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import pypdfium2
from pypdfium2 import raw

from retrieval.parse import Parsed
from retrieval.parse.labels import labels_of_pdf
from retrieval.parse.outline import Outline
from retrieval.parse.refusals import Refusal
from retrieval.passage import Place

MAX_PAGES = 5_000
MAX_BOOKMARKS = 5_000

_LARGER = 1.15
"""How much larger than the text a line must be to be a heading."""
_HEADING = 80
"""Characters of a line that may be one by its size."""
_LEVELS = 3
_OFTEN = 0.3
"""Where more lines than this share are large, size means something else."""

_LINE_END = "\r\n"
_SOFT_HYPHENS = "\ufffe\u00ad"


@dataclass(frozen=True, slots=True)
class _Line:
    """size: of its first letter, in points, rounded to halves."""

    text: str
    size: float


@dataclass(frozen=True, slots=True)
class _Mark:
    """A bookmark of the outline. page: from 0."""

    level: int
    title: str
    page: int


def parse(name: str, content: bytes) -> Parsed:
    try:
        with pypdfium2.PdfDocument(content) as document:
            if len(document) > MAX_PAGES:
                raise Refusal("too_many_pages", pages=MAX_PAGES)
            pages, pictures = _read(document)
            if not any(pages) and pictures:
                raise Refusal("scanned", pages=len(pictures))
            marks = _marks(document)
            title = str(document.get_metadata_value("Title"))
            labels = labels_of_pdf(_copy(document), lambda key: str(document.get_metadata_value(key)))
    except pypdfium2.PdfiumError as error:
        protected = getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Refusal("password" if protected else "broken") from None
    outline = Outline()
    levels = {} if marks else _levels(pages)
    for number, lines in enumerate(pages):
        outline.place(Place("page", number + 1, number + 1))
        _page(outline, lines, [mark for mark in marks if mark.page == number], levels)
    parsed = outline.parsed(name, title)
    return Parsed(parsed.title, parsed.sections, tuple(pictures), labels=labels)


def _copy(document: pypdfium2.PdfDocument) -> bytes:
    """The document as PDFium writes it, without encryption: PDFium names neither its metadata nor the keys of its
    information dictionary. Empty where it cannot be written."""
    written = BytesIO()
    try:
        document.save(written, flags=raw.FPDF_REMOVE_SECURITY)
    except pypdfium2.PdfiumError:
        return b""
    return written.getvalue()


def _read(document: pypdfium2.PdfDocument) -> tuple[list[list[_Line]], list[int]]:
    """The lines of each page, and the pages, counted from 1, that show something and hold no text."""
    pages: list[list[_Line]] = []
    pictures: list[int] = []
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        pages.append(list(_lines(text)))
        if not pages[-1] and raw.FPDFPage_CountObjects(page):
            pictures.append(number + 1)
        text.close()
        page.close()
    return pages, pictures


def _lines(text: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    index = 0
    for line in text.get_text_range(errors="replace").split(_LINE_END):
        shown = " ".join("".join(character for character in line if character not in _SOFT_HYPHENS).split())
        if shown:
            first = index + len(line) - len(line.lstrip())
            yield _Line(shown, round(raw.FPDFText_GetFontSize(text, first) * 2) / 2)
        index += len(line) + len(_LINE_END)


def _marks(document: pypdfium2.PdfDocument) -> list[_Mark]:
    found: list[_Mark] = []
    for bookmark in document.get_toc(max_depth=6):
        destination = bookmark.get_dest()
        page = destination.get_index() if destination else None
        title = " ".join(str(bookmark.get_title()).split())
        if title and page is not None:
            found.append(_Mark(bookmark.level + 1, title, page))
        if len(found) >= MAX_BOOKMARKS:
            break
    return found


def _levels(pages: Sequence[Sequence[_Line]]) -> dict[float, int]:
    """The level of headings by their size, from the three largest sizes above that of most text."""
    letters: Counter[float] = Counter()
    for line in (line for page in pages for line in page):
        letters[line.size] += len(line.text)
    if not letters:
        return {}
    usual = letters.most_common(1)[0][0]
    large = [
        line.size for page in pages for line in page if line.size >= usual * _LARGER and len(line.text) <= _HEADING
    ]
    if len(large) > _OFTEN * sum(map(len, pages)):
        return {}
    return {size: level for level, size in enumerate(sorted(set(large), reverse=True)[:_LEVELS], 1)}


def _page(outline: Outline, lines: Sequence[_Line], marks: list[_Mark], levels: dict[float, int]) -> None:
    text: list[str] = []

    def heading(level: int, title: str) -> None:
        outline.block("\n".join(text))
        text.clear()
        outline.heading(level, title)

    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        mark = next((mark for mark in marks if _same(mark.title, line.text)), None)
        level = levels.get(line.size) if len(line.text) <= _HEADING else None
        if mark is not None:
            marks = marks[marks.index(mark) + 1 :]
            heading(mark.level, mark.title)
        elif level is not None:
            title = line.text
            # A heading that runs over its line.
            while index < len(lines) and lines[index].size == line.size and len(title) + len(lines[index].text) < 120:
                title += f" {lines[index].text}"
                index += 1
            heading(level, title)
        else:
            text.append(line.text)
    outline.block("\n".join(text))
    for mark in marks:  # titles that the page does not spell like its outline hold from the next page on
        outline.heading(mark.level, mark.title)


def _same(title: str, line: str) -> bool:
    one, other = "".join(title.split()).casefold(), "".join(line.split()).casefold()
    return one == other or (len(one) > 3 and other.endswith(one) and len(other) - len(one) <= 8)
