"""What a method of Slack is, and paging, which many share."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError
from tests.standins.slack.state import State
from tests.standins.slack.workspace import Json

T = TypeVar("T")


@dataclass(frozen=True)
class Method:
    """`run` returns the fields beside ok, or raises ApiError; `scope` is needed whatever the arguments are."""

    run: Callable[[State, Arguments], Json]
    per_minute: int
    scope: str | None = None
    token: str = "xoxb"


def page(
    found: Sequence[T], args: Arguments, *, default: int, most: int, at_most: int | None = None
) -> tuple[list[T], Json]:
    """One page, and the fields that say where the next one begins; there is none when the cursor is empty. at_most: so
    many are given, whatever was asked for."""
    limit = args.number("limit", default)
    if not 1 <= limit <= most:
        raise ApiError("invalid_limit")
    limit = min(limit, at_most or limit)
    start = _decoded(args.text("cursor", ""))
    rest = start + limit < len(found)
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if rest else ""
    return list(found[start : start + limit]), {"response_metadata": {"next_cursor": cursor}}


def _decoded(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, start = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("invalid_cursor") from None
    if name != "next" or not start.isdecimal():
        raise ApiError("invalid_cursor")
    return int(start)
