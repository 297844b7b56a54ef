"""The plan against weights that transformers wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from admin.serving.plan import Shape


@pytest.mark.parametrize("folder", ["llama", "gptq"])
def test_the_weights_on_disk_are_as_many_bytes_as_planned(models: Path, folder: str) -> None:
    config = json.loads((models / folder / "config.json").read_text(encoding="utf-8"))
    size = (models / folder / "model.safetensors").stat().st_size
    header = 16_000  # names and places of the tensors; of GPTQ also which row is of which group
    assert 0 < size - Shape.of(config, "float32", None).weight_bytes < header
