"""`naru model serve` as a process: what is missing is said, a dead vLLM comes back, and none is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil  # type: ignore[import-untyped]
import pytest

from bot.waiting import happens
from tests.standins.vllm import PIDS, written

KEY = "outer" + "-" * 3


@dataclass(frozen=True)
class Naru:
    process: asyncio.subprocess.Process
    weights: Path
    port: int

    async def asked(self, path: str, key: str = KEY) -> int:
        """The status of a GET; 0: nobody listens."""
        async with httpx2.AsyncClient(trust_env=False) as client:
            try:
                said = await client.get(
                    f"http://127.0.0.1:{self.port}{path}", headers={"authorization": f"Bearer {key}"}
                )
            except httpx2.HTTPError:
                return 0
        return said.status_code

    async def says(self, words: str) -> str:
        """Its output up to the line that holds the words."""
        assert self.process.stderr is not None
        found = ""
        async with asyncio.timeout(30):
            while line := (await self.process.stderr.readline()).decode():
                found += line
                if words in line:
                    return found
        raise AssertionError(f"it ended without {words!r}: {found}")

    async def answers(self) -> None:
        await self.says("is ready")
        assert await self.asked("/v1/models") == 200

    def pids(self) -> list[int]:
        """vLLM's and its child's."""
        return [int(one) for one in (self.weights / PIDS).read_text(encoding="utf-8").split()]


@asynccontextmanager
async def naru(folder: Path, *files: str, name: str = "tiny", more: str = "") -> AsyncIterator[Naru]:
    weights = folder / "weights"
    if not weights.exists():
        weights.mkdir()
    for file in ("config.json", *files):
        (weights / file).touch()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    if not (folder / "naru.toml").exists():
        text = f'[models.tiny]\nweights = "weights"\nport = {port}\napi_key = "{KEY}"\n{more}'
        (folder / "naru.toml").write_text(text, encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(written(folder / "packages")), *filter(None, sys.path)]),
        "NARU_CONFIG": str(folder / "naru.toml"),
        "NARU_HOME": str(folder / "home"),
        "SLACK_BOT_TOKEN": "x",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "admin.cli", "model", "serve", name), env=environment, stderr=asyncio.subprocess.PIPE
    )
    made = Naru(process, weights, port)
    try:
        yield made
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()
        if (weights / PIDS).exists():  # a test that went red leaves nothing behind either
            for pid in made.pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await happens(asyncio.Event(), 0.05)


def gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)


async def test_it_serves_behind_the_key_and_the_list_and_its_own_key_is_nowhere_to_be_read(tmp_path: Path) -> None:
    async with naru(tmp_path, more="context = 4096\nlora_slots = 2\n") as serving:
        await serving.answers()
        assert await serving.asked("/v1/models", key="another") == 401
        assert await serving.asked("/invocations") == 404
        seen = (serving.weights / "seen").read_text(encoding="utf-8")
        called, names = seen.split("\n", 1)
        assert "--max-model-len 4096" in called
        assert "--enable-lora --max-loras 2 --max-lora-rank 16" in called
        assert KEY not in called
        assert "--api-key" not in called
        assert [name for name in names.split() if name.startswith(("NARU_", "SLACK_")) or "PROXY" in name] == []
        at = Path(called.split("--uds ")[1].split()[0])
        assert at.parent.stat().st_mode & 0o077 == 0


async def test_a_vllm_that_dies_is_said_and_started_again(tmp_path: Path) -> None:
    async with naru(tmp_path) as serving:
        await serving.answers()
        before = serving.pids()
        os.kill(before[0], signal.SIGKILL)
        assert "started again in 1 s" in await serving.says("died")
        await serving.answers()
        assert gone(before), "what the dead one had started is still there"
        assert serving.pids() != before


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_no_vllm_outlives_the_one_who_started_it(tmp_path: Path, how: signal.Signals) -> None:
    async with naru(tmp_path) as serving:
        await serving.answers()
        serving.process.send_signal(how)
        assert await serving.process.wait() == (0 if how is not signal.SIGKILL else -9)
        await until(lambda: gone(serving.pids()))


async def test_a_first_start_that_fails_ends_it_with_what_vllm_said(tmp_path: Path) -> None:
    async with naru(tmp_path, "broken") as serving:
        said = await serving.says("of no known kind")
        assert await serving.process.wait() == 1
    assert "vLLM ended by itself (status 1)" in said


async def test_it_is_not_waited_for_without_end(tmp_path: Path) -> None:
    async with naru(tmp_path, "mute", more="start_timeout_s = 5\n") as serving:
        await serving.says("did not answer within 5 s")
        assert await serving.process.wait() == 1
        assert gone(serving.pids())


async def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    adapter = tmp_path / "large"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps({"r": 64}), encoding="utf-8")
    (tmp_path / "naru.toml").write_text(
        '[models.tiny]\nweights = "nowhere"\npython = "no-python"\nadapters = ["a=absent", "b=large"]\n',
        encoding="utf-8",
    )
    async with naru(tmp_path) as serving:
        said = await serving.says("lora_rank must be at least that")
        assert await serving.process.wait() == 1
    for words in ("has no key", "weights must be a folder", "python must be", "lora_slots", "names the adapter a"):
        assert words in said


async def test_an_unknown_name_is_said_with_those_that_there_are(tmp_path: Path) -> None:
    async with naru(tmp_path, name="tinny") as serving:
        said = await serving.says("no section [models.tinny]")
    assert "there is tiny" in said


# -- plan and list --

SMALL = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
}


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "NARU_CONFIG": str(folder / "naru.toml"), "NARU_HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "admin.cli", "model", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def configured(folder: Path, more: str) -> None:
    (folder / "weights").mkdir()
    (folder / "weights" / "config.json").write_text(json.dumps(SMALL), encoding="utf-8")
    text = f'[models.tiny]\nweights = "weights"\napi_key = "{KEY}"\n{more}'
    (folder / "naru.toml").write_text(text, encoding="utf-8")


def test_what_does_not_fit_is_said_by_the_plan_and_before_a_start(tmp_path: Path) -> None:
    configured(tmp_path, "context = 8192\ngpu_memory = 8\n")
    fits = command(tmp_path, "plan", "tiny", "--gpu-memory", "24", "--json")
    assert (fits.returncode, json.loads(fits.stdout)["questions"]) == (0, 5)
    small = command(tmp_path, "plan", "tiny")
    assert small.returncode == 1
    assert "does not fit" in small.stderr
    start = command(tmp_path, "serve", "tiny")
    assert start.returncode == 1
    assert "a card of 8 GiB. It does not fit" in start.stderr


async def test_the_list_says_which_answer_and_with_which_models(tmp_path: Path) -> None:
    async with naru(tmp_path, more='[models.other]\nweights = "/nowhere"\nport = 9\n') as serving:
        await serving.answers()
        listed = await asyncio.to_thread(command, tmp_path, "list", "--json")
        rows = {row["name"]: row for row in json.loads(listed.stdout)}
    assert (rows["tiny"]["state"], rows["tiny"]["models"]) == ("answers", ["tiny"])
    assert (rows["other"]["state"], rows["other"]["models"]) == ("cannot be reached", [])
