"""Slack's history as a source, wired: over a session of its own, opened when the first such source is read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

from bot.optouts import Register
from bot.policy.optout import OptOuts
from bot.seal import Seal
from bot.settings import Settings
from bot.slack import history_kind
from retrieval.index import Index
from retrieval.passage import Source
from retrieval.sources import Reader
from retrieval.sources.kind import Kind, Means

if TYPE_CHECKING:
    from bot.slack.archive import Archive


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
