"""Delivery by HTTP: docs.slack.dev/authentication/verifying-requests-from-slack and the Events API's retries."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import aiohttp

from tests.standins.slack.deliveries import NO_RETRY, Attempt, Delivery, Stopwatch
from tests.standins.slack.timing import Timings
from tests.standins.slack.workspace import Json

Signature = Literal["good", "wrong", "stale", "missing"]
"""wrong: made with another secret; stale: rightly made, six minutes ago; missing: no headers at all."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


class Requests:
    """Posts to the app's address and signs with the app's secret."""

    def __init__(self, target: str, secret: str, timings: Timings) -> None:
        self.target = target
        self._secret = secret
        self._timings = timings
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timings.ack))

    async def carry(self, delivery: Delivery, retry: int, reason: str) -> Attempt:
        watch = Stopwatch(retry, self.target)
        try:
            answer = await self.post(delivery, retry=retry, reason=reason)
        except TimeoutError:
            return watch.attempt("http_timeout")
        except aiohttp.ClientError:
            return watch.attempt("connection_failed")
        if not 200 <= answer.status < 300:
            return watch.attempt("http_error", NO_RETRY if answer.headers.get("X-Slack-No-Retry") == "1" else None)
        is_json = answer.headers.get("Content-Type", "").startswith("application/json") and answer.body
        return watch.attempt(None, json.loads(answer.body) if is_json else answer.body or None)

    async def post(
        self, delivery: Delivery, *, signature: Signature = "good", retry: int = 0, reason: str = ""
    ) -> Answer:
        """One request, whatever comes of it; raises aiohttp.ClientError and TimeoutError."""
        content_type, body = _encoded(delivery)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (stand-in)"}
        headers |= self._signed(body, signature)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        async with self._session.post(self.target, data=body, headers=headers, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.text())

    async def verify(self, challenge: str = "say this back") -> bool:
        """The handshake when the address is entered: the app says the challenge back."""
        asked = Delivery("events_api", {"type": "url_verification", "token": "verification", "challenge": challenge})
        answer = await self.post(asked)
        return answer.status == 200 and challenge in answer.body

    async def close(self) -> None:
        await self._session.close()

    def _signed(self, body: bytes, signature: Signature) -> dict[str, str]:
        if signature == "missing":
            return {}
        stamp = str(int(time.time()) - (360 if signature == "stale" else 0))
        secret = "another secret" if signature == "wrong" else self._secret
        digest = hmac.new(secret.encode(), b"v0:%b:%b" % (stamp.encode(), body), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _encoded(delivery: Delivery) -> tuple[str, bytes]:
    form = "application/x-www-form-urlencoded"
    match delivery.kind:
        case "events_api":
            return "application/json", json.dumps(delivery.payload).encode()
        case "interactive":
            return form, urlencode({"payload": json.dumps(delivery.payload)}).encode()
        case "slash_commands":
            fields: Json = {key: value for key, value in delivery.payload.items() if value is not None}
            return form, urlencode(fields).encode()
