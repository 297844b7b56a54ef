"""The processes that parse: what they can, what they cannot, and what becomes of them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from retrieval.parse import UnreadableFault
from retrieval.parse.families import LINKS, SITEMAP, parse
from retrieval.parse.sandbox import DOCUMENTS, Sandbox
from retrieval.parse.wire import Limits
from tests.bombs import BOMBS

ROOT = Path(__file__).parents[3]
HANDBOOK = ROOT / "samples" / "handbook"
PATIENCE_S = 20.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the limits hold")


@pytest.fixture(scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(workers=1) as sandbox:
        yield sandbox


def processes(parent: int | None = None) -> list[psutil.Process]:
    """The fork server and the workers of the only sandbox there is; the server first."""
    below = psutil.Process(parent).children(recursive=True)
    return [one for one in below if "retrieval.parse" in " ".join(one.cmdline())]


def told(process: psutil.Process, what: str) -> str:
    """What the system says of a process."""
    return Path(f"/proc/{process.pid}/{what}").read_text()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        for _ in count():
            if holds():
                return
            await asyncio.sleep(0.02)


async def test_every_format_is_read_as_it_is_without_a_sandbox(sandbox: Sandbox) -> None:
    read = set()
    for path in sorted(HANDBOOK.rglob("*.*")):
        content = path.read_bytes()
        assert await sandbox.parse(path.name, content) == parse(path.name, content)
        read.add(path.suffix)
    assert {".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".html", ".txt", ".eml", ".hwpx", ".md"} <= read


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (LINKS, b'<base href="/a/"><meta name=robots content=noindex><a href="b.html">b</a><iframe src=c>'),
        (LINKS, b"nothing"),
        (SITEMAP, b"<urlset><url><loc>http://a.example/" + b"x" * 300 + b"</loc></url></urlset>"),
    ],
)
async def test_what_a_page_and_a_site_map_say_to_machines_is_read_here_too(
    suffix: str, content: bytes, sandbox: Sandbox
) -> None:
    long = "http://a.example/" + "x" * 300
    assert await sandbox.parse(long, content, suffix) == parse(long, content, suffix)


async def test_nothing_is_started_before_the_first_document_and_nothing_is_left() -> None:
    before = processes()
    async with Sandbox() as other:
        assert processes() == before
        await other.parse("a.md", b"text")
        assert len(processes()) == len(before) + 2
    assert processes() == before


async def test_texts_share_a_worker_and_any_other_document_has_one_of_its_own(sandbox: Sandbox) -> None:
    await sandbox.parse("a.md", b"text")
    server, worker = processes()
    page = (HANDBOOK / "company/fire-safety.pdf").read_bytes()
    await sandbox.parse("a.pdf", page)
    await sandbox.parse("b.md", b"text")
    assert processes() == [server, worker]
    with pytest.raises(UnreadableFault):
        await sandbox.parse("a.docx", page[:40])
    assert processes() == [server, worker]


async def test_a_worker_is_replaced_after_many_texts(sandbox: Sandbox) -> None:
    await sandbox.parse("a.md", b"text")
    before = processes()[1:]
    for _ in range(DOCUMENTS):
        await sandbox.parse("a.md", b"text")
    after = processes()[1:]
    assert len(after) == 1
    assert after != before


async def test_a_worker_has_its_limits_and_nothing_of_naru(sandbox: Sandbox) -> None:
    await sandbox.parse("a.md", b"text")
    for process in processes():
        status = dict(line.split(":\t", 1) for line in told(process, "status").splitlines() if ":\t" in line)
        assert status["NoNewPrivs"] == "1"
        assert int(status["CapEff"], 16) == 0 or "account" not in await sandbox.kept_from()
        assert told(process, "environ") in ("", "LC_CTYPE=C.UTF-8\0")
        assert process.cwd() == "/"
    worker = processes()[1]
    rows = {line[:26].strip(): line[26:].split() for line in told(worker, "limits").splitlines()}
    assert rows["Max address space"][0] == str(512 * 1024**2)
    assert rows["Max file size"][:2] == ["0", "0"]
    assert rows["Max core file size"][:2] == ["0", "0"]
    assert rows["Max processes"][:2] == ["0", "0"]
    assert rows["Max open files"][:2] == ["0", "0"]
    assert int(rows["Max cpu time"][0]) <= 14
    assert len(os.listdir(f"/proc/{worker.pid}/fd")) == 4  # nowhere three times, and the one it is asked on


PROBE = """
import ctypes, json, os, socket, sys
sys.path.insert(0, sys.argv[1])
from retrieval.parse import confine
kept = confine.confine()
def tried(act):
    try:
        act()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"
def connect():
    with socket.socket() as one: one.connect(("127.0.0.1", int(sys.argv[2])))
def local():
    with socket.socket(socket.AF_UNIX) as one: one.connect(sys.argv[4])
