"""How vLLM is called for a model of the settings. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config_serving import Served

QUIET: Mapping[str, str] = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
"""It fetches nothing and tells nobody: what it needs is in the weights' folder."""

LOADS_ADAPTERS: Mapping[str, str] = {"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1"}
"""Only adapters.py reaches the paths that this opens."""


def command(
    served: Served, name: str, python: str, weights: str, socket: str, adapters: Mapping[str, str]
) -> list[str]:
    """weights, socket and the adapters' folders: absolute. The key is no part of it: commands can be read by everybody
    on the machine."""
    said = [python, "-m", "vllm.entrypoints.openai.api_server", "--model", weights, "--served-model-name", name]
    said += ["--uds", socket, "--disable-uvicorn-access-log", "--dtype", served.dtype, "--runner", served.runner]
    wishes = {
        "--quantization": served.quantization,
        "--max-model-len": served.context,
        "--kv-cache-memory-bytes": served.kv_cache_bytes,
        "--max-num-seqs": served.at_once,
        "--tensor-parallel-size": served.gpus if served.gpus > 1 else None,
    }
    said += [part for flag, value in wishes.items() if value is not None for part in (flag, str(value))]
    if served.eager:
        said.append("--enforce-eager")
    if served.lora_slots:
        said += ["--enable-lora", "--max-loras", str(served.lora_slots), "--max-lora-rank", str(served.lora_rank)]
    if adapters:
        said += ["--lora-modules", *(f"{name}={folder}" for name, folder in adapters.items())]
    return said
