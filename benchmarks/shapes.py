"""The ways in which people and programs write a value: what a template's {name:shape} stands for."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

_SEPARATORS = re.compile(r"[-./ ()]+")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}


def _joined(by: str) -> Callable[[str], str]:
    """With another separator; a value without one is broken into halves."""

    def shape(value: str) -> str:
        pieces = [piece for piece in _SEPARATORS.split(value) if piece]
        if len(pieces) == 1 and by:
            half = len(value) // 2
            pieces = [value[:half], value[half:]]
        return by.join(pieces)

    return shape


def _between(filler: str) -> Callable[[str], str]:
    return lambda value: filler.join(value)


def _fours(value: str) -> str:
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))


SHAPES: Mapping[str, Callable[[str], str]] = {
    "bare": _joined(""),
    "spaces": _joined(" "),
    "dots": _joined("."),
    "slash": _joined(" / "),
    "endash": _joined("–"),
    "nbsp": _joined("\u00a0"),
    "lines": _joined("\n"),
    "lines2": _joined("-\n"),
    "cells": _joined(" | "),
    "spaces4": _fours,
    "apart": lambda value: " ".join(_SEPARATORS.sub("", value)),
    "wide": lambda value: value.translate(_FULL_WIDTH),
    "zwsp": _between("\u200b"),
    "b64": lambda value: base64.b64encode(value.encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "pct": lambda value: "".join(quote(char, safe="") if char.isalnum() else f"%{ord(char):02X}" for char in value),
    "mailto": lambda value: f"<mailto:{value}|{value}>",
    "at": lambda value: value.replace("@", " (at) ").replace(".", " (dot) "),
}
