"""The labels of Microsoft's information protection that an Office document carries, as Office stores them.

docProps/custom.xml: MSIP_Label_<GUID>_Name and its like, one property each. docMetadata/LabelInfo.xml: the newer place,
which holds ids and no names ([MS-OFFCRYPTO] 2.6.1). Read once the package is known to be safe to unpack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, fromstring
from zipfile import ZipFile

from retrieval.label import ImportedLabel

MAX_LABELS = 20
LONGEST = 200
"""Characters of a name that are kept; Microsoft's own limit is 64."""
UNREADABLE = ImportedLabel("unreadable label")
"""Of a part that should say it and cannot be read: no policy knows it, so the document is restricted."""

_PLACES = ("docprops/custom.xml", "docmetadata/labelinfo.xml")
_MAX_PART = 4 * 1024**2
_PROPERTY = re.compile(r"MSIP_Label_([0-9a-f-]{36})_(Name|Enabled)", re.IGNORECASE)
_NO = ("false", "0")


def has_labels(parts: Iterable[str]) -> bool:
    return any(part.lower() in _PLACES for part in parts)


def labels(content: bytes) -> tuple[ImportedLabel, ...]:
    """Those in force, each once; never raises for what stands in them."""
    names: dict[str, str] = {}
    off: set[str] = set()
    with ZipFile(BytesIO(content)) as package:
        for part in package.infolist():
            if part.filename.lower() not in _PLACES:
                continue
            try:
                if part.file_size > _MAX_PART:
                    raise ValueError
                for id, name, enabled in _told(fromstring(package.read(part))):
                    names[id] = name or names.get(id, "")
                    off |= set() if enabled else {id}
            except (ParseError, ValueError, UnicodeError):
                names[UNREADABLE.id] = UNREADABLE.name
    found = [ImportedLabel(name, id) for id, name in sorted(names.items()) if id not in off]
    return tuple(found) if len(found) <= MAX_LABELS else (UNREADABLE,)


def _told(root: Element) -> Iterator[tuple[str, str, bool]]:
    """(id, name, whether it holds) as each element says one of them."""
    for element in root.iter():
        if match := _PROPERTY.fullmatch(element.get("name", "")):
            value = " ".join("".join(element.itertext()).split())
            if match[2].lower() == "name":
                yield match[1].lower(), value[:LONGEST], True
            else:
                yield match[1].lower(), "", value.lower() not in _NO
        elif element.tag.rpartition("}")[2] == "label" and element.get("id"):
            holds = element.get("enabled", "1").lower() not in _NO and element.get("removed", "0").lower() in _NO
            yield element.get("id", "").strip("{}").lower()[:LONGEST], "", holds
