"""Workbooks: each sheet a heading, each piece of a table with its header and the numbers of its rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from lxml.etree import XMLSyntaxError
from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from retrieval.parse import Parsed
from retrieval.parse.grid import row_sections
from retrieval.parse.outline import sensible
from retrieval.parse.refusals import Refusal

MAX_CELLS = (
    5_000_000  # of a sheet, those between the filled ones included: about what is read in the time that there is
)
MAX_ROWS = 1_048_576  # of a sheet, by ECMA-376; a row that claims a higher number would be waited for
_UNNAMED = ("sheet1", "시트1")


def parse(name: str, content: bytes) -> Parsed:
    """Each sheet is a heading. What formulas gave when the file was last saved counts, not the formulas."""
    try:
        with warnings.catch_warnings():  # of what it leaves out: validation, print areas and the like
            warnings.simplefilter("ignore")
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
    room = MAX_CELLS
    for number, row in enumerate(sheet.iter_rows(min_row=1, min_col=1)):
        room -= len(row)
        if number >= MAX_ROWS:
            raise Refusal("broken")
        if room < 0:
            raise Refusal("too_many_cells", thousands=MAX_CELLS // 1000)
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
