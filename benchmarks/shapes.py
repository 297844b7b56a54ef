"""The ways in which people and programs write a value: what a template's {name:shape} stands for."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

_SEPARATORS = re.compile(r"[-./ ()]+")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}


def _joined(by: str) -> Callable[[str], str]:
    """With another separator; a value without one stays whole."""
    return lambda value: by.join(_pieces(value))


def _broken(by: str) -> Callable[[str], str]:
    """Torn apart at its separators; a value without one in the middle."""

    def shape(value: str) -> str:
        half = len(value) // 2
        pieces = _pieces(value)
        return by.join(pieces if len(pieces) > 1 else (value[:half], value[half:]))

    return shape


def _pieces(value: str) -> list[str]:
    return [piece for piece in _SEPARATORS.split(value) if piece]


def _between(filler: str) -> Callable[[str], str]:
    return lambda value: filler.join(value)


def _fours(value: str) -> str:
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))


SHAPES: Mapping[str, Callable[[str], str]] = {
    "bare": _joined(""),
    "spaces": _joined(" "),
    "dots": _joined("."),
    "slash": _broken(" / "),
    "endash": _joined("–"),
    "nbsp": _joined("\u00a0"),
    "lines": _broken("\n"),
    "lines2": _broken("-\n"),
    "cells": _broken(" | "),
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
