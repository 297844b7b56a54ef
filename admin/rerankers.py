"""The re-ranking model of naru.toml, and whether questions may use it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from admin.verdict import Measured, Verdict, VerdictFault
from bot.config_file import Rerank
from bot.models.rerank import EndpointReranker
from bot.models.rerank_door import RerankDoor
from bot.policy.rules import Rules
from bot.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reranking:
    """connected: the model, if there is one; only an evaluation uses it unasked. why_not: why questions do without it;
    None: they use it, or none is connected."""

    connected: EndpointReranker | None = None
    why_not: str | None = None

    @property
    def used(self) -> EndpointReranker | None:
        """For questions."""
        return None if self.why_not else self.connected


def opened(settings: Settings, rules: Callable[[], Rules], stack: AsyncExitStack) -> Reranking:
    """A model that nothing speaks for is told of, and is no reason to answer nobody."""
    rerank = settings.models.rerank
    if rerank.base_url is None:
        return Reranking()
    door = door_to(rerank)
    stack.push_async_callback(door.aclose)
    connected = EndpointReranker(door, rules, depth=rerank.depth, timeout_s=rerank.timeout_s)
    why_not = against(settings)
    if why_not is not None:
        _log.info("the re-ranking model %s is not used: %s", rerank.model, why_not)
    return Reranking(connected, why_not)


def door_to(rerank: Rerank) -> RerankDoor:
    """The door to the model that is connected."""
    assert rerank.base_url is not None
    assert rerank.model is not None
    return RerankDoor(
        base_url=rerank.base_url,
        api_key=rerank.api_key.get_secret_value() if rerank.api_key else None,
        model=rerank.model,
        api=rerank.api,
        total_s=rerank.timeout_s,
    )


def against(settings: Settings) -> str | None:
    """What speaks against using the connected model; None where a verdict speaks for it."""
    file = verdict_file(settings)
    try:
        verdict = Verdict.read(file)
    except VerdictFault as fault:
        return str(fault)
    if verdict is None:
        return f"nothing says that it helps ({file.name} is not there): run `naru evaluate retrieval FILE --adopt`"
    return verdict.why_not(Measured.of(settings.models), file)


def verdict_file(settings: Settings) -> Path:
    return settings.config.parent / settings.models.rerank.verdict
