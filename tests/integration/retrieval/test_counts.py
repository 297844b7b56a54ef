"""What is counted for those who may read it is what counting their passages would give, whatever happened before."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

import migrations
from retrieval import counts, tombstones
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import Rule, Said
from retrieval.search import Search
from retrieval.sources import SourceFault
from retrieval.tombstones import Keep
from tests.integration.retrieval.counted import counted
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve

NAMES = ("everyone", "group:hr", "group:legal", "user:U1")
URIS = ("a.md", "b.md", "hr/c.md", "hr/d.md")
TEXTS = (
    "# 휴가\n\n연차는 15일입니다.\n\n## 신청\n\n연차 신청은 팀장에게.",
    "# Leave\n\nAnnual leave is fifteen days.\n\n## How\n\nAsk for leave in writing.",
    "# 출장\n\n숙박비는 12만 원입니다.",
    "# Travel\n\nHotels and trains, and annual reports.",
)
_readers = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)
_lay = st.tuples(
    st.just("lay"),
    st.dictionaries(st.sampled_from(URIS), st.sampled_from(TEXTS), min_size=1),
    st.dictionaries(st.sampled_from(URIS), _readers),
)
_steps = st.lists(
    st.one_of(
        _lay,
        st.tuples(st.just("rules"), _readers, _readers),
        st.tuples(st.just("withhold"), st.sampled_from(["연차", "leave", "숙박"])),
        st.tuples(st.just("lift")),
        st.tuples(st.just("deactivate")),
        st.tuples(st.just("remove")),
    ),
    min_size=3,
    max_size=7,
)
RECEIPT = uuid4()


async def done(database: Database, step: tuple[object, ...]) -> None:
    catalogue = Catalogue(database)
    match step:
        case ("lay", dict(documents), dict(readers)):
            said = {uri: Said(readers=principals(*names)) for uri, names in readers.items()}
            if not any(status.active for status in await catalogue.status()):
                await catalogue.sync([a_source()])
            await reindex(database, await catalogue.get("handbook"), Shelf(documents, said))
        case ("rules", list(all_), list(hr)):
            rules = (Rule("hr/*", Level.CONFIDENTIAL, principals(*hr)),)
            await catalogue.sync([a_source(readers=all_, rules=rules)])
        case ("withhold", str(word)):
            async with database.transaction() as connection:
                await tombstones.withhold(connection, lambda text: word in text, RECEIPT, 0, 1_000, Keep())
        case ("lift",):
            async with database.transaction() as connection:
                await tombstones.lift(connection, RECEIPT)
        case ("deactivate",):
            await catalogue.sync([])
        case ("remove",):
            try:
                await catalogue.remove("handbook")
            except SourceFault:
                return


async def as_counted_anew(database: Database, names: Collection[str]) -> None:
    """What a search is told of terms and passages is what is in the passages that these may read, and nothing else."""
    async with database.transaction() as connection:
        rows = (await connection.execute(text(_VISIBLE), {"names": sorted(names)})).all()
        every = sorted({term for row in rows for term in row.terms})
        readable, standing = await counts.readable(connection, names, every)
    assert {key: count for key, count in readable.passages.items() if count} == Counter(row.language for row in rows)
    assert standing.df == Counter(term for row in rows for term in row.terms)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps, names=st.frozensets(st.sampled_from(NAMES), min_size=1))
async def test_counts_are_those_of_the_passages_after_anything_that_changes_them(
    database: Database, steps: Sequence[tuple[object, ...]], names: frozenset[str]
) -> None:
    for step in steps:
        await done(database, step)
        await counted(database)
        await as_counted_anew(database, names)


async def test_a_document_that_loses_a_reader_while_another_run_deletes_it_is_counted_nowhere(
    fresh_database: Database,
) -> None:
    source = a_source(rules=(Rule("hr/*", Level.INTERNAL, principals("group:hr")),))
    for _ in range(5):
        await shelve(fresh_database, a_source(), dict.fromkeys(URIS, TEXTS[0]))

        async def withheld() -> None:
            async with fresh_database.transaction() as connection:
                await tombstones.withhold(connection, lambda text: True, RECEIPT, 0, 1_000, Keep())

        await asyncio.gather(withheld(), Catalogue(fresh_database).sync([source]))
        await counted(fresh_database)
        async with fresh_database.transaction() as connection:
            await tombstones.lift(connection, RECEIPT)
            await connection.execute(text("update document set format = 0"))


async def test_readers_that_nothing_has_any_more_are_not_kept(database: Database) -> None:
    documents: Mapping[str, str | bytes] = {f"{n}.md": f"# {n}\n\n연차 {n}" for n in range(3)}
    said = {uri: Said(readers=principals(f"user:{uri}")) for uri in documents}
    await shelve(database, a_source(), {})
    for each in (said, {}):
        await reindex(database, a_source(), Shelf(dict(documents), each))
    async with database.transaction() as connection:
        assert list(await connection.scalars(text("select readers from audience"))) == [["everyone"]]


async def test_more_readers_than_a_key_of_an_index_can_hold_are_an_audience(database: Database) -> None:
    many = principals("everyone", *(f"user:somebody-with-a-long-name-{n:05}" for n in range(2_000)))
    await shelve(database, a_source(readers=many), {"a.md": TEXTS[0]})
    await counted(database)
    assert await Search(database)("연차는 며칠인가요?", ANYONE)


async def test_what_was_there_before_audiences_is_counted_when_they_come(fresh_database: Database) -> None:
    rules = (Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr")),)
    await shelve(fresh_database, a_source(rules=rules), dict(zip(URIS, TEXTS, strict=True)))
    for how, revision in ((command.downgrade, "0014"), (command.upgrade, "0015")):
        async with fresh_database.transaction() as connection:
            await connection.run_sync(_migrated, how, revision)
    assert (await counted(fresh_database))[0]
    await shelve(fresh_database, a_source(), {URIS[2]: TEXTS[3]})
    await counted(fresh_database)


def _migrated(connection: Connection, how: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    how(config, revision)


_VISIBLE = """
    select passage.language, passage.terms
    from passage join document on document.id = document_id join source on source.id = source_id
    where source.active and document.readers && cast(:names as text[])
"""
