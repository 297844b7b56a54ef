"""`naru model serve` in a process of its own, and a question to what it serves."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.serving.adapters import Control
from bot.domain import Route
from bot.models.door import Heard, OpenAIDoor
from tests.vllm.server import CPU, Server, free_port
from tests.vllm.test_answers import issued


@dataclass(frozen=True)
class Front:
    process: subprocess.Popen[bytes]
    at: Server
    """Only asked: it is started by Naru."""
    control: Control
    config: Path


@contextmanager
def front(folder: Path, python: Path, weights: Path, more: str = "", dtype: str = "float32") -> Iterator[Front]:
    """These weights, once they answer, as `tiny`. What Naru keeps to itself (its port, its key) the tests do not know.
    more: lines of its section."""
    key, port = secrets.token_hex(16), free_port()
    (folder / "naru.toml").write_text(
        f"""
        [models.tiny]
        weights = "{weights}"
        python = "{python}"
        dtype = "{dtype}"
        context = 8192
        kv_cache_bytes = 67108864
        at_once = 8
        eager = true
        port = {port}
        api_key = "{key}"
        {more}
        """,
        encoding="utf-8",
    )
    naru = {"NARU_CONFIG": str(folder / "naru.toml"), "NARU_HOME": str(folder / "home")}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "admin.cli", "model", "serve", "tiny"],
            env=os.environ | CPU | naru,
            cwd=Path(__file__).parents[2],
            stderr=said,
        )
    at = Server.elsewhere("tiny", key, port, process, folder / "home" / "models" / "tiny.log")
    try:
        at.wait()
        yield Front(process, at, Control(folder / "home" / "models", "tiny"), folder / "naru.toml")
    finally:
        process.terminate()
        process.wait(30)


async def said_by(served: Front, model: str, heard: Heard | None = None) -> str:
    door = OpenAIDoor(
        Route.ON_PREM,
        base_url=served.at.base_url,
        api_key=served.at.key,
        model="tiny",
        max_tokens=64,
        first_token_s=60.0,
    )
    try:
        return (await door.complete(*issued(model), heard)).text
    finally:
        await door.aclose()
