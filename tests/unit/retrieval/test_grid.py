"""Rows and pages keep their places from the file to the piece that is cited."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retrieval.parse import Parsed, Section
from retrieval.parse.grid import ROOM, row_sections
from retrieval.passage import Place
from retrieval.split import MAX_CHARS, Piece, split

CELL = st.text(st.sampled_from("가나다 |\nab1."), max_size=12) | st.integers(1, 400).map(lambda length: "글" * length)
ROWS = st.lists(st.lists(CELL, max_size=4), max_size=25)


def test_a_part_of_a_table_fits_into_one_piece() -> None:
    assert ROOM < MAX_CHARS


@given(ROWS)
def test_each_cell_is_in_a_piece_whose_rows_hold_it(rows: list[list[str]]) -> None:
    marked = [
        [f"{cell}#{y}x{x}." if cell.strip() else cell for x, cell in enumerate(row)] for y, row in enumerate(rows, 1)
    ]
    pieces = split(Parsed("표", tuple(row_sections(("시트",), enumerate(marked, 1)))))
    header = next((y for y, row in enumerate(marked, 1) if sum(bool(cell.strip()) for cell in row) > 1), None)
    for y, row in enumerate(marked, 1):
        for x, cell in enumerate(row):
            if not cell.strip():
                continue
            # A row that is longer than a piece is cut hard, maybe in the middle of what is looked for.
            holding = [
                piece
                for piece, following in pairwise((*pieces, Piece((), "")))
                if f"#{y}x{x}." in piece.text + (following.text if following.place == piece.place else "")
            ]
            assert holding, f"the cell in row {y} is lost"
            if y != header:
                assert any(p.place and p.place.first <= y <= p.place.last for p in holding)


@given(ROWS)
def test_the_rows_of_the_pieces_follow_one_another(rows: list[list[str]]) -> None:
    places = [section.place for section in row_sections((), enumerate(rows, 1))]
    ends = [(place.first, place.last) for place in places if place]
    assert len(ends) == len(places)
    assert all(first <= last for first, last in ends)
    assert all(before[1] < after[0] for before, after in pairwise(ends))


PAGES = st.lists(st.lists(st.integers(1, 700).map(lambda length: "글" * length), min_size=1, max_size=3), max_size=8)


@given(PAGES)
def test_a_piece_never_says_a_page_that_it_is_not_of(pages: list[list[str]]) -> None:
    sections = tuple(
        Section((), tuple(f"#{n}. {block}" for block in blocks), Place("page", n, n))
        for n, blocks in enumerate(pages, 1)
    )
    for piece in split(Parsed("문서", sections)):
        named = {int(part.partition(".")[0]) for part in piece.text.split("#")[1:]}
        assert piece.place is not None
        assert named <= set(range(piece.place.first, piece.place.last + 1))
        if named:
            assert {piece.place.first, piece.place.last} <= named | {piece.place.first}


def test_two_pages_with_something_to_say_are_cited_apart() -> None:
    sections = tuple(Section((), ("글" * 100,), Place("page", n, n)) for n in (1, 2))
    assert [str(piece.place) for piece in split(Parsed("문서", sections))] == ["page 1-1", "page 2-2"]