taken = {
    "network": connect,
    "read": lambda: open("/etc/passwd").read(),
    "own": lambda: open(sys.argv[3]).read(),
    "write": lambda: open("/tmp/naru-probe", "w").write("x"),
}
limited = {
    "local": local,
    "again": lambda: open("/etc/passwd").read(),
    "memory": lambda: bytearray(450 * 1024**2),
    "signal": lambda: os.kill(os.getppid(), 0),
    "fork": os.fork,
}
said = {name: tried(act) for name, act in taken.items()}
confine.limit(400 * 1024**2, 5)
print(json.dumps({"kept": sorted(kept), **said, **{name: tried(act) for name, act in limited.items()}}), flush=True)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Where anybody may reach what is in it: to who runs Naru without root, the embedded PostgreSQL's socket is as open
    as one here."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


async def test_what_the_system_takes_from_a_parser_is_gone(tmp_path: Path, open_folder: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("secret")
    secret.chmod(0o600)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    local = await asyncio.start_unix_server(lambda reader, writer: writer.close(), open_folder / "socket")
    os.chmod(open_folder / "socket", 0o666)
    async with server, local:
        port = server.sockets[0].getsockname()[1]
        given = (str(ROOT), str(port), str(secret), str(open_folder / "socket"))
        probe = await asyncio.create_subprocess_exec(sys.executable, "-I", "-c", PROBE, *given, stdout=subprocess.PIPE)
        said = json.loads((await probe.communicate())[0])
    kept = said.pop("kept")
    assert said["memory"] == "MemoryError"
    assert {said["local"], said["again"]} == {"OSError"}, "whatever the system took: nothing is opened any more"
    if "network" in kept:
        assert said["network"] != "done"
    if "files" in kept:
        assert {said["read"], said["own"], said["write"]} == {"PermissionError"}
    if "account" in kept:
        assert {said["signal"], said["own"]} <= {"PermissionError"} or os.geteuid() != 0
        assert said["fork"] == "BlockingIOError"


async def test_a_worker_that_is_killed_costs_its_document_and_no_other(sandbox: Sandbox) -> None:
    bomb = BOMBS["open_brackets"]()
    await sandbox.parse("a.md", b"text")
    worker = processes()[1]
    reading = asyncio.ensure_future(sandbox.parse("a.md", bomb.content * 4))
    await until(lambda: worker.cpu_times().user > 0.5)
    worker.kill()
    with pytest.raises(UnreadableFault, match="made its reader crash"):
        await reading
    assert (await sandbox.parse("b.md", b"# Next\n\ntext")).title == "Next"


@pytest.mark.parametrize("name", ["engineering/backups.txt", "company/fire-safety.pdf"])
async def test_a_server_that_is_killed_is_started_anew(sandbox: Sandbox, name: str) -> None:
    await sandbox.parse("a.md", b"text")
    server, worker = processes()
    server.kill()
    worker.wait(PATIENCE_S)
    assert await sandbox.parse(name, (HANDBOOK / name).read_bytes())
    assert server not in processes()


async def test_a_document_that_is_waited_for_no_longer_is_parsed_no_longer(sandbox: Sandbox) -> None:
    reading = asyncio.ensure_future(sandbox.parse("a.md", BOMBS["open_brackets"]().content * 4))
    await until(lambda: len(processes()) == 2)
    worker = processes()[1]
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await until(lambda: not worker.is_running())
    assert await sandbox.parse("b.md", b"text")


PARENT = """
import asyncio, sys
from retrieval.parse.sandbox import Sandbox
async def main():
    async with Sandbox(workers=2) as sandbox:
        await sandbox.parse("a.md", b"text")
        print("ready", flush=True)
        await sandbox.parse("b.md", b"[" * 2_000_000)
asyncio.run(main())
"""


async def test_when_naru_is_killed_its_parsers_end() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"ready\n"
    children = processes(parent.pid)
    assert len(children) >= 2
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, PATIENCE_S)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


async def test_many_documents_at_once_are_each_their_own() -> None:
    names = [f"{number}.{kind}" for number in range(30) for kind in ("md", "csv", "html")]
    before = len(processes())
    async with Sandbox(workers=3) as sandbox:
        parsed = await asyncio.gather(*(sandbox.parse(name, f"text of {name}".encode()) for name in names))
        assert len(processes()) <= before + 4
    for name, one in zip(names, parsed, strict=True):
        assert f"text of {name}" in one.sections[0].blocks[0]


async def test_a_limit_of_time_holds_for_a_document() -> None:
    async with Sandbox(Limits(seconds=1)) as sandbox:
        with pytest.raises(UnreadableFault, match="took longer than 1 s") as fault:
            await sandbox.parse("a.md", b"[" * 2_000_000)
    assert fault.value.why == "too_slow"


async def test_a_text_that_takes_its_time_costs_those_it_is_sent_with_nothing() -> None:
    slow = b"[" * 64_000
    async with Sandbox(Limits(seconds=2), workers=1) as sandbox:
        await sandbox.parse("warm.md", b"text")
        names = [f"{number}.md" for number in range(8)]
        contents = [slow if number == 2 else f"text of {number}".encode() for number in range(8)]
        reading = [sandbox.parse(*one) for one in zip(names, contents, strict=True)]
        parsed = await asyncio.gather(*reading, return_exceptions=True)
    for number, one in enumerate(parsed):
        if number != 2:
            assert not isinstance(one, BaseException), one
            assert one.sections[0].blocks == (f"text of {number}",)
