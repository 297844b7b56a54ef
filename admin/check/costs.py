"""The cloud's budget: what of it is used today, and whether a question fits into it at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

from admin import costs
from admin.check.finding import Finding, ok, skip, warn
from admin.check.scene import Scene
from bot.cloud_budget import Tokens
from bot.cloud_use import CloudUse
from bot.settings import Settings

_BYTES = 3
"""Of a Hangul syllable: a question is reserved for at most that many tokens for each of its characters."""


async def budget(scene: Scene) -> AsyncIterator[Finding]:
    if scene.settings.models.cloud.base_url is None:
        return
    if scene.database is None:
        yield skip("What the cloud has cost today was not looked at: there is no database to look at.")
        return
    use = costs.cloud_use(scene.settings, scene.database, lambda: scene.today)
    all_of_today, standings = await use.of_all(), await use.standings()
    used = f"{all_of_today.requests:,} requests and {all_of_today.tokens:,} tokens"
    used += f" ({costs.money(all_of_today.micros, use.prices)})" if use.prices else ""
    if not standings:
        yield ok(f"The cloud model has taken {used} today; no budget is set.")
        return
    for scope, standing in standings.items():
        limit = costs.limit_name(use.limits.limit(scope), use.prices)
        whose = f"The cloud model's budget {costs.WHOSE[scope]} ({limit})"
        if state := costs.state_name(standing):
            fix = "Raise it under [models.cloud.budget], or leave it: then the on-prem model answers, or is quoted."
            yield warn(f"{whose} is today: {state}.", fix)
        else:
            yield ok(f"{whose}: {standing.share:.0%} of the most used one is used today; all have taken {used}.")
    for finding in of_size(use, scene.settings):
        yield finding


def of_size(use: CloudUse, settings: Settings) -> list[Finding]:
    """A budget into which a long question never fits keeps it from the cloud on any day."""
    answer = settings.answer
    characters = answer.max_passage_chars + answer.max_question_chars + answer.max_attached_chars
    most = Tokens(_BYTES * characters, settings.models.cloud.max_tokens)
    cost = use.prices.micros(most) if use.prices else 0
    return [
        warn(
            f"The cloud model's budget {costs.WHOSE[scope]} is less than a long question may take "
            f"({most.total:,} tokens), so such a question never goes there.",
            "Raise it under [models.cloud.budget], or lower max_passage_chars under [answer].",
        )
        for scope in costs.WHOSE
        if use.limits.limit(scope).share(most.total, cost) > 1
    ]
