"""What cannot be read is named by what it is, whatever its name says."""

from __future__ import annotations

import random
from io import BytesIO
from zipfile import ZipFile

import pytest

from retrieval.parse import UnreadableFault, Why
from retrieval.parse.families import SUFFIXES, parse
from retrieval.parse.recognise import noise
from retrieval.parse.refusals import REFUSALS, Refusal
from tests.bombs import pdf_of_page

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
RANDOM = random.Random(4).randbytes(8192)


def ole2(stream: str) -> bytes:
    return OLE2 + RANDOM[:512] + stream.encode("utf-16-le") + bytes(64)


def hwp(flags: int) -> bytes:
    return OLE2 + b"HWP Document File".ljust(32, b"\0") + b"\0\1\0\5" + flags.to_bytes(4, "little") + bytes(256)


def package(*parts: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as whole:
        for part in parts:
            whole.writestr(part, "<a/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why", "said"),
    [
        ("a.docx", ole2("EncryptedPackage"), "encrypted", "protected with a password"),
        ("a.xlsx", ole2("DRMEncryptedDataSpace"), "drm", "Microsoft rights management"),
        ("a.docx", b"\x9b DRMONE  This Document is encrypted and protected by Fasoo DRM" + RANDOM, "drm", "Fasoo"),
        ("a.pdf", b"<!-- FasooSecureContainer - Ver 1 -->" + RANDOM, "drm", "Fasoo"),
        ("a.pptx", b"SCDSA004" + RANDOM, "drm", "SoftCamp"),
        ("a.xlsx", b"<DOCUMENT SAFER V2010 R2>" + RANDOM, "drm", "MarkAny"),
        ("a.hwp", b"<DOCUMENTSAFER_0>\0" + RANDOM, "drm", "MarkAny"),
        ("a.csv", b"<## NASCA DRM FILE - VER1.00 ##>" + RANDOM, "drm", "NASCA"),
        ("a.txt", b"SCDSA002" + RANDOM, "drm", "SoftCamp"),
        ("a.eml", b"SCDSA002" + RANDOM, "drm", "SoftCamp"),
        ("a.xlsx", RANDOM, "encrypted", "looks encrypted"),
        ("a.pdf", RANDOM, "encrypted", "looks encrypted"),
        ("a.hwp", hwp(1 << 1), "encrypted", "protected with a password"),
        ("a.hwp", hwp(1 << 2), "distribution", "배포용"),
        ("a.hwp", hwp(1 << 4), "drm", "Hancom"),
        ("a.hwp", b"HWP Document File V3.00 \x1a\1\2\3\4\5" + bytes(128), "legacy", "save it as .hwpx"),
        ("a.doc", ole2("WordDocument"), "legacy", "save it as .docx"),
        ("보고서.docx", ole2("WordDocument"), "legacy", "save it as .docx"),
        ("a.xls", ole2("Workbook"), "legacy", "save it as .xlsx"),
        ("a.ppt", ole2("PowerPoint Document"), "legacy", "save it as .pptx"),
        ("a.msg", ole2("__substg1.0_"), "unknown", "save it as .eml"),
        ("a.doc", b"{\\rtf1 text}", "legacy", "save it as .docx"),
        ("a.xlsb", package("xl/workbook.bin"), "legacy", "save it as .xlsx"),
        ("a.pages", package("Index/Document.iwa"), "unknown", "Apple iWork"),
        ("a.odt", package("mimetype", "content.xml"), "unknown", "OpenDocument"),
        ("a.docx", package("photo.jpg"), "unknown", "unpack it"),
        ("a.docx", b"\x89PNG\r\n\x1a\n" + RANDOM, "unknown", "picture"),
        ("a.pdf", b"7z\xbc\xaf\x27\x1c" + RANDOM, "unknown", "archive"),
        ("a.docx", b"plain text", "broken", "not what its name says"),
        ("a.md", b"\x89PNG\r\n\x1a\n\0" + RANDOM, "binary", "binary file"),
        ("a.pdf", b"%PDF-1.7\nnothing else", "broken", "damaged"),
    ],
)
def test_what_cannot_be_read_is_named_and_says_what_to_do(name: str, content: bytes, why: Why, said: str) -> None:
    with pytest.raises(UnreadableFault) as fault:
        parse(name, content)
    assert fault.value.why == why
    assert str(fault.value).startswith(f"{name} ")
    assert said in str(fault.value)


def test_a_pdf_with_a_password_is_said_to_have_one() -> None:
    trailer = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >> /ID [<00> <00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    content = pdf_of_page(b"BT ET").replace(b"/Root 1 0 R", b"/Root 1 0 R " + trailer)
    with pytest.raises(UnreadableFault, match="protected with a password") as fault:
        parse("a.pdf", content)
    assert fault.value.why == "encrypted"


@pytest.mark.parametrize("start", [b"# Document Safer\n\nguide", b"MarkAny is a company", b"DRMONE is a mark"])
def test_a_text_about_rights_management_is_a_text(start: bytes) -> None:
    parse("a.md", start + b" and its text")


def test_a_hwp_under_the_name_of_a_pdf_is_read_as_hwp() -> None:
    with pytest.raises(UnreadableFault, match="배포용"):
        parse("a.pdf", hwp(1 << 2))


def test_noise_tells_what_is_encrypted_from_what_is_text() -> None:
    korean = "연차는 입사일을 기준으로 열다섯 날이 생깁니다. The quick brown fox. ".encode() * 60
    assert noise(korean[:4096]) < 6.5 < 7.9 < noise(RANDOM[:4096])


def test_every_refusal_is_a_sentence_about_the_document() -> None:
    numbers = dict.fromkeys(("mb", "pages", "thousands", "parts", "seconds", "status"), 7)
    for cause in REFUSALS:
        said = str(Refusal(cause, **numbers).fault("a.pdf"))
        assert said.startswith("a.pdf ")
        assert said.endswith(".")
        assert "{" not in said


def test_what_is_known_and_not_read_is_listed_so_that_it_is_named() -> None:
    assert {".doc", ".xls", ".ppt", ".pages", ".pdf", ".hwp", ".eml"} <= set(SUFFIXES)
