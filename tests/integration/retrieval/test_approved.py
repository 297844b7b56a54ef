"""Examples are found among examples alone, and by nobody who may not read them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.examples import NearestExamples
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import APPROVED, Readers, Said, Source
from retrieval.pushed import PushStore
from retrieval.search import Search
from retrieval.sources.push import Pushed, PushedDocuments
from tests.integration.retrieval.shelf import ANYONE, a_source, principals, reindex, shelve

SOURCE = Source(APPROVED, "push", "", Level.PUBLIC, frozenset())


def groups(number: int) -> list[str]:
    return [f"group:{bit}" for bit in range(4) if number >> bit & 1]


def pushed(uri: str, question: str, answer: str, *readers: str, level: Level = Level.INTERNAL) -> Pushed:
    return Pushed(uri, answer, "text", Said(title=question, level=level, readers=principals(*readers)))


async def approve(database: Database, *examples: Pushed) -> None:
    await PushStore(database).keep(APPROVED, examples, ())
    await reindex(database, SOURCE, PushedDocuments(PushStore(database), APPROVED))


@pytest.fixture(scope="module")
async def many_readers(new_database: Callable[[], AbstractContextManager[str]]) -> AsyncIterator[Database]:
    """Sixteen examples that ask the same, each for another set of four groups."""
    with new_database() as url:
        database = Database(url)
        await Catalogue(database).add(SOURCE)
        named = (
            pushed(f"{n:02}", "How many vacation days?", f"Number {n}.", *(groups(n) or ["user:none"]))
            for n in range(16)
        )
        await approve(database, *named)
        yield database
        await database.close()


@settings(max_examples=40)
@given(names=st.frozensets(st.sampled_from([*groups(15), "group:other", "everyone"])))
async def test_an_example_is_never_used_for_somebody_who_may_not_read_it(
    many_readers: Database, names: frozenset[str]
) -> None:
    readers = Readers(principals(*names))
    allowed = {f"{n:02}" for n in range(16) if names & set(groups(n))}
    found = await Search(many_readers, examples=True)("vacation days?", readers, limit=30)
    assert {one.document.uri for one in found} <= allowed
    assert bool(found) == bool(allowed)
    near = await NearestExamples(Search(many_readers, examples=True))("How many vacation days?", readers)
    assert {one.document.uri for one in near} <= allowed
    assert len(near) <= 3


async def test_no_question_finds_an_example_and_no_example_changes_what_it_finds(database: Database) -> None:
    await shelve(database, a_source(), {"leave.md": "# Leave\n\nVacation is fifteen days a year."})
    before = await Search(database)("vacation days", ANYONE)
    await Catalogue(database).add(SOURCE)
    await approve(database, pushed("a", "How many vacation days?", "Fifteen vacation days.", "everyone"))
    assert await Search(database)("vacation days", ANYONE) == before
    (one,) = await Search(database, examples=True)("vacation days", ANYONE)
    assert (one.document.source, one.document.title, one.text) == (
        APPROVED, "How many vacation days?", "Fifteen vacation days.",
    )  # fmt: skip
    explained = await Search(database).explained("vacation days", ANYONE)
    assert {one.passage.document.uri for one in explained.explained} == {"leave.md"}


async def test_an_answer_as_long_as_it_may_be_is_one_passage(database: Database) -> None:
    await Catalogue(database).add(SOURCE)
    text = "\n\n".join(["Vacation days are counted from the first of January on."] * 17)
    await approve(database, pushed("a", "How many vacation days?", text, "everyone"))
    assert [one.text for one in await Search(database, examples=True)("vacation days", ANYONE)] == [text]
