"""The labels of Microsoft's information protection that PDFs and letters carry."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.label import ImportedLabel
from retrieval.parse.families import parse
from tests.pdfs import closed_pdf, packed_pdf, pdf, xmp

SECRET, PLAIN = "0aa1b2c3-1111-2222-3333-444455556666", "1bb1b2c3-1111-2222-3333-444455556666"
NAMED = (ImportedLabel("대외비", SECRET),)


def told(id: str = SECRET, name: str = "대외비", enabled: str = "true") -> dict[str, str]:
    """As the label's properties are written, with those that say nothing of it."""
    return {
        f"MSIP_Label_{id}_Enabled": enabled,
        f"MSIP_Label_{id}_SetDate": "2026-11-20T01:02:03Z",
        f"MSIP_Label_{id}_Name": name,
        f"MSIP_Label_{id}_SiteId": PLAIN,
    }


def labels(content: bytes) -> tuple[ImportedLabel, ...]:
    parsed = parse("규정.pdf", content)
    assert "fifteen days" in parsed.sections[0].blocks[0]
    return parsed.labels


@pytest.mark.parametrize(
    "content",
    [
        pdf(told()),
        packed_pdf(told()),
        pdf(packet=xmp(told())),
        pdf(packet=xmp({}, told())),
        pdf(packet=xmp(told()), deflated=True),
        pdf(told(), xmp(told())),
        closed_pdf(told(name="Secret"), xmp(told(name="Secret"))),
        pdf(told(SECRET.upper())),
    ],
    ids=["information", "packed", "XMP", "attributes", "deflated", "both", "closed to changes", "capitals"],
)
def test_a_pdf_keeps_the_label_that_it_carries_wherever_it_is_written(content: bytes) -> None:
    assert [(one.id, one.name in ("대외비", "Secret")) for one in labels(content)] == [(SECRET, True)]


def test_a_pdf_without_a_label_has_none() -> None:
    assert labels(pdf()) == labels(pdf({"Title": "x"}, xmp({"Company": "Haneul"}))) == ()


def test_a_label_that_was_taken_off_again_is_none_where_no_other_place_says_that_it_holds() -> None:
    assert labels(pdf(told(enabled="False"))) == ()
    assert labels(pdf(packet=xmp(told(enabled="false")))) == ()
    assert labels(pdf(told(enabled="false"), xmp(told()))) == NAMED


def test_each_place_may_carry_a_label_of_its_own() -> None:
    content = pdf(told(), xmp({f"MSIP_Label_{PLAIN}_Name": "사내"}))
    assert labels(content) == (*NAMED, ImportedLabel("사내", PLAIN))


def test_what_the_text_says_of_labels_is_no_label() -> None:
    assert labels(pdf({"Subject": f"/MSIP_Label_{SECRET}_Name (x)", "Keywords": f"MSIP_Label_{SECRET}_Name=x"})) == ()


@pytest.mark.parametrize(
    ("packet", "found"),
    [
        (b"", ()),
        (b"<x:xmpmeta", ()),
        (b"\xff\xfe\x00", ()),
        (b"x" * 100, ()),
        (xmp(told())[:-60], ("unreadable label",)),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + xmp(told()), ("unreadable label",)),
    ],
    ids=["empty", "begun", "no text", "not packed", "cut off", "entities"],
)
@pytest.mark.parametrize("deflated", [False, True])
def test_damaged_metadata_is_no_fault_and_no_label_unless_one_can_be_seen_in_it(
    packet: bytes, found: tuple[str, ...], deflated: bool
) -> None:
    assert tuple(one.name for one in labels(pdf(packet=packet, deflated=deflated))) == found


@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_metadata_keeps_a_pdf_from_being_read(junk: bytes, at: int) -> None:
    packet = xmp(told())
    parse("규정.pdf", pdf(packet=packet[:at] + junk + packet[at:]))


def test_too_many_labels_are_one_that_no_policy_knows() -> None:
    many = {f"MSIP_Label_{SECRET[:-2]}{n:02d}_Name": "x" for n in range(40)}
    assert [one.name for one in labels(pdf(many))] == ["unreadable label"]


def letter(*headers: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "계약"
    for header in headers:
        message["msip_labels"] = header
    message.set_content("첨부를 보세요.")
    return message


def header(values: dict[str, str]) -> str:
    return "; ".join(f"{key}={value}" for key, value in values.items())


def test_a_letter_keeps_the_label_in_its_header() -> None:
    assert parse("a.eml", letter(header(told())).as_bytes()).labels == NAMED
    assert parse("a.eml", letter(header(told(enabled="false"))).as_bytes()).labels == ()
    assert parse("a.eml", letter().as_bytes()).labels == ()


def test_a_header_is_read_however_it_is_folded() -> None:
    folded = f"msip_labels:\r\n MSIP_Label_{SECRET}_Enabled=true;MSIP_Label_{SECRET}_Name=Top\r\n Secret;\r\n"
    content = f"Subject: x\r\n{folded}Content-Type: text/plain\r\n\r\nhello there\r\n".encode()
    assert parse("a.eml", content).labels == (ImportedLabel("Top Secret", SECRET),)


def test_what_is_attached_to_a_letter_labels_it_too() -> None:
    message = letter(header(told()))
    attached = pdf(told(PLAIN, "사내"))
    message.add_attachment(attached, maintype="application", subtype="pdf", filename="a.pdf")
    assert parse("a.eml", message.as_bytes()).labels == (*NAMED, ImportedLabel("사내", PLAIN))
    forwarded = letter()
    forwarded.add_attachment(letter(header(told())))
    assert parse("a.eml", forwarded.as_bytes()).labels == NAMED
