"""`naru model quantize NAME`: weights of 8 bits beside those that there are, by llmcompressor in its own Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from admin.serving.command import QUIET
from bot.settings import program_environment
from retrieval.errors import Fault

SCHEMES = {"fp8": "FP8_DYNAMIC", "w8a8": "W8A8"}
"""fp8: for cards that compute with it (Ada, Hopper and newer). w8a8: whole numbers, for older ones."""
_HAS_COMPRESSOR = "import importlib.util, sys; sys.exit(importlib.util.find_spec('llmcompressor') is None)"
_PROGRAM = Path(__file__).with_name("quantize_weights.py")
_WEIGHTS = (
    "*.safetensors",
    "*.index.json",
    "*.bin",
    "*.pt",
    "*.pth",
    "*.ckpt",
    "*.h5",
    "*.msgpack",
    "*.onnx*",
    "*.gguf",
)
_TAIL = 2000


class QuantizeFault(Fault):
    """Weights that were not quantized; nothing is left behind."""


@dataclass(frozen=True, slots=True)
class Quantized:
    """at: the new folder. before, after: bytes of the files with weights."""

    at: Path
    before: int
    after: int


def quantize(python: str, weights: Path, target: Path, scheme: str) -> Quantized:
    """Make the folder `target` of the weights, a key of SCHEMES; minutes to hours, and memory for all of them. It is
    there only when it is whole. Raises QuantizeFault."""
    if problems := list(_problems(python, weights, target)):
        raise QuantizeFault("\n".join(problems))
    made = target.with_name(f".{target.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    try:
        ended = subprocess.run(
            [python, str(_PROGRAM), str(weights), str(made), SCHEMES[scheme]],
            env=program_environment(QUIET),
            cwd="/",
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        if ended.returncode != 0 or not (made / "config.json").exists():
            raise QuantizeFault(
                f"llmcompressor did not come to its end; the last that it said: {ended.stderr[-_TAIL:]}"
            )
        _carry(weights, made)
        os.rename(made, target)
    except OSError as error:
        raise QuantizeFault(f"{target} could not be written: {error}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Quantized(target, _bytes(weights), _bytes(target))


def _carry(weights: Path, made: Path) -> None:
    """All that is no weights goes over as it is: the tokenizer, the chat template, how it samples, its licence. A
    library that writes them anew writes them for its own version. Raises OSError."""
    left = shutil.ignore_patterns(*_WEIGHTS, ".*")

    def left_in(folder: str, names: list[str]) -> set[str]:
        return left(folder, names) | ({"config.json"} if Path(folder) == weights else set())

    shutil.copytree(weights, made, ignore=left_in, ignore_dangling_symlinks=True, dirs_exist_ok=True)


def _problems(python: str, weights: Path, target: Path) -> Iterator[str]:
    config = _config(weights)
    if config is None:
        yield f"{weights} must be a folder with a model's config.json, and is none."
    elif "quantization_config" in config:
        yield f"The weights in {weights} are quantized already: begin with those of 16 bits."
    if target.exists():
        yield f"{target} is there already: name another folder by --output, or remove it."
    elif not target.parent.is_dir():
        yield f"There is no folder {target.parent} to make {target.name} in."
    elif (free := shutil.disk_usage(target.parent).free) < _bytes(weights):
        yield f"{target.parent} has {free / 1e9:.1f} GB left, and {_bytes(weights) / 1e9:.1f} GB may be needed."
    if not os.access(python, os.X_OK):
        yield f"There is no Python at {python}."
    elif subprocess.run([python, "-c", _HAS_COMPRESSOR], check=False, cwd="/").returncode != 0:
        yield (
            f"{python} has no llmcompressor: install it into an environment of its own (`python3 -m venv /opt/quantize "
            "&& /opt/quantize/bin/pip install llmcompressor`) and name that one's Python by --python."
        )


def _config(weights: Path) -> dict[str, object] | None:
    try:
        config = json.loads((weights / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return config if isinstance(config, dict) else None


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))
