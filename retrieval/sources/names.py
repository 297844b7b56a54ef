"""How the names of files become uris. Pure."""

from __future__ import annotations

import os
import unicodedata
from urllib.parse import quote_from_bytes, unquote_to_bytes

_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def escaped(name: str) -> str:
    """The name with control characters, broken bytes and % as %XX: always one line."""
    return "".join(
        quote_from_bytes(os.fsencode(character), safe="")
        if character == "%" or unicodedata.category(character) in _ESCAPED
        else character
        for character in name
    )


def unescaped(uri: str) -> str:
    return os.fsdecode(unquote_to_bytes(uri))
