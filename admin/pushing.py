"""A push, however it comes in: kept, and then the source is wanted re-indexed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Awaitable, Callable

from admin.jobs import Jobs
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


def by_jobs(jobs: Jobs) -> Wanted:
    """A re-index as a job: a source that is wanted while it waits is done once; one that is wanted while it runs, once
    more."""

    async def want(source: str) -> None:
        try:
            await jobs.request(source)
        except Fault as fault:  # the next push or run does it
            _log.warning("source %s is not re-indexed after a push: %s", source, fault)

    return want
