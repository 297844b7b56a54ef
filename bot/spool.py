"""Where events wait while PostgreSQL is away: one sealed file for each, in a folder that only we may read.

A crash at any point leaves a whole file or none. Several processes may share the folder: what reads it stores under
a unique key before it drops the file, so that two that take the same one store it once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.seal import Seal

_log = logging.getLogger(__name__)
_WHOLE = ".sealed"
_PART = ".part"
_ASIDE = ".unreadable"
_STALE_S = 3600


class Spool:
    """Sealed texts in `folder`, made (0700) if it is not there. Every method may raise OSError."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._seal = seal
        self._sweep()

    async def put(self, ts: Decimal, key: str, text: str) -> None:
        """Keep `text`; it is on the disk when this returns. ts: Slack's, for the order. key: the event's."""
        # Slack's time first, then ours: an edit has the time of the message that it edits.
        name = f"{ts:021.6f}-{time.time_ns():020d}-{self._seal.pseudonym(key)}"
        await asyncio.to_thread(self._write, name, self._seal.close(text, _place(name)))

    def names(self) -> list[str]:
        """What waits, in the order of Slack's time."""
        with os.scandir(self._folder) as entries:
            return sorted(entry.name.removesuffix(_WHOLE) for entry in entries if entry.name.endswith(_WHOLE))

    async def read(self, name: str) -> str | None:
        """The text; None when another process took it, or when it cannot be read and was moved aside."""
        return await asyncio.to_thread(self._read, name)

    async def drop(self, name: str) -> None:
        """Forget what is stored elsewhere now."""
        await asyncio.to_thread((self._folder / f"{name}{_WHOLE}").unlink, missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Keep a file out of the way of the others, for a person to look at."""
        whole = self._folder / f"{name}{_WHOLE}"
        try:
            whole.rename(whole.with_suffix(_ASIDE))
        except FileNotFoundError:
            return
        _log.error("%s cannot be read and was moved aside: was NARU_KEY changed?", whole)

    async def forget(
        self, wanted: Callable[[Mapping[str, Any]], bool], kept: Callable[[Mapping[str, Any]], bool]
    ) -> tuple[int, int, int]:
        """Of what was set aside, drop what is wanted and not kept: how many were dropped, could not be read with this
        key, and were kept. What waits goes to the table. Raises OSError."""
        return await asyncio.to_thread(self._forget, wanted, kept)

    def _forget(
        self, wanted: Callable[[Mapping[str, Any]], bool], kept: Callable[[Mapping[str, Any]], bool]
    ) -> tuple[int, int, int]:
        gone = unreadable = held = 0
        for file in sorted(self._folder.glob(f"*{_ASIDE}")):
            text = self._seal.open(file.read_bytes(), _place(file.name.removesuffix(_ASIDE)))
            event = None if text is None else _json(text)
            if event is None:
                unreadable += 1
            elif wanted(event) and kept(event):
                held += 1
            elif wanted(event):
                file.unlink(missing_ok=True)
                gone += 1
        return gone, unreadable, held

    def _write(self, name: str, sealed: bytes) -> None:
        part = self._folder / f"{name}{_PART}"
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(file, "wb") as stream:
            stream.write(sealed)
            stream.flush()
            os.fsync(file)
        part.rename(part.with_suffix(_WHOLE))
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read(self, name: str) -> str | None:
        try:
            sealed = (self._folder / f"{name}{_WHOLE}").read_bytes()
        except FileNotFoundError:
            return None
        text = self._seal.open(sealed, _place(name))
        if text is None:
            self.set_aside(name)
        return text

    def _sweep(self) -> None:
        """Half a file is of an event that was never acked. Young ones may be another process's at work."""
        for part in self._folder.glob(f"*{_PART}"):
            try:
                if time.time() - part.stat().st_mtime > _STALE_S:
                    part.unlink()
            except FileNotFoundError:
                continue


def _place(name: str) -> str:
    return f"spool:{name}"


def _json(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
