"""The key that seals text at rest: where it is kept, and how a new one is made."""

from __future__ import annotations

import base64
import contextlib
import os
import tempfile
from pathlib import Path

from bot.records import has_sealed_text
from bot.settings import Settings
from bot.toml_file import Problem, SettingsFault
from retrieval.database import Database


def key_file(settings: Settings) -> Path:
    """Where the key lies that Naru made for itself (0600)."""
    return settings.home / "key"


def kept_key(settings: Settings) -> bytes | None:
    """NARU_KEY, or the key in home/key; None: there is none yet. Raises SettingsFault where the file holds no key."""
    if settings.key is not None:
        return base64.b64decode(settings.key.get_secret_value())
    path = key_file(settings)
    return _read(path) if path.exists() else None


async def sealing_key(settings: Settings, database: Database) -> bytes:
    """The kept key, or a new one. A key is never made anew where text was sealed with another: that would look as if
    nothing were lost."""
    key = kept_key(settings)
    if key is not None:
        return key
    path = key_file(settings)
    if await has_sealed_text(database):
        how = "is gone, and the database holds text sealed with it: restore it from a backup, or, to go on without "
        raise SettingsFault(Problem(str(path), "", f"{how}that text, make one with `openssl rand -base64 32 > {path}`"))
    keep_key(settings, os.urandom(32))
    return _read(path)


def keep_key(settings: Settings, key: bytes) -> None:
    """Put it into home/key, unless there is one already. Written under another name first: of two that start at once,
    both go on with the same whole key."""
    path = key_file(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="key-") as file:  # 0600
        file.write(base64.b64encode(key))
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def _read(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes(), validate=True)
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise SettingsFault(
            Problem(str(path), "", "holds no key (32 bytes in base64): restore it, or set NARU_KEY to the right one")
        )
    return key
