"""What each family of formats keeps of a document."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches

from retrieval.parse import Parsed, Section, UnreadableFault
from retrieval.parse.families import parse
from retrieval.passage import Place
from samples.formats import FIRE_SAFETY
from tests import bombs

PIECES = [
    b"<table>", b"<tr>", b"<td rowspan=9>", b"<ul>", b"<li>", b"</ul>", b"<h1>", b"</h1>", b"<p>", b"text", b"\xb0\xa1",
    b"<pre>", b"<br>", b"<!doctype html>", b"<html>", b"</html>", b"<meta charset=x>", b"<meta charset=utf-16>",
    b"<main>", b"Subject: =?x?B?z?=\r\n", b"Date: 99\r\n", b"From: <\r\n", b"PK\x03\x04", b'"', b",", b"\t", b"\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: text/html; charset=nothing\r\n", b"--b\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: message/rfc822\r\n", b"--b--",
    b"Content-Disposition: attachment; filename=a.csv\r\n",
]  # fmt: skip
SAMPLES = Path(__file__).parents[3] / "samples" / "handbook"
REAL = Path(os.environ.get("NARU_DATA", Path(__file__).parents[4] / "shared" / "data")) / "documents"


def saved(document: Any) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def texts(parsed: Parsed) -> str:
    return "\n".join(text for section in parsed.sections for text in (*section.headings, *section.blocks))


# -- Word --


def word(build: Callable[[Any], None]) -> Parsed:
    document = Document()
    build(document)
    return parse("규정.docx", saved(document))


def test_a_word_document_keeps_its_headings_lists_and_tables_in_order() -> None:
    def build(document: Any) -> None:
        document.add_paragraph("인장 규정", style="Title")
        document.add_heading("총칙", 1)
        document.add_paragraph("처음 글")
        document.add_paragraph("하나", style="List Bullet")
        document.add_paragraph("둘", style="List Bullet")
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(table._cells, ("이름", "값", "가|나", "1\n2"), strict=True):
            cell.text = text
        document.add_paragraph("표 뒤의 글")
        document.add_heading("둘째", 2)
        document.add_paragraph("끝")

    assert word(build) == Parsed(
        "인장 규정",
        (
            Section(
                ("총칙",),
                ("처음 글", "- 하나\n- 둘", "| 이름 | 값 |\n|---|---|\n| 가\\|나 | 1 2 |", "표 뒤의 글"),
            ),
            Section(("총칙", "둘째"), ("끝",)),
        ),
    )


NUMBERING = """
<w:numbering {w}>
  <w:abstractNum w:abstractNumId="90">
    <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="제%1조"/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="ganada"/><w:lvlText w:val="%2."/></w:lvl>
  </w:abstractNum>
  <w:num w:numId="90"><w:abstractNumId w:val="90"/></w:num>
