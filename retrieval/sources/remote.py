"""A folder of files on another machine or in a bucket, through fsspec.

Who we are there is said by `[[credentials]]` or by the places where the storage's own library looks (AWS's profile,
Google's application default, Kerberos, an SSH agent), and never by the location.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fsspec
from fsspec.core import url_to_fs

from retrieval.errors import Fault
from retrieval.parse import MAX_BYTES, UnreadableFault, Why
from retrieval.sources import Listed, Loaded, Reader, SourceFault, too_big
from retrieval.sources.kind import Credential, Option, Value
from retrieval.sources.names import escaped, unescaped

PROTOCOLS: Mapping[str, tuple[str, str] | None] = {
    "s3": ("key", "secret"),
    "gs": None,
    "az": ("account_name", "account_key"),
    "smb": ("username", "password"),
    "sftp": ("username", "password"),
}
"""What begins a location, with what fsspec calls a credential there. Each has an extra of its name."""

OPTIONS: Mapping[str, Option] = {"endpoint": Option(""), "anonymous": Option(False)}
_DEEPEST = 100
"""Folders within each other: of more, one leads back to where it came from, as junctions on a share of Windows do."""
_SCHEME = re.compile(rf"({'|'.join(PROTOCOLS)})://[^/]")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a listing says of a name. kind: file, directory or link, which asking for the file itself would follow."""

    kind: str
    size: int
    version: str | None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> _Entry:
        return cls(told["type"], told.get("size") or 0, _version(told))


Connect = Callable[[], Any]
"""() -> an fsspec file system; blocks, raises what its library raises."""


def located(location: str) -> str:
    """Raises ValueError with the rest of a sentence."""
    if not _SCHEME.match(location) or "::" in location:  # fsspec would read a chain of file systems from ::
        known = ", ".join(f"{protocol}://" for protocol in PROTOCOLS)
        raise ValueError(f"must be a folder, or begin with {known}; for a web site say kind web")
    try:
        secret = urlsplit(location).password
    except ValueError:
        raise ValueError("is no address that can be read") from None
    if secret is not None:
        raise ValueError("must not hold a password: name it under [[credentials]] in naru.toml")
    return location.rstrip("/")


def reader(
    location: str, credential: Credential | None, options: Mapping[str, Value], suffixes: Sequence[str]
) -> Reader:
    """Of a checked location."""
    protocol = location.partition("://")[0]
    if credential is not None and not credential.username and PROTOCOLS[protocol] is not None:
        raise SourceFault(f"{location} needs a username beside the password: say both under [[credentials]].")

    def connect() -> Any:
        try:
            fsspec.get_filesystem_class(protocol)
        except ImportError:
            raise SourceFault(
                f"Locations that begin with {protocol}:// need packages that are not installed: "
                f"`pip install 'naru[{protocol}]'` brings them."
            ) from None
        arguments = _arguments(protocol, credential, options)
        # Neither connections nor listings of an earlier run: those would be as old as this process.
        return url_to_fs(location, skip_instance_cache=True, use_listings_cache=False, **arguments)[0]

    return Remote(connect, location, suffixes)


