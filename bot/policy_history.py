"""Each policy that came into force, with its author. The only writer of `policy_version`."""

from __future__ import annotations

import asyncio
import logging
import pwd
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from bot import tables
from bot.policy.policy_file import PolicyFile, Version
from bot.seal import Seal
from retrieval.database import Database, DatabaseFault

_log = logging.getLogger(__name__)
_TABLE = tables.policy_version
_GIT_S = 5.0
_LOCK = 0x6E61727570
"""Of two processes that read the same new policy, the second finds that it is written down."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A policy that was in force from `since` until the next one. content, author: None where the key is another one,
    and the author also where nobody knows."""

    id: UUID
    hash: str
    since: datetime
    content: bytes | None
    author: str | None


class PolicyHistory:
    def __init__(self, database: Database, seal: Seal, file: PolicyFile) -> None:
        self._database = database
        self._seal = seal
        self._file = file
        self._done = 0

    async def follow(self) -> None:
        """Write down what came into force since the last time. A database that is away is asked again the next time;
        nothing is lost meanwhile."""
        try:
            for version in self._file.versions()[self._done :]:
                await self._write(version)
                self._done += 1
        except DatabaseFault as fault:
            _log.error("that the policy changed was not written down yet: %s", fault)

    async def kept(self) -> AsyncIterator[Kept]:
        """All there are, the oldest first."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(select(_TABLE).order_by(_TABLE.c.since, _TABLE.c.id))).all()
        for row in rows:
            content = self._seal.open(row.content, f"policy_version:{row.id}")
            author = self._seal.open(row.author, f"policy_author:{row.id}") if row.author else None
            kept = None if content is None else content.encode("utf-8", "surrogateescape")
            yield Kept(row.id, row.hash, row.since, kept, author)

    async def _write(self, version: Version) -> None:
        newest = select(_TABLE.c.hash).order_by(_TABLE.c.since.desc()).limit(1)
        async with self._database.transaction() as connection:
            if await connection.scalar(newest) == version.hash:
                return
        author = await author_of(self._file.path, version.content)
        id = uuid4()
        row = {
            "id": id,
            "hash": version.hash,
            "content": self._seal.close(version.content.decode("utf-8", "surrogateescape"), f"policy_version:{id}"),
            "author": self._seal.close(author, f"policy_author:{id}") if author else None,
            "since": version.at,
        }
        async with self._database.transaction() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            if await connection.scalar(newest) != version.hash:
                await connection.execute(insert(_TABLE), row)


async def author_of(path: Path, content: bytes) -> str | None:
    """Who wrote a file with that content: the author of its last commit where it stands so in a git repository, else
    who the machine says owns the file; None where neither is known."""
    if await _git(path.parent, "cat-file", "blob", f"HEAD:./{path.name}") == content:
        said = await _git(path.parent, "log", "-1", "--no-show-signature", "--format=%an <%ae>", "--", path.name)
        if said and said.strip():
            return said.decode("utf-8", "replace").strip()
    return await asyncio.to_thread(_owner, path)


def _owner(path: Path) -> str | None:
    try:
        owner = path.stat().st_uid
    except OSError:
        return None
    try:
        return f"{pwd.getpwuid(owner).pw_name} (owns the file)"
    except KeyError:
        return f"user {owner} (owns the file)"


async def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints; None where there is no git, no repository, or one that git does not trust."""
    try:
        process = await asyncio.create_subprocess_exec(
            "git", "-C", str(folder), *arguments,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None
    try:
        async with asyncio.timeout(_GIT_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return said if process.returncode == 0 else None
