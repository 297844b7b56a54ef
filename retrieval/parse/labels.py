"""The labels of Microsoft's information protection that a document carries, as its programs store them: in each place
as MSIP_Label_<GUID>_Name, _Enabled and their like.

Office: one property each in docProps/custom.xml; docMetadata/LabelInfo.xml is the newer place, which holds ids and no
names ([MS-OFFCRYPTO] 2.6.1), read once the package is known to be safe to unpack. PDF: entries of the information
dictionary, and properties of the XMP packet under Adobe's pdfx namespace. Mail: the header msip_labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, XMLParser, fromstring
from zipfile import ZipFile
from zlib import decompressobj
from zlib import error as ZlibError  # noqa: N812

from retrieval.label import ImportedLabel

MAX_LABELS = 20
LONGEST = 200
"""Characters of a name that are kept; Microsoft's own limit is 64."""
UNREADABLE = ImportedLabel("unreadable label")
"""Of a part that should say it and cannot be read: no policy knows it, so the document is restricted."""

_PLACES = ("docprops/custom.xml", "docmetadata/labelinfo.xml")
_MAX_PART = 4 * 1024**2
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PROPERTY = re.compile(r"MSIP_Label_([0-9a-f-]{36})_(Name|Enabled)", re.IGNORECASE)
_ENTRY = re.compile(rb"/(MSIP_Label_[0-9A-Fa-f-]{36}_(?:Name|Enabled))(?![0-9A-Za-z_#-])")
_PACKET = re.compile(rb"/Type\s?/Metadata[^\x00]{0,300}?stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_NO = ("false", "0")
_BLANK = b" \t\r\n\0\xef\xbb\xbf"

Told = tuple[str, str, bool]
"""The id of a label, its name where that is said, and whether the label holds."""


def is_id(id: str) -> bool:
    """Whether a file may say this id of a label: Microsoft's are GUIDs. Any other could be one that a source says of
    its own documents, and the policy trusts."""
    return _GUID.fullmatch(id) is not None


def has_labels(parts: Iterable[str]) -> bool:
    return any(part.lower() in _PLACES for part in parts)


def labels(content: bytes) -> tuple[ImportedLabel, ...]:
    """Those of an Office package that are in force, each once; never raises for what stands in them."""
    told: list[Told] = []
    with ZipFile(BytesIO(content)) as package:
        for part in package.infolist():
            if part.filename.lower() not in _PLACES:
                continue
            try:
                if part.file_size > _MAX_PART:
                    raise ValueError
                told += _told(fromstring(package.read(part)))
            except (ParseError, ValueError, UnicodeError):
                told.append((UNREADABLE.id, UNREADABLE.name, True))
    return _in_force(told)


def labels_of_pdf(copy: bytes, entry: Callable[[str], str]) -> tuple[ImportedLabel, ...]:
    """Those of a PDF, in force in one of its places at least. copy: the file as its parser writes it, so that every
    dictionary stands in it unpacked, and nothing that was replaced. entry: what the information dictionary says under
    a key; empty where it says nothing. Never raises for what stands in them."""
    keys = sorted({match[1].decode() for match in _ENTRY.finditer(copy)})
    if len(keys) > 2 * MAX_LABELS:
        return (UNREADABLE,)
    found = list(_in_force(_property(key, value) for key in keys if (value := entry(key))))
    for match in _PACKET.finditer(copy):
        found += _in_force(_of_packet(match[1]))
    return _in_force((one.id, one.name, True) for one in found)


def labels_of_header(values: Iterable[str]) -> tuple[ImportedLabel, ...]:
    """Those of a letter, whose header holds `MSIP_Label_<GUID>_Name=Secret; ...`."""
    pairs = (pair.partition("=") for value in values for pair in value.split(";"))
    return _in_force(_property("".join(key.split()), value) for key, _, value in pairs)


def _in_force(told: Iterable[Told | None]) -> tuple[ImportedLabel, ...]:
    names: dict[str, str] = {}
    off: set[str] = set()
    for one in filter(None, told):
        id, name, holds = one if is_id(one[0]) else (UNREADABLE.id, UNREADABLE.name, True)
        names[id] = name or names.get(id, "")
        off |= set() if holds else {id}
    found = [ImportedLabel(name, id) for id, name in sorted(names.items()) if id not in off]
    return tuple(found) if len(found) <= MAX_LABELS else (UNREADABLE,)


def _told(root: Element) -> Iterator[Told]:
    """As each element of an Office part says one of them."""
    for element in root.iter():
        name = element.get("name", "")
        if _PROPERTY.fullmatch(name) and (told := _property(name, "".join(element.itertext()))):
            yield told
        elif element.tag.rpartition("}")[2] == "label" and element.get("id"):
            holds = element.get("enabled", "1").lower() not in _NO and element.get("removed", "0").lower() in _NO
            yield element.get("id", "").strip("{}").lower()[:LONGEST], "", holds


def _of_packet(packed: bytes) -> Iterator[Told]:
    """As XMP says them: an element each, or an attribute. A packet that cannot be read says nothing, unless the name of
    a label can be seen in it."""
    try:
        packet = packed if packed.lstrip(_BLANK).startswith(b"<") else decompressobj().decompress(packed, _MAX_PART)
    except ZlibError:
        return
    if b"MSIP_Label_" not in packet:
        return
    try:
        if b"<!DOCTYPE" in packet:
            raise ValueError
        heard = _Properties()
        parser = XMLParser(target=heard)
        parser.feed(packet.decode("utf-8-sig").strip(" \t\r\n\0"))
        parser.close()
        yield from heard.told
    except (ParseError, ValueError):
        yield UNREADABLE.id, UNREADABLE.name, True


class _Properties:
    """Hears what a packet says while it is parsed; no tree is built of it, however deep it is."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._text.clear()
        for name, value in attributes.items():
            self._hear(name, value)

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        self._hear(tag, "".join(self._text))
        self._text.clear()

    def _hear(self, name: str, value: str) -> None:
        if told := _property(name.rpartition("}")[2], value):
            self.told.append(told)


def _property(key: str, value: str) -> Told | None:
    match = _PROPERTY.fullmatch(key)
    if match is None:
        return None
    value = " ".join(value.split())
    if match[2].lower() == "name":
        return match[1].lower(), value[:LONGEST], True
    return match[1].lower(), "", value.lower() not in _NO
