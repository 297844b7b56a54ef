"""The settings, as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

from admin.check.finding import Finding, ended, fail, ok, warn
from admin.check.scene import Scene
from admin.notice import notices_of
from bot.toml_file import SettingsFault


async def settings(scene: Scene) -> AsyncIterator[Finding]:
    for problem in scene.salvaged.problems:
        yield fail(ended(str(problem)))
    if not scene.salvaged.problems:
        yield ok(f"{scene.settings.config} and the environment say nothing that Naru does not know.")
    try:
        notices_of(scene.settings)
    except SettingsFault as fault:
        for problem in fault.problems:
            yield fail(ended(str(problem)), "Mend the notice: until then Naru does not start in Slack.")
    cloud = scene.settings.models.cloud
    if cloud.base_url and cloud.data_use and cloud.data_use.vendor is None:
        yield warn(
            "models.cloud.data_use.vendor is not set, so the notice names the cloud model's host in its place.",
            "Set it: people are to be told who gets what they ask.",
        )
    if scene.settings.sample:
        yield warn("This is the sample company.", "Copy naru.toml.example to naru.toml for your own.")
