"""The file of a backup: a ZIP with a manifest, what pg_dump wrote, and, only where it was asked for, the key.

    manifest.json       what it holds, and the SHA-256 of the next one
    database.dump       pg_dump's custom format; database.dump.sealed where it is encrypted
    key                 the key that seals text at rest, base64; by default it is not there

ZIP, because its list of contents stands at the end: a file that was cut short is no ZIP.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from admin.backup.cipher import CHUNK, NotOpened, decrypted, encrypted
from retrieval.errors import Fault

_MANIFEST, _DUMP, _SEALED, _KEY = "manifest.json", "database.dump", "database.dump.sealed", "key"
_LONGEST = 1 << 20
"""Bytes of a manifest; ours are some hundred."""


class BackupFault(Fault):
    """A backup that cannot be made, read or restored."""


class Facts(BaseModel):
    """What a backup says of itself before it is written.

    key: fingerprint of the key that its text is sealed with. tables: rows by table. ledger_*: the last erasure that it
    knows of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    naru: str
    schema_revision: str
    postgres: int
    created: str
    key: str
    tables: dict[str, int]
    ledger_seq: int
    ledger_chain: str

    @property
    def created_at(self) -> datetime:
        return datetime.fromisoformat(self.created)


class Manifest(Facts):
    """The same with what is known once the database is written. format: of this file."""

    format: int = 1
    encrypted: bool
    with_key: bool
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of the key. key: 32 bytes. encrypt: the database with it. include: the key in the file."""

    key: bytes
    encrypt: bool = False
    include: bool = False


def write(path: Path, facts: Facts, dump: Iterable[bytes], kept: Kept) -> Manifest:
    """Write a backup (0600). Whoever is killed meanwhile leaves `path`.partial and never half a backup at `path`.

    Raises BackupFault where the file is there already or cannot be written, and what `dump` raises.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        if path.exists():
            raise BackupFault(f"{path} is there already: nothing is overwritten; give the backup another name.")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                manifest = _write(file, facts, dump, kept)
                file.flush()
                os.fsync(file.fileno())
            os.link(partial, path)  # and not rename: that would overwrite what came there meanwhile
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise BackupFault(f"The backup could not be written to {path} ({error.strerror}).") from error
    return manifest


def _write(file: BinaryIO, facts: Facts, dump: Iterable[bytes], kept: Kept) -> Manifest:
    digest, size = hashlib.sha256(), 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # pg_dump has compressed it
        with archive.open(_SEALED if kept.encrypt else _DUMP, "w", force_zip64=True) as member:
            for chunk in encrypted(dump, kept.key) if kept.encrypt else dump:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        manifest = Manifest(
            **facts.model_dump(),
            encrypted=kept.encrypt,
            with_key=kept.include,
            sha256=digest.hexdigest(),
            bytes=size,
        )
        if kept.include:
            archive.writestr(_KEY, base64.b64encode(kept.key))
        archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def verified(path: Path) -> Manifest:
    """What a backup holds, after reading all of it. Raises BackupFault where a byte of it is not as it was written."""
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        digest = hashlib.sha256()
        with archive.open(_SEALED if manifest.encrypted else _DUMP) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != manifest.sha256:
            raise _damaged(path)
    return manifest


def dump_of(path: Path, manifest: Manifest, key: bytes) -> Iterator[bytes]:
    """What pg_dump wrote. Raises BackupFault."""
    with _opened(path) as archive, archive.open(_SEALED if manifest.encrypted else _DUMP) as member:
        if manifest.encrypted:
            yield from decrypted(cast(BinaryIO, member), key)
            return
        while chunk := member.read(CHUNK):
            yield chunk


def key_of(path: Path) -> bytes | None:
    """The key that the backup brings along; None: none."""
    with _opened(path) as archive:
        return base64.b64decode(archive.read(_KEY), validate=True) if _KEY in archive.namelist() else None


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        raise BackupFault(f"The backup {path} cannot be read ({error.strerror}).") from error
    except NotOpened:
        raise BackupFault(f"The backup {path} does not open: it was encrypted with another key, or changed.") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise _damaged(path) from None


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    with archive.open(_MANIFEST) as member:
        said = member.read(_LONGEST)
    try:
        manifest = Manifest.model_validate_json(said)
    except ValidationError:
        raise BackupFault(
            f"The backup {path} was made by another Naru, or is damaged: its manifest cannot be read."
        ) from None
    if manifest.format != 1:
        raise BackupFault(f"The backup {path} has the format {manifest.format} of a newer Naru: update Naru.")
    return manifest


def _damaged(path: Path) -> BackupFault:
    return BackupFault(f"The backup {path} is damaged: it is not as it was written. Take another one.")
