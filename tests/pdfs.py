"""PDFs as other programs write them: with metadata, packed, or closed to changes. Made when they are needed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from itertools import count

_TEXT = b"BT /F 12 Tf 50 700 Td (Annual leave is fifteen days.) Tj ET"
_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
    b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
)
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/" {attributes}>{elements}</rdf:Description>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def xmp(elements: Mapping[str, str], attributes: Mapping[str, str] | None = None) -> bytes:
    """A packet with these properties of Adobe's pdfx namespace."""
    told = "".join(f"<pdfx:{key}>{value}</pdfx:{key}>" for key, value in elements.items())
    short = " ".join(f'pdfx:{key}="{value}"' for key, value in (attributes or {}).items())
    return _XMP.format(elements=told, attributes=short).encode()


def pdf(info: Mapping[str, str] | None = None, packet: bytes | None = None, *, deflated: bool = False) -> bytes:
    """One page of text. info: its information dictionary. packet: its metadata stream."""
    return _file(_objects(info, packet, deflated=deflated))


def packed_pdf(info: Mapping[str, str]) -> bytes:
    """The same with its information dictionary in an object stream, where PDF 1.5 puts it."""
    objects = _objects({}, None)
    inner = _dictionary(info)
    objects[4] = _stream(zlib.compress(b"6 0 " + inner), b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    body, places = _body(objects)
    rows = [(0, 0, 65535), *((1, place, 0) for place in places), (2, 5, 0), (1, len(body), 0)]
    table = b"".join(kind.to_bytes(1) + at.to_bytes(4) + more.to_bytes(2) for kind, at, more in rows)
    kept = b"/Type /XRef /W [1 4 2] /Size %d /Root 1 0 R /Info 6 0 R" % len(rows)
    return body + b"7 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (_stream(table, kept), len(body))


def closed_pdf(info: Mapping[str, str], packet: bytes) -> bytes:
    """The same, which everybody may open and nobody may change (PDF 1.7, 7.6.3: the standard handler, revision 2)."""
    rights, id = (-44).to_bytes(4, "little", signed=True), b"0123456789abcdef"
    owner = _rc4(hashlib.md5(b"owner" + _PAD[:27]).digest()[:5], _PAD)
    key = hashlib.md5(_PAD + owner + rights + id).digest()[:5]

    def closed(number: int, content: bytes) -> bytes:
        return _rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], content)

    entries = b" ".join(b"/%b <%b>" % (k.encode(), closed(5, v.encode()).hex().encode()) for k, v in info.items())
    objects = _objects({}, packet)
    objects[3] = _stream(closed(4, _TEXT))
    objects[4] = b"<< %b >>" % entries
    objects[5] = _stream(closed(6, packet), b"/Type /Metadata /Subtype /XML")
    user = _rc4(key, _PAD).hex().encode()
    handler = b"<< /Filter /Standard /V 1 /R 2 /O <%b> /U <%b> /P -44 >>" % (owner.hex().encode(), user)
    return _file(objects, b"/Encrypt %b /ID [<%b> <%b>]" % (handler, id.hex().encode(), id.hex().encode()))


def _objects(info: Mapping[str, str] | None, packet: bytes | None, *, deflated: bool = False) -> list[bytes]:
    """1 catalogue, 2 pages, 3 page, 4 its text, 5 information, 6 metadata."""
    metadata = b"/Metadata 6 0 R" if packet is not None else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % metadata,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE,
        _stream(_TEXT),
        _dictionary(info or {}),
    ]
    if packet is not None:
        kept = b"/Type /Metadata /Subtype /XML"
        objects.append(
            _stream(zlib.compress(packet), kept + b" /Filter /FlateDecode") if deflated else _stream(packet, kept)
        )
    return objects


def _dictionary(info: Mapping[str, str]) -> bytes:
    told = (b"/%b <FEFF%b>" % (key.encode(), value.encode("utf-16-be").hex().encode()) for key, value in info.items())
    return b"<< %b >>" % b" ".join(told)


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), more, content)


def _body(objects: list[bytes]) -> tuple[bytes, list[int]]:
    """The objects 1, 2, ..., and where each begins."""
    body, places = b"%PDF-1.7\n", []
    for number, content in zip(count(1), objects):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    return body, places


def _file(objects: list[bytes], more: bytes = b"") -> bytes:
    body, places = _body(objects)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R %b >>\n" % (size, more)
    return body + head + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


def _rc4(key: bytes, content: bytes) -> bytes:
    box = list(range(256))
    at = 0
    for n in range(256):
        at = (at + box[n] + key[n % len(key)]) % 256
        box[n], box[at] = box[at], box[n]
    out = bytearray()
    i = j = 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
