"""What weights take is read from their files and never guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from admin.serving.weights import bytes_of
from bot.settings import Settings

CONFIG = """
[models.whole]
weights = "whole"
lora_slots = 1
adapters = ["hr-small=hr"]
[models.parts]
weights = "parts"
[models.gone]
weights = "gone"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "naru.toml").write_text(CONFIG, encoding="utf-8")
    for name, size in (
        ("whole/model.safetensors", 1000),
        ("hr/adapter_model.safetensors", 30),
        ("parts/model-1.safetensors", 600),
        ("parts/model-2.safetensors", 500),
        ("parts/consolidated.safetensors", 1100),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-2.safetensors"}}
    (tmp_path / "parts" / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    return Settings.load({"NARU_CONFIG": str(tmp_path / "naru.toml"), "HOME": str(tmp_path)}, tmp_path)


@pytest.mark.parametrize(
    ("name", "size"), [("whole", 1000), ("hr-small", 1030), ("parts", 1100), ("gone", None), ("another", None)]
)
def test_weights_count_once_and_an_adapter_with_its_base(settings: Settings, name: str, size: int | None) -> None:
    assert bytes_of(settings, name) == size


def test_a_part_that_is_missing_makes_the_whole_unknown(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "parts" / "model-2.safetensors").unlink()
    assert bytes_of(settings, "parts") is None
    (tmp_path / "parts" / "model.safetensors.index.json").write_text("[1]", encoding="utf-8")
    assert bytes_of(settings, "parts") is None
