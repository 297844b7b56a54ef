"""Workbooks and comma-separated values: each piece of a table keeps its header and knows its rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from lxml.etree import XMLSyntaxError
from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from retrieval.parse import Parsed
from retrieval.parse.decode import decode
from retrieval.parse.grid import row_sections
from retrieval.parse.outline import sensible
from retrieval.parse.refusals import Refusal

MAX_FIELD = 100_000
MAX_ROWS = 1_048_576  # of a sheet, by ECMA-376; a row that claims a higher number would be waited for
_DELIMITERS = ",\t;|"
_UNNAMED = ("sheet1", "시트1")


def parse_xlsx(name: str, content: bytes) -> Parsed:
    """Each sheet is a heading. What formulas gave when the file was last saved counts, not the formulas."""
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        named = len(sheets) > 1 or not {sheet.title.lower() for sheet in sheets} <= set(_UNNAMED)
        sections = tuple(
            section
            for sheet in sheets
            for section in row_sections((sheet.title,) if named else (), enumerate(_rows(sheet), 1))
        )
        return Parsed(sensible(book.properties.title or "") or name, sections)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        raise Refusal("broken") from None  # what openpyxl says of parts that are not there or not as they should be
    except (BadZipFile, InvalidFileException, ParseError, XMLSyntaxError, OSError):
        raise Refusal("broken") from None


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    # A sheet may claim to be 16,384 columns wide and a million rows long: what is there counts.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(min_row=1, min_col=1)):
        if number >= MAX_ROWS:
            raise Refusal("broken")
        yield [_said(cell) for cell in row]


def _said(cell: ReadOnlyCell | EmptyCell) -> str:
    """A cell's value as a person reads it."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float():
            percent = "%" in (cell.number_format or "")
            return f"{value * 100:.10g}%" if percent else f"{value:.15g}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def parse_csv(name: str, content: bytes) -> Parsed:
    """Commas, tabs, semicolons or bars, whichever divides its first lines most."""
    text = decode(content)
    csv.field_size_limit(MAX_FIELD)
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
        return Parsed(name, tuple(row_sections((), enumerate(rows, 1))))
    except csv.Error:
        raise Refusal("long_field", thousands=MAX_FIELD // 1000) from None


def _delimiter(text: str) -> str:
    start = text[:10_000].split("\n")[:20]
    return max(_DELIMITERS, key=lambda mark: (sum(line.count(mark) for line in start), mark == ","))