class Remote:
    """Hidden files and folders are no documents, as in a local folder; links are listed and not followed."""

    def __init__(self, connect: Connect, location: str, suffixes: Sequence[str]) -> None:
        self._connect = connect
        self._location = location
        self._suffixes = tuple(suffixes)
        self._files: Any = None
        self._seen: dict[str, _Entry] = {}

    async def list(self) -> AsyncIterator[Listed]:
        for listed in await asyncio.to_thread(lambda: list(self._listed())):
            yield listed

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        return await asyncio.to_thread(self._read, uri, version)

    def _opened(self) -> tuple[Any, str]:
        """The file system and the root's path on it."""
        if self._files is None:
            self._files = self._connect()
        return self._files, self._files._strip_protocol(self._location).rstrip("/")

    def _listed(self) -> Iterator[Listed]:
        with _translated(self._unlisted):
            files, root = self._opened()
            if not files.isdir(root):
                raise SourceFault(f"The folder {self._location} is not there: nothing of it was changed.")
            files.ls(root, detail=True)  # the root itself must be open; of what is below, a part may be closed
        yield from self._walk(files, root, root)

    def _unlisted(self, reason: str) -> SourceFault:
        return SourceFault(f"The folder {self._location} cannot be listed ({reason}): nothing of it was changed.")

    def _walk(self, files: Any, root: str, folder: str, depth: int = 0) -> Iterator[Listed]:
        try:
            if depth > _DEEPEST:
                raise self._unlisted("its folders lie too deep in each other")
            with _translated(self._unlisted):
                entries = files.ls(folder, detail=True)
        except SourceFault:
            if folder == root:
                raise
            yield Listed(f"{escaped(folder[len(root) + 1 :])}/")
            return
        for entry in sorted(entries, key=lambda entry: str(entry["name"])):
            path = str(entry["name"]).removesuffix("/")
            if path == folder:
                continue  # a bucket's mark of an empty folder
            name, uri = path.removeprefix(f"{folder}/"), escaped(path.removeprefix(f"{root}/"))
            if _plays(name) or not path.startswith(f"{folder}/"):
                yield Listed(uri)
            elif name.startswith("."):
                continue
            elif entry["type"] == "directory":
                yield from self._walk(files, root, path, depth + 1)
            elif name.lower().endswith(self._suffixes):
                self._seen[uri] = seen = _Entry.of(entry)
                yield Listed(uri, seen.version)

    def _read(self, uri: str, version: str | None) -> Loaded | None:
        if uri.endswith("/"):
            raise UnreadableFault(f"{uri} cannot be listed: its documents stay as they were.", "closed")
        name = unescaped(uri)
        if any(_plays(segment) for segment in name.split("/")):
            raise UnreadableFault(f"{uri} leads outside of its source by its name: rename it.", "link")
        with _translated(lambda reason: _unread(uri, reason)):
            files, root = self._opened()
            path = f"{root}/{name}"
            entry = self._seen.get(uri) or _found(files, path)
            if entry.kind != "file":
                raise UnreadableFault(f"{uri} is a link or a folder, and no file.", "link")
            if version is not None and entry.version == version:
                return None
            if entry.size > MAX_BYTES:
                raise too_big(uri)
            with files.open(path, "rb") as file:
                content = bytes(file.read(MAX_BYTES + 1))
        if len(content) > MAX_BYTES:
            raise too_big(uri)
        return Loaded(content, entry.version)


def _found(files: Any, path: str) -> _Entry:
    """From its folder's listing, where a link is still seen to be one."""
    for entry in files.ls(path.rpartition("/")[0], detail=True):
        if str(entry["name"]) == path:
            return _Entry.of(entry)
    raise FileNotFoundError(path)


def _plays(name: str) -> bool:
    """Whether a name is more than a name: a way up, from the root on, or into another folder."""
    return name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name


def _version(entry: Mapping[str, Any]) -> str | None:
    """What the storage says of a file's content, or its size and the time of its change."""
    for told in ("ETag", "etag", "md5Hash", "generation"):
        if entry.get(told):
            return f"{told.lower()}:{entry[told]}"
    for told in ("LastModified", "last_modified", "last_write_time", "mtime", "created"):
        if entry.get(told):
            return f"{entry.get('size')}-{entry[told]}"
    return None


def _unread(uri: str, reason: str) -> UnreadableFault:
    why: Why = "closed" if reason in ("it is not there", "access is denied") else "away"
    return UnreadableFault(f"{uri} cannot be read ({reason}).", why)


@contextmanager
def _translated(fault: Callable[[str], Fault]) -> Iterator[None]:
    """Each storage's library raises errors of its own, with nothing in common; what they say may hold a secret."""
    try:
        yield
    except Fault:
        raise
    except FileNotFoundError as error:
        raise fault("it is not there") from error
    except PermissionError as error:
        raise fault("access is denied") from error
    except Exception as error:
        raise fault(getattr(error, "strerror", None) or type(error).__name__) from error


def _arguments(protocol: str, credential: Credential | None, options: Mapping[str, Value]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    names = PROTOCOLS[protocol]
    if credential is not None and names is not None:
        arguments |= dict(zip(names, (credential.username, credential.password), strict=True))
    if protocol == "s3" and options["endpoint"]:
        arguments["endpoint_url"] = options["endpoint"]
    if options["anonymous"]:
        arguments |= {"token": "anon"} if protocol == "gs" else {"anon": True}
    if protocol == "smb":
        arguments["share_access"] = "rwd"  # its default would lock the file for everybody while it is read
    if protocol == "sftp":
        arguments["host_key_policy"] = _known_hosts()
    return arguments


def _known_hosts() -> Any:
    """paramiko's rule that a server is the one in ~/.ssh/known_hosts. fsspec's default would trust whoever answers."""
    paramiko: Any = import_module("paramiko")
    file = Path("~/.ssh/known_hosts").expanduser()

    def missing_host_key(_self: object, _client: object, hostname: str, key: object) -> None:
        keys = paramiko.HostKeys(str(file)) if file.exists() else paramiko.HostKeys()
        if not keys.check(hostname, key):
            raise SourceFault(f"The key of {hostname} is not in {file}: log in there once by `ssh`, or add it.")

    return type("KnownHosts", (paramiko.MissingHostKeyPolicy,), {"missing_host_key": missing_host_key})()
