"""calibration.toml: what cannot be used is said and not used, and no search fails over it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from bot.calibration_file import CalibrationFile, load_calibration, save_calibration
from bot.toml_file import SettingsFault
from retrieval.confidence import OURS, Calibration, Scale, version

OWN = Calibration(words=Scale(1.5, -0.25))


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "calibration.toml"
    save_calibration(path, OWN)
    assert load_calibration(path) == OWN
    assert CalibrationFile(path)() == OWN


def test_without_a_file_and_after_one_was_removed_it_is_as_shipped(tmp_path: Path) -> None:
    path = tmp_path / "calibration.toml"
    file = CalibrationFile(path)
    assert file() == OURS
    save_calibration(path, OWN)
    assert file() == OWN
    path.unlink()
    assert file() == OURS


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "calibration.toml"
    save_calibration(path, OWN)
    file = CalibrationFile(path)
    file()
    save_calibration(path, Calibration(fused=Scale(2.0, 0.5)))
    os.utime(path, ns=(1, 1))
    assert file() == Calibration(fused=Scale(2.0, 0.5))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('over = "000000000000"', "another release"),
        (f'over = "{version()}"\n[words]\nslope = 0.0\nshift = 0.0', "words.slope"),
        (f'over = "{version()}"\n[words]\nslope = 1.0', "words.shift"),
        (f'over = "{version()}"\n[words]\nslope = nan\nshift = 0.0', "words.slope"),
        ("over =", "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_shipped_one_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, sentence: str
) -> None:
    path = tmp_path / "calibration.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsFault, match=sentence):
        load_calibration(path)
    with caplog.at_level(logging.WARNING):
        assert CalibrationFile(path)() == OURS
    assert str(path) in caplog.text


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="cannot be written"):
        save_calibration(tmp_path / "nowhere" / "calibration.toml", OWN)
