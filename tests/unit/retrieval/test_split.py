from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.parse import Parsed, Section
from retrieval.split import MAX_CHARS, Piece, split

SENTENCE = "연차는 입사일을 기준으로 열다섯 날이 생깁니다. "


def of(*sections: Section) -> tuple[Piece, ...]:
    return split(Parsed("제목", sections))


def test_a_section_that_fits_is_one_piece_under_its_headings() -> None:
    body = (SENTENCE * 10).strip()
    (piece,) = of(Section(("휴가", "연차"), (body, "- 첫째")))
    assert piece.heading == "휴가 › 연차"
    assert piece.text == f"{body}\n\n- 첫째"


def test_sections_that_say_enough_stay_apart() -> None:
    body = SENTENCE * 10
    assert [piece.headings for piece in of(Section(("가",), (body,)), Section(("나",), (body,)))] == [("가",), ("나",)]


def test_small_neighbours_under_one_parent_become_one_piece_that_keeps_their_headings() -> None:
    (piece,) = of(
        Section(("휴가",), ("종류는 둘이다.",)),
        Section(("휴가", "연차"), ("열다섯 날",)),
        Section(("휴가", "병가"), ("예순 날",)),
    )
    assert piece.headings == ("휴가",)
    assert piece.text == "종류는 둘이다.\n\n연차\n열다섯 날\n\n병가\n예순 날"


def test_small_sections_of_different_parents_are_not_mixed() -> None:
    pieces = of(Section(("휴가", "연차"), ("열다섯 날",)), Section(("출장", "숙박"), ("십이만 원",)))
    assert [piece.headings for piece in pieces] == [("휴가", "연차"), ("출장", "숙박")]


def test_a_long_paragraph_is_cut_after_sentences() -> None:
    pieces = of(Section(("가",), (SENTENCE * 100,)))
    assert len(pieces) > 1
    assert all(piece.text.rstrip().endswith("생깁니다.") for piece in pieces)


def test_each_part_of_a_long_table_repeats_its_header() -> None:
    header = "| 등급 | 금액 |\n|---|---|"
    rows = "\n".join(f"| 등급 {number} | {number * 1000} |" for number in range(200))
    pieces = of(Section(("가",), (f"{header}\n{rows}",)))
    assert len(pieces) > 1
    assert all(piece.text.startswith(header) for piece in pieces)
    assert [row for piece in pieces for row in piece.text.split("\n")[2:]] == rows.split("\n")


def test_a_heading_with_nothing_under_it_is_still_said() -> None:
    assert of(Section(("가",), (SENTENCE * 10,)), Section(("나", "식대는 없다"), ()))[-1] == Piece(
        ("나",), "식대는 없다"
    )


BLOCK = st.one_of(
    st.text(st.sampled_from("가나다 .!?\n|-#ab1"), min_size=1, max_size=80).filter(str.strip),
    st.integers(1, 4000).map(lambda length: "가" * length),
    st.integers(1, 90).map(lambda times: SENTENCE * times),
    st.integers(3, 120).map(lambda rows: "| a | b |\n|---|---|" + "\n| 글 | 값 |" * rows),
)
SECTION = st.builds(
    Section,
    st.lists(st.sampled_from(["가", "나", "다"]), max_size=3).map(tuple),
    st.lists(BLOCK, max_size=4).map(tuple),
).filter(lambda section: bool(section.headings or section.blocks))


@given(st.lists(SECTION, max_size=8))
def test_nothing_of_a_document_is_ever_lost(sections: list[Section]) -> None:
    kept = "".join("".join(piece.text.split()) for piece in of(*sections))
    start = 0
    for section in sections:
        for character in "".join("".join(section.blocks).split()):
            start = kept.find(character, start) + 1
            assert start, f"{character} is lost"


@given(st.lists(SECTION, max_size=8))
def test_a_piece_is_never_empty_nor_longer_than_is_shown(sections: list[Section]) -> None:
    assert all(0 < len(piece.text) <= MAX_CHARS for piece in of(*sections))
