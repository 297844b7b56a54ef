"""The Python that the real server runs in: `python -m tests.vllm.environment` builds it once and says where it is.

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
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "naru" / "vllm"
"""Beside no checkout: the next clone has the same pins."""
_WHOLE = "whole"


class BuildError(Exception):
    """The environment could not be built; the sentence says what to do."""


def folder(cache: Path = CACHE, pins: Path = PINS) -> Path:
    """Where the environment of these pins stands, or would."""
    version = "{}.{}".format(*sys.version_info[:2])
    said = f"{version}\n{platform.machine()}\n{pins.read_text(encoding='utf-8')}"
    return cache / hashlib.sha256(said.encode()).hexdigest()[:16]


def built(cache: Path = CACHE, pins: Path = PINS) -> Path | None:
    """Its Python; None while there is none that is whole."""
    place = folder(cache, pins)
    return place / "bin" / "python" if (place / _WHOLE).exists() else None


def build(cache: Path = CACHE, pins: Path = PINS) -> Path:
    """Its Python, built if need be, by one process at a time. Raises BuildError."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if python := built(cache, pins):
            return python
        place = folder(cache, pins)
        shutil.rmtree(place, ignore_errors=True)
        python = place / "bin" / "python"
        _run([sys.executable, "-m", "venv", str(place)], "Python's venv module does not work here.")
        install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        _run(
            [str(python), "-m", "pip", *install, "--requirement", str(pins)],
            f"pip could not install {pins.name}. The CPU's build of torch is in no index that pip asks by itself: name "
            "a folder or an index that has it (PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL), and try again.",
        )
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
    except BuildError as error:
        sys.exit(str(error))
