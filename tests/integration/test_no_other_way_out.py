"""A question through the whole story connects to the declared hosts alone, and no log holds what it says."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.domain import Route
from tests.builders import rrn
from tests.integration.company import Company, company
from tests.standins.openai import OpenAIStandIn, Says, Status

ASKED = "연차는 며칠인가요?"
CLEAN = (Says('{"kind": "none"}'),)
DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다. 담당 zqpassagecanary\n"}

_recorded: list[tuple[str, Any]] = []
_recording = [False]


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _recording[0] and event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        _recorded.append((event, arguments[0] if event == "socket.getaddrinfo" else arguments[1]))


sys.addaudithook(_note)  # sees every library's sockets; it cannot be taken away again, so it is told when to listen


@contextmanager
def reached() -> Iterator[list[tuple[str, Any]]]:
    """Whatever the process connects to, sends to or looks up meanwhile."""
    _recorded.clear()
    _recording[0] = True
    try:
        yield _recorded
    finally:
        _recording[0] = False


def at(server: OpenAIStandIn | None) -> tuple[str, tuple[str, int]]:
    assert server is not None
    url = urlsplit(server.base_url)
    return "socket.connect", (str(url.hostname), int(url.port or 0))


def connections(events: list[tuple[str, Any]]) -> set[tuple[str, Any]]:
    """Without look-ups, and without the sockets that are files of this machine."""
    return {(event, to) for event, to in events if event != "socket.getaddrinfo" and not isinstance(to, str | bytes)}


async def test_a_question_reaches_the_declared_hosts_and_no_other(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, opinion=CLEAN) as naru:
        with reached() as events:
            assert (await naru.ask(ASKED)).route is Route.CLOUD
        assert connections(events) == {at(naru.cloud), at(naru.opinion)}
        with reached() as events:
            assert (await naru.ask(f"{ASKED} {rrn()}", thread="other")).route is Route.ON_PREM
        assert connections(events) == {at(naru.on_prem)}
        assert {to for event, to in events if event == "socket.getaddrinfo"} <= {"127.0.0.1", b"127.0.0.1"}


async def test_what_fails_reaches_no_other_host_either(tmp_path: Path, fresh_url: str) -> None:
    broken = (Status(500),)
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=broken, on_prem=broken, opinion=CLEAN) as naru:
        with reached() as events:
            assert (await naru.ask(ASKED)).route is Route.QUOTE
        assert connections(events) == {at(naru.cloud), at(naru.on_prem), at(naru.opinion)}


def everything(records: list[logging.LogRecord]) -> str:
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(f"{formatter.format(record)} {record.args!r}" for record in records)


async def asked_in_every_way(naru: Company) -> None:
    await naru.ask(f"{ASKED} zqcloudcanary")
    await naru.ask(f"{ASKED} zqsensitivecanary {rrn()}", thread="other")


@pytest.mark.parametrize("broken", [False, True], ids=["all is well", "the models fail"])
async def test_no_log_holds_what_was_asked_or_read_even_at_debug(
    broken: bool, tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    says = (Status(500, '{"error": {"message": "zqmodelcanary"}}'),) if broken else (Says("15일 zqmodelcanary [1]"),)
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=says, on_prem=says, opinion=CLEAN) as naru:
        await asked_in_every_way(naru)
    logged = everything(caplog.records)
    assert "DEBUG" in {record.levelname for record in caplog.records}, "something was listened to"
    canaries = ("zqcloudcanary", "zqsensitivecanary", "zqpassagecanary", "zqmodelcanary", rrn(), "900101", ASKED)
    assert [canary for canary in canaries if canary in logged or canary.encode().hex() in logged] == []
    assert "chat/completions" not in logged
