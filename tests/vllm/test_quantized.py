"""`naru model quantize` with the real llmcompressor: what it makes is planned as it is, and answers as before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from admin.serving.plan import Shape
from tests.vllm import environment
from tests.vllm.naru import front, said_by
from tests.vllm.server import CPU
from tests.vllm.tiny_names import SAYS

KEPT = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json")


@pytest.fixture(scope="module")
def before(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as many makers publish them: how they sample is written so that transformers would not write it."""
    folder = tmp_path_factory.mktemp("before") / "llama"
    shutil.copytree(models / "llama", folder)
    sampling = {"do_sample": False, "temperature": 0.6, "eos_token_id": 2}
    (folder / "generation_config.json").write_text(json.dumps(sampling), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def quantized(before: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder that each scheme makes of the same weights."""
    compressor = environment.built(pins=environment.QUANTIZE, under=environment.folder())
    if compressor is None:
        pytest.skip("There is no llmcompressor to test against: `make test-vllm` installs one.")
    folder = tmp_path_factory.mktemp("quantized")
    (folder / "naru.toml").write_text(f'[models.tiny]\nweights = "{before}"\n', encoding="utf-8")
    naru = {"NARU_CONFIG": str(folder / "naru.toml"), "NARU_HOME": str(folder / "home")}
    made = {scheme: folder / scheme for scheme in ("fp8", "w8a8")}
    for scheme, target in made.items():
        words = ("model", "quantize", "tiny", "--to", scheme, "--output", target, "--python", compressor)
        ended = subprocess.run(
            [sys.executable, "-m", "admin.cli", *words],
            env=os.environ | CPU | naru,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        assert f'weights = "{target}"' in ended.stdout
    return made


@pytest.mark.parametrize("scheme", ["fp8", "w8a8"])
def test_what_comes_out_has_8_bits_and_all_else_as_it_was(
    quantized: dict[str, Path], before: Path, scheme: str
) -> None:
    made = quantized[scheme]
    config = json.loads((made / "config.json").read_text(encoding="utf-8"))
    size = (made / "model.safetensors").stat().st_size
    scales = 16_000  # a number for each row of a matrix, and the names and places of the tensors
    assert config["quantization_config"]["quant_method"] == "compressed-tensors"
    assert 0 < size - Shape.of(config, "float32", None).weight_bytes < scales
    assert size < (before / "model.safetensors").stat().st_size
    for name in KEPT:
        assert (made / name).read_bytes() == (before / name).read_bytes(), name


async def test_weights_that_come_with_4_bits_are_served_as_they_come(
    models: Path, python: Path, tmp_path: Path
) -> None:
    with front(tmp_path, python, models / "gptq", dtype="bfloat16") as served:
        assert await said_by(served, "tiny") == "".join(SAYS)


async def test_what_comes_out_is_served_and_answers_a_chat(
    quantized: dict[str, Path], python: Path, tmp_path: Path
) -> None:
    """Of W8A8 only: a server takes most of a minute to start."""
    with front(tmp_path, python, quantized["w8a8"]) as served:
        assert await said_by(served, "tiny") == "".join(SAYS)
