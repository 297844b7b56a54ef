from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.database import Database, DatabaseFault, Server

GOOD = Server(major=16, encoding="UTF8", vector_available="0.8.0", vector_installed=None, may_create_vector=True)


@pytest.mark.parametrize(
    "server",
    [
        GOOD,
        replace(GOOD, major=18),
        replace(GOOD, vector_available="0.10.1"),
        replace(GOOD, vector_installed="0.8.5", may_create_vector=False),
    ],
)
def test_a_server_with_all_that_is_needed_lacks_nothing(server: Server) -> None:
    assert server.lacks() is None


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        (replace(GOOD, major=15), "PostgreSQL 15 is too old"),
        (replace(GOOD, encoding="SQL_ASCII"), "encoding is SQL_ASCII"),
        (replace(GOOD, vector_available=None), "postgresql-16-pgvector"),
        (replace(GOOD, vector_available="0.7.4"), "has no pgvector 0.8"),
        (replace(GOOD, vector_installed="0.7.4"), "alter extension vector update"),
        (replace(GOOD, may_create_vector=False), "`create extension vector`"),
    ],
)
def test_what_a_server_lacks_is_one_sentence_with_what_to_do(server: Server, sentence: str) -> None:
    lacking = server.lacks()
    assert lacking is not None
    assert sentence in lacking
    assert "\n" not in lacking


@pytest.mark.parametrize("url", ["mysql://localhost/x", "no address", ""])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(DatabaseFault, match=r"postgresql://"):
        Database(url)
