"""What a file is by its first bytes, whatever its name says. Pure.

The marks of the rights management systems are as observed in files, since their makers publish none: Fasoo
("\\x9b DRMONE", "<!-- FasooSecureContainer"), SoftCamp ("SCDSA00"), MarkAny ("<DOCUMENT SAFER", "DOCUMENTSAFER_"),
Samsung SDS ("<## NASCA DRM FILE"). HWP: "한글 문서 파일 형식 5.0", revision 1.3, section 3.2.1 (FileHeader).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Literal

from retrieval.parse.refusals import Refusal

Container = Literal["pdf", "zip", "hwp", "html", "text"]

_DRM = (
    ("fasoo", re.compile(rb"\x9b DRMONE |<!-- ?FasooSecureContainer")),
    ("softcamp", re.compile(rb"SCDSA00")),
    ("markany", re.compile(rb"<DOCUMENT ?SAFER|DOCUMENTSAFER_|<!-- ?(DocumentSAFER|MarkAny)")),
    ("nasca", re.compile(rb"<## ?NASCA DRM FILE")),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HWP = b"HWP Document File\0"
_HWP_FLAGS = 36
_PASSWORD, _DISTRIBUTION, _DRM_DOCUMENT, _CERTIFICATE = 1 << 1, 1 << 2, 1 << 4, 1 << 8
_HTML = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<!--.{0,500}?-->\s*|<\?xml[^>]{0,200}\?>\s*){0,3}"
    rb"<(!doctype html|html|head|body|meta|table|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHERS = (
    ("archive", (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\0")),
    ("image", (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")),
    ("rtf", (b"{\\rtf",)),
    ("old_hwp", (b"HWP Document File V",)),
)
# The names of an OLE2 file's streams stand in its directory, in UTF-16.
_STREAMS = (
    ("microsoft", "DRMEncryptedDataSpace"),
    ("password", "EncryptedPackage"),
    ("outlook", "__substg1.0_"),
    ("doc", "WordDocument"),
    ("ppt", "PowerPoint Document"),
    ("xls", "Workbook"),
    ("xls", "Book"),
)
_SAMPLE = 4096
_NOISE = 7.2
"""Bits in a byte of a sample from which on it looks encrypted: 4,096 random bytes have 7.95, text and XML 4 to 6."""


def refuse_protected(content: bytes) -> None:
    """Raises Refusal for what a rights management system has wrapped, whatever kind of file it was."""
    start = content[:64]
    for cause, mark in _DRM:
        if mark.match(start):
            raise Refusal(cause)


def container(content: bytes) -> Container:
    """What holds the document. Raises Refusal for what is known and not read, and for what looks encrypted."""
    if b"%PDF-" in content[:1024]:  # readers allow junk before it
        return "pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if content.startswith(_OLE2):
        return _compound(content)
    for cause, marks in _OTHERS:
        if content.startswith(marks):
            raise Refusal(cause)
    if _HTML.match(content[:_SAMPLE]):
        return "html"
    if b"\0" not in content[:_SAMPLE] and noise(content[:_SAMPLE]) < _NOISE:
        return "text"
    raise Refusal("looks_encrypted" if noise(content[:_SAMPLE]) >= _NOISE else "broken")


def noise(sample: bytes) -> float:
    """Its entropy, in bits a byte."""
    counts = Counter(sample).values()
    return -sum(n / len(sample) * math.log2(n / len(sample)) for n in counts)


def _compound(content: bytes) -> Container:
    """An OLE2 file: HWP 5, or what Office wrote before 2007 and still writes around what it encrypts."""
    header = content.find(_HWP)
    if header >= 0:
        flags = int.from_bytes(content[header + _HWP_FLAGS : header + _HWP_FLAGS + 4], "little")
        for bit, cause in (
            (_PASSWORD, "password"),
            (_DRM_DOCUMENT, "hancom"),
            (_CERTIFICATE, "hancom"),
            (_DISTRIBUTION, "distribution"),
        ):
            if flags & bit:
                raise Refusal(cause)
        return "hwp"
    for cause, stream in _STREAMS:
        if stream.encode("utf-16-le") in content:
            raise Refusal(cause)
    raise Refusal("broken")
