"""One chat server and one embedding server for the session: each takes a minute to start."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.conftest import (
    fresh_url,
    migrated_url,
    new_database,
    server_url,
    template,
)
from tests.vllm import environment, tiny_names
from tests.vllm.server import Server

__all__ = ["fresh_url", "migrated_url", "new_database", "server_url", "template"]
"""A whole Naru needs its database here as well."""


@dataclass(frozen=True)
class Servers:
    chat: Server
    embedding: Server


@pytest.fixture(scope="session")
def python() -> Path:
    """The one that has vLLM."""
    found = environment.built()
    if found is None:
        pytest.skip("There is no vLLM to test against: `make test-vllm` installs one.")
    return found


@pytest.fixture(scope="session")
def models(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the weights and the adapters that tiny.py makes."""
    folder = tmp_path_factory.mktemp("models")
    tiny = Path(tiny_names.__file__).with_name("tiny.py")
    subprocess.run([python, tiny, folder], check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="session")
def servers(python: Path, models: Path) -> Iterator[Servers]:
    """Both started side by side; `chat` and `embedding` wait for theirs."""
    lora = ("--enable-lora", "--max-lora-rank", "8", "--max-loras", "2")
    sizes = ("--max-model-len", "8192", "--max-num-seqs", "8")
    chat = Server(python, models / "llama", "tiny", secrets.token_hex(16), (*sizes, *lora))
    embedding = Server(python, models / "bert", "vectors", secrets.token_hex(16), ("--runner", "pooling"))
    try:
        chat.start()
        embedding.start()
        yield Servers(chat, embedding)
    finally:
        chat.kill()
        embedding.kill()


@pytest.fixture(scope="session")
def chat(servers: Servers) -> Server:
    servers.chat.wait()
    return servers.chat


@pytest.fixture(scope="session")
def embedding(servers: Servers) -> Server:
    servers.embedding.wait()
    return servers.embedding
