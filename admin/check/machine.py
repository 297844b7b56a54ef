"""This machine: the data directory, and what an operating system limits."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from admin.check.finding import Finding, fail, ok, warn
from admin.check.scene import Scene
from admin.embedded import MIB, NEEDED_TO_CREATE

FILES = 1024
"""Connections to PostgreSQL, Slack and the models, and a parser's files: some hundred at once."""
MEMORY = 2 * 1024 * MIB
"""Naru and its PostgreSQL at rest take some 300 MB; parsing one large file may take 512 MB more."""


async def home(scene: Scene) -> AsyncIterator[Finding]:
    yield of_home(scene.settings.home, scene.machine.free)


def of_home(folder: Path, free: Callable[[Path], int]) -> Finding:
    """Whether Naru can keep its data there."""
    place = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not place.is_dir():
        return fail(f"{place} is not a folder, and Naru keeps its data in {folder}.", "Set NARU_HOME to a folder.")
    if not os.access(place, os.W_OK | os.X_OK):
        return fail(f"{place} may not be written by this user.", "Set NARU_HOME to a folder that Naru may write to.")
    return of_disk(free(place), folder)


def of_disk(free: int, folder: Path) -> Finding:
    """free: bytes."""
    if free < NEEDED_TO_CREATE:
        return fail(
            f"The disk of {folder} is full: {free // MIB} MB are free, and Naru needs {NEEDED_TO_CREATE // MIB}.",
            "Free some space, or set NARU_HOME to a folder on another disk.",
        )
    return ok(f"Naru keeps its data in {folder}; {free // MIB:,} MB are free there.")


async def limits(scene: Scene) -> AsyncIterator[Finding]:
    files, memory = scene.machine.files(), scene.machine.memory()
    if 0 <= files < FILES:  # less than 0: without a limit
        yield warn(f"Only {files} files may be open at once.", f"Raise it to {FILES} or more (`ulimit -n`).")
    if memory < MEMORY:
        yield warn(f"There are {memory // MIB:,} MB of memory.", f"Give Naru {MEMORY // MIB:,} MB or more.")
    else:
        yield ok(f"There are {memory // MIB:,} MB of memory.")


async def surroundings(scene: Scene) -> AsyncIterator[Finding]:
    yield ok(f"The time zone is {scene.machine.zone()}; it is {scene.machine.now().astimezone():%Y-%m-%d %H:%M}.")
    names = scene.machine.proxies()
    if names:
        yield ok(
            f"The environment names proxies ({', '.join(names)}), and Naru does not follow them: what is on-prem must "
            "not pass through one. The cloud's own stands under [models.cloud] proxy."
        )
