"""The labels of other systems that an Office document carries."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import Workbook
from pptx import Presentation

from retrieval.label import ImportedLabel
from retrieval.parse import Parsed
from retrieval.parse.families import parse
from retrieval.parse.labels import UNREADABLE
from retrieval.parse.wire import LENGTH, WireError, answer, answers, outcome
from retrieval.sources.push import Pushed, read_line

SECRET, PLAIN = "0aa1b2c3-1111-2222-3333-444455556666", "1bb1b2c3-1111-2222-3333-444455556666"
CUSTOM, INFO = "docProps/custom.xml", "docMetadata/LabelInfo.xml"


def custom(*properties: tuple[str, str]) -> str:
    """As Office writes docProps/custom.xml."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006"
    told = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{n}" name="{name}">'
        f"<vt:lpwstr>{value}</vt:lpwstr></property>"
        for n, (name, value) in enumerate(properties, 2)
    )
    return (
        f'<?xml version="1.0"?><Properties xmlns="{types}/custom-properties" xmlns:vt="{types}/docPropsVTypes">'
        f"{told}</Properties>"
    )


def info(*labels: str) -> str:
    namespace = "http://schemas.microsoft.com/office/2020/mipLabelMetadata"
    return f'<clbl:labelList xmlns:clbl="{namespace}">{"".join(labels)}</clbl:labelList>'


def word() -> bytes:
    document = Document()
    document.add_paragraph("연차는 15일입니다.")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def sheet() -> bytes:
    book = Workbook()
    book.active["A1"] = "연차"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def slides() -> bytes:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "연차"
    slide.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "15일"
    file = BytesIO()
    presentation.save(file)
    return file.getvalue()


def with_parts(content: bytes, parts: Mapping[str, str]) -> bytes:
    file = BytesIO(content)
    with ZipFile(file, "a") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return file.getvalue()


def read(content: bytes, parts: Mapping[str, str], name: str = "규정.docx") -> Parsed:
    return parse(name, with_parts(content, parts))


@pytest.mark.parametrize(
    ("name", "content"), [("a.docx", word()), ("a.xlsx", sheet()), ("a.pptx", slides())], ids=["word", "excel", "power"]
)
def test_every_office_format_keeps_the_label_that_it_carries(name: str, content: bytes) -> None:
    stored = custom(
        (f"MSIP_Label_{SECRET}_Enabled", "true"),
        (f"MSIP_Label_{SECRET}_Name", "대외비 - 전 직원"),
        (f"MSIP_Label_{SECRET}_SiteId", PLAIN),
        ("Department", "HR"),
    )
    assert read(content, {CUSTOM: stored}, name).labels == (ImportedLabel("대외비 - 전 직원", SECRET),)
    assert parse(name, content).labels == ()


def test_a_label_that_was_taken_off_again_is_none() -> None:
    stored = custom((f"MSIP_Label_{SECRET}_Enabled", "False"), (f"MSIP_Label_{SECRET}_Name", "Secret"))
    assert read(word(), {CUSTOM: stored}).labels == ()
    newer = info(f'<clbl:label id="{{{SECRET}}}" enabled="1" removed="1"/>')
    assert read(word(), {INFO: newer}).labels == ()


def test_the_newer_place_says_ids_and_the_older_one_their_names() -> None:
    newer = info(
        f'<clbl:label id="{{{SECRET.upper()}}}" enabled="1" method="Privileged" removed="0"/>',
        f'<clbl:label id="{{{PLAIN}}}" enabled="1"/>',
    )
    stored = custom((f"MSIP_Label_{SECRET}_Name", "Secret"))
    assert read(word(), {INFO: newer, CUSTOM: stored}).labels == (
        ImportedLabel("Secret", SECRET),
        ImportedLabel("", PLAIN),
    )


@pytest.mark.parametrize(
    "broken",
    ["<Properties", "", "\ufffe", custom(*[(f"MSIP_Label_{SECRET[:-2]}{n:02d}_Name", "x") for n in range(40)])],
)
def test_labels_that_cannot_be_read_are_a_label_that_no_policy_knows(broken: str) -> None:
    assert [one.name for one in read(word(), {CUSTOM: broken}).labels] == ["unreadable label"]


@pytest.mark.parametrize("id", ["naru:said-in:C1", "naru:said-by:0123456789abcdef", f"{SECRET}x"])
def test_a_file_never_says_what_only_a_source_says_of_its_documents(id: str) -> None:
    """What a policy trusts of Slack's history would make a file look less sensitive than it is."""
    (label,) = read(word(), {INFO: info(f'<clbl:label id="{id}" enabled="1"/>')}).labels
    assert label == UNREADABLE
    with pytest.raises(WireError):
        outcome(answer(Parsed("제목", (), labels=(ImportedLabel("channel general", id),)))[LENGTH.size :])


def test_an_attached_documents_label_is_the_letters() -> None:
    letter = EmailMessage()
    letter["Subject"] = "계약"
    letter.set_content("첨부를 보세요.")
    attached = with_parts(word(), {CUSTOM: custom((f"MSIP_Label_{SECRET}_Name", "Secret"))})
    letter.add_attachment(attached, maintype="application", subtype="octet-stream", filename="a.docx")
    assert parse("a.eml", letter.as_bytes()).labels == (ImportedLabel("Secret", SECRET),)


def test_labels_come_through_the_wire_as_they_are() -> None:
    parsed = read(word(), {CUSTOM: custom((f"MSIP_Label_{SECRET}_Name", "Secret")), INFO: info()})
    (payload,) = answers(answer(parsed), 1)
    assert outcome(payload) == parsed


def test_a_pushed_document_may_carry_a_label_in_the_words_of_its_system() -> None:
    pushed = read_line('{"uri": "a", "text": "x", "label": "대외비"}'.encode())
    assert isinstance(pushed, Pushed)
    assert pushed.said.labels == (ImportedLabel("대외비"),)
    with pytest.raises(ValueError, match="label must be text"):
        read_line(b'{"uri": "a", "text": "x", "label": 3}')
