"""Keeps the audit: seals it, copies the last seal, notes what changed meanwhile, and lets go of what is old."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from admin.audit.head import HeadFault, HeadFile
from bot.audit import Audit
from bot.audit_chain import Seal
from bot.config_file import Endpoint
from bot.policy.rules import Rules
from bot.settings import Settings
from retrieval.database import Database, DatabaseFault

EVERY_S = 30.0
"""What was written in the last half minute is not sealed yet: whoever writes to the database may still change it."""
FORGET_EVERY_S = 3600.0

_log = logging.getLogger(__name__)


class Keeper:
    """Of one process; several may be at it. rules: the policy as it is now."""

    def __init__(self, database: Database, audit: Audit, settings: Settings, rules: Callable[[], Rules]) -> None:
        self._database = database
        self._audit = audit
        self._settings = settings
        self._rules = rules
        self._policy: str | None = None
        self._head = HeadFile(settings.home)

    async def run(self, every_s: float = EVERY_S) -> None:
        """Does not end. A database that is away is asked again."""
        forgotten_at = -FORGET_EVERY_S
        loop = asyncio.get_running_loop()
        while True:
            await self.follow()
            if loop.time() - forgotten_at >= FORGET_EVERY_S:
                forgotten_at = loop.time()
                await self._forget()
            await asyncio.sleep(every_s)

    async def follow(self) -> None:
        """Note a policy that changed, seal, copy the last seal. What stands in the way is logged: nobody waits for an
        answer because of it."""
        try:
            await self.policy()
            await self._audit.seal(self._database)
            await self._copy()
        except (OSError, DatabaseFault, HeadFault) as error:
            _log.warning("the audit was not sealed: %s", error.strerror if isinstance(error, OSError) else error)

    async def policy(self) -> None:
        """Note it where it is another than this process saw last, and than the audit says. Raises DatabaseFault."""
        rules = self._rules()
        if rules.hash != self._policy:
            said = {"hash": rules.hash, "profile": rules.profile, "shadow": rules.shadow}
            await self._audit.note_change(self._database, "policy", said)
            self._policy = rules.hash

    async def started(self) -> None:
        """Note that a Naru begins to serve, with which models. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            await self._audit.note(connection, "started", of_settings(self._settings))

    async def sources(self) -> None:
        """Note which sources naru.toml declares, where that changed. Raises DatabaseFault."""
        declared = {source.name: source.level.name for source in self._settings.sources}
        if declared:
            await self._audit.note_change(self._database, "sources", {"declared": declared})

    async def _forget(self) -> None:
        try:
            gone = await self._audit.forget(self._database, self._settings.audit.days)
        except DatabaseFault as fault:
            _log.warning("old entries of the audit were not deleted: %s", fault)
            return
        if gone:
            _log.info("%d entries of the audit were older than %d days", gone, self._settings.audit.days)

    async def _copy(self) -> None:
        known = await asyncio.to_thread(self._head.line)
        if known is not None and not await self._audit.knows(self._database, known):
            _log.error("the audit has lost what %s says it had: run `naru audit verify`", self._head.path)
            return
        last = await self._audit.last_seal(self._database)
        if last is not None and (known is None or last.id > int(json.loads(known)[0])):
            await asyncio.to_thread(self._head.keep, last.line())


def of_settings(settings: Settings) -> dict[str, Any]:
    """The models that are connected, and the cloud's terms: as the audit has them."""
    models = settings.models
    terms = models.cloud.data_use
    return {
        "naru": metadata.version("naru"),
        "models": {
            name: {"host": host_of(shore), "model": shore.model}
            for name, shore in (
                ("cloud", models.cloud),
                ("on_prem", models.on_prem),
                ("embed", models.embed),
                ("rerank", models.rerank),
                ("second_opinion", models.second_opinion),
            )
            if shore.base_url is not None
        },
        "data_use": terms.model_dump(mode="json") if terms else None,
    }


async def restored(database: Database, audit: Audit, settings: Settings, said: dict[str, Any]) -> Seal | None:
    """Note that the database is that of a backup, and which seal it had before; the copy of that one is set aside.
    Raises DatabaseFault, OSError."""
    head = HeadFile(settings.home)
    try:
        before = head.line()
    except HeadFault:
        before = None
    async with database.transaction() as connection:
        await audit.note(connection, "restored", {**said, "seal_before": json.loads(before) if before else None})
    await audit.seal(database)
    last = await audit.last_seal(database)
    head.set_aside()
    if last is not None:
        head.keep(last.line())
    return last


def host_of(shore: Endpoint) -> str:
    """Of its address."""
    return urlsplit(shore.base_url or "").hostname or ""
