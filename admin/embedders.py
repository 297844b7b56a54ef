"""The embedding models of naru.toml, and the vectors that they are to make."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.config_file import EmbedModel
from bot.models.embed import TOTAL_S, EndpointEmbedder, Wishes
from bot.models.embed_door import EmbedDoor
from bot.policy.rules import Rules
from bot.settings import Settings
from retrieval.database import Database
from retrieval.embed import Embeddable, Embedder, EmbedFault
from retrieval.label import NOTHING_SENSITIVE
from retrieval.local_model import LocalModel, Prefixes, folder_of
from retrieval.vectors import Coverage, Filled, Progress, Vectors

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Embedding:
    """wanted: the model of [models.embed]. previous: the one before it, if it is still there. problem: why one of them
    could not be opened; search does without it."""

    vectors: Vectors
    wanted: Embedder | None = None
    previous: Embedder | None = None
    problem: EmbedFault | None = None

    @property
    def embedders(self) -> tuple[Embedder, ...]:
        return tuple(one for one in (self.wanted, self.previous) if one is not None)

    async def fill(self, progress: Progress = lambda done, total: None, limit: int | None = None) -> Filled | None:
        """Give vectors to the passages that lack one; None where no model is wanted. While another model serves, what
        is new gets its vectors as well, so that search is no worse for the switch. Raises EmbedFault."""
        if self.problem is not None:
            raise self.problem
        if self.wanted is None:
            return None
        serving = await self.vectors.serving()
        before = self.previous
        if before and serving and (before.name, before.revision) == (serving.name, serving.revision):
            await self.vectors.fill(before, limit=limit)
        return await self.vectors.fill(self.wanted, progress, limit)

    async def follow(self, progress: Progress = lambda done, total: None) -> None:
        """The same behind a re-index, which has done its work whether or not the model does."""
        try:
            await self.fill(progress)
        except EmbedFault as fault:
            _log.warning("passages without vectors are found by their words: %s", fault)

    async def coverage(self) -> tuple[Coverage, ...]:
        return await self.vectors.coverage()

    async def answers(self) -> bool:
        """Whether the wanted model gives a vector now."""
        word = Embeddable("Naru", NOTHING_SENSITIVE)
        return self.wanted is not None and await self.wanted.query(word) is not None


async def opened(
    settings: Settings, rules: Callable[[], Rules], database: Database, stack: AsyncExitStack
) -> Embedding:
    """A model that cannot be opened is a problem to be told, and not a reason to answer nobody."""
    embed = settings.models.embed
    vectors = Vectors(database, by_bits=embed.binary_index)
    try:
        wanted = await _one(embed, settings, rules, stack)
        previous = await _one(embed.previous, settings, rules, stack) if embed.previous else None
    except EmbedFault as fault:
        _log.warning("%s Until then Naru searches by words alone.", fault)
        return Embedding(vectors, problem=fault)
    return Embedding(vectors, wanted, previous)


async def _one(
    model: EmbedModel, settings: Settings, rules: Callable[[], Rules], stack: AsyncExitStack
) -> Embedder | None:
    if model.base_url is not None and model.model is not None:
        door = EmbedDoor(
            base_url=model.base_url,
            api_key=model.api_key.get_secret_value() if model.api_key else None,
            model=model.model,
            dimensions=model.dimensions,
            total_s=TOTAL_S,
        )
        stack.push_async_callback(door.aclose)
        wishes = Wishes(model.known, model.dimensions, model.query_prefix, model.passage_prefix)
        return EndpointEmbedder(door, wishes, rules)
    if model.local is not None:
        folder = folder_of(model.local, settings.config.parent)
        prefixes = Prefixes(model.query_prefix, model.passage_prefix)
        cache = settings.home / "models"
        return await asyncio.to_thread(LocalModel.opened, folder, cache, model.known, prefixes)
    return None