</w:numbering>
""".format(w=nsdecls("w"))


def test_the_numbers_that_word_puts_before_articles_are_said() -> None:
    def build(document: Any) -> None:
        numbering = document.part.numbering_part.element
        for child in list(parse_xml(NUMBERING)):
            numbering.append(child)
        for text, depth in (("목적", 0), ("범위", 0), ("본사", 1), ("지사", 1), ("시행", 0)):
            paragraph = document.add_paragraph(text)
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>')
            )

    (section,) = word(build).sections
    assert section.blocks == ("제1조 목적\n제2조 범위\n  가. 본사\n  나. 지사\n제3조 시행",)


def test_what_was_inserted_is_there_and_what_was_deleted_is_not() -> None:
    def build(document: Any) -> None:
        paragraph = document.add_paragraph("한도는 ")
        for xml in (
            "<w:del {w}><w:r><w:delText>만 원</w:delText></w:r></w:del>",
            "<w:ins {w}><w:r><w:t>이만 원</w:t></w:r></w:ins>",
        ):
            paragraph._p.append(parse_xml(xml.format(w=nsdecls("w"))))
        document.element.body.insert(
            0,
            parse_xml(
                f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>양식의 글</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            ),
        )

    assert texts(word(build)) == "양식의 글\n한도는 이만 원"


def test_a_cell_that_spans_rows_is_said_in_each() -> None:
    def build(document: Any) -> None:
        table = document.add_table(rows=3, cols=2)
        for cell, text in zip(table._cells, ("지역", "한도", "유럽", "230", "", "200"), strict=True):
            cell.text = text
        table.cell(1, 0).merge(table.cell(2, 0))

    assert texts(word(build)).endswith("| 유럽 | 230 |\n| 유럽 | 200 |")


def test_a_document_without_styles_is_read_all_the_same() -> None:
    document = f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>글</w:t></w:r></w:p></w:body></w:document>"
    assert texts(parse("a.docx", bombs.word(document.encode()))) == "글"


# -- slides --


def test_a_slide_is_a_place_with_title_text_table_and_notes() -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "표지"
    slide.placeholders[1].text = "첫째\n둘째"
    second = presentation.slides.add_slide(presentation.slide_layouts[6])
    group = second.shapes.add_group_shape()
    box = group.shapes.add_textbox(0, 0, Inches(1), Inches(1))
    box.text_frame.text = "묶인 글"
    table = second.shapes.add_table(2, 2, 0, 0, Inches(2), Inches(1)).table
    for index, text in enumerate(("가", "나", "1", "2")):
        table.cell(index // 2, index % 2).text = text
    second.notes_slide.notes_text_frame.text = "말할 것"
    assert parse("발표.pptx", saved(presentation)) == Parsed(
        "발표",
        (
            Section(("표지",), ("- 첫째\n- 둘째",), Place("slide", 1, 1)),
            Section((), ("묶인 글", "| 가 | 나 |\n|---|---|\n| 1 | 2 |", "(notes) 말할 것"), Place("slide", 2, 2)),
        ),
    )


# -- sheets --


def test_a_sheet_is_a_heading_and_its_rows_keep_header_and_numbers() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "한도"
    sheet["A1"] = "2026년 한도"
    sheet.append([])
    sheet.append(["등급", "한도", "비율"])
    for number in range(120):
        sheet.append([f"등급 {number}", number * 1000.0, 0.15])
        sheet.cell(sheet.max_row, 3).number_format = "0%"
    hidden = book.create_sheet("숨은 표")
    hidden.append(["보이지 않는 것", "2"])
    hidden.sheet_state = "hidden"
    parsed = parse("한도.xlsx", saved(book))
    first, *tables = parsed.sections
    assert first == Section(("한도",), ("2026년 한도",), Place("row", 1, 1))
    header = "| 등급 | 한도 | 비율 |\n|---|---|---|\n"
    rows: list[str] = []
    for section in tables:
        (text,) = section.blocks
        assert text.startswith(header)
        own = text.removeprefix(header).split("\n")
        assert section.place == Place("row", 4 + len(rows), 4 + len(rows) + len(own) - 1)
        rows += own
    assert rows == [f"| 등급 {number} | {number * 1000} | 15% |" for number in range(120)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_of_values_is_read_in_the_encodings_and_with_the_marks_of_offices(encoding: str, mark: str) -> None:
    content = mark.join(("이름", "값")) + "\r\n" + mark.join(('"가\n나"', "1")) + "\r\n"
    assert parse("a.csv", content.encode(encoding)).sections == (
        Section((), ("| 이름 | 값 |\n|---|---|\n| 가 나 | 1 |",), Place("row", 2, 2)),
    )


def test_a_table_too_wide_for_its_header_says_the_columns_in_each_row() -> None:
    names = [f"아주 긴 이름의 열 {number}" for number in range(60)]
    content = ",".join(names) + "\n" + ",".join(map(str, range(60)))
    columns, section = parse("a.csv", content.encode()).sections
    assert columns == Section((), ("; ".join(names),), Place("row", 1, 1))
    assert section.blocks[0].startswith("- 아주 긴 이름의 열 0: 0; 아주 긴 이름의 열 1: 1; ")
    assert section.blocks[0].endswith("아주 긴 이름의 열 59: 59")


# -- pages --

PAGE = """<html><head><title>위키 - 휴가</title></head><body>
<nav>차례</nav><div style="display: none">숨은 글</div><div hidden>또 숨은 글</div>
<div role="main"><h1>휴가</h1>처음 <b>굵은</b> 글<br>둘째 줄<script>x()</script>
<h2>종류</h2><ol><li>연차<ul><li>반차</li></ul></li><li>병가</li></ol>
<table><tr><th>종류<th>날<tr><td rowspan=2>경조<td>5<tr><td>3</table>
<aside>알림: 미리 말합니다</aside><pre>a  b
c</pre></div><footer>끝말</footer></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_page_keeps_its_structure_and_leaves_out_what_frames_it(encoding: str) -> None:
    assert parse("휴가.html", PAGE.encode(encoding)) == Parsed(
        "휴가",
        (
            Section((), ("처음 굵은 글\n둘째 줄",)),
            Section(
                ("종류",),
                (
                    "1. 연차\n  - 반차\n2. 병가",
                    "| 종류 | 날 |\n|---|---|\n| 경조 | 5 |\n| 경조 | 3 |",
                    "알림: 미리 말합니다",
                    "```\na  b\nc\n```",
                ),
            ),
        ),
    )


