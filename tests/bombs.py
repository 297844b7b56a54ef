"""Files that are made to hurt who reads them, made when they are needed: small here, large or endless when unpacked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from retrieval.parse import MAX_BYTES, Why
from tests.pdfs import pdf

MIB = 1024**2
HUGE = 300 * MIB
"""More than any package may unpack to."""


@dataclass(frozen=True, slots=True)
class Bomb:
    """why: the reasons for which it may be refused. read: it may be read as well, within the limits."""

    name: str
    suffix: str
    content: bytes
    why: frozenset[Why]
    read: bool = False


def _package(**parts: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(_PATHS.get(name, name), content)
    return file.getvalue()


_PATHS = {
    "types": "[Content_Types].xml",
    "rels": "_rels/.rels",
    "document": "word/document.xml",
    "slides": "ppt/presentation.xml",
    "book": "xl/workbook.xml",
    "book_rels": "xl/_rels/workbook.xml.rels",
    "sheet": "xl/worksheets/sheet1.xml",
    "strings": "xl/sharedStrings.xml",
    "section": "Contents/section0.xml",
}
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument"
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="{office}/relationships/{kind}" Target="{target}"/></Relationships>'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
)
_OVERRIDE = '<Override PartName="/{path}" ContentType="{content}.{kind}.main+xml"/>'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def word(document: bytes) -> bytes:
    override = _OVERRIDE.format(path=_PATHS["document"], content=_CONTENT, kind="wordprocessingml.document")
    rels = _RELS.format(office=_OFFICE, kind="officeDocument", target=_PATHS["document"])
    return _package(types=_TYPES.format(overrides=override).encode(), rels=rels.encode(), document=document)


def _workbook(sheet: bytes, **more: bytes) -> bytes:
    sheet_type = f'<Override PartName="/{_PATHS["sheet"]}" ContentType="{_CONTENT}.spreadsheetml.worksheet+xml"/>'
    override = _OVERRIDE.format(path=_PATHS["book"], content=_CONTENT, kind="spreadsheetml.sheet") + sheet_type
    sheets = '<sheets><sheet name="표" sheetId="1" r:id="r1"/></sheets>'
    book = f'<workbook {_S} xmlns:r="{_OFFICE}/relationships">{sheets}</workbook>'
    return _package(
        types=_TYPES.format(overrides=override).encode(),
        rels=_RELS.format(office=_OFFICE, kind="officeDocument", target=_PATHS["book"]).encode(),
        book=book.encode(),
        book_rels=_RELS.format(office=_OFFICE, kind="worksheet", target="worksheets/sheet1.xml").encode(),
        sheet=sheet,
        **more,
    )


def _deflated(size: int) -> bytes:
    """Raw deflate of so many spaces: one piece that ends on a byte, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return piece * (size // MIB) + packer.flush()


def _checksum(size: int) -> int:
    checksum = 0
    for _ in range(size // MIB):
        checksum = zlib.crc32(b" " * MIB, checksum)
    return checksum


def _zip(name: str, packed: bytes, size: int, checksum: int, copies: int = 1) -> bytes:
    """One part, listed so many times; size is what its headers claim."""
    path = name.encode()
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, checksum, len(packed), size, len(path), 0)
    local = b"PK\x03\x04" + common + path + packed
    entries = [path if copy == 0 else b"%d.xml" % copy for copy in range(copies)]
    listed = b"".join(
        b"PK\x01\x02\x14\x00" + common[:-4] + struct.pack("<HHHHHII", len(entry), 0, 0, 0, 0, 0, 0) + entry
        for entry in entries
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, copies, copies, len(listed), len(local), 0)
    return local + listed + end


def zip_bomb(suffix: str, part: str) -> Bomb:
    content = _zip(part, _deflated(HUGE), HUGE, _checksum(HUGE))
    return Bomb(f"a part of 300 MB ({suffix})", suffix, content, frozenset({"bomb"}))


def zip_that_lies() -> Bomb:
    content = _zip(_PATHS["document"], _deflated(HUGE), 1000, zlib.crc32(b" " * 1000))
    return Bomb("a part that unpacks to more than it says", ".docx", content, frozenset({"bomb"}))


def zip_that_overlaps() -> Bomb:
    content = _zip(_PATHS["document"], _deflated(10 * MIB), 10 * MIB, _checksum(10 * MIB), copies=1000)
    return Bomb("a thousand parts that are one and the same", ".docx", content, frozenset({"bomb"}))


def zip_of_zips() -> Bomb:
    content = _package(**{f"{number}.zip": b" " * MIB for number in range(16)})
    for _ in range(3):
        content = _package(**{f"{number}.zip": content for number in range(16)})
    return Bomb("archives in archives", ".docx", content, frozenset({"unknown"}))


def zip_of_many_parts() -> Bomb:
    parts = {f"word/{number}": b"" for number in range(20_000)}
    return Bomb("20,000 parts", ".docx", _package(document=b"<a/>", **parts), frozenset({"bomb"}))


def _laughs(root: str) -> str:
    lines = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "lol">{"".join(lines)}]>'


