"""What a newcomer meets: the time to the first answer, and the memory and disk that Naru takes."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import psutil  # type: ignore[import-untyped]

from benchmarks import BenchmarkFault, Machine, Row, Tell
from benchmarks.installation import default_install, installed_bytes
from benchmarks.sample import company, empty_home, environment, questions
from tests.standins.openai import OpenAIStandIn

FIRST_ANSWER_S, SECOND_START_S, MEMORY_MB, INSTALLATION_MB = 10, 5, 300, 700
MB = 1_000_000
FIRST_RUNS, SECOND_RUNS, QUESTIONS = 3, 5, 100
SAMPLING_S = 0.02
QUESTION = "연차는 며칠인가요?"


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    first, second = await _starts(tell)
    naru, postgres, requests = await _memory()
    packages = default_install()
    tell(f"the default installation: {', '.join(sorted(packages))}")
    with empty_home() as home:
        async with company(environment(home)) as app:
            starts = await machine.conditions(
                app.database,
                f"median of {FIRST_RUNS} first and {SECOND_RUNS} second starts, each a process from its start to its "
                "end, PostgreSQL started and stopped by each, no models",
            )
            memory = await machine.conditions(
                app.database,
                f"one `naru run` with {QUESTIONS} piped questions, both models connected and called {requests} times, "
                f"sampled every {SAMPLING_S * 1000:g} ms",
            )
            size = await machine.conditions(
                app.database, f"{len(packages)} packages of the default installation, Python itself not counted"
            )
    torch = sum(name == "torch" for name in packages)
    return [
        Row.at_most("first answer on an empty data directory (s)", median(first), FIRST_ANSWER_S, starts),
        Row.at_most("second start, a piped question answered (s)", median(second), SECOND_START_S, starts),
        Row.at_most("peak memory of the process, RSS (MB)", naru / MB, MEMORY_MB, memory),
        Row.reported("peak memory of PostgreSQL beside it, PSS (MB)", postgres / MB, memory),
        Row.at_most("installation (MB)", installed_bytes(packages.values()) / MB, INSTALLATION_MB, size),
        Row.at_most("torch in the installation (packages)", torch, 0, size),
    ]


async def _starts(tell: Tell) -> tuple[list[float], list[float]]:
    """Seconds of each first `naru ask` on an empty data directory, and of each later `naru run`."""
    first: list[float] = []
    for _ in range(FIRST_RUNS):
        with empty_home() as home:
            first.append(await _timed(environment(home), "ask", QUESTION, "--json"))
    with empty_home() as home:
        await _timed(environment(home), "run", piped=QUESTION)
        second = [await _timed(environment(home), "run", piped=QUESTION) for _ in range(SECOND_RUNS)]
    tell(f"first starts: {_listed(first)} s; second starts: {_listed(second)} s")
    return first, second


async def _memory() -> tuple[int, int, int]:
    """Bytes at the peak of a Naru that answers questions, those of its PostgreSQL, and how often it called a model."""
    lines = "\n".join(" ".join(q.text.split()) for q in islice(cycle(questions()), QUESTIONS))
    naru = postgres = 0
    with empty_home() as home:
        async with OpenAIStandIn() as server:
            process = await _start(environment(home, cloud=server.base_url, on_prem=server.base_url), "run")
            talk = asyncio.create_task(process.communicate(lines.encode()))
            while not talk.done():
                naru = max(naru, _resident(process.pid))
                postgres = max(postgres, _postgres(home))
                await asyncio.sleep(SAMPLING_S)
            _, said = await talk
            _succeeded(process, said, "run")
            if not server.requests:
                raise BenchmarkFault("No question went to a model: see policy.toml.")
            return naru, postgres, len(server.requests)


async def _timed(environ: Mapping[str, str], *arguments: str, piped: str = "") -> float:
    """Seconds from the start of a `naru` command to its end, a little after its answer is printed."""
    started = time.monotonic()
    process = await _start(environ, *arguments)
    printed, said = await process.communicate(piped.encode())
    seconds = time.monotonic() - started
    _succeeded(process, said, arguments[0])
    if b"hr/leave.md" not in printed:
        raise BenchmarkFault(f"`naru {arguments[0]}` did not cite the document that answers: nothing was measured.")
    return seconds


async def _start(environ: Mapping[str, str], *arguments: str) -> Process:
    naru = Path(sys.executable).parent / "naru"
    if not naru.is_file():
        raise BenchmarkFault(f"{naru} does not exist: run `make test` once, which installs Naru.")
    return await asyncio.create_subprocess_exec(
        str(naru), *arguments, env=environ, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


def _succeeded(process: Process, said: bytes, command: str) -> None:
    if process.returncode != 0:
        why = (said.decode(errors="replace").strip().splitlines() or ["nothing"])[-1]
        raise BenchmarkFault(f"`naru {command}` ended with status {process.returncode} and said: {why}")


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _postgres(home: Path) -> int:
    """Of all processes of the server: PSS where there is such a thing, which counts shared memory once."""
    try:
        server = psutil.Process(int((home / "pg" / "postmaster.pid").read_text().splitlines()[0]))
        sizes = [each.memory_full_info() for each in (server, *server.children())]
    except (OSError, IndexError, ValueError, psutil.Error):
        return 0  # not started yet, or one of its processes has just ended
    return sum(getattr(size, "pss", size.uss) for size in sizes)


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{each:.2f}" for each in seconds)
