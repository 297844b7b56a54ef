"""A folder of documents, with its subfolders."""

from __future__ import annotations

import asyncio
import os
import stat
import unicodedata
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from retrieval.parse import MAX_BYTES, UnreadableFault
from retrieval.parse.families import SUFFIXES
from retrieval.sources import Listed, Loaded, SourceFault

_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Folder:
    """Hidden files and folders (`.git`, `.obsidian`) are no documents.

    A link to a document of the folder is skipped: that file already counts once, under the rules for its own
    name. Any other link is listed and cannot be loaded, so that it shows up as a problem.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    async def list(self) -> AsyncIterator[Listed]:
        for uri in await asyncio.to_thread(lambda: list(self._uris())):
            yield Listed(uri)

    async def load(self, uri: str, version: str | None = None) -> Loaded:
        return Loaded(await asyncio.to_thread(self._read, uri))

    def _uris(self) -> Iterator[str]:
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
                    yield to_uri(path.relative_to(root))
        yield from (f"{to_uri(Path(folder).relative_to(root))}/" for folder in closed)

    def _read(self, uri: str) -> bytes:
        if uri.endswith("/"):
            raise UnreadableFault(f"{uri} cannot be listed: its documents stay as they were.")
        root = self._root.resolve()
        path = root / to_path(uri)
        try:
            if path.resolve() != path or not path.is_relative_to(root):
                raise UnreadableFault(f"{uri} is a link that leads outside the folder or to no document.")
            # Non-blocking, because opening a named pipe would wait for a writer for ever.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise UnreadableFault(f"{uri} is not a file.")
                # One byte more than allowed is enough for the parser to say that it is too big.
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise UnreadableFault(f"{uri} cannot be read ({error.strerror}).") from error
        except RuntimeError as error:  # before Python 3.13
            raise UnreadableFault(f"{uri} is a link in a loop of links.") from error


def to_uri(path: Path) -> str:
    """The path with / between its names; control characters, broken bytes and % as %XX: always one line."""
    return "".join(
        quote_from_bytes(os.fsencode(character), safe="")
        if character == "%" or unicodedata.category(character) in _ESCAPED
        else character
        for character in path.as_posix()
    )


def to_path(uri: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(uri)))


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