def test_a_table_that_holds_a_heading_only_lays_out_the_page() -> None:
    content = "<table><tr><td><h1>휴가</h1></td><td>옆 칸</td></tr><tr><td>연차는 15일입니다.</td></tr></table>"
    assert parse("a.html", content.encode()) == Parsed("휴가", (Section((), ("옆 칸", "연차는 15일입니다.")),))


@pytest.mark.parametrize("name", ["규정.docx", "목록.xls", "page.pdf"])
def test_a_page_under_the_name_of_an_office_document_is_read_as_the_page_it_is(name: str) -> None:
    content = b"\xef\xbb\xbf<html><body><table><tr><td>a</td><td>b</td></tr></table></body></html>"
    assert texts(parse(name, content)) == "| a | b |\n|---|---|"


# -- mail --


def letter(**fields: str) -> EmailMessage:
    mail = EmailMessage()
    fields = {
        "Subject": "공사 안내",
        "From": "총무 <a@haneul.example>",
        "Date": "Mon, 02 Mar 2026 09:30:00 +0900",
    } | fields
    for field, value in fields.items():
        mail[field] = value
    return mail


def test_a_mail_says_who_wrote_what_when_and_what_is_attached() -> None:
    mail = letter()
    mail.set_content("공사는 이틀입니다.")
    mail.add_alternative("<p>another spelling</p>", subtype="html")
    mail.add_attachment("이름,값\n가,1\n".encode("cp949"), "text", "csv", filename="표.csv")
    mail.add_attachment(b"\0\1", "application", "octet-stream", filename="프로그램.exe")
    parsed = parse("a.eml", mail.as_bytes())
    assert parsed == Parsed(
        "공사 안내",
        (
            Section((), ("From: 총무 <a@haneul.example>\nDate: 2026-03-02 09:30+09:00",)),
            Section((), ("공사는 이틀입니다.",)),
            Section((), ("Attachments: 표.csv, 프로그램.exe",)),
            Section(("표.csv",), ("| 이름 | 값 |\n|---|---|\n| 가 | 1 |",), Place("row", 2, 2)),
        ),
    )


def test_what_is_attached_to_an_attached_mail_is_named_and_not_read() -> None:
    inner = letter(Subject="안쪽")
    inner.set_content("안쪽의 글")
    inner.add_attachment(b"secret text", "text", "plain", filename="깊은 곳.txt")
    mail = letter()
    mail.set_content("바깥의 글")
    mail.add_attachment(inner)
    said = texts(parse("a.eml", mail.as_bytes()))
    assert "안쪽의 글" in said
    assert "Attachments: 깊은 곳.txt" in said
    assert "secret text" not in said


@pytest.mark.parametrize("charset", ["ks_c_5601-1987", "euc-kr", "utf-8", "x-unknown"])
def test_a_mail_of_an_old_program_is_read(charset: str) -> None:
    head = f'Subject: =?euc-kr?B?vsiz5w==?=\r\nContent-Type: text/html; charset="{charset}"\r\n\r\n'
    body = "<p>똠방각하 안녕</p>".encode("utf-8" if charset == "utf-8" else "cp949")
    parsed = parse("a.eml", head.encode() + body)
    assert (parsed.title, texts(parsed)) == ("안녕", "똠방각하 안녕")


# -- PDF --


def test_a_page_is_a_place_and_the_outline_gives_the_headings() -> None:
    parsed = parse("a.pdf", (SAMPLES / "company/fire-safety.pdf").read_bytes())
    assert parsed.title == "화재 대피와 응급 안내"
    assert [section.headings for section in parsed.sections] == [(title,) for title, _ in FIRE_SAFETY]
    assert [section.place for section in parsed.sections] == [Place("page", n, n) for n in (1, 2, 3)]
    for section, (_, lines) in zip(parsed.sections, FIRE_SAFETY, strict=True):
        assert "".join(section.blocks[0].split()) == "".join("".join(lines).split())


