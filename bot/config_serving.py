"""What `[models.NAME]` in naru.toml may say: a model that `naru model serve NAME` starts on this machine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from bot.toml_file import Secret, Section, Text


def _adapter(value: str) -> str:
    name, _, folder = value.partition("=")
    if not name.strip() or not folder.strip():
        raise ValueError('must be name=folder, such as "hr-small=/adapters/hr"')
    return value


Adapters = Annotated[tuple[Annotated[str, AfterValidator(_adapter)], ...], Strict(False)]


class Served(Section):
    """weights: a folder in the format of Hugging Face. python: the one that has vLLM. quantization: where the weights
    do not say it themselves. context: tokens of a prompt with its answer. gpus: over how many it is spread, each of
    gpu_memory GiB. kv_cache_bytes: what the tokens of questions under way may take. lora_rank: the largest of its
    adapters. start_timeout_s: how long it may load. host, port: where Naru asks it, with `api_key`."""

    weights: Text
    python: Text | None = None
    runner: Literal["generate", "pooling"] = "generate"
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = "auto"
    quantization: Text | None = None
    context: int | None = Field(default=None, ge=64, le=10_000_000)
    gpus: int = Field(default=1, ge=1, le=64)
    gpu_memory: float | None = Field(default=None, gt=0, le=4096)
    kv_cache_bytes: int | None = Field(default=None, ge=1 << 20)
    at_once: int | None = Field(default=None, ge=1, le=4096)
    lora_slots: int = Field(default=0, ge=0, le=64)
    lora_rank: Literal[8, 16, 32, 64, 128, 256, 320, 512] = 16
    adapters: Adapters = ()
    eager: bool = False
    start_timeout_s: int = Field(default=600, ge=5, le=7200)
    api_key: Secret | None = None
    host: Text = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)

    @property
    def named_adapters(self) -> dict[str, str]:
        """Their folders by name."""
        return {name.strip(): folder.strip() for name, _, folder in (one.partition("=") for one in self.adapters)}
