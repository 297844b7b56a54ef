"""A push, however it comes in: kept, and then the source is wanted re-indexed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from admin.app import App
from retrieval.errors import Fault
from retrieval.intake import PushReport, push
from retrieval.pushed import PushStore

_log = logging.getLogger(__name__)

Wanted = Callable[[str], Awaitable[None]]
"""Told of a source that has something new; returns before it is re-indexed."""


async def take(
    store: PushStore, source: str, chunks: AsyncIterable[bytes], wanted: Wanted, *, whole: bool
) -> PushReport:
    """Keep what comes. The re-index is wanted even where the sender breaks off: what came until then is kept."""
    try:
        return await push(store, source, chunks, whole=whole)
    finally:
        await wanted(source)


@asynccontextmanager
async def reindexing(app: App) -> AsyncIterator[Wanted]:
    """Re-indexes wanted sources one after the other for as long as the context is open. A source that is wanted while
    it waits is done once; one that is wanted while it runs, once more."""
    waiting: dict[str, None] = {}
    something = asyncio.Event()

    async def want(source: str) -> None:
        waiting[source] = None
        something.set()

    async def run() -> None:
        while True:
            await something.wait()
            something.clear()
            while waiting:
                name = next(iter(waiting))
                del waiting[name]
                await _reindexed(app, name)

    task = asyncio.create_task(run())
    try:
        yield want
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _reindexed(app: App, name: str) -> None:
    try:
        chosen = [source for source in await app.active() if source.name == name]
        results = await app.reindex(chosen, lambda *_: None, patient=True)
    except Fault as fault:  # the next push or run does it
        _log.warning("source %s is not re-indexed after a push: %s", name, fault)
        return
    for _, result in results:
        if isinstance(result, Fault):
            _log.warning("source %s is not re-indexed after a push: %s", name, result)
