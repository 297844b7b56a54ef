"""The settings, as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from admin.app import data_use
from admin.check.finding import Finding, ended, fail, ok, warn
from admin.check.scene import Scene
from admin.notice import notices_of
from admin.prompts import prompts_of
from bot.policy.parts import company_label
from bot.policy.policy_file import load_rules
from bot.policy.rules import allowed
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
    for finding in _prompts(scene):
        yield finding
    cloud = scene.settings.models.cloud
    if cloud.base_url and cloud.data_use and cloud.data_use.vendor is None:
        yield warn(
            "models.cloud.data_use.vendor is not set, so the notice names the cloud model's host in its place.",
            "Set it: people are to be told who gets what they ask.",
        )
    if scene.settings.sample:
        yield warn("This is the sample company.", "Copy naru.toml.example to naru.toml for your own.")


def _prompts(scene: Scene) -> Iterator[Finding]:
    try:
        prompts = prompts_of(scene.settings)
    except SettingsFault as fault:
        for problem in fault.problems:
            yield fail(
                ended(str(problem)), "Until then the prompts before it count, and from a start on the shipped ones."
            )
        return
    try:
        rules = load_rules(scene.settings.policy).under(data_use(scene.settings), scene.today)
    except SettingsFault:
        return  # which the check of the policy says
    for name, text in prompts.own.items():
        label = company_label(text, rules)
        if scene.settings.models.cloud.base_url and not allowed(label, rules.sinks["cloud"]):
            kinds = ", ".join(sorted(label.kinds))
            yield warn(
                f"The prompt {name}.md holds what may not go to the cloud ({kinds}), so no question goes there.",
                "Say it without: `naru prompt diff` shows what is found.",
            )
