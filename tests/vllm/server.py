"""A real vLLM server as a process: on loopback, with a key, on a port of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

READY_S = 300
_CACHE_BYTES = 64 << 20
"""For keys and values; without a number vLLM takes nearly all of the memory."""
CPU = {"VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": "1"}
"""One thread, wherever the system puts it: the machine may have no more than two."""
_ENVIRONMENT = CPU | {
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}


class Server:
    """vLLM's OpenAI server over the weights in `folder`. more: flags beside the common ones."""

    def __init__(self, python: Path, folder: Path, name: str, key: str, more: Sequence[str] = ()) -> None:
        self.key = key
        self.name = name
        self.port = free_port()
        self._log = folder.parent / f"{name}.log"
        self._command = [
            *(str(python), "-m", "vllm.entrypoints.openai.api_server", "--model", str(folder)),
            *("--served-model-name", name, "--host", "127.0.0.1", "--port", str(self.port), "--api-key", key),
            *("--dtype", "float32", "--enforce-eager", "--kv-cache-memory-bytes", str(_CACHE_BYTES)),
            *more,
        ]
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def elsewhere(cls, name: str, key: str, port: int, process: subprocess.Popen[bytes], log: Path) -> Self:
        """One that somebody else started, to wait for and to ask."""
        made = cls(Path(sys.executable), log.parent, name, key)
        made.port, made._process, made._log = port, process, log
        return made

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Begin; `wait` waits for it."""
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=environment | _ENVIRONMENT, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Until it answers. Raises AssertionError with the end of its log where it does not."""
        assert self._process is not None
        until = time.monotonic() + READY_S
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(OSError):
                if self.asked("GET", "/health", key=self.key)[0] == 200:
                    return
            time.sleep(0.5)
        log = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        raise AssertionError(f"vLLM did not start; the end of its log:\n{log[-3000:]}")

    def kill(self) -> None:
        """As the system does when memory runs out: SIGKILL, to the server and to all that it started."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def asked(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> tuple[int, str]:
        """One request without any proxy: status and text. Raises OSError where nothing listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