def billion_laughs_in_word() -> Bomb:
    text = (
        f"{_laughs('w:document')}<w:document {_W}><w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
    )
    return Bomb("a billion laughs in a document", ".docx", word(text.encode()), frozenset({"bomb"}))


def billion_laughs_in_a_workbook() -> Bomb:
    strings = f"{_laughs('sst')}<sst {_S}><si><t>&l9;</t></si></sst>".replace('"1.0"', '"1.0" encoding="UTF-16"')
    sheet = f'<worksheet {_S}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
    content = _workbook(sheet.encode(), strings=strings.encode("utf-16"))
    return Bomb("a billion laughs in a workbook, in UTF-16", ".xlsx", content, frozenset({"bomb"}))


def billion_laughs_in_hwpx() -> Bomb:
    content = _package(section=f"{_laughs('hs:sec')}<hs:sec>&l9;</hs:sec>".encode())
    return Bomb("a billion laughs in HWPX", ".hwpx", content, frozenset({"bomb"}))


def external_entity() -> Bomb:
    text = (
        '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<w:document {_W}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    return Bomb("an entity that is a file of the machine", ".docx", word(text.encode()), frozenset({"bomb"}))


def deep_document() -> Bomb:
    depth = 20_000
    text = f"<w:document {_W}><w:body>{'<w:sdt>' * depth}<w:p/>{'</w:sdt>' * depth}</w:body></w:document>"
    return Bomb("content controls 20,000 deep", ".docx", word(text.encode()), frozenset({"bomb", "broken"}))


def wide_sheet() -> Bomb:
    sheet = (
        f'<worksheet {_S}><dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>이름</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>값</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row></sheetData></worksheet>'
    )
    return Bomb("a sheet that claims to be full", ".xlsx", _workbook(sheet.encode()), frozenset(), read=True)


def far_rows() -> Bomb:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 1_048_576, 40))
    text = f"<worksheet {_S}><sheetData>{rows}</sheetData></worksheet>"
    why: frozenset[Why] = frozenset({"too_big", "too_slow", "too_much_memory"})
    return Bomb("26,000 rows of one cell in the last column", ".xlsx", _workbook(text.encode()), why)


def endless_row() -> Bomb:
    text = (
        f'<worksheet {_S}><sheetData><row r="2000000000"><c r="A2000000000"><v>1</v></c></row></sheetData></worksheet>'
    )
    return Bomb("row two billion", ".xlsx", _workbook(text.encode()), frozenset({"broken"}))


def long_line() -> Bomb:
    return Bomb("a line of 9 MB", ".csv", b"a" * (9 * MIB), frozenset({"too_big"}))


def long_table() -> Bomb:
    return Bomb("a line of 100 MB", ".csv", b"a," * (50 * MIB), frozenset({"too_big"}))


def two_gigabytes() -> Bomb:
    """As much of it as a source reads."""
    return Bomb("a file of 2 GB", ".txt", bytes(MAX_BYTES + 1), frozenset({"too_big"}))


def deep_page() -> Bomb:
    content = b"<html><body>" + b"<div>" * 200_000 + b"text"
    return Bomb("elements 200,000 deep", ".html", content, frozenset({"bomb", "broken", "too_slow"}))


def spans() -> Bomb:
    cell = b'<td colspan="99999" rowspan="99999">a'
    content = b"<table>" + (b"<tr>" + cell * 200) * 1000 + b"</table>"
    return Bomb("cells that claim to be huge", ".html", content, frozenset({"too_much_memory", "too_slow", "too_big"}))


def deep_quotes() -> Bomb:
    content = (b">" * 20_000 + b" text\n") * 40
    return Bomb("quotes 20,000 deep", ".md", content, frozenset({"too_slow", "bomb", "too_much_memory"}), read=True)


def open_brackets() -> Bomb:
    content = b"[" * 200_000 + b"](" * 50_000
    return Bomb("250,000 brackets", ".md", content, frozenset({"too_slow", "bomb", "too_much_memory"}), read=True)


def nested_mail() -> Bomb:
    lines = [f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(10_000)]
    content = f"Subject: deep\r\n{''.join(lines)}Content-Type: text/plain\r\n\r\ntext".encode()
    return Bomb("mail 10,000 deep", ".eml", content, frozenset({"bomb", "too_slow", "broken"}))


def mail_of_many_parts() -> Bomb:
    head = b'Subject: wide\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    content = head + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 50_000 + b"--b--\r\n"
    return Bomb("mail of 50,000 parts", ".eml", content, frozenset({"bomb", "too_slow"}))


def _pdf(*objects: bytes) -> bytes:
    """Objects 1, 2, ... with a table of where they are; the first is the catalogue."""
    file = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(file + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))


