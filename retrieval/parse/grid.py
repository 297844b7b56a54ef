"""Rows of cells to Markdown tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retrieval.parse import Section
from retrieval.passage import Place

ROOM = 1_000
"""Characters of a table in one section: less than a piece holds, so that each piece knows its own rows."""

_WIDE = 400
"""Characters of a header. A wider one would fill each piece: its rows say the names of their columns themselves."""


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row is its header."""
    width = max(map(len, rows), default=0)
    lines = [_line(row, width) for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]]) if lines and width else ""


def row_sections(headings: tuple[str, ...], rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Section]:
    """Rows with their numbers to sections of at most about ROOM characters, each with the header and its own rows.

    The header is the first row with two filled cells; what stands above it is text.
    """
    header: tuple[int, Sequence[str]] | None = None
    kept: list[tuple[int, Sequence[str]]] = []
    size = 0
    for number, row in rows:
        cells = _trimmed(row)
        if not cells:
            continue
        if header is None and sum(map(bool, cells)) > 1:
            yield from _section(headings, None, kept)
            header, kept, size = (number, cells), [], _length(cells)
            if size > _WIDE:
                yield Section(headings, (_plain("; ".join(filter(None, cells))),), Place("row", number, number))
            continue
        if kept and size + _length(cells) > ROOM:
            yield from _section(headings, header, kept)
            kept, size = [], _length(header[1]) if header else 0
        kept.append((number, cells))
        size += _length(cells)
    yield from _section(headings, header, kept or ([header] if header and size <= _WIDE else []))


def _section(
    headings: tuple[str, ...], header: tuple[int, Sequence[str]] | None, rows: Sequence[tuple[int, Sequence[str]]]
) -> Iterator[Section]:
    if not rows:
        return
    cells = [row for _, row in rows]
    if header is None:
        text = "\n".join(_plain(" ".join(filter(None, row))) for row in cells)
    elif rows[0] == header:
        text = table([header[1]])
    elif _length(header[1]) > _WIDE:
        text = "\n".join(_record(header[1], row) for row in cells)
    else:
        text = table([header[1], *cells])
    yield Section(headings, (text,), Place("row", rows[0][0], rows[-1][0]))


def _record(header: Sequence[str], row: Sequence[str]) -> str:
    names = [*map(_plain, header), *[""] * (len(row) - len(header))]
    named = (
        f"{name}: {_plain(cell)}" if name else _plain(cell) for name, cell in zip(names, row, strict=False) if cell
    )
    return "- " + "; ".join(named)


def _trimmed(row: Sequence[str]) -> Sequence[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return [cell.strip() for cell in row[:end]]


def _length(row: Sequence[str]) -> int:
    return sum(len(cell) + 3 for cell in row)


def _line(row: Sequence[str], width: int) -> str:
    cells = [_plain(cell).replace("|", "\\|") for cell in row] + [""] * (width - len(row))
    return "| " + " | ".join(cells) + " |"


def _plain(cell: str) -> str:
    return " ".join(cell.split())
