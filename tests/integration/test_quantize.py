"""`naru model quantize`, with a stand-in for llmcompressor in real processes: what stands where in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

MODULES = {
    "llmcompressor/__init__.py": """
        def oneshot(*, model, recipe):
            if model.says == "broken":
                raise RuntimeError("a layer of no known kind")
            model.scheme = recipe.scheme
    """,
    "llmcompressor/modifiers/__init__.py": "",
    "llmcompressor/modifiers/quantization.py": """
        class QuantizationModifier:
            def __init__(self, *, targets, scheme, ignore):
                assert (targets, ignore[0]) == ("Linear", "re:.*lm_head")
                self.scheme = scheme
    """,
    "transformers.py": """
        import json, os
        from pathlib import Path
        from types import SimpleNamespace

        class GenerationConfig:
            pass

        class AutoConfig:
            @staticmethod
            def from_pretrained(source, local_files_only):
                assert local_files_only
                return SimpleNamespace(**json.loads((Path(source) / "config.json").read_text()))

        class AutoModelForCausalLM:
            @classmethod
            def from_pretrained(cls, source, dtype, local_files_only):
                assert (dtype, local_files_only) == ("auto", True)
                model = cls()
                model.says = json.loads((Path(source) / "config.json").read_text())["says"]
                return model

            def save_pretrained(self, target, save_compressed):
                Path(target).mkdir()
                (Path(target) / "model.safetensors").write_bytes(b"0" * 1000)
                (Path(target) / "generation_config.json").write_text("{}")
                seen = sorted(name for name in os.environ if "TOKEN" in name or "KEY" in name)
                made = {"class": type(self).__name__, "quantization_config": self.scheme, "seen": seen}
                (Path(target) / "config.json").write_text(json.dumps(made))

        class SeesPictures(AutoModelForCausalLM):
            pass
    """,
}


CARRIED = ("tokenizer.json", "chat_template.jinja", "generation_config.json", "LICENSE", "1_Pooling/config.json")
LEFT = ("model.safetensors.index.json", "pytorch_model.bin", "original/consolidated.00.pth", ".cache/etag")
"""Of files that stand beside the weights."""


def made(folder: Path, *words: str, says: str = "fine", **config: object) -> subprocess.CompletedProcess[str]:
    """`naru model quantize tiny` with these words, where the stand-in is installed."""
    weights = folder / "weights"
    weights.mkdir(exist_ok=True)
    said = {"says": says, "architectures": ["AutoModelForCausalLM"], **config}
    (weights / "config.json").write_text(json.dumps(said), encoding="utf-8")
    (weights / "model.safetensors").write_bytes(b"0" * 4000)
    for name in CARRIED + LEFT:
        (weights / name).parent.mkdir(exist_ok=True)
        (weights / name).write_text(name, encoding="utf-8")
    for name, text in MODULES.items():
        path = folder / "packages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    # A Python of its own, as a virtual environment has one: nothing of Naru's environment is handed down.
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={folder / "packages"} exec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (folder / "naru.toml").write_text(f'[models.tiny]\nweights = "weights"\npython = "{python}"\n', encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "NARU_CONFIG": str(folder / "naru.toml"),
        "NARU_HOME": str(folder / "home"),
        "SLACK_BOT_TOKEN": "x",
    }
    return subprocess.run(
        [sys.executable, "-m", "admin.cli", "model", "quantize", "tiny", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("to", "scheme"), [("fp8", "FP8_DYNAMIC"), ("w8a8", "W8A8")])
def test_the_new_weights_stand_beside_the_old_ones_and_the_section_is_said(
    tmp_path: Path, to: str, scheme: str
) -> None:
    ended = made(tmp_path, "--to", to)
    assert ended.returncode == 0, ended.stderr
    target = tmp_path / f"weights-{to}"
    assert json.loads((target / "config.json").read_text(encoding="utf-8")) == {
        "class": "AutoModelForCausalLM",
        "quantization_config": scheme,
        "seen": [],
    }
    assert f'weights = "{target}"' in ended.stdout
    assert (tmp_path / "weights" / "model.safetensors").stat().st_size == 4000


def test_what_stands_beside_the_weights_goes_along_as_it_is(tmp_path: Path) -> None:
    """The chat template and how it samples too, though llmcompressor writes some of that anew; no other weights."""
    assert made(tmp_path).returncode == 0
    target = tmp_path / "weights-fp8"
    files = {str(file.relative_to(target)) for file in target.rglob("*") if file.is_file()}
    assert files == {*CARRIED, "config.json", "model.safetensors"}
    assert {name: (target / name).read_text(encoding="utf-8") for name in CARRIED} == {name: name for name in CARRIED}


def test_weights_are_read_by_the_class_that_config_json_names(tmp_path: Path) -> None:
    assert made(tmp_path, architectures=["SeesPictures"]).returncode == 0
    config = json.loads((tmp_path / "weights-fp8" / "config.json").read_text(encoding="utf-8"))
    assert config["class"] == "SeesPictures"


def test_what_fails_leaves_nothing_and_says_what_llmcompressor_said(tmp_path: Path) -> None:
    ended = made(tmp_path, says="broken")
    assert ended.returncode == 1
    assert "a layer of no known kind" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if "weights" in path.name) == ["weights"]


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine").touch()
    ended = made(tmp_path, "--output", str(tmp_path / "kept"))
    assert (ended.returncode, "is there already" in ended.stderr) == (1, True)
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["mine"]


def test_weights_that_are_quantized_are_not_quantized_again(tmp_path: Path) -> None:
    ended = made(tmp_path, quantization_config={"quant_method": "awq"})
    assert (ended.returncode, "quantized already" in ended.stderr) == (1, True)


def test_a_python_without_llmcompressor_is_said_with_what_to_install(tmp_path: Path) -> None:
    ended = made(tmp_path, "--python", sys.executable)
    assert (ended.returncode, "pip install llmcompressor" in ended.stderr) == (1, True)


def test_another_scheme_is_a_matter_of_usage(tmp_path: Path) -> None:
    ended = made(tmp_path, "--to", "w2")
    assert (ended.returncode, "fp8 or w8a8" in ended.stderr) == (2, True)
