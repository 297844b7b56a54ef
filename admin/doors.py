"""The doors to the models, as the settings describe them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress

from admin.audit.keeper import host_of
from bot.audit import Audit
from bot.cloud_use import CloudUse
from bot.config_file import Cloud, Models, OnPrem, Shore
from bot.config_file import SecondOpinion as OpinionSection
from bot.domain import Route
from bot.models import judge
from bot.models.audited import AuditedDoor, Vendor
from bot.models.budgeted import BudgetedDoor
from bot.models.door import Door, Leaving, OpenAIDoor
from bot.models.endpoint import Endpoint
from bot.models.line import Line
from bot.models.opinion import FORM, MAX_TOKENS, SecondOpinion
from bot.models.probe import ProbeFault, offer
from bot.models.replicas import Replicas
from bot.policy.rules import Rules
from bot.prompt import Prompts
from bot.settings import Settings
from retrieval.database import Database

_TROUBLE = 500
"""From this status on a server has trouble of its own; with 401 or 404 it is there."""


def endpoints(
    settings: Settings,
    database: Database,
    audit: Audit,
    leaving: Leaving,
    stack: AsyncExitStack,
    look: Callable[[], Awaitable[None]],
    use: CloudUse,
) -> dict[Route, Endpoint]:
    found: dict[Route, Endpoint] = {}
    for route, shore in ((Route.CLOUD, settings.models.cloud), (Route.ON_PREM, settings.models.on_prem)):
        if shore.base_url is None or shore.model is None:
            continue
        each = shore.each if isinstance(shore, OnPrem) else (shore,)
        doors = [door_to(route, one, leaving if route is Route.CLOUD else None) for one in each]
        for door in doors:
            stack.push_async_callback(door.aclose)
        used: Door = Replicas(doors) if len(doors) > 1 else doors[0]
        if isinstance(shore, Cloud):
            used = BudgetedDoor(AuditedDoor(used, _vendor(shore), database, audit), use)
        found[route] = Endpoint(used, shore.attempts, shore.total_timeout_s, look, Line(shore.at_once))
    return found


async def back(models: Models, routes: Sequence[str]) -> bool:
    """Whether a server of any of these routes says that it is there. Nobody's text is sent."""
    for route, shore in ((Route.CLOUD, models.cloud), (Route.ON_PREM, models.on_prem)):
        each = shore.each if isinstance(shore, OnPrem) else (shore,)
        for one in each if route in routes else ():
            key = one.api_key.get_secret_value() if one.api_key else None
            how = (one.proxy, one.auth) if isinstance(one, Cloud) else ()
            with suppress(ProbeFault):
                if one.base_url and (await offer(one.base_url, key, *how)).status < _TROUBLE:
                    return True
    return False


def _vendor(cloud: Cloud) -> Vendor:
    host = host_of(cloud)
    use = cloud.data_use
    return Vendor(host, (use.vendor if use else None) or host, use.region if use else "")


def second_opinion(
    settings: Settings, rules: Callable[[], Rules], prompts: Callable[[], Prompts], stack: AsyncExitStack
) -> SecondOpinion | None:
    asked = settings.models.second_opinion
    if asked.base_url is None:
        return None
    door = opinion_door(asked)
    stack.push_async_callback(door.aclose)
    return SecondOpinion(door, asked.timeout_s, rules, prompts=prompts)


def opinion_door(asked: OpinionSection) -> OpenAIDoor:
    """The door to the classifier that is connected."""
    assert asked.base_url is not None
    assert asked.model is not None
    return OpenAIDoor(
        Route.ON_PREM,
        base_url=asked.base_url,
        api_key=asked.api_key.get_secret_value() if asked.api_key else None,
        model=asked.model,
        max_tokens=MAX_TOKENS,
        first_token_s=asked.timeout_s,
        form=FORM,
        name="second opinion",
    )


def judge_door(shore: Shore) -> OpenAIDoor:
    """The door to the on-prem model where it judges."""
    assert shore.base_url is not None
    assert shore.model is not None
    return OpenAIDoor(
        Route.ON_PREM,
        base_url=shore.base_url,
        api_key=shore.api_key.get_secret_value() if shore.api_key else None,
        model=shore.model,
        max_tokens=judge.MAX_TOKENS,
        first_token_s=shore.first_token_timeout_s,
        form=judge.FORM,
        name="judge",
    )


def door_to(route: Route, shore: Shore, leaving: Leaving | None = None) -> OpenAIDoor:
    """The door to a model that is connected. Only the cloud may be behind a proxy. leaving: shown what leaves by it."""
    assert shore.base_url is not None
    assert shore.model is not None
    return OpenAIDoor(
        route,
        base_url=shore.base_url,
        api_key=shore.api_key.get_secret_value() if shore.api_key else None,
        model=shore.model,
        max_tokens=shore.max_tokens,
        first_token_s=shore.first_token_timeout_s,
        proxy=shore.proxy if isinstance(shore, Cloud) else None,
        leaving=leaving,
        auth=shore.auth if isinstance(shore, Cloud) else "bearer",
        do_not_store=isinstance(shore, Cloud) and shore.do_not_store,
    )
