"""`make mutants`: break each promise in a copy of the tree; a test must go red. `--third`: a third, by turns."""

from __future__ import annotations

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


def outcomes(breaks: list[Break]) -> Iterator[tuple[Break, str, float]]:
    with tempfile.TemporaryDirectory(prefix="naru-breaks-") as parent:
        Path(parent).chmod(0o755)  # as root, PostgreSQL runs as another user
        subprocess.run([sys.executable, "-m", "tests.integration.cluster", f"{parent}/{CLUSTER}"], cwd=ROOT, check=True)
        warm = Warm()
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            folder = Path(parent) / str(number)
            copy_tree(folder)
            free.put(folder)

        def run(one: Break) -> tuple[Break, str, float]:
            folder = free.get()
            started = time.monotonic()
            try:
                return one, outcome(one, folder, warm), time.monotonic() - started
            finally:
                free.put(folder)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(run, breaks)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def third(paths: Sequence[Path]) -> list[Path]:
    """Which third follows from the tree: the same for the same tree, another for the next one."""
    tree = subprocess.run(["git", "rev-parse", "HEAD^{tree}"], cwd=ROOT, capture_output=True, text=True, check=True)
    return list(paths[int(tree.stdout, 16) % 3 :: 3])


def main() -> int:
    wanted = [argument for argument in sys.argv[1:] if argument != "--third"]
    paths = sorted(Path(__file__).parent.glob("*.patch"))
    if "--third" in sys.argv:
        paths = third(paths)
    breaks = [Break.read(path) for path in paths if not wanted or any(name in path.name for name in wanted)]
    breaks.sort(key=lambda one: not any("/integration/" in test for test in one.tests))  # what takes longest first
    failed = 0
    for one, wrong, seconds in outcomes(breaks):
        failed += bool(wrong)
        how = "FAILED" if wrong else "red"
        tell(f"{how:6} {one.path.stem:55} {seconds:5.1f} s  {wrong or one.promise}")
    tell(f"{len(breaks) - failed} passed, {failed} failed")
    return 1 if failed or not breaks else 0


if __name__ == "__main__":
    sys.exit(main())
