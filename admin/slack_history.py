"""Slack's history as a source, wired: over a session of its own, opened when the first such source is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

from bot.optouts import Register
from bot.policy.optout import OptOuts
from bot.seal import Seal
from bot.settings import Settings
from bot.slack import history_kind
from retrieval.catalogue import Catalogue
from retrieval.database import DatabaseFault
from retrieval.index import Index
from retrieval.passage import Source
from retrieval.sources import Reader
from retrieval.sources.kind import Kind, Means

if TYPE_CHECKING:
    from bot.slack.archive import Archive

_KEPT_S = 30.0


class IndexedRooms:
    """The channels whose members are readers of Slack's history, by id; for some seconds as they were."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], float] = time.monotonic) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._until = 0.0
        self._rooms: frozenset[str] = frozenset()

    async def __call__(self) -> frozenset[str]:
        """None while the database is away: then nobody reads by them."""
        if self._clock() < self._until:
            return self._rooms
        try:
            named = await self._catalogue.readers_of(history_kind.NAME)
        except DatabaseFault:
            return frozenset()
        self._rooms = frozenset(one.partition(":")[2] for one in named if one.startswith("channel:"))
        self._until = self._clock() + _KEPT_S
        return self._rooms


def own_kinds(settings: Settings, register: Register, seal: Seal, stack: AsyncExitStack) -> Mapping[str, Kind]:
    """The kinds of source that live in bot/, by name. stack: closes what they open."""
    opened: list[Archive] = []  # one for all sources of the process: Slack's limits are the app's

    async def opt_outs() -> OptOuts:
        await register.look()
        return register()

    def reader(source: Source, means: Means) -> Reader:
        token = settings.slack.bot_token
        if token is None:
            return history_kind.unread(source, means)
        # Loaded with the first such source: Slack's libraries take longer than the rest of a console's start.
        from bot.slack.app import http_session, web_client
        from bot.slack.archive import Archive
        from bot.slack.history_source import SlackHistory

        if not opened:
            session = http_session()
            stack.push_async_callback(session.close)
            opened.append(Archive(web_client(token.get_secret_value(), session, api_url=settings.slack.api_url)))
        return SlackHistory(
            source,
            opened[0],
            known=partial(Index(means.database).known, source.name),
            opt_outs=opt_outs,
            pseudonym=seal.pseudonym,
            zone=settings.timezone,
        )

    return {history_kind.NAME: history_kind.kind(reader)}
