"""Of the files that come with a question what fits is read, and what is not read says why."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attached import MOST_FILES, Attachments, Sent, chosen, clean_name
from bot.check import Shown, check
from bot.domain import Answer, Attached, Draft, Route
from bot.words import unread_name
from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.parse.refusals import REFUSALS, Refusal
from retrieval.passage import Place
from retrieval.split import Piece
from tests.builders import ask, decision_for, document, parts_of, passage, shipped_rules
from tests.pdfs import pdf

ASKED = "위약금은 얼마인가요?"
READ = Attachments(in_thread, most_chars=2000)

pieces = st.builds(Piece, st.just(()), st.text(alphabet="가나 위약금.", min_size=1, max_size=400))
files = st.lists(st.builds(lambda some: Attached("f.md", tuple(some)), st.lists(pieces, max_size=6)), max_size=4)


def holds(text: str | bytes) -> Callable[[], Awaitable[bytes]]:
    async def content() -> bytes:
        return text.encode() if isinstance(text, str) else text

    return content


def md(name: str = "계약서.md", text: str = "# 계약\n\n## 위약금\n\n위약금은 이십 퍼센트.\n") -> Sent:
    return Sent(name, holds(text))


# What is read of them


async def test_a_file_is_read_under_its_own_title_and_headings() -> None:
    (read,) = await READ.read(ASKED, [md()])
    assert read.unread is None
    assert [(piece.heading, piece.text) for piece in read.pieces] == [("계약 › 위약금", "위약금은 이십 퍼센트.")]


async def test_a_file_brings_the_label_that_it_carries() -> None:
    labelled = pdf({"MSIP_Label_0aa1b2c3-1111-2222-3333-444455556666_Name": "대외비"})
    (read,) = await READ.read(ASKED, [Sent("계약.pdf", holds(labelled))])
    assert [one.name for one in read.labels] == ["대외비"]


async def test_of_a_long_file_the_parts_closest_to_the_question_are_read_and_it_says_so() -> None:
    sections = [f"## 제{n}조\n\n" + "서로 믿고 지킨다. " * 60 for n in range(9)]
    sections.insert(7, "## 손해\n\n위약금은 이십 퍼센트이다. " + "갑과 을. " * 60)
    (read,) = await READ.read(ASKED, [md(text="# 계약\n\n" + "\n\n".join(sections))])
    assert any("이십 퍼센트" in piece.text for piece in read.pieces)
    assert sum(len(piece.text) + len(piece.heading) for piece in read.pieces) <= 2000
    assert read.partly is not None
    assert re.search(r"약 \d+%", read.partly)


@given(files, st.integers(100, 3000))
def test_what_is_chosen_fits_stays_in_order_and_is_all_there_was_where_all_fits(
    made: list[Attached], most: int
) -> None:
    kept = chosen(ASKED, made, most)
    sizes = [len(piece.text) for file in made for piece in file.pieces]
    assert sum(len(piece.text) for file in kept for piece in file.pieces) <= most
    for file, whole in zip(kept, made, strict=True):
        rest = iter(whole.pieces)
        assert all(piece in rest for piece in file.pieces)
    if sum(sizes) <= most:
        assert kept == made


async def test_of_a_book_only_so_much_is_looked_at_and_it_says_so() -> None:
    (read,) = await READ.read(ASKED, [md("책.txt", "갑과 을은 서로 믿는다. " * 250_000)])
    assert read.pieces
    assert "약 1%" in str(read.partly)


def test_no_file_crowds_the_others_out() -> None:
    long = Attached("long.md", tuple(Piece((), f"위약금 {n} " + "가" * 300) for n in range(20)))
    short = Attached("short.md", (Piece((), "다른 이야기"),))
    assert all(file.pieces for file in chosen(ASKED, [long, short], 1000))


async def test_the_same_text_twice_is_there_once_and_no_more_than_five_files_are_read() -> None:
    same = await READ.read(ASKED, [md("a.md"), md("b.md")])
    assert [file.name for file in same] == ["a.md"]
    many = await READ.read(ASKED, [md(f"{n}.md", f"위약금 {n}") for n in range(MOST_FILES + 1)])
    assert [file.unread is None for file in many] == [True] * MOST_FILES + [False]


async def test_what_one_file_refuses_does_not_keep_the_others_from_being_read() -> None:
    bad, good = await READ.read(ASKED, [Sent("x.zip", holds(b"PK\x03\x04")), md()])
    assert bad.unread is not None
    assert not bad.pieces
    assert good.pieces


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("보고서.pdf", "보고서.pdf"),
        ("../../etc/passwd.md", ".._.._etc_passwd.md"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("한\n줄\t.md", "한 줄 .md"),
        ("\u200b\ud800", "file"),
        ("가" * 500 + ".pdf", "가" * 115 + "….pdf"),
    ],
)
def test_a_name_is_one_plain_line(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize("cause", sorted(REFUSALS))
def test_every_reason_not_to_read_is_said_in_both_languages(cause: str) -> None:
    numbers = dict.fromkeys(("mb", "pages", "thousands", "parts", "seconds", "status"), 1)
    fault = Refusal(cause, **numbers).fault("x.pdf")
    assert str(fault) in unread_name("en", "x.pdf", fault)
    korean = unread_name("ko", "x.pdf", fault)
    assert str(fault) not in korean
    assert "x.pdf" in korean


# What the answer says of them


def answered(text: str, *attached: Attached, route: Route = Route.ON_PREM) -> Answer:
    asked, found = ask(ASKED), passage(of=document(1))
    decision = decision_for(parts_of(asked, found))
    shown = Shown((found,), (), attached)
    return check(asked, Draft(route, text), decision, shown, {1: found.document}, shipped_rules())


CONTRACT = Attached(
    "계약서.pdf", (Piece(("위약금",), "이십", Place("page", 3, 3)), Piece((), "둘째")), link="https://slack.example/f"
)


def test_a_citation_of_a_piece_shows_the_files_name_page_and_link() -> None:
    (citation,) = answered("이십 퍼센트입니다 [2].", CONTRACT).citations
    assert (citation.number, citation.title, citation.heading) == (2, "계약서.pdf", "위약금")
    assert (citation.place, citation.link) == (Place("page", 3, 3), "https://slack.example/f")


def test_no_number_beyond_the_last_piece_is_a_citation() -> None:
    answer = answered("하나 [1] 셋 [3] 넷 [4]", CONTRACT)
    assert [citation.number for citation in answer.citations] == [1, 3]
    assert "[4]" not in answer.text


def test_an_answer_that_cites_nothing_names_each_file_once() -> None:
    assert [citation.number for citation in answered("이십 퍼센트입니다.", CONTRACT).citations] == [1, 2]


def test_a_file_is_no_document_of_the_answer() -> None:
    assert answered("이십 퍼센트입니다 [2].", CONTRACT).documents == (1,)


def test_why_a_file_was_not_read_is_said_below_the_answer_without_markup_of_its_name() -> None:
    evil = unread_name("ko", "<!channel> [x](https://evil.example).pdf", UnreadableFault("", "encrypted"))
    text = answered("15일입니다 [1].", Attached("x", unread=evil)).text
    assert "암호가 걸려 있습니다" in text
    assert "<!channel>" not in text
    assert "evil.example" not in text
