"""Whether an adapter fits a model, told from their files before anything is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_MOST_HEADER = 64 << 20
_TAKES = {
    "q_proj": "hidden_size",
    "k_proj": "hidden_size",
    "v_proj": "hidden_size",
    "gate_proj": "hidden_size",
    "up_proj": "hidden_size",
    "down_proj": "intermediate_size",
}
"""What a projection takes in, as config.json names its width; `o_proj` takes all heads together."""


def misfits(folder: Path, config: Mapping[str, object], rank: int) -> list[str]:
    """Sentences, none where it fits. config: of the model's weights. rank: the largest that is served."""
    return list(_misfits(folder, config, rank))


def _misfits(folder: Path, config: Mapping[str, object], rank: int) -> Iterator[str]:
    said = _config(folder / "adapter_config.json")
    if said is None:
        yield f"An adapter is a folder with an adapter_config.json, and {folder} is none."
        return
    own = said.get("r")
    if isinstance(own, int) and own > rank:
        yield f"It has rank {own}: lora_rank must be at least that."
    if said.get("peft_type", "LORA") != "LORA":
        yield f"It is no LoRA adapter ({said.get('peft_type')}), and vLLM serves no others."
    shapes = _shapes(folder / "adapter_model.safetensors")
    if shapes is None:
        yield "Its adapter_model.safetensors is missing or broken."
        return
    yield from _of_another_base(shapes, config, str(said.get("base_model_name_or_path") or "another model"))


def _of_another_base(shapes: Mapping[str, list[int]], config: Mapping[str, object], base: str) -> Iterator[str]:
    """The first sign of it: a width or a layer that this model does not have."""
    for name, shape in shapes.items():
        parts = name.split(".")
        layer = next((int(part) for part in parts if part.isdigit()), None)
        layers = config.get("num_hidden_layers")
        if layer is not None and isinstance(layers, int) and layer >= layers:
            yield f"It was made for {base}: it has a layer {layer + 1}, and this model has {layers}."
            return
        projection = next((part for part in parts if part in _TAKES), None)
        width = config.get(_TAKES[projection]) if projection else None
        if "lora_A" in parts and isinstance(width, int) and len(shape) == 2 and shape[1] != width:
            yield f"It was made for {base}: its {projection} takes {shape[1]} numbers, and this model's {width}."
            return


def _shapes(weights: Path) -> dict[str, list[int]] | None:
    """Of each tensor, from the head of the file; None where there is no such head."""
    try:
        with weights.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 0 < length <= _MOST_HEADER:
                return None
            head = json.loads(file.read(length))
        return {str(name): list(one["shape"]) for name, one in head.items() if name != "__metadata__"}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _config(path: Path) -> dict[str, Any] | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None
