from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from retrieval.bags import counted_terms, weights
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.index import FORMAT
from retrieval.label import Level
from retrieval.passage import Rule
from retrieval.passages import reweigh_if_drifted
from retrieval.search import Search
from retrieval.sources import Listed, Loaded, SourceFault
from retrieval.sources.files import Folder
from retrieval.tokenizer import BIGRAMS
from tests.integration.retrieval.counted import counted
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve

TABLES = ("source", "audience", "audience_passages", "document", "passage", "term", "corpus")
Documents = dict[str, str | bytes]


async def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Where each row lies and which transaction wrote or locked it: another value means that it was touched."""
    async with database.transaction() as connection:
        return {
            table: sorted(tuple(row) for row in await connection.execute(text(f"select ctid, xmin, xmax from {table}")))
            for table in TABLES
        }


async def test_a_re_index_of_an_unchanged_folder_writes_nothing(fresh_database: Database, tmp_path: Path) -> None:
    (tmp_path / "hr").mkdir()
    (tmp_path / "hr" / "leave.md").write_text("# 휴가\n\n연차는 15일입니다.", encoding="utf-8")
    (tmp_path / "binary.md").write_bytes(b"\0\1\2")
    source, reader = a_source(), Folder(tmp_path)
    await Catalogue(fresh_database).sync([source])
    first = await reindex(fresh_database, source, reader)
    before = await rows_of(fresh_database)

    await Catalogue(fresh_database).sync([source])
    second = await reindex(fresh_database, source, reader)

    assert (first.added, len(first.problems)) == (1, 1)
    assert (second.added, second.changed, second.removed, second.unchanged) == (0, 0, 0, 1)
    assert second.problems == first.problems
    assert await rows_of(fresh_database) == before


async def test_only_the_changed_document_is_written_anew(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": "# 가\n\n연차", "b.md": "# 나\n\n출장", "c.md": "# 다\n\n복지"})
    (kept,) = await Search(database)("연차", ANYONE)

    report = await reindex(
        database, source, Shelf({"a.md": "# 가\n\n연차", "b.md": "# 나\n\n재택", "d.md": "# 라\n\n보안"})
    )

    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert await Search(database)("연차", ANYONE) == (kept,)
    assert await Search(database)("출장", ANYONE) == ()
    assert [found.document.uri for found in await Search(database)("재택", ANYONE)] == ["b.md"]
    await counted(database)


async def test_a_document_that_cannot_be_read_keeps_its_last_good_version(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": "# 가\n\n연차 규정"})
    good = await Search(database)("연차", ANYONE)

    broken = await reindex(database, source, Shelf({"a.md": b"\0\0", "new.md": b""}))
    (status,) = await Catalogue(database).status()

    assert broken.problems == status.problems
    assert [(problem.uri, problem.sentence) for problem in broken.problems] == [
        ("a.md", "a.md is a binary file, not text."),
        ("new.md", "new.md is empty."),
    ]
    assert (status.documents, status.passages) == (1, 1)
    assert await Search(database)("연차", ANYONE) == good

    healed = await reindex(database, source, Shelf({"a.md": "# 가\n\n연차 규정", "new.md": "# 새\n\n글"}))
    (status,) = await Catalogue(database).status()
    assert (healed.added, healed.changed, healed.unchanged) == (1, 0, 1)
    assert (status.documents, status.problems) == (2, ())


async def test_one_broken_document_does_not_keep_the_others_out(database: Database) -> None:
    documents: Documents = {f"{number:03}.md": f"# {number}\n\n연차 안내" for number in range(120)}
    documents["060.md"] = b"\xff\xfe\xff"
    seen: list[tuple[int, int, str]] = []
    source = a_source()
    await Catalogue(database).sync([source])
    report = await reindex(database, source, Shelf(documents), lambda *step: seen.append(step))
    assert (report.added, [problem.uri for problem in report.problems]) == (119, ["060.md"])
    assert seen[-1] == (120, 120, "119.md")
    assert [done for done, *_ in seen] == sorted({done for done, *_ in seen})


async def test_a_source_that_lists_nothing_all_of_a_sudden_loses_nothing(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": "# 가\n\n연차"})
    with pytest.raises(SourceFault, match="nothing was deleted"):
        await reindex(database, source, Shelf({}))
    assert len(await Search(database)("연차", ANYONE)) == 1


async def test_a_folder_that_vanished_loses_nothing(database: Database, tmp_path: Path) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": "# 가\n\n연차"})
    with pytest.raises(SourceFault, match="is not there"):
        await reindex(database, source, Folder(tmp_path / "gone"))
    assert len(await Search(database)("연차", ANYONE)) == 1


async def test_what_lies_below_a_folder_that_cannot_be_listed_stays_and_the_rest_goes_on(database: Database) -> None:
    source = a_source()
    await shelve(
        database, source, {"open/a.md": "# 가\n\n연차", "open/b.md": "# 나\n\n출장", "closed/c.md": "# 다\n\n회의"}
    )

    class HalfOpen(Shelf):
        async def list(self) -> AsyncIterator[Listed]:
            for uri in ("open/a.md", "closed/"):
                yield Listed(uri)

    report = await reindex(database, source, HalfOpen({"open/a.md": "# 가\n\n연차 바뀜"}))
    assert (report.changed, report.removed) == (1, 1)
    assert [problem.uri for problem in report.problems] == ["closed/"]
    search = Search(database)
    assert [p.document.uri for p in await search("회의", ANYONE)] == ["closed/c.md"]
    assert await search("출장", ANYONE) == ()


async def test_a_source_that_is_removed_during_its_run_takes_nothing_in(fresh_database: Database) -> None:
    class Slow(Shelf):
        async def load(self, uri: str, version: str | None = None) -> Loaded | None:
            await Catalogue(fresh_database).remove("wiki")
            return await super().load(uri, version)

    source = a_source("wiki")
    await Catalogue(fresh_database).add(source)
    with pytest.raises(SourceFault, match="no source 'wiki'"):
        await reindex(fresh_database, source, Slow({"a.md": "# 가\n\n연차"}))
    assert await counted(fresh_database) == ({}, {})


async def test_stricter_rules_hold_for_what_a_running_run_brings_in(fresh_database: Database) -> None:
    stricter = a_source(rules=(Rule("*", Level.RESTRICTED, principals("group:legal")),))

    class Slow(Shelf):
        async def load(self, uri: str, version: str | None = None) -> Loaded | None:
            await Catalogue(fresh_database).sync([stricter])
            return await super().load(uri, version)

    source = a_source()
    await Catalogue(fresh_database).sync([source])
    await reindex(fresh_database, source, Slow({"a.md": "# 가\n\n연차"}))
    assert await Search(fresh_database)("연차", ANYONE) == ()


async def test_a_second_run_on_the_same_source_says_so_and_leaves(fresh_database: Database) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    class Waiting(Shelf):
        async def list(self) -> AsyncIterator[Listed]:
            entered.set()
            await leave.wait()
            for uri in self.documents:
                yield Listed(uri)

    source, other = a_source(), a_source("other")
    await Catalogue(fresh_database).sync([source, other])
    first = asyncio.create_task(reindex(fresh_database, source, Waiting({"a.md": "# 가\n\n연차"})))
    await entered.wait()

    with pytest.raises(SourceFault, match="is being re-indexed already"):
        await reindex(fresh_database, source, Shelf({"a.md": "# 나\n\n출장"}))
    assert (await reindex(fresh_database, other, Shelf({"b.md": "# 다\n\n복지"}))).added == 1

    leave.set()
    assert (await first).added == 1
    assert (await reindex(fresh_database, source, Shelf({"a.md": "# 가\n\n연차"}))).unchanged == 1


async def test_runs_of_several_sources_side_by_side_count_every_term_once(fresh_database: Database) -> None:
    sources = [a_source(f"source-{number}") for number in range(4)]
    await Catalogue(fresh_database).sync(sources)
    shelves = [
        Shelf({f"{number}.md": f"# {number}\n\n연차 규정 leave policy {number % 7}" for number in range(start, 80)})
        for start in range(4)
    ]
    for _ in range(2):
        await asyncio.gather(*map(reindex, [fresh_database] * 4, sources, shelves))
        await counted(fresh_database)
        shelves = [Shelf({uri: f"{content!s} changed" for uri, content in one.documents.items()}) for one in shelves]


async def test_weights_follow_the_average_length_once_it_has_drifted(database: Database) -> None:
    source = a_source()
    short: Documents = {"a.md": "# 가\n\n연차"}
    await shelve(database, source, short)
    long: Documents = {f"{number}.md": "# 나\n\n" + f"출장 숙박 규정 {number} " * 20 for number in range(5)}
    await reindex(database, source, Shelf(short | long))

    async with database.transaction() as connection:
        average = await connection.scalar(text("select average from corpus where language = 'ko'"))
        mean = await connection.scalar(text("select avg(length) from passage"))
        written = await connection.scalar(text("select weights from passage where length < 10"))
    assert average == pytest.approx(float(mean))
    ((_, bag),) = counted_terms([("가", "", "연차")])
    expected = dict(zip(bag.terms, weights([bag], [average]).tolist(), strict=True))
    stored = dict(element.split(":") for element in str(written)[1:].partition("}")[0].split(","))
    assert {int(term): float(weight) for term, weight in stored.items()} == pytest.approx(expected, rel=1e-4)
    assert not await reweigh_if_drifted(database, BIGRAMS, FORMAT)


BODIES = st.sampled_from(["연차 규정", "출장 숙박비", "leave policy", "expense policy for travel", "\0", ""])


# The database is empty again when an example ends.
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(["a.md", "b.md", "c.md"]), BODIES, min_size=1), max_size=5))
async def test_the_counts_never_differ_from_the_passages(database: Database, versions: list[dict[str, str]]) -> None:
    source = a_source()
    for version in versions:
        await shelve(database, source, {uri: f"# 제목\n\n{body}" if body else "" for uri, body in version.items()})
        await counted(database)
    await Catalogue(database).sync([])
    if versions:
        await Catalogue(database).remove(source.name)
    assert await counted(database) == ({}, {})
