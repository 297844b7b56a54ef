"""Bytes to text: UTF-8, UTF-16 with a byte order mark, and the CP949 of older Korean Windows files. Pure."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup

from retrieval.parse.refusals import Refusal

MAX_TEXT = 10 * 1024 * 1024
"""Bytes of a document that is nothing but text."""

_BOMS = {BOM_UTF8: "utf-8-sig", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}
# What files call EUC-KR is the larger CP949 in truth: that is what Windows writes.
_SAME = {"euc_kr": "cp949", "iso2022_kr": "iso2022_kr", "ascii": "utf-8", "iso8859-1": "cp1252"}


def decode(content: bytes, declared: str | None = None) -> str:
    """The text, with \\n as line end. declared: what the document says of its encoding, tried first. Raises Refusal for
    what is no text."""
    if len(content) > MAX_TEXT:
        raise Refusal("too_big", mb=MAX_TEXT // 1024**2)
    marked = next((codec for bom, codec in _BOMS.items() if content.startswith(bom)), None)
    # CP949 last: it accepts many byte strings that mean something else.
    codecs = (marked,) if marked else (*_known(declared), "utf-8", "cp949")
    for codec in codecs:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Refusal("binary")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Refusal("binary" if b"\0" in content and not marked else "not_text")


def _known(declared: str | None) -> tuple[str, ...]:
    """The codec of that name, if it is one that makes text of bytes and is no trap for plain UTF-8."""
    try:
        info = lookup((declared or "").strip())
    except (LookupError, ValueError):
        return ()
    name = _SAME.get(info.name, info.name)
    return ("utf-8", name) if name == "cp1252" else (name,) if info._is_text_encoding else ()
