"""The plan against weights that transformers wrote."""

from __future__ import annotations

import json
from pathlib import Path

from admin.serving.plan import Shape


def test_the_weights_on_disk_are_as_many_bytes_as_planned(models: Path) -> None:
    config = json.loads((models / "llama" / "config.json").read_text(encoding="utf-8"))
    size = (models / "llama" / "model.safetensors").stat().st_size
    header = 10_000  # names and places of the tensors
    assert 0 < size - Shape.of(config, "float32", None).weight_bytes < header
