"""Terms counted in other processes: the same as here, and a process that dies is a sentence."""

from __future__ import annotations

import asyncio
import signal

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import text

from retrieval.catalogue import Catalogue
from retrieval.counting import CountFault, Counting, Uncounted, here
from retrieval.database import Database
from retrieval.passage import Place
from retrieval.reindex import COUNTED_ASIDE
from retrieval.split import Piece
from retrieval.tokenizer import BIGRAMS
from tests.integration.retrieval.shelf import Shelf, a_source, reindex

DOCUMENTS = [
    Uncounted("연차 규정", [Piece(("총칙",), "연차는 15일입니다. annual leave", Place("page", 1, 2)), Piece((), "😀")]),
    Uncounted("", []),
    Uncounted("", [Piece((), "")]),
    Uncounted("낱말", [Piece(("\ud800",), "연차\ud800휴가 ＶＰＮ " + "낱말 word " * 10_000)]),
    Uncounted("Leave", [Piece(("A", "B"), f"Leave policy number {n} for on-call engineers") for n in range(40)]),
]


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "counting.serve" in " ".join(one.cmdline())]


async def test_other_processes_count_as_this_one_does() -> None:
    async with Counting(2) as counting:
        async with asyncio.timeout(60):
            twice = await asyncio.gather(counting(DOCUMENTS), counting(DOCUMENTS[::-1]))
        assert len(children()) == 2
    assert children() == []
    expected = [list(one) for one in await here(BIGRAMS)(DOCUMENTS)]
    assert [list(one) for one in twice[0]] == expected
    assert [list(one) for one in twice[1]] == expected[::-1]


async def test_a_process_that_is_killed_is_a_sentence_and_the_next_documents_are_counted() -> None:
    async with Counting(1) as counting, asyncio.timeout(60):
        await counting(DOCUMENTS)
        (worker,) = children()
        worker.send_signal(signal.SIGSTOP)
        asked = asyncio.create_task(counting(DOCUMENTS))
        await asyncio.sleep(0)
        worker.kill()
        with pytest.raises(CountFault, match="what was stored before stays") as caught:
            await asked
        assert "연차" not in str(caught.value)
        assert caught.value.again
        assert [list(one) for one in await counting(DOCUMENTS)] == [list(one) for one in await here(BIGRAMS)(DOCUMENTS)]


async def stored(database: Database, source: str) -> list[tuple[object, ...]]:
    said = text(
        "select uri, ordinal, passage.text, language, length, terms, weights::text from passage"
        " join document on document.id = document_id join source on source.id = source_id"
        " where source.name = :source order by uri, ordinal"
    )
    async with database.transaction() as connection:
        return [tuple(row) for row in await connection.execute(said, {"source": source})]


async def test_a_run_that_counts_elsewhere_stores_the_same(fresh_database: Database) -> None:
    documents: dict[str, str | bytes] = {
        f"{n:03}.md": f"# 규정 {n}\n\n연차 {n % 7} leave" for n in range(COUNTED_ASIDE)
    }
    await Catalogue(fresh_database).sync([a_source("here"), a_source("aside")])
    for name, processes in (("here", 0), ("aside", 1)):
        report = await reindex(fresh_database, a_source(name), Shelf(documents), processes=processes)
        assert report.added == COUNTED_ASIDE
    aside = await stored(fresh_database, "aside")
    assert len(aside) == COUNTED_ASIDE
    assert aside == await stored(fresh_database, "here")
