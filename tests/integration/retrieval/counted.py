"""What is counted of passages, compared with counting them."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import text

from retrieval.database import Database


async def counted(database: Database) -> tuple[dict[int, int], dict[str, tuple[int, int]]]:
    """In how many passages each term stands, and the corpus, each checked against the passages; so is what is counted
    for each audience, and that each document's audience is the one that its readers say."""
    async with database.transaction() as connection:
        passages = (await connection.execute(text(_PASSAGES))).all()
        terms = {(row.audience_id, row.id): row.df for row in await connection.execute(text("select * from term"))}
        of_audiences = await connection.execute(text("select * from audience_passages where passages <> 0"))
        stored = {(row.audience_id, row.language): row.passages for row in of_audiences}
        rows = await connection.execute(text("select language, passages, length from corpus where passages > 0"))
        corpus = {row.language: (row.passages, row.length) for row in rows}
        assert (await connection.execute(text(_MISPLACED))).all() == []
    assert terms == dict(Counter((row.audience_id, term) for row in passages for term in row.terms))
    assert stored == dict(Counter((row.audience_id, row.language) for row in passages))
    for language, (number, length) in corpus.items():
        own = [row.length for row in passages if row.language == language]
        assert (number, length) == (len(own), sum(own))
    assert corpus.keys() == {row.language for row in passages}
    return dict(Counter(term for row in passages for term in row.terms)), corpus


_PASSAGES = (
    "select audience_id, language, length, terms from passage join document on document.id = passage.document_id"
)
_MISPLACED = (
    "select document.id from document join audience on audience.id = audience_id"
    " where document.readers <> audience.readers or document.source_id <> audience.source_id"
)
