"""Whether an adapter fits a model is told from their files, before a server is asked to load it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.serving.lora import misfits

CONFIG = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
FITS = {
    "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight": [8, 64],
    "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight": [64, 8],
    "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight": [8, 128],
}


def adapter(folder: Path, shapes: dict[str, list[int]], **said: object) -> Path:
    """A folder as PEFT writes it, without the numbers."""
    tensors = {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    head = json.dumps(tensors)
    (folder / "adapter_model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head.encode())
    config = {"peft_type": "LORA", "r": 8, "base_model_name_or_path": "ours/base", **said}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def test_what_fits_is_not_complained_of(tmp_path: Path) -> None:
    assert misfits(adapter(tmp_path, FITS), CONFIG, rank=8) == []


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        ("layers.0.self_attn.v_proj.lora_A.weight", [8, 4096], "its v_proj takes 4096 numbers, and this model's 64"),
        ("layers.0.mlp.down_proj.lora_A.weight", [8, 64], "its down_proj takes 64 numbers, and this model's 128"),
        ("layers.31.self_attn.q_proj.lora_A.weight", [8, 64], "it has a layer 32, and this model has 2"),
    ],
)
def test_an_adapter_of_another_base_is_told_by_its_shapes(
    tmp_path: Path, name: str, shape: list[int], said: str
) -> None:
    (problem,) = misfits(adapter(tmp_path, {**FITS, name: shape}), CONFIG, rank=8)
    assert problem == f"It was made for ours/base: {said}."


def test_a_rank_that_is_too_large_and_another_kind_are_said(tmp_path: Path) -> None:
    problems = misfits(adapter(tmp_path, FITS, r=64, peft_type="IA3"), CONFIG, rank=16)
    assert ["rank 64" in problems[0], "IA3" in problems[1], len(problems)] == [True, True, 2]


def test_a_folder_that_is_none_and_weights_that_are_missing_are_said(tmp_path: Path) -> None:
    assert "is none" in misfits(tmp_path / "nowhere", CONFIG, rank=8)[0]
    folder = adapter(tmp_path, FITS)
    (folder / "adapter_model.safetensors").unlink()
    assert misfits(folder, CONFIG, rank=8) == ["Its adapter_model.safetensors is missing or broken."]


@given(st.binary(max_size=200))
def test_no_file_is_too_broken_to_be_spoken_of(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = adapter(tmp_path_factory.mktemp("adapter"), FITS)
    (folder / "adapter_model.safetensors").write_bytes(content)
    assert all(problem.endswith(".") for problem in misfits(folder, CONFIG, rank=8))
