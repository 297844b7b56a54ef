"""The audit to other systems: what arrives, what is remembered, and what happens when nobody takes it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from admin.audit.send import Address, Cursor, SendFault, target
from admin.cli import main
from bot.audit_chain import Entry
from bot.config_audit import AuditSection
from tests.integration.retrieval.test_fetch_tls import certificate

SETTINGS = AuditSection(hosts=("127.0.0.1",))
ENTRIES = [
    Entry(id, datetime(2026, 11, 23, tzinfo=UTC), "sent", None, None, {"host": "api.example", "계약": "서울"})
    for id in (1, 2, 3)
]


@dataclass
class Collector:
    """Takes what is posted, with the statuses it is told to answer."""

    statuses: list[int] = field(default_factory=list)
    taken: list[list[str]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        status = self.statuses.pop(0) if self.statuses else 200
        self.authorizations.append(request.headers.get("Authorization"))
        if status == 200:
            self.taken.append((await request.text()).splitlines())
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    made = Collector()
    server = web.Application()
    server.router.add_post("/{tail:.*}", made.take)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/audit"
    yield made
    await runner.cleanup()


async def send(to: str, entries: Sequence[Entry] = ENTRIES, settings: AuditSection = SETTINGS) -> None:
    async with target(Address.of(to, settings), settings) as there:
        await there.send(entries, "jsonl", "1.0")


async def test_http_gets_a_line_for_each_entry_and_the_authorization_that_is_set(collector: Collector) -> None:
    settings = AuditSection.model_validate({"hosts": ["127.0.0.1"], "authorization": "Bearer secret"})
    await send(collector.url, settings=settings)
    ((first, *rest),) = collector.taken
    assert json.loads(first)["body"]["계약"] == "서울"
    assert len(rest) == 2
    assert collector.authorizations == ["Bearer secret"]


@pytest.mark.parametrize("status", [302, 400, 500])
async def test_what_http_does_not_take_is_said_and_no_redirect_is_followed(collector: Collector, status: int) -> None:
    collector.statuses = [status]
    with pytest.raises(SendFault, match=f"status {status}"):
        await send(collector.url)
    assert collector.taken == []


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, asyncio.Future[bytes]]]:
    """Where TCP is taken, and what came once the connection is over."""
    came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set_result(await reader.read())
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0, ssl=tls) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", came


async def test_over_tcp_each_message_has_its_length_before_it() -> None:
    async with listening() as (where, came):
        await send(f"syslog+tcp://{where}")
        rest, messages = await came, []
        while rest:
            length, _, rest = rest.partition(b" ")
            messages.append(rest[: int(length)])
            rest = rest[int(length) :]
    assert len(messages) == 3
    assert all(message.startswith(b"<110>1 2026-11-23T00:00:00.000000Z ") for message in messages)


async def test_over_udp_each_entry_is_a_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taking:
        taking.bind(("127.0.0.1", 0))
        taking.settimeout(5)
        await send(f"syslog://127.0.0.1:{taking.getsockname()[1]}")
        came = [await asyncio.to_thread(taking.recv, 65_535) for _ in ENTRIES]
    assert [json.loads(one.decode().partition("\ufeff")[2])["id"] for one in came] == [1, 2, 3]


async def test_inside_tls_it_goes_to_whom_the_settings_trust_and_to_nobody_else(tmp_path: Path) -> None:
    both = certificate(tmp_path, "localhost")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(both)
    async with listening(server) as (where, came):
        to = f"syslog+tls://localhost:{where.rpartition(':')[2]}"
        with pytest.raises(SendFault, match="cannot be reached"):
            await send(to, settings=AuditSection(hosts=("localhost",)))
        await send(to, settings=AuditSection(hosts=("localhost",), ca=str(both)))
        assert (await came).count(b"<110>1 ") == 3


async def test_what_is_no_tls_is_no_place_for_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.audit.send.TIMEOUT_S", 1.0)
    async with listening() as (where, came):
        with pytest.raises(SendFault, match="cannot be reached"):
            await send(f"syslog+tls://{where}")
        assert b"sent" not in await came


async def test_nobody_there_is_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SendFault, match="cannot be reached"):
            await send(f"syslog+tcp://127.0.0.1:{taken.getsockname()[1]}")


def test_how_far_each_receiver_is_is_remembered_and_begun_anew_where_it_cannot_be_read(tmp_path: Path) -> None:
    one, other = Cursor(tmp_path, "https://one"), Cursor(tmp_path, "https://other")
    one.moved(7)
    other.moved(3)
    assert (one.last(), other.last()) == (7, 3)
    (tmp_path / "audit.sent").write_text("{", encoding="utf-8")
    assert one.last() == 0


# -- the commands --------------------------------------------------------------------------------------------


@dataclass
class Naru:
    """Runs `naru ...` in this process, in a thread of its own: whatever listens goes on meanwhile."""

    capsys: pytest.CaptureFixture[str]

    async def __call__(self, *arguments: str) -> tuple[int, str, str]:
        def run() -> int:
            try:
                main(arguments)
            except SystemExit as end:
                return int(end.code or 0)
            raise AssertionError("a command always ends with a status")

        status = await asyncio.to_thread(run)
        said = self.capsys.readouterr()
        return status, said.out, said.err


@pytest.fixture
def naru(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Naru:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text("# 휴가\n\n연차는 15일입니다.\n", encoding="utf-8")
    (tmp_path / "naru.toml").write_text('[audit]\nhosts = ["127.0.0.1"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NARU_DATABASE_URL", fresh_url)
    return Naru(capfd)


async def test_what_was_done_at_the_command_line_is_noted_verified_exported_and_sent_once(
    naru: Naru, collector: Collector
) -> None:
    add = ("source", "add", "notes", "docs", "--level", "public", "--readers", "everyone")
    assert (await naru(*add))[0] == 0
    assert (await naru("source", "reindex", "notes"))[0] == 0
    status, _, said = await naru("audit", "verify")
    assert (status, "as they were written" in said) == (0, True)
    _, out, _ = await naru("audit", "export")
    before = ["source_added", "policy", "reindexed"]
    assert [json.loads(line)["kind"] for line in out.splitlines()] == before
    assert (await naru("audit", "export", "--to", collector.url))[0] == 0
    assert (await naru("source", "remove", "notes", "--yes"))[0] == 0
    collector.statuses = [500]
    status, _, said = await naru("audit", "export", "--to", collector.url)
    assert (status, "status 500" in said) == (1, True)
    assert (await naru("audit", "export", "--to", collector.url))[0] == 0
    kinds = [[json.loads(line)["kind"] for line in lines] for lines in collector.taken]
    assert kinds == [before, ["source_removed"]]
    _, out, _ = await naru("audit", "tail", "-n", "1", "--format", "cef")
    assert out.startswith("CEF:0|Naru|Naru|")
    status, _, said = await naru("audit", "export", "--to", "https://elsewhere.example/")
    assert (status, "not declared" in said) == (1, True)
    status, out, _ = await naru("audit", "export", "--kind", "source_added", "--since", "2020-01-01")
    assert len(out.splitlines()) == 1
