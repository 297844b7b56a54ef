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
    """models: the folder with the weights and the adapters."""

    models: Path
    chat: Server
    embedding: Server


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Both started side by side; `chat` and `embedding` wait for theirs."""
    python = environment.built()
    if python is None:
        pytest.skip("There is no vLLM to test against: `make test-vllm` installs one.")
    models = tmp_path_factory.mktemp("models")
    tiny = Path(tiny_names.__file__).with_name("tiny.py")
    subprocess.run([python, tiny, models], check=True, capture_output=True, timeout=120)
    lora = ("--enable-lora", "--max-lora-rank", "8", "--max-loras", "2")
    chat = Server(
        python,
        models / "llama",
        "tiny",
        secrets.token_hex(16),
        ("--max-model-len", "8192", "--max-num-seqs", "8", *lora),
    )
    embedding = Server(python, models / "bert", "vectors", secrets.token_hex(16), ("--runner", "pooling"))
    both = Servers(models, chat, embedding)
    try:
        chat.start()
        embedding.start()
        yield both
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
