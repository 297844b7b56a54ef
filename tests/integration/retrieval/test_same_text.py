"""A text that stands in several documents is found once, and nobody learns of a document that is not for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import Readers, Rule, Said
from retrieval.search import Search
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve

LEAVE = "연차는 1년에 15일이며 입사일을 기준으로 발생합니다."


async def test_one_text_takes_one_place_and_names_the_others(database: Database) -> None:
    documents: dict[str, str | bytes] = {f"{n}.md": f"# 안내 {n}\n\n{LEAVE}" for n in range(4)}
    documents["other.md"] = "# 경조사\n\n경조사 휴가는 연차와 별도로 5일까지 드립니다."
    await shelve(database, a_source(), documents)
    found = await Search(database)("연차는 며칠 발생하나요?", ANYONE, limit=2)
    assert [passage.text for passage in found] == [LEAVE, "경조사 휴가는 연차와 별도로 5일까지 드립니다."]
    assert {one.title for one in (found[0].document, *found[0].also)} == {f"안내 {n}" for n in range(4)}


async def test_the_version_in_force_stands_for_the_older_ones(database: Database) -> None:
    years = {f"leave-{year}.md": year for year in (2023, 2025, 2024)}
    documents: dict[str, str | bytes] = {uri: f"# 휴가 규정 {year}\n\n{LEAVE}" for uri, year in years.items()}
    said = {uri: Said(in_force_from=date(year, 1, 1)) for uri, year in years.items()}
    await Catalogue(database).sync([a_source()])
    await reindex(database, a_source(), Shelf(documents, said))
    first, *_ = await Search(database)("연차는 며칠 발생하나요?", ANYONE)
    assert first.document.uri == "leave-2025.md"
    assert {one.uri for one in first.also} == {"leave-2023.md", "leave-2024.md"}


@pytest.fixture(scope="module")
async def many_readers(new_database: Callable[[], AbstractContextManager[str]]) -> AsyncIterator[Search]:
    """The same text in sixteen documents, each for another set of four groups."""
    rules = tuple(
        Rule(f"{n:02}.md", Level.INTERNAL, principals(*groups(n)) or principals("user:none")) for n in range(16)
    )
    documents: dict[str, str | bytes] = {f"{n:02}.md": f"# 안내\n\n{LEAVE}" for n in range(16)}
    with new_database() as url:
        database = Database(url)
        await shelve(database, a_source(readers=["user:none"], rules=rules), documents)
        yield Search(database)
        await database.close()


def groups(number: int) -> list[str]:
    return [f"group:{bit}" for bit in range(4) if number >> bit & 1]


@settings(max_examples=40)
@given(names=st.frozensets(st.sampled_from([*groups(15), "group:other", "everyone"])))
async def test_the_others_that_are_named_are_never_ones_that_the_readers_may_not_read(
    many_readers: Search, names: frozenset[str]
) -> None:
    found = await many_readers("연차는 며칠 발생하나요?", Readers(principals(*names)), limit=30)
    named = {one.uri for passage in found for one in (passage.document, *passage.also)}
    assert named == {f"{n:02}.md" for n in range(16) if names & set(groups(n))}
    assert len(found) == bool(named)
