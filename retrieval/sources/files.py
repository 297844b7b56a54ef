"""A folder of documents, with its subfolders: of this machine here, of another one in remote.py."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import AsyncIterator, Iterator
from functools import cached_property
from pathlib import Path

from retrieval.parse import MAX_BYTES, UnreadableFault
from retrieval.parse.families import SUFFIXES
from retrieval.passage import Source
from retrieval.sources import Listed, Loaded, Reader, SourceFault, remote, too_big
from retrieval.sources.kind import Absolute, Kind, Means
from retrieval.sources.names import escaped, unescaped

RACY_NS = 2_000_000_000
"""A file that changed less than 2 s ago may change again without a new time: its clock may tick that slowly (FAT: 2 s).
Such a file has no version yet, so that its content tells; git calls it racily clean."""


class Folder:
    """Hidden files and folders (`.git`, `.obsidian`) are no documents.

    A link to a document of the folder is skipped: that file already counts once, under the rules for its own
    name. Any other link is listed and cannot be loaded, so that it shows up as a problem.
    """

    def __init__(self, root: Path, racy_ns: int = RACY_NS) -> None:
        self._root = root
        self._racy_ns = racy_ns

    async def list(self) -> AsyncIterator[Listed]:
        for listed in await asyncio.to_thread(lambda: list(self._listed())):
            yield listed

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        return await asyncio.to_thread(self._read, uri, version)

    def _listed(self) -> Iterator[Listed]:
        settled_ns = time.time_ns() - self._racy_ns
        try:
            root = self._root.resolve(strict=True)
            if not root.is_dir():
                raise SourceFault(f"{self._root} is not a folder: nothing of it was changed.")
            os.listdir(root)
        except FileNotFoundError:
            raise SourceFault(f"The folder {self._root} is not there: nothing of it was changed.") from None
        except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
            why = getattr(error, "strerror", None) or "a loop of links"
            raise SourceFault(f"The folder {self._root} cannot be read ({why}): nothing of it was changed.") from error
        closed: list[str] = []
        for folder, folders, files in os.walk(root, onerror=lambda error: closed.append(error.filename)):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            links = [name for name in folders if Path(folder, name).is_symlink()]
            documents = [name for name in files if name.lower().endswith(SUFFIXES)]
            for name in sorted((*links, *documents)):
                path = Path(folder, name)
                if not name.startswith(".") and not _counts_elsewhere(path, root):
                    yield Listed(to_uri(path.relative_to(root)), _version_of(path, settled_ns))
        yield from (Listed(f"{to_uri(Path(folder).relative_to(root))}/") for folder in closed)

    def _read(self, uri: str, version: str | None) -> Loaded | None:
        if uri.endswith("/"):
            raise UnreadableFault(f"{uri} cannot be listed: its documents stay as they were.", "closed")
        path = os.path.join(self._resolved, unescaped(uri))
        try:
            # Non-blocking, because opening a named pipe would wait for a writer for ever.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                # Each call of the system waits for the event loop to let go of the interpreter: one here, not one for
                # each folder of the path.
                if _opened(descriptor) != path:
                    self._refuse_link(uri)
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise UnreadableFault(f"{uri} is not a file.")
                found = _version(status, time.time_ns() - self._racy_ns)
                if version is not None and found == version:
                    return None
                if status.st_size > MAX_BYTES:
                    raise too_big(uri)
                # It may grow while it is read: one byte more than allowed tells.
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            self._refuse_link(uri)
            raise UnreadableFault(f"{uri} cannot be read ({error.strerror}).", "closed") from error
        if len(content) > MAX_BYTES:
            raise too_big(uri)
        return Loaded(content, found)

    @cached_property
    def _resolved(self) -> str:
        return str(self._root.resolve())

    def _refuse_link(self, uri: str) -> None:
        """Raise UnreadableFault where a link, or `..`, is on the way to a document."""
        path = Path(self._resolved) / to_path(uri)
        try:
            if path.resolve() != path or not path.is_relative_to(self._resolved):
                raise UnreadableFault(f"{uri} is a link that leads outside the folder or to no document.", "link")
        except RuntimeError as error:  # before Python 3.13
            raise UnreadableFault(f"{uri} is a link in a loop of links.", "link") from error


def to_uri(path: Path) -> str:
    """The path with / between its names; control characters, broken bytes and % as %XX: always one line."""
    return escaped(path.as_posix())


def to_path(uri: str) -> Path:
    return Path(unescaped(uri))


def _opened(descriptor: int) -> str | None:
    """Where the opened file is, without a link; None: this system does not say."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return None


def _version_of(path: Path, settled_ns: int) -> str | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None  # loading it says why
    return _version(status, settled_ns) if stat.S_ISREG(status.st_mode) else None


def _version(status: os.stat_result, settled_ns: int) -> str | None:
    """Another one whenever the content may be another: a time can be set back, ctime cannot."""
    if max(status.st_mtime_ns, status.st_ctime_ns) > settled_ns:
        return None
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"


def _counts_elsewhere(path: Path, root: Path) -> bool:
    if not path.is_symlink():
        return False
    try:
        target = path.resolve()
    except (OSError, RuntimeError):  # a loop of links
        return False
    if not target.is_relative_to(root):
        return False
    if any(part.startswith(".") for part in target.relative_to(root).parts):
        return False
    return target.is_dir() or (target.is_file() and target.name.lower().endswith(SUFFIXES))


def _located(location: str, absolute: Absolute) -> str:
    if not location:
        raise ValueError("is missing: it must be a folder or the address of one")
    return remote.located(location) if "://" in location else absolute(location)


def _reader(source: Source, means: Means) -> Reader:
    if "://" not in source.location:
        return Folder(Path(source.location))
    options = KIND.checked(source.options)
    return remote.reader(source.location, means.credential(source.location), options, SUFFIXES)


KIND = Kind(_located, _reader, remote.OPTIONS)
