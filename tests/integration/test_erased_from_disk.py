"""What was erased is on the disk no more: the files of the database, of the spool and of the ledger are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.subjects import Subject
from retrieval.database import Database
from tests.integration.retrieval.shelf import a_source, shelve
from tests.integration.test_forgetting import KIM, LEE, Desk

NAME = "제갈공명망월"


def files(url: str, wal: bool) -> Iterator[Path]:
    """Of this database: heaps, indexes, what is stored out of line; with `wal` its server's write-ahead log too."""
    with psycopg.connect(url) as database:
        row = database.execute(
            "select current_setting('data_directory'), oid from pg_database where datname = current_database()"
        ).fetchone()
    assert row is not None
    home, oid = Path(row[0]), row[1]
    yield from sorted((home / "base" / str(oid)).iterdir())
    if wal:
        yield from sorted(path for path in (home / "pg_wal").iterdir() if path.is_file())


def found(url: str, planted: list[bytes], *, wal: bool = False) -> set[str]:
    return {path.name for path in files(url, wal) if any(one in path.read_bytes() for one in planted)}


def settled(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        for statement in (*statements, "checkpoint"):
            database.execute(statement.encode())


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path) -> Desk:
    return Desk(fresh_database, tmp_path)


async def planted_in(desk: Desk) -> list[bytes]:
    """Among rows of others on the same pages, which stay: a name in clear in documents, and a sealed question."""
    long = "이 절은 규정을 하나씩 설명합니다. " * 400  # stored out of line
    named = {"a.md": f"# 담당\n\n{NAME} 님\n\n{long}", "b.md": f"# {NAME}\n\n글"}
    await shelve(desk.database, a_source("wiki"), {**named, "c.md": "# 복지\n\n점심"})
    for _ in range(9):
        await desk.asked(LEE, "남의 질문", "남의 답")
    mine = await desk.asked(KIM, "내 질문", f"{NAME} 님이 답합니다.")
    await desk.asked(LEE, "남의 질문", "남의 답")
    ((sealed,),) = await desk.rows(f"select text from question where id = '{mine}'")
    return [NAME.encode(), bytes(sealed)]


async def test_after_a_vacuum_nothing_of_what_was_erased_is_in_a_file_of_the_database(
    desk: Desk, fresh_url: str, tmp_path: Path
) -> None:
    """Not in heaps, indexes or what lies out of line. The write-ahead log is another matter: it keeps what was written
    until its segments are used again, which docs/how-to/erasing.md says."""
    planted = await planted_in(desk)
    settled(fresh_url)
    assert found(fresh_url, planted), "or the test looks in the wrong place"
    erase = desk.forgetting()
    for subject in (Subject("user", KIM), Subject("person", NAME)):
        await erase(subject)
    settled(fresh_url, "vacuum full")  # a plain one leaves what it has not written over between the rows of a page
    assert found(fresh_url, planted) == set()
    kept = [path.read_bytes() for path in files_of(tmp_path)]
    assert not any(one in content for content in kept for one in planted)


def files_of(folder: Path) -> list[Path]:
    """The spool, the ledger, and whatever else lies in the home."""
    return [path for path in folder.rglob("*") if path.is_file()]