def pdf_of_page(*pages: bytes) -> bytes:
    """A page for each of these drawings; /F is a font of Latin letters."""
    numbers = range(3, 3 + 2 * len(pages), 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [_CATALOGUE, b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(pages))]
    for number, page in zip(numbers, pages, strict=True):
        font = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        objects += [_PAGE.replace(b"4 0 R", b"%d 0 R" % (number + 1)) % font, _stream(page)]
    return _pdf(*objects)


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), more, content)


_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << %b >> >>"
_NO_TEXT: frozenset[Why] = frozenset({"scanned", "empty", "broken", "too_slow", "too_much_memory"})


def recursive_form() -> Bomb:
    form = _stream(
        b"/F Do /F Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>"
    )
    content = _pdf(_CATALOGUE, _PAGES, _PAGE % b"/XObject << /F 5 0 R >>", _stream(b"/F Do"), form)
    return Bomb("a form that draws itself twice", ".pdf", content, _NO_TEXT)


def forms_that_double() -> Bomb:
    """30 forms, each of which draws the next one twice."""
    forms = [
        _stream(
            b"/F Do /F Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>" % (n + 1),
        )
        for n in range(5, 35)
    ]
    last = _stream(b"0 0 m 1 1 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    content = _pdf(_CATALOGUE, _PAGES, _PAGE % b"/XObject << /F 5 0 R >>", _stream(b"/F Do"), *forms, last)
    return Bomb("forms that double 30 times", ".pdf", content, _NO_TEXT)


def pages_that_loop() -> Bomb:
    content = _pdf(_CATALOGUE, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>")
    return Bomb("pages that are their own pages", ".pdf", content, _NO_TEXT | {"too_big"})


def packed_stream() -> Bomb:
    packer = zlib.compressobj(9)
    piece = packer.compress(b"0 0 m 1 1 l S " * (MIB // 14)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = piece * 1000 + packer.flush()
    content = _pdf(_CATALOGUE, _PAGES, _PAGE % b"", _stream(packed, b"/Filter /FlateDecode"))
    return Bomb("a page that unpacks to 1 GB", ".pdf", content, _NO_TEXT)


def packed_twice() -> Bomb:
    packed = zlib.compress(zlib.compress(b" " * (200 * MIB), 1), 9)
    content = _pdf(_CATALOGUE, _PAGES, _PAGE % b"", _stream(packed, b"/Filter [/FlateDecode /FlateDecode]"))
    return Bomb("a page that is packed twice", ".pdf", content, _NO_TEXT)


def many_objects() -> Bomb:
    content = _pdf(_CATALOGUE, _PAGES, _PAGE % b"", _stream(b""), *[b"<< /A [1 2 3] >>"] * 500_000)
    return Bomb("half a million objects", ".pdf", content, _NO_TEXT)


def tables_that_loop() -> Bomb:
    content = _pdf(_CATALOGUE, _PAGES, _PAGE % b"", _stream(b""))
    at = content.rindex(b"xref\n0")
    looped = content.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % at)
    return Bomb("a table that comes before itself", ".pdf", looped, _NO_TEXT)


def packed_metadata() -> Bomb:
    content = pdf(packet=b"<" + b" " * HUGE, deflated=True)
    return Bomb("metadata of 300 MB in a PDF", ".pdf", content, _NO_TEXT, read=True)


def deep_metadata() -> Bomb:
    content = pdf(packet=b"<MSIP_Label_>" + b"<a>" * MIB + b"</a>" * MIB + b"</MSIP_Label_>")
    return Bomb("metadata a million deep in a PDF", ".pdf", content, _NO_TEXT, read=True)


BOMBS: Mapping[str, Callable[[], Bomb]] = {
    "zip bomb in docx": lambda: zip_bomb(".docx", _PATHS["document"]),
    "zip bomb in pptx": lambda: zip_bomb(".pptx", _PATHS["slides"]),
    "zip bomb in xlsx": lambda: zip_bomb(".xlsx", _PATHS["book"]),
    "zip bomb in hwpx": lambda: zip_bomb(".hwpx", _PATHS["section"]),
    **{
        make.__name__: make
        for make in (
            zip_that_lies,
            zip_that_overlaps,
            zip_of_zips,
            zip_of_many_parts,
            billion_laughs_in_word,
            billion_laughs_in_a_workbook,
            billion_laughs_in_hwpx,
            external_entity,
            deep_document,
            wide_sheet,
            far_rows,
            endless_row,
            long_line,
            long_table,
            two_gigabytes,
            deep_page,
            spans,
            deep_quotes,
            open_brackets,
            nested_mail,
            mail_of_many_parts,
            recursive_form,
            forms_that_double,
            pages_that_loop,
            packed_stream,
            packed_twice,
            many_objects,
            tables_that_loop,
            packed_metadata,
            deep_metadata,
        )
    },
}
"""What each is called, and how it is made."""
