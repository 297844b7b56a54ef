"""Zip files, which OOXML and HWPX documents are, looked through before a library unpacks them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from struct import Struct
from struct import error as StructError  # noqa: N812
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import MAX_WBITS, decompressobj
from zlib import error as ZlibError  # noqa: N812

from retrieval.parse.refusals import Refusal

MAX_UNPACKED = 200 * 1024**2
MAX_PARTS = 10_000
MAX_RATIO = 100
"""How many times its size a file may unpack to, once that is more than HARMLESS. XML of long sheets reaches 40."""
HARMLESS = 20 * 1024**2

_CHUNK = 1 << 16
_HEADER = 30  # bytes of a local file header without its name; its last four are the lengths of name and extra field
_NAMES = Struct("<HH")
_ENCRYPTED = 1
_DOCTYPE = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
_XML = (".xml", ".rels", ".vml", ".hpf")


def names(content: bytes) -> frozenset[str]:
    """The names of the parts of a package that is safe to unpack. Raises Refusal for any other.

    Sizes in a directory can lie: every part is unpacked here once, in small pieces, to the first byte too many.
    """
    try:
        with ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
        _look(parts, len(content))
        room = min(MAX_UNPACKED, max(HARMLESS, MAX_RATIO * len(content)))
        for part in parts:
            room -= _unpack(content, part, room)
        return frozenset(part.filename for part in parts)
    except (BadZipFile, ZlibError, StructError, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        raise Refusal("broken") from None


def _look(parts: list[ZipInfo], size: int) -> None:
    """What the directory alone gives away."""
    if len(parts) > MAX_PARTS:
        raise Refusal("too_many_parts", parts=MAX_PARTS)
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Refusal("password")
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise Refusal("broken")
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise Refusal("overlapping")
        end = part.header_offset + _HEADER + len(part.filename) + part.compress_size
    declared = sum(part.file_size for part in parts)
    if declared > MAX_UNPACKED or declared > max(HARMLESS, MAX_RATIO * size):
        raise Refusal("unpacks_too_far", mb=MAX_UNPACKED // 1024**2)


def _unpack(content: bytes, part: ZipInfo, room: int) -> int:
    """The true size of a part, which must be the one that it claims: readers differ in whom they believe."""
    size = 0
    is_xml = part.filename.lower().endswith(_XML)
    tail = b""
    for chunk in _chunks(content, part):
        size += len(chunk)
        if size > min(room, part.file_size):
            raise Refusal("unpacks_too_far", mb=MAX_UNPACKED // 1024**2)
        if is_xml and any(mark in tail + chunk for mark in _DOCTYPE):
            raise Refusal("entities")
        tail = chunk[-32:]
    return size


def _chunks(content: bytes, part: ZipInfo) -> Iterator[bytes]:
    name, extra = _NAMES.unpack_from(content, part.header_offset + _HEADER - _NAMES.size)
    start = part.header_offset + _HEADER + name + extra
    packed = content[start : start + part.compress_size]
    if part.compress_type == ZIP_STORED:
        yield packed
        return
    stream = decompressobj(-MAX_WBITS)
    while packed:
        yield stream.decompress(packed, _CHUNK)
        packed = stream.unconsumed_tail
