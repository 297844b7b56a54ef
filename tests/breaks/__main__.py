"""`make mutants`: break each promise in a copy of the tree; a test must go red.

`--for SECONDS`: as many as that leaves time for, in an order that follows from the tree, so that by turns each has its.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from pathlib import Path
from queue import SimpleQueue

from tests.breaks.warm import Warm

ROOT = Path(__file__).parent.parent.parent
AT_ONCE = 3
"""More than there are cores here: what takes long mostly waits."""
LIMIT_S = 300
_PYTEST = ("-q", "-x", "--no-header", "-p", "no:randomly", "--hypothesis-profile=breaks")
_MAKES_DATABASES = ("migrations/", "admin/schema.py", "admin/embedded", "tests/")
CLUSTER = "cluster"
RED = 1
"""pytest's status when tests ran and some failed; 2 to 5 mean that none did, which proves nothing."""


@dataclass(frozen=True)
class Break:
    path: Path
    promise: str
    tests: tuple[str, ...]
    of_the_database: bool
    """Whether it breaks how a database is made: then its tests make their own."""

    @classmethod
    def read(cls, path: Path) -> Break:
        text = path.read_text(encoding="utf-8")
        head = text.partition("\n--- ")[0]
        promise = re.search(r"^promise: (.+)$", head, re.MULTILINE)
        tests = tuple(re.findall(r"^test: (.+)$", head, re.MULTILINE))
        if promise is None or not tests:
            sys.exit(f"{path.name}: needs a line 'promise: ...' and at least one 'test: ...'")
        return cls(path, promise[1], tests, any(f"\n--- a/{place}" in text for place in _MAKES_DATABASES))


def copy_tree(folder: Path) -> None:
    """What git tracks or would track, as it is in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def outcome(one: Break, folder: Path, warm: Warm) -> str:
    """ "" when a test went red, else what is wrong."""
    apply = ["git", "apply", "--whitespace=nowarn", str(one.path)]
    # Without a repository of its own around it, git apply would look for one above the folder.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    said = folder.parent / f"{folder.name}.out"
    if not one.of_the_database:
        environment["NARU_TEST_CLUSTER"] = str(folder.parent / CLUSTER)
    applied = subprocess.run(apply, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if applied.returncode != 0:
        return "does not apply any more: renew the patch"
    try:
        status = warm.pytest([*_PYTEST, *one.tests], folder, environment, said, LIMIT_S)
    finally:
        subprocess.run([*apply, "--reverse"], cwd=folder, env=environment, capture_output=True, check=True)
    if status is None:
        return f"its tests did not end in {LIMIT_S} s"
    if status == RED:
        return ""
    last = (said.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing was said"])[-1]
    return f"no test went red ({last})"


def outcomes(breaks: list[Break], until: float = inf) -> Iterator[tuple[Break, str, float]]:
    """Those that are begun before `until`, of the monotonic clock; the first few in any case."""
    with tempfile.TemporaryDirectory(prefix="naru-breaks-") as parent:
        Path(parent).chmod(0o755)  # as root, PostgreSQL runs as another user
        subprocess.run([sys.executable, "-m", "tests.integration.cluster", f"{parent}/{CLUSTER}"], cwd=ROOT, check=True)
        warm = Warm()
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            folder = Path(parent) / str(number)
            copy_tree(folder)
            free.put(folder)

        def run(one: Break) -> tuple[Break, str, float] | None:
            if time.monotonic() > until and one not in breaks[:AT_ONCE]:
                return None
            folder = free.get()
            started = time.monotonic()
            try:
                return one, outcome(one, folder, warm), time.monotonic() - started
            finally:
                free.put(folder)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from filter(None, pool.map(run, breaks))


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def by_turns(breaks: Sequence[Break]) -> list[Break]:
    """In an order that follows from the tree: the same for the same tree, another for the next one."""
    tree = subprocess.run(["git", "rev-parse", "HEAD^{tree}"], cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(breaks, key=lambda one: sha256(f"{tree.stdout}{one.path.name}".encode()).digest())


def stale(breaks: Sequence[Break]) -> list[str]:
    """The names of those that the tree has moved away from."""
    check = ["git", "apply", "--check"]
    ended = [subprocess.run([*check, str(one.path)], cwd=ROOT, capture_output=True, check=False) for one in breaks]
    return [one.path.stem for one, each in zip(breaks, ended, strict=True) if each.returncode != 0]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.breaks", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names of those that are wanted; none: all")
    parser.add_argument("--for", type=float, dest="seconds", help="begin no further one after so many seconds")
    options = parser.parse_args()
    paths = sorted(Path(__file__).parent.glob("*.patch"))
    breaks = [
        Break.read(path) for path in paths if not options.names or any(name in path.name for name in options.names)
    ]
    if moved := stale(breaks):
        tell(f"These do not apply any more: renew {', '.join(moved)}.")
        return 1
    until = inf
    if options.seconds is None:
        breaks.sort(key=lambda one: not any("/integration/" in test for test in one.tests))  # what takes longest first
    else:
        breaks, until = by_turns(breaks), time.monotonic() + options.seconds
    passed = failed = 0
    for one, wrong, seconds in outcomes(breaks, until):
        passed += not wrong
        failed += bool(wrong)
        how = "FAILED" if wrong else "red"
        tell(f"{how:6} {one.path.stem:55} {seconds:5.1f} s  {wrong or one.promise}")
    tell(f"{passed} passed, {failed} failed, of {len(breaks)}")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
