"""A folder elsewhere, on fsspec's file system in memory, and on one that lists what no honest one would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st

from retrieval.addresses import Reach
from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.label import Level
from retrieval.parse import MAX_BYTES, UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import EVERYONE, Source
from retrieval.sources import SourceFault
from retrieval.sources.kind import Credential, Means
from retrieval.sources.kinds import reader_of
from retrieval.sources.remote import Remote, located

SUFFIXES = (".md", ".pdf")


@pytest.fixture
def root() -> Iterator[str]:
    """A folder of its own in the memory that all of fsspec's memory file systems share."""
    name = f"/{uuid4().hex}"
    yield name
    files = MemoryFileSystem()
    if files.exists(name):
        files.rm(name, recursive=True)


def write(root: str, documents: Mapping[str, bytes]) -> Any:
    files = MemoryFileSystem()
    for name, content in documents.items():
        files.pipe_file(f"{root}/{name}", content)
    return files


def remote(root: str, files: Any = None) -> Remote:
    return Remote(lambda: files or MemoryFileSystem(), f"memory:/{root}", SUFFIXES)


async def uris(reader: Remote) -> list[str]:
    return [one.uri async for one in reader.list()]


async def test_documents_are_found_in_all_subfolders_and_nothing_hidden_is(root: str) -> None:
    write(root, {"a.md": b"a", "hr/연차.MD": b"b", "hr/deep/c.pdf": b"c", "x.exe": b"", ".git/x.md": b"", ".y.md": b""})
    reader = remote(root)
    assert sorted(await uris(reader)) == ["a.md", "hr/deep/c.pdf", "hr/연차.MD"]
    loaded = await reader.load("hr/연차.MD")
    assert loaded is not None
    assert loaded.content == b"b"


async def test_an_unchanged_file_is_not_read_again(root: str) -> None:
    files = write(root, {"a.md": b"a"})
    reader = remote(root)
    (listed,) = [one async for one in reader.list()]
    assert listed.version is not None
    assert await reader.load("a.md", listed.version) is None
    files.pipe_file(f"{root}/a.md", b"b")
    (again,) = [one async for one in remote(root).list()]
    assert again.version != listed.version
    assert (await remote(root).load("a.md", listed.version)) is not None


class Told(MemoryFileSystem):  # type: ignore[misc]
    """Lists what it is told to, and counts what is opened."""

    cachable = False

    def __init__(self, entries: Mapping[str, list[dict[str, Any]] | OSError]) -> None:
        super().__init__()
        self.entries = entries
        self.opened: list[str] = []

    def ls(self, path: str, detail: bool = True, **_: Any) -> Any:
        found = self.entries.get(path, [])
        if isinstance(found, OSError):
            raise found
        return found

    def isdir(self, path: str) -> bool:
        return path in self.entries

    def open(self, path: str, mode: str = "rb", **_: Any) -> Any:
        self.opened.append(path)
        raise FileNotFoundError(path)


def file(name: str, size: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "size": size, "type": "file", **more}


async def test_two_gigabytes_are_refused_by_their_size_and_not_fetched() -> None:
    files = Told({"/d": [file("/d/huge.pdf", 2 * 1024**3), file("/d/more.pdf", MAX_BYTES + 1)]})
    reader = remote("/d", files)
    for uri in await uris(reader):
        with pytest.raises(UnreadableFault, match="over 100 MB") as fault:
            await reader.load(uri)
        assert fault.value.why == "too_big"
    assert files.opened == []


ODD = st.one_of(
    st.sampled_from(["..", ".", "", "../x.md", "a/../../x.md", "/etc/passwd.md", "a//x.md", "..\\x.md", "x\0.md"]),
    st.text(st.characters(codec="utf-8"), max_size=12).map(lambda name: f"{name}.md"),
)


@given(names=st.lists(st.lists(ODD, min_size=1, max_size=3).map("/".join), max_size=4), absolute=st.booleans())
async def test_no_name_of_a_listing_leads_out_of_its_folder(names: list[str], absolute: bool) -> None:
    files = Told({"/d": [file(name if absolute else f"/d/{name}") for name in names]})
    reader = remote("/d", files)
    for uri in await uris(reader):
        with pytest.raises(UnreadableFault):
            await reader.load(uri)
    for path in files.opened:
        assert path.startswith("/d/")
        assert not {"", ".", ".."} & set(path.removeprefix("/d/").split("/"))


@pytest.mark.parametrize(
    "uri", ["../x.md", "a/../../x.md", "/etc/passwd.md", "%2E%2E/x.md", "a\\..\\x.md", "a/%2e%2e/x.md"]
)
async def test_nor_does_one_that_nobody_listed(uri: str) -> None:
    files = Told({"/d": []})
    with pytest.raises(UnreadableFault, match="leads outside"):
        await remote("/d", files).load(uri)
    assert files.opened == []


