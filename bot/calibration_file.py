"""calibration.toml: a company's own two numbers over the shipped weights, read again whenever the file has changed.

over = "3c5f1a2b9d0e"     # the weights that they are over

[words]
slope = 1.1
shift = -0.3
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.toml_file import Problem, Section, SettingsFault, model_of, read_toml
from retrieval.confidence import OURS, Calibration, Scale, version

NAME = "calibration.toml"
"""Beside naru.toml."""

_log = logging.getLogger(__name__)


class _Scale(Section):
    slope: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    shift: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]


class _File(Section):
    over: str
    words: _Scale | None = None
    fused: _Scale | None = None


class CalibrationFile:
    """The calibration of a file that may come and go: without it the shipped one. What cannot be used is not used, and
    the log says why: a search must not fail over it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._calibration = OURS

    def __call__(self) -> Calibration:
        try:
            status = self._path.stat()
        except OSError:
            self._stamp, self._calibration = None, OURS
            return OURS
        stamp = status.st_mtime_ns, status.st_size
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._calibration = load_calibration(self._path)
            except SettingsFault as fault:
                self._calibration = OURS
                _log.warning("%s is not used: %s", self._path, fault)
        return self._calibration


def load_calibration(path: Path) -> Calibration:
    """Raises SettingsFault, also where it is over other weights than these."""
    raw = read_toml(path, "`naru evaluate retrieval FILE --calibrate` writes it")
    file = model_of(_File, raw, str(path))
    if file.over != version():
        sentence = "is over the weights of another release: run `naru evaluate retrieval FILE --calibrate` again"
        raise SettingsFault(Problem(str(path), "over", sentence))
    return Calibration(_scale(file.words), _scale(file.fused))


def _scale(written: _Scale | None) -> Scale:
    return Scale() if written is None else Scale(written.slope, written.shift)


def save_calibration(path: Path, calibration: Calibration) -> None:
    """Raises SettingsFault where it cannot be written."""
    lines = [
        "# How likely a found passage answers, as this company's questions say. Written by",
        "# `naru evaluate retrieval FILE --calibrate`; without this file Naru counts as it was shipped.",
        "",
        f'over = "{version()}"',
    ]
    for how, scale in (("words", calibration.words), ("fused", calibration.fused)):
        if scale != Scale():
            lines += ["", f"[{how}]", f"slope = {float(scale.slope)}", f"shift = {float(scale.shift)}"]
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingsFault(Problem(str(path), "", f"cannot be written ({error.strerror})")) from None
