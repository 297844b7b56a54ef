"""Bytes to text: UTF-8, UTF-16 with a byte order mark, and the CP949 of older Korean Windows files. Pure."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from retrieval.parse import UnreadableFault

_BOMS = {BOM_UTF8: "utf-8-sig", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}


def decode(uri: str, content: bytes) -> str:
    """The text, with \\n as line end. Raises UnreadableFault for what is no text."""
    marked = next((codec for bom, codec in _BOMS.items() if content.startswith(bom)), None)
    # CP949 last: it accepts many byte strings that mean something else.
    for codec in (marked,) if marked else ("utf-8", "cp949"):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise UnreadableFault(f"{uri} is a binary file, not text.")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    if b"\0" in content and not marked:
        raise UnreadableFault(f"{uri} is a binary file, not text.")
    raise UnreadableFault(f"{uri} is not text in UTF-8, UTF-16 or CP949: save it as UTF-8.")
