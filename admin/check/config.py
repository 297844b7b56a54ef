"""The settings, as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

from admin.check.finding import Finding, ended, fail, ok, warn
from admin.check.scene import Scene


async def settings(scene: Scene) -> AsyncIterator[Finding]:
    for problem in scene.salvaged.problems:
        yield fail(ended(str(problem)))
    if not scene.salvaged.problems:
        yield ok(f"{scene.settings.config} and the environment say nothing that Naru does not know.")
    if scene.settings.sample:
        yield warn("This is the sample company.", "Copy naru.toml.example to naru.toml for your own.")
