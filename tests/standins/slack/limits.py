"""What Slack refuses, by name. Every limit holds unless a test turns it off and says why.

Lengths: docs.slack.dev/reference (block kit, chat.postMessage, views.open, methods' error lists), and, where the
documentation is silent or wrong, what was observed: chat.update above 4,000 characters, a block set above 13,200,
a stream above 11,000.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tests.standins.slack.workspace import Json


class Limit(StrEnum):
    """One strictness each."""

    TEXT = "text"
    UPDATE_TEXT = "update text"
    MARKDOWN_TEXT = "markdown text"
    BLOCK_COUNT = "block count"
    BLOCK_TEXT = "block text"
    BLOCK_SET = "block set"
    BLOCK_SHAPE = "block shape"
    BUTTON = "button"
    METADATA = "metadata"
    VIEW = "view"
    METHOD_RATE = "method rate"
    POST_RATE = "post rate"
    SCOPES = "scopes"
    MEMBERSHIP = "membership"
    STREAM_AGE = "stream age"
    STREAM_SIZE = "stream size"
    TRIGGER = "trigger"
    RESPONSE_URL = "response url"
    CONNECTIONS = "connections"


TEXT = 40_000
UPDATE_TEXT = 4_000
MARKDOWN_TEXT = 12_000
BLOCKS_A_MESSAGE, BLOCKS_A_VIEW = 50, 100
BLOCK_SET = 13_200
METADATA = 8_000
PRIVATE_METADATA = 3_000
VIEW_LABEL = 24
STREAM_SIZE = 11_000
STREAM_AGE = 300.0
TRIGGER_AGE = 3.0
RESPONSE_URL_AGE, RESPONSE_URL_USES = 1800.0, 5
CONNECTIONS = 10
MESSAGES_OF_A_LIMITED_APP, CALLS_OF_A_LIMITED_APP = 15, 1
"""docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps: history and replies, a minute."""


class ApiError(Exception):
    """A method's refusal: becomes {"ok": false, "error": ...} with these further fields."""

    def __init__(self, error: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **fields: object):
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = dict(headers or {})
        self.fields = fields

    @classmethod
    def of(cls, error: str, *messages: str) -> ApiError:
        """With the sentences that Slack puts beside invalid arguments."""
        return cls(error, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})

    @property
    def body(self) -> Json:
        return {"ok": False, "error": self.error} | self.fields


class Strictness:
    """Which limits hold. All do, less those relaxed with a reason."""

    def __init__(self, relaxed: Mapping[Limit, str] | None = None) -> None:
        self._reasons: dict[Limit, str] = {}
        for limit, reason in (relaxed or {}).items():
            self.relax(limit, reason=reason)

    def relax(self, limit: Limit, *, reason: str) -> None:
        if not reason.strip():
            raise ValueError(
                f"say why the limit {limit.value!r} is turned off: a test that turns one off gives a reason"
            )
        self._reasons[limit] = reason

    def holds(self, limit: Limit) -> bool:
        return limit not in self._reasons

    def length(self, limit: Limit, text: str, most: int, error: str) -> None:
        """Slack counts characters, not bytes."""
        if self.holds(limit) and len(text) > most:
            raise ApiError(error)
