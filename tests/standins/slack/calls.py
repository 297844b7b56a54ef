"""One call of a Slack method: what was asked, by whom, and what a test scripted to happen to it."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standins.slack.limits import ApiError
from tests.standins.slack.workspace import Json


@dataclass
class Call:
    """`at` is time.monotonic(); `answer` is the body that Slack gave or would have given, None before that."""

    method: str
    arguments: Json
    token: str | None
    at: float
    answer: Json | None = None


@dataclass(frozen=True)
class Answers:
    """Nothing happens, and this comes back: a dict as JSON, bytes as they are, None an empty page."""

    status: int = 200
    body: Json | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Delayed:
    """As ever, `seconds` later; inf never answers, and the action does not happen."""

    seconds: float


@dataclass(frozen=True)
class LostReply:
    """The action happens, and the connection closes before the answer."""


@dataclass(frozen=True)
class Dropped:
    """The connection closes, and nothing happens."""


Reply = Answers | Delayed | LostReply | Dropped


def refuses(error: str, **fields: object) -> Answers:
    """Slack's usual refusal: status 200, ok false."""
    return Answers(body={"ok": False, "error": error, **fields})


def rate_limited(seconds: int) -> Answers:
    return Answers(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(seconds)})


class Script:
    """What happens to the next calls of each method; after that, whatever `otherwise` says."""

    def __init__(self, otherwise: Callable[[Call], Reply | None] | None = None) -> None:
        self.otherwise = otherwise
        self._replies: defaultdict[str, deque[Reply | None]] = defaultdict(deque)

    def add(self, method: str, *replies: Reply | None) -> None:
        """In this order, one a call; None lets a call through untouched."""
        self._replies[method].extend(replies)

    def take(self, call: Call) -> Reply | None:
        waiting = self._replies[call.method]
        if waiting:
            return waiting.popleft()
        return self.otherwise(call) if self.otherwise else None


class Arguments:
    """A call's arguments, from JSON, form or query: form values are strings, and hold JSON where JSON is meant."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Raises invalid_arguments when it is missing and has no default."""
        value = self.values.get(name, default)
        if value is None:
            raise ApiError.of("invalid_arguments", f"missing required field: {name}")
        return value if isinstance(value, str) else json.dumps(value)

    def flag(self, name: str) -> bool:
        return self.values.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.values.get(name) or default)
        except ValueError:
            raise ApiError.of("invalid_arguments", f"must be a number [json-pointer:/{name}]") from None

    def json(self, name: str) -> Any:
        """None when it is missing; a string is read as JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    def names(self, name: str) -> list[str]:
        """A list of ids: "U1,U2" or a JSON array."""
        value = self.json(name)
        found = value if isinstance(value, list) else str(value or "").split(",")
        return [str(one).strip() for one in found if str(one).strip()]
