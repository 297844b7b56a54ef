"""Which terms a document has is the tokenizer's to say: another one cuts it anew, and all processes are to have one."""

from __future__ import annotations

import pytest

from admin.tokenizers import called, disagreement, others
from retrieval.coverage import coverage, cut_otherwise
from retrieval.database import Database
from retrieval.reindex import Report
from retrieval.search import Search
from retrieval.tokenizer import BIGRAMS, Tokenizer, WithMorphemes
from tests.integration.retrieval.counted import counted
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, reindex, shelve
from tests.unit.retrieval.test_tokenizer import Dictionary

MORPHEMES = WithMorphemes(Dictionary())
DOCUMENTS: dict[str, str | bytes] = {
    "help.md": "# 안내\n\n서로 돕는 날은 매월 첫 금요일입니다.",
    "card.md": "# 카드\n\n법인카드 한도는 월 300만 원입니다.",
}


async def again(database: Database, tokenizer: Tokenizer) -> Report:
    return await reindex(database, a_source(), Shelf(DOCUMENTS), tokenizer=tokenizer)


async def uris(search: Search, question: str) -> list[str]:
    return [passage.document.uri for passage in await search(question, ANYONE)]


async def test_another_tokenizer_cuts_every_document_anew_and_once(database: Database) -> None:
    await shelve(database, a_source(), {**DOCUMENTS})
    search = Search(database, tokenizer=MORPHEMES)
    assert (await uris(search, "동료를 도와요"), await cut_otherwise(database, MORPHEMES)) == ([], 2)
    gaps = (await coverage(database, a_source(), Shelf(DOCUMENTS), MORPHEMES)).gaps
    assert {(gap.uri, gap.reason) for gap in gaps} == {("help.md", "changed"), ("card.md", "changed")}

    report = await again(database, MORPHEMES)
    assert (report.unchanged, len(report.problems)) == (0, 0)
    assert (await uris(search, "동료를 도와요"), await cut_otherwise(database, MORPHEMES)) == (["help.md"], 0)
    assert (await again(database, MORPHEMES)).unchanged == 2


@pytest.mark.parametrize(("before", "after"), [(BIGRAMS, MORPHEMES), (MORPHEMES, BIGRAMS)])
async def test_until_then_documents_are_found_by_the_terms_that_both_have(
    database: Database, before: Tokenizer, after: Tokenizer
) -> None:
    await shelve(database, a_source(), {**DOCUMENTS})
    await again(database, before)
    assert await uris(Search(database, tokenizer=after), "법인카드 한도는 얼마인가요?") == ["card.md"]


async def test_passages_keep_their_numbers_when_they_are_cut_anew(database: Database) -> None:
    """Their vectors hang on them."""
    await shelve(database, a_source(), {**DOCUMENTS})
    before = {p.id for p in await Search(database)("법인카드 돕는", ANYONE)}
    await again(database, MORPHEMES)
    assert {p.id for p in await Search(database)("법인카드 돕는", ANYONE)} == before


async def test_the_counts_of_terms_are_those_of_the_passages_after_a_switch(database: Database) -> None:
    await shelve(database, a_source(), {**DOCUMENTS})
    await again(database, MORPHEMES)
    await again(database, BIGRAMS)
    await counted(database)


async def test_processes_of_one_database_that_cut_differently_are_found_and_said(migrated_url: str) -> None:
    here, same, there = (Database(migrated_url, called(one)) for one in (BIGRAMS, BIGRAMS, MORPHEMES))
    async with same.transaction():
        assert await others(here, BIGRAMS) == ()
        async with there.transaction():
            assert await others(here, BIGRAMS) == (MORPHEMES.name,)
            assert await others(there, MORPHEMES) == (BIGRAMS.name,)
    said = disagreement(BIGRAMS, MORPHEMES.name)
    assert MORPHEMES.name in said
    assert "[search]" in said
    for database in (here, same, there):
        await database.close()