async def test_a_link_is_listed_and_never_read() -> None:
    link = {"name": "/d/a.md", "size": 1, "type": "link"}
    files = Told({"/d": [link]})
    for reader in (remote("/d", files), remote("/d", files)):
        with pytest.raises(UnreadableFault, match="is a link"):
            await reader.load("a.md")
        assert await uris(reader) == ["a.md"]
    assert files.opened == []


async def test_a_folder_that_lists_itself_is_not_walked_for_ever() -> None:
    entries = [{"name": "/d/a/", "size": 0, "type": "directory"}, {"name": "/d/", "size": 0, "type": "directory"}]
    files = Told({"/d": entries, "/d/a": entries})
    assert await uris(remote("/d", files)) == ["/d"], "what lies nowhere below is named, and cannot be loaded"


async def test_a_folder_below_that_is_closed_is_a_closed_part_and_the_root_is_a_fault() -> None:
    folder = {"name": "/d/closed", "size": 0, "type": "directory"}
    files = Told({"/d": [file("/d/a.md"), folder], "/d/closed": PermissionError("no")})
    assert await uris(remote("/d", files)) == ["a.md", "closed/"]
    with pytest.raises(SourceFault, match=r"access is denied.*nothing of it was changed"):
        await uris(remote("/d", Told({"/d": PermissionError("no")})))
    with pytest.raises(SourceFault, match="is not there"):
        await uris(remote("/nowhere", Told({})))


async def test_what_a_library_says_of_its_trouble_is_not_repeated() -> None:
    secret = "sk-" + "a" * 40

    class NoCredentialsError(Exception):
        pass

    def fails() -> Any:
        raise NoCredentialsError(f"could not sign with {secret}")

    with pytest.raises(SourceFault, match="NoCredentialsError") as fault:
        await uris(Remote(fails, "s3://bucket", SUFFIXES))
    assert secret not in str(fault.value)


def missing() -> list[str]:
    """The protocols whose packages this machine does not have."""
    absent = []
    for protocol in ("s3", "gs", "az", "smb", "sftp"):
        try:
            fsspec.get_filesystem_class(protocol)
        except ImportError:
            absent.append(protocol)
    return absent


@pytest.mark.parametrize("protocol", missing())
async def test_a_missing_extra_is_one_sentence_that_says_what_to_install(protocol: str) -> None:
    source = Source("docs", "files", f"{protocol}://docs.example/a", Level.INTERNAL, frozenset({EVERYONE}))
    reader = reader_of(source, Means(Database("postgresql://nowhere/none"), Fetcher(Reach()), in_thread))
    with pytest.raises(SourceFault, match=rf"pip install 'naru\[{protocol}\]'"):
        await reader.load("a.md")


@pytest.mark.parametrize(
    "location",
    [
        "http://docs.example/", "file:///etc", "memory://x", "simplecache::s3://b", "s3://b::file:///etc", "S3://b",
        "sftp://kim:pw@host/docs", "smb://:pw@host/share", "s3:///b", "local://x", "zip://a.zip", "sftp://[x",
    ],
)  # fmt: skip
def test_a_location_of_another_kind_or_with_a_password_is_refused(location: str) -> None:
    with pytest.raises(ValueError, match=r"must|is no address"):
        located(location)


def test_the_credential_that_names_the_most_is_taken_and_never_a_neighbours() -> None:
    docs, hr = Credential("smb://files/docs", "naru", "a"), Credential("smb://files/docs/hr", "naru-hr", "b")
    means = Means(Database("postgresql://nowhere/none"), Fetcher(Reach()), in_thread, (docs, hr))
    assert means.credential("smb://files/docs/hr/x") is hr
    assert means.credential("smb://files/docs/it") is docs
    assert means.credential("smb://files/docs-of-others") is None
    assert means.credential("smb://files") is None
    assert "password" not in repr(hr)


async def test_a_password_without_a_username_is_said_before_the_server_is_asked() -> None:
    fetcher = Fetcher(Reach())
    source = Source("files", "files", "smb://files.example/x", Level.INTERNAL, frozenset({EVERYONE}))
    means = Means(
        Database("postgresql://nowhere/none"), fetcher, in_thread, (Credential("smb://files.example", "", "p"),)
    )
    with pytest.raises(SourceFault, match="needs a username beside the password"):
        reader_of(source, means)
    await fetcher.aclose()


class Endless(Told):
    """A folder with a document in which the same folder stands again, under whatever name."""

    def ls(self, path: str, detail: bool = True, **_: Any) -> Any:
        return [file(f"{path}/a.md"), {"name": f"{path}/d", "size": 0, "type": "directory"}]


async def test_a_folder_that_leads_back_to_itself_is_listed_in_part_and_not_for_ever() -> None:
    found = await uris(remote("/d", Endless({"/d": []})))
    assert 2 < len(found) < 500
    (hole,) = [uri for uri in found if uri.endswith("/")]
    with pytest.raises(UnreadableFault, match="its documents stay"):
        await remote("/d", Endless({"/d": []})).load(hole)
