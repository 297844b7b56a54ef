from __future__ import annotations

import pytest
from sqlalchemy import text

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import Readers, Rule
from retrieval.search import Search
from retrieval.sources import SourceFault
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve


async def test_a_declared_source_comes_back_as_it_was_given(database: Database) -> None:
    rules = (
        Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr", "user:U1")),
        Rule("faq/*", Level.PUBLIC, principals("everyone")),
    )
    source = a_source(rules=rules, link="https://handbook.example", owner="#ask")
    catalogue = Catalogue(database)
    await catalogue.sync([source])
    (status,) = await catalogue.status()
    assert status.source == source == await catalogue.get("handbook")
    assert (status.declared, status.active) == (True, True)


async def test_new_rules_change_the_documents_and_leave_their_passages_alone(fresh_database: Database) -> None:
    async def passages() -> list[tuple[object, ...]]:
        async with fresh_database.transaction() as connection:
            rows = await connection.execute(text("select id, ctid, xmin from passage order by id"))
            return [tuple(row) for row in rows]

    await shelve(fresh_database, a_source(), {"hr/a.md": "# 가\n\n연차", "b.md": "# 나\n\n연차"})
    before = await passages()
    rule = Rule("hr/*", Level.RESTRICTED, principals("group:hr"))
    await Catalogue(fresh_database).sync([a_source(rules=(rule,))])

    search = Search(fresh_database)
    assert [found.document.uri for found in await search("연차", ANYONE)] == ["b.md"]
    (hidden,) = await search("연차", Readers(principals("group:hr")))
    assert hidden.document.level is Level.RESTRICTED
    assert await passages() == before


async def test_a_declared_source_cannot_be_removed_by_command(database: Database) -> None:
    catalogue = Catalogue(database)
    await catalogue.sync([a_source()])
    with pytest.raises(SourceFault, match=r"declared in naru\.toml"):
        await catalogue.remove("handbook")


async def test_an_added_source_outlives_the_declared_ones_and_is_removed_with_its_documents(
    database: Database,
) -> None:
    catalogue, wiki = Catalogue(database), a_source("wiki")
    await catalogue.add(wiki)
    await reindex(database, wiki, Shelf({"a.md": "# 가\n\n연차"}))
    await catalogue.sync([a_source()])
    assert [(one.source.name, one.declared, one.active) for one in await catalogue.status()] == [
        ("handbook", True, True),
        ("wiki", False, True),
    ]
    await catalogue.remove("wiki")
    assert [one.source.name for one in await catalogue.status()] == ["handbook"]
    assert await Search(database)("연차", ANYONE) == ()


async def test_a_name_is_given_once(database: Database) -> None:
    catalogue = Catalogue(database)
    await catalogue.add(a_source("wiki"))
    with pytest.raises(SourceFault, match="a source 'wiki' already"):
        await catalogue.add(a_source("wiki"))


async def test_an_unknown_source_is_named_in_the_sentence(database: Database) -> None:
    catalogue = Catalogue(database)
    with pytest.raises(SourceFault, match="no source 'wiki'"):
        await catalogue.get("wiki")
    with pytest.raises(SourceFault, match="no source 'wiki'"):
        await catalogue.remove("wiki")
