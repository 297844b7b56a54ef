"""An entry of the audit as one line, in the formats that others read. Pure.

jsonl   as it is, one JSON object
ocsf    the class API Activity (6003) of the Open Cybersecurity Schema Framework 1.3.0, schema.ocsf.io
cef     ArcSight's Common Event Format, CEF:0 ("Implementing ArcSight Common Event Format", version 26)

Lines are UTF-8, and Korean stays readable; nothing that some reader takes for the end of a line stands inside of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Literal, get_args

from bot.audit_chain import Entry

Format = Literal["jsonl", "ocsf", "cef"]
FORMATS: tuple[Format, ...] = get_args(Format)

_OCSF = "1.3.0"
_APPLICATION_ACTIVITY, _API_ACTIVITY = 6, 6003
_CREATE, _UPDATE, _DELETE, _OTHER = 1, 3, 4, 99
_INFORMATIONAL, _MEDIUM = 1, 3
_USER, _SYSTEM = 1, 3
_ACTIVITIES: Mapping[str, int] = {
    "source_added": _CREATE,
    "source_removed": _DELETE,
    "forgotten": _DELETE,
    "reindexed": _UPDATE,
    "restored": _UPDATE,
    "policy": _UPDATE,
    "sources": _UPDATE,
    "opt_out.add": _CREATE,
    "opt_out.take_back": _UPDATE,
    "legal_hold.add": _CREATE,
    "legal_hold.end": _UPDATE,
}
_WEIGHTY = frozenset({"restored", "source_removed", "forgotten", "policy", "stopped", "operator"})
"""What somebody should look at: the others happen all day."""
_CEF_LONGEST, _CEF_STRINGS = 4000, 6
"""Characters of a custom string (cs1 to cs6) in CEF's dictionary."""
_LINE_ENDS = re.compile("[\x7f-\x9f\u2028\u2029]")


def formatted(entry: Entry, format: Format, version: str) -> str:
    """One line without its end. version: Naru's."""
    return _WRITERS[format](entry, version)


def _jsonl(entry: Entry, version: str) -> str:
    return _json(entry.data())


def _ocsf(entry: Entry, version: str) -> str:
    activity = _ACTIVITIES.get(entry.kind, _OTHER)
    user = {"uid": entry.actor, "type_id": _USER} if entry.actor else {"name": "naru", "type_id": _SYSTEM}
    host = entry.body.get("host")
    return _json(
        {
            "activity_id": activity,
            "category_uid": _APPLICATION_ACTIVITY,
            "class_uid": _API_ACTIVITY,
            "type_uid": _API_ACTIVITY * 100 + activity,
            "severity_id": _MEDIUM if entry.kind in _WEIGHTY else _INFORMATIONAL,
            "time": _milliseconds(entry),
            "metadata": {
                "version": _OCSF,
                "uid": str(entry.id),
                "event_code": entry.kind,
                "log_name": "audit",
                "product": {"name": "Naru", "vendor_name": "Naru", "version": version},
            },
            "actor": {"user": user},
            "api": {"operation": entry.kind, "service": {"name": "naru"}},
            "src_endpoint": {"name": "naru"},
            **({"dst_endpoint": {"hostname": str(host)}} if host else {}),
            **({"resources": [{"uid": entry.subject, "type": "subject"}]} if entry.subject else {}),
            "unmapped": dict(entry.body),
        }
    )


def _cef(entry: Entry, version: str) -> str:
    severity = "6" if entry.kind in _WEIGHTY else "3"
    header = ("CEF:0", "Naru", "Naru", version, entry.kind, entry.kind.replace("_", " "), severity)
    fields: dict[str, str] = {"rt": str(_milliseconds(entry)), "externalId": str(entry.id)}
    for key, value in (("suid", entry.actor), ("duid", entry.subject), ("dhost", entry.body.get("host"))):
        if value:
            fields[key] = str(value)
    body = _json(dict(entry.body))
    pieces = [body[at : at + _CEF_LONGEST] for at in range(0, len(body), _CEF_LONGEST)]
    for number, piece in enumerate(pieces[:_CEF_STRINGS], start=1):
        fields |= {f"cs{number}Label": "body", f"cs{number}": piece}
    extension = " ".join(f"{key}={_in_extension(value)}" for key, value in fields.items())
    return "|".join([*map(_in_header, header), extension])


_WRITERS: Mapping[Format, Callable[[Entry, str], str]] = {"jsonl": _jsonl, "ocsf": _ocsf, "cef": _cef}


def _in_header(value: str) -> str:
    """A pipe ends a field there; line ends are not allowed at all."""
    return re.sub(r"[\r\n]+", " ", value).replace("\\", "\\\\").replace("|", "\\|")


def _in_extension(value: str) -> str:
    """An equals sign ends a key there."""
    escaped = value.replace("\\", "\\\\").replace("=", "\\=")
    return escaped.replace("\r", "\\r").replace("\n", "\\n")


def _json(data: object) -> str:
    said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _LINE_ENDS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", said)


def _milliseconds(entry: Entry) -> int:
    return int(entry.at.timestamp() * 1000)
