"""What a source lists and the index lacks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from retrieval.catalogue import Catalogue
from retrieval.coverage import Gap, coverage
from retrieval.database import Database
from retrieval.sources import Listed, SourceFault
from tests.integration.retrieval.shelf import Shelf, a_source, reindex


async def test_what_was_just_re_indexed_has_no_gap(database: Database) -> None:
    source, shelf = a_source(), Shelf({"a.md": "# 가\n\n연차"}, versions={"a.md": "1"})
    await Catalogue(database).sync([source])
    await reindex(database, source, shelf)
    found = await coverage(database, source, shelf)
    assert (found.listed, found.indexed, found.gaps) == (1, 1, ())


async def test_each_gap_has_its_reason_and_nothing_is_read(database: Database) -> None:
    source = a_source()
    await Catalogue(database).sync([source])
    first = Shelf(
        {"changed.md": "# 가\n\n연차", "never.md": "", "broke.md": "# 나\n\n출장", "gone.md": "# 다\n\n복지"},
        versions={"changed.md": "1"},
    )
    await reindex(database, source, first)
    await reindex(database, source, Shelf({**first.documents, "broke.md": b"\0\0"}, versions=first.versions))
    del first.documents["gone.md"]
    now = Shelf({**first.documents, "new.md": "# 라\n\n보안"}, versions={"changed.md": "2"})
    found = await coverage(database, source, now)
    assert set(found.gaps) == {
        Gap("changed.md", "changed", searched=True),
        Gap("never.md", "problem", "never.md is empty."),
        Gap("broke.md", "problem", "broke.md is a binary file, not text.", searched=True),
        Gap("new.md", "not_read"),
        Gap("gone.md", "gone", searched=True),
    }
    assert (found.listed, found.indexed) == (4, 2)
    assert now.loaded == []


async def test_a_part_that_cannot_be_listed_is_a_gap_and_what_lies_below_it_is_not_gone(database: Database) -> None:
    class HalfOpen(Shelf):
        async def list(self) -> AsyncIterator[Listed]:
            yield Listed("closed/")

    source = a_source()
    await Catalogue(database).sync([source])
    await reindex(database, source, Shelf({"closed/a.md": "# 가\n\n연차"}))
    (gap,) = (await coverage(database, source, HalfOpen({}))).gaps
    assert (gap.uri, gap.reason) == ("closed/", "problem")


async def test_a_source_that_cannot_be_listed_says_so(database: Database) -> None:
    class Away(Shelf):
        async def list(self) -> AsyncIterator[Listed]:
            raise SourceFault("The wiki is away.")
            yield

    with pytest.raises(SourceFault, match="away"):
        await coverage(database, a_source(), Away({}))


async def test_what_had_no_version_when_it_was_read_is_not_said_to_have_changed(database: Database) -> None:
    source, shelf = a_source(), Shelf({"a.md": "# 가\n\n연차"})
    await Catalogue(database).sync([source])
    await reindex(database, source, shelf)
    found = await coverage(database, source, Shelf(shelf.documents, versions={"a.md": "1"}))
    assert found.gaps == ()
