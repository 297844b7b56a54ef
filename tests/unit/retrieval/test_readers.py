"""What every Reader promises, the real one and the one that tests use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.addresses import Reach
from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.label import Level
from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import EVERYONE, Source
from retrieval.sources import Loaded, Reader, SourceFault
from retrieval.sources.files import Folder
from retrieval.sources.kind import Means
from retrieval.sources.kinds import reader_of
from tests.integration.retrieval.shelf import Shelf

DOCUMENTS: dict[str, str | bytes] = {"a.md": "# 가\n\n글", "hr/b.md": "# 나\n\n글"}


def folder(tmp_path: Path) -> Reader:
    for uri, content in DOCUMENTS.items():
        (tmp_path / uri).parent.mkdir(exist_ok=True)
        (tmp_path / uri).write_text(str(content), encoding="utf-8")
    return Folder(tmp_path)


def shelf(tmp_path: Path) -> Reader:
    return Shelf(dict(DOCUMENTS))


@pytest.mark.parametrize("make", [folder, shelf])
async def test_what_is_listed_can_be_loaded_and_nothing_else(make: Callable[[Path], Reader], tmp_path: Path) -> None:
    reader = make(tmp_path)
    assert sorted([one.uri async for one in reader.list()]) == sorted(DOCUMENTS)
    for uri, content in DOCUMENTS.items():
        assert await reader.load(uri) == Loaded(str(content).encode())
    with pytest.raises(UnreadableFault, match=r"none\.md cannot be read"):
        await reader.load("none.md")


def test_an_unknown_kind_of_source_is_named_with_those_there_are() -> None:
    source = Source("wiki", "gopher", "x", Level.INTERNAL, frozenset({EVERYONE}))
    with pytest.raises(SourceFault, match=r"of kind 'gopher'; the kinds are files, web, push, confluence, notion"):
        reader_of(source, Means(Database("postgresql://nowhere/none"), Fetcher(Reach()), in_thread))
