"""`naru model test NAME`: a model that `naru model serve` serves, tried for everything that Naru will ask of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from admin.check import Report
from admin.check.finding import Finding, fail, ok, skip, warn
from admin.check.models import Named, completion, of_shore, offered, policy_rules
from admin.check.scene import Scene
from admin.serve import address_of, key_of, section_of
from bot.config_file import EmbedModel, OnPrem
from bot.config_serving import Served
from bot.domain import Route
from bot.models.embed import TOTAL_S, EndpointEmbedder, Wishes
from bot.models.embed_door import EmbedDoor
from bot.models.probe import ProbeFault, closed, offer
from bot.settings import Salvaged, Settings
from retrieval.embed import Embeddable, EmbedFault
from retrieval.label import NOTHING_SENSITIVE
from retrieval.text import LANGUAGES

CLOSED = ("/invocations", "/adapters", "/v1/load_lora_adapter", "/v1/unload_lora_adapter", "/tokenize", "/metrics")
"""What vLLM answers, some of it without a key, and nobody is to reach."""
_REFUSED = (401, 403)


async def tried(settings: Settings, name: str) -> Report:
    """Raises ServeFault where the settings have no such section."""
    looked_at = Scene(Salvaged(settings), settings, None, skip("No database is needed."))
    return Report(tuple([(name, finding) async for finding in served(looked_at, name)]))


async def served(scene: Scene, name: str) -> AsyncIterator[Finding]:
    """Raises ServeFault where the settings have no such section."""
    section = section_of(scene.settings, name)
    base_url, key = address_of(section), key_of(scene.settings, section)
    endpoint = OnPrem(base_url=base_url, api_key=key, model=name, attempts=1)
    named = Named(name, f"models.{name}", endpoint, domain_models=tuple(section.named_adapters))
    works = True
    if section.runner == "pooling":
        async for finding in _vectors(scene, named, EmbedModel(base_url=base_url, api_key=key, model=name)):
            works &= finding.status != "fail"
            yield finding
    else:
        async for finding in of_shore(scene, named, Route.ON_PREM, endpoint):
            works &= finding.status != "fail"
            yield finding
    if not works:
        return
    async for finding in _adapters(scene, section, endpoint):
        yield finding
    async for finding in _guarded(base_url, key.get_secret_value() if key else None):
        yield finding


async def _vectors(scene: Scene, named: Named, model: EmbedModel) -> AsyncIterator[Finding]:
    async for finding in offered(scene, named):
        yield finding
        if finding.status == "fail":
            return
    rules = policy_rules(scene)
    if rules is None:
        yield skip(f"{named.name} is asked for no vector while the policy cannot be read.")
        return
    door = EmbedDoor(
        base_url=model.base_url or "", api_key=named.key, model=named.name, dimensions=None, total_s=TOTAL_S
    )
    began = time.perf_counter()
    try:
        vector = await EndpointEmbedder(door, Wishes(frozenset(LANGUAGES)), lambda: rules).query(
            Embeddable("OK", NOTHING_SENSITIVE)
        )
    except EmbedFault as fault:
        yield fail(str(fault), "Look at its log.")
        return
    finally:
        await door.aclose()
    if vector is None:
        yield fail(f"{named.name} gives no vectors.", "Look at its log; re-ranking models are tried by `naru check`.")
    else:
        yield ok(
            f"{named.name} gives vectors of {len(vector)} numbers ({1000 * (time.perf_counter() - began):.0f} ms)."
        )


async def _adapters(scene: Scene, section: Served, endpoint: OnPrem) -> AsyncIterator[Finding]:
    for adapter in section.named_adapters:
        named = Named(f"The adapter {adapter}", adapter, endpoint)
        async for finding in completion(scene, named, Route.ON_PREM, endpoint.model_copy(update={"model": adapter})):
            yield finding


async def _guarded(base_url: str, key: str | None) -> AsyncIterator[Finding]:
    """Whether it asks for its key, and answers nothing that Naru does not ask."""
    try:
        unkeyed = (await offer(base_url, None)).status
    except ProbeFault as fault:
        yield fail(f"Without a key it {fault}.", "Look at its log.")
        return
    if unkeyed in _REFUSED:
        yield ok("Without the key it answers nothing.")
    else:
        yield fail(
            f"Without a key it answers with status {unkeyed}.", "Serve it by `naru model serve`, which asks for one."
        )
    shut = await closed(base_url.removesuffix("/v1"), CLOSED, key)
    open_paths = [path for path in CLOSED if path not in shut]
    if open_paths:
        yield warn(
            f"It answers paths that Naru does not need: {', '.join(open_paths)}.",
            "Serve it by `naru model serve`, which lets through only what Naru asks.",
        )
    else:
        yield ok("It answers only what Naru asks.")
