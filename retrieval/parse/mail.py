"""Mail: what was written, who wrote it when, and the documents that were attached, one level deep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email import message_from_bytes, policy
from email.errors import MessageError
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any

from retrieval.parse import Parsed, Section
from retrieval.parse.decode import decode
from retrieval.parse.labels import labels_of_header
from retrieval.parse.refusals import Refusal

MAX_PARTS = 1_000
MAX_LINES = 20_000  # that begin like the edge of a part; a letter that quotes a change to a program has some of them
MAX_ATTACHMENTS = 20
"""Attached documents that are read; the others are named."""

Message = Any
"""An EmailMessage or a part of one: the standard library's own types do not agree on which."""

Read = Callable[[str, str, bytes], Parsed]
"""(name, suffix, content) -> Parsed; raises Refusal. What reads the text and the attachments."""


def parse(name: str, content: bytes, read: Read, *, attachments: bool) -> Parsed:
    """The subject is the title. attachments: read them, too; what stands in one comes under its name."""
    if content.count(b"\n--") > MAX_LINES:
        raise Refusal("too_many_parts", parts=MAX_PARTS)
    # The parser descends by recursion, so what is nested thousands deep ends it.
    try:
        message = message_from_bytes(content, policy=policy.default)
        parts = _parts(message)
        head = [f"{field}: {value}" for field in ("From", "To", "Date") if (value := _field(message, field))]
        body = message.get_body(("plain", "html"))
        labels = [*labels_of_header(map(str, message.get_all("msip_labels", ())))]
    except RecursionError:
        raise Refusal("too_deep") from None
    except (MessageError, LookupError, ValueError, AttributeError):
        raise Refusal("broken") from None
    attached = [part for part in parts if part is not body and _name(part)]
    names = [_name(part) for part in attached]
    letter = _body(body, read) if body is not None else ()
    first = [Section((), ("\n".join(head),))] if head else []
    listed = [Section((), ("Attachments: " + ", ".join(names),))] if names else []
    sections = [*first, *letter, *listed]
    for part in attached[: MAX_ATTACHMENTS if attachments else 0]:
        inner = _attachment(part, read)
        sections += _under(_name(part), inner.sections)
        labels += inner.labels
    title = " ".join(_field(message, "Subject").split()) or name
    return Parsed(title, tuple(sections), labels=tuple(dict.fromkeys(labels)))


def _parts(message: Message) -> list[Message]:
    """Those that hold something themselves; a forwarded message is one of them."""
    found: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if len(found) + len(waiting) > MAX_PARTS:
            raise Refusal("too_many_parts", parts=MAX_PARTS)
        if part.get_content_maintype() == "multipart":
            waiting += reversed(part.get_payload())
        else:
            found.append(part)
    return found


def _field(message: Message, field: str) -> str:
    value = str(message.get(field, ""))
    if field != "Date":
        return " ".join(value.split())
    try:
        return parsedate_to_datetime(value).isoformat(" ", "minutes")
    except ValueError:
        return ""


def _body(part: Message, read: Read) -> tuple[Section, ...]:
    suffix = ".html" if part.get_content_subtype() == "html" else ".txt"
    try:
        text = decode(_content(part), part.get_content_charset()).encode()
        return read("", suffix, text).sections
    except Refusal as refusal:
        if refusal.why in ("empty", "binary"):
            return ()
        raise


def _attachment(part: Message, read: Read) -> Parsed:
    """What stands in it; nothing where it cannot be read."""
    name = _name(part)
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        content = inner[0].as_bytes() if isinstance(inner, list) and inner else b""
        suffix = ".eml"
    else:
        content, suffix = _content(part), PurePosixPath(name).suffix
    try:
        return read(name, suffix, content)
    except Refusal:
        return Parsed(name, ())  # its name stands in the list


def _under(name: str, sections: Iterable[Section]) -> list[Section]:
    return [Section((name, *section.headings), section.blocks, section.place) for section in sections]


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: Message) -> str:
    name = part.get_filename()
    if not name and part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        name = _field(inner[0], "Subject") if isinstance(inner, list) and inner else ""
    return " ".join(str(name or "").split())[:150]
