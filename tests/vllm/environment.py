"""The Pythons that the real server and the real llmcompressor run in: `python -m tests.vllm.environment` builds them
once and says where they are.

Naru's own environment stays as it is: vLLM wants other versions. A folder holds what one state of the pins, one Python
and one kind of machine give; it counts only once it is whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINS = ROOT / "constraints-vllm.txt"
QUANTIZE = ROOT / "constraints-quantize.txt"
"""Of an environment over that one: its packages are seen behind these."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "naru" / "vllm"
"""Beside no checkout: the next clone has the same pins."""
_WHOLE = "whole"


class BuildError(Exception):
    """The environment could not be built; the sentence says what to do."""


def folder(cache: Path = CACHE, pins: Path = PINS, under: Path | None = None) -> Path:
    """Where the environment of these pins stands, or would. under: the one that it is over."""
    version = "{}.{}".format(*sys.version_info[:2])
    said = f"{version}\n{platform.machine()}\n{pins.read_text(encoding='utf-8')}{under or ''}"
    return cache / hashlib.sha256(said.encode()).hexdigest()[:16]


def built(cache: Path = CACHE, pins: Path = PINS, under: Path | None = None) -> Path | None:
    """Its Python; None while there is none that is whole."""
    place = folder(cache, pins, under)
    return place / "bin" / "python" if (place / _WHOLE).exists() else None


def build(cache: Path = CACHE, pins: Path = PINS, under: Path | None = None) -> Path:
    """Its Python, built if need be, by one process at a time. Raises BuildError."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if python := built(cache, pins, under):
            return python
        place = folder(cache, pins, under)
        shutil.rmtree(place, ignore_errors=True)
        python = place / "bin" / "python"
        _run([sys.executable, "-m", "venv", str(place)], "Python's venv module does not work here.")
        install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        _run(
            [str(python), "-m", "pip", *install, "--requirement", str(pins)],
            f"pip could not install {pins.name}. The CPU's build of torch is in no index that pip asks by itself: name "
            "a folder or an index that has it (PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL), and try again.",
        )
        if under is not None:
            packages = next(place.glob("lib/python*/site-packages"))
            (packages / "under.pth").write_text(f"{under / packages.relative_to(place)}\n", encoding="utf-8")
        (place / _WHOLE).touch()
        return python


def _run(command: list[str], otherwise: str) -> None:
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
        raise BuildError(otherwise)


if __name__ == "__main__":
    if built() is None:
        sys.stderr.write("Installing a vLLM server for the tests (a few minutes, once, 2.4 GB) ...\n")
    try:
        sys.stdout.write(f"{build()}\n")
        if built(pins=QUANTIZE, under=folder()) is None:
            sys.stderr.write("Installing llmcompressor beside it (a minute, once, 0.4 GB) ...\n")
        sys.stdout.write(f"{build(pins=QUANTIZE, under=folder())}\n")
    except BuildError as error:
        sys.exit(str(error))