def test_without_an_outline_large_letters_give_the_headings() -> None:
    page = b"BT /F 20 Tf 50 700 Td (Leave) Tj ET " + b"".join(
        b"BT /F 10 Tf 50 %d Td (Fifteen days of leave are given.) Tj ET " % (680 - 20 * line) for line in range(8)
    )
    parsed = parse("규정.pdf", bombs.pdf_of_page(page))
    assert parsed.title == "Leave"
    assert parsed.sections[0].place == Place("page", 1, 1)
    assert parsed.sections[0].blocks[0].count("Fifteen") == 8


def test_a_page_that_is_a_picture_is_told_of() -> None:
    text, picture = b"BT /F 10 Tf 50 700 Td (Text of the page.) Tj ET", b"0 0 m 100 100 l S"
    parsed = parse("a.pdf", bombs.pdf_of_page(text, picture, text, picture))
    assert parsed.pictures == (2, 4)
    assert parsed.gap == "was read, but for 2 pages that are pictures without text: 2, 4."
    assert [section.place for section in parsed.sections] == [Place("page", 1, 1), Place("page", 3, 3)]
    with pytest.raises(UnreadableFault, match=r"a\.pdf holds pictures and no text \(pages: 1\)"):
        parse("a.pdf", bombs.pdf_of_page(picture))


# -- anything --


@pytest.mark.parametrize("suffix", [".html", ".eml", ".csv", ".txt", ".docx", ".xlsx"])
@given(content=st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_no_bytes_are_too_odd_to_be_read_or_refused(suffix: str, content: bytes) -> None:
    try:
        parsed = parse(f"a{suffix}", content)
    except UnreadableFault:
        return
    assert "\0" not in parsed.title + texts(parsed)
    assert all(section.headings or section.blocks for section in parsed.sections)


# -- HWP --


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hello_world.hwp", "Hello World!"),
        ("draw_text.hwp", "글상자1"),
        ("work_report.hwp", "| 금주 진행업무 |"),
        ("annual_report.hwp", "상세 내용을 입력하세요."),
        ("two_sections.hwpx", "Section one content"),
    ],
)
@pytest.mark.skipif(not REAL.exists(), reason="the evaluation data is not here")
def test_real_hwp_documents_are_read(name: str, said: str) -> None:
    parsed = parse(name, (REAL / name).read_bytes())
    assert said in texts(parsed)
    assert "assets/" not in texts(parsed)


def test_the_chapters_of_a_hwpx_are_headings_and_none_of_them_is_its_title() -> None:
    parsed = parse("a.hwpx", (SAMPLES / "hr/mentoring.hwpx").read_bytes())
    assert parsed.title == "멘토링 제도 운영안"
    assert [section.headings for section in parsed.sections] == [(), ("기간과 짝",), ("만남과 비용",), ("마칠 때",)]


# -- text --


def test_text_is_its_paragraphs_under_the_name_of_the_file() -> None:
    assert parse("메모.txt", "첫째\n줄\n\n \n둘째".encode("cp949")) == Parsed(
        "메모", (Section((), ("첫째\n줄", "둘째")),)
    )


_UNREAD = re.compile("Layout|theme|docProps|Master|printerSettings|customXml")


def test_a_document_whose_parts_are_missing_or_damaged_is_read_or_refused_in_a_sentence() -> None:
    for name in ("legal/seal-rules.docx", "company/brand-guide.pptx", "it/software-list.xlsx", "hr/mentoring.hwpx"):
        content = (SAMPLES / name).read_bytes()
        with ZipFile(BytesIO(content)) as package:
            parts = {part: package.read(part) for part in package.namelist()}
        for missing in (part for part in parts if not _UNREAD.search(part)):
            for damaged in (None, b"<a/>"):
                file = BytesIO()
                with ZipFile(file, "w") as package:
                    for part, whole in parts.items():
                        if part != missing:
                            package.writestr(part, whole)
                        elif damaged is not None:
                            package.writestr(part, damaged)
                with suppress(UnreadableFault):
                    parse(name, file.getvalue())
