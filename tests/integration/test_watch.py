"""A Naru that runs while a newer one migrates the database stops, and says why; what was erased is copied meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from admin.ledger import LedgerFile
from admin.schema import NewerFault
from admin.watch import watch
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from tests.integration.events import run
from tests.integration.line import Line
from tests.integration.retrieval.shelf import a_source


async def test_newer_tables_stop_it_with_a_sentence(fresh_database: Database, tmp_path: Path) -> None:
    stop = asyncio.Event()
    watching = asyncio.create_task(watch(fresh_database, LedgerFile(tmp_path), stop, every_s=0.01))
    await asyncio.wait({watching}, timeout=0.1)
    assert not watching.done()
    await run(fresh_database, "update alembic_version set version_num = '9999'")
    with pytest.raises(NewerFault, match=r"migrated by a newer Naru \(revision 9999\): update Naru"):
        await asyncio.wait_for(watching, 10)
    assert stop.is_set()


async def test_it_ends_with_everything_else(fresh_database: Database, tmp_path: Path) -> None:
    stop = asyncio.Event()
    stop.set()
    await asyncio.wait_for(watch(fresh_database, LedgerFile(tmp_path), stop), 10)


async def test_a_database_that_is_away_is_asked_again(line: Line, behind_the_line: Database, tmp_path: Path) -> None:
    stop = asyncio.Event()
    await line.cut()
    watching = asyncio.create_task(watch(behind_the_line, LedgerFile(tmp_path), stop, every_s=0.01))
    await asyncio.wait({watching}, timeout=0.1)
    assert not watching.done()
    await line.mend()
    await run(behind_the_line, "update alembic_version set version_num = '9999'")
    with pytest.raises(NewerFault):
        await asyncio.wait_for(watching, 10)


async def test_what_is_erased_is_copied(fresh_database: Database, tmp_path: Path) -> None:
    ledger = LedgerFile(tmp_path)
    await ledger.copy(fresh_database)
    catalogue = Catalogue(fresh_database)
    for name in ("one", "two"):
        await catalogue.add(a_source(name))
        await catalogue.remove(name)
        await ledger.copy(fresh_database)
        await ledger.copy(fresh_database)
    assert [entry.kind for entry in ledger.entries()] == ["begun", "source", "source"]
    assert ledger.path.stat().st_mode & 0o777 == 0o600
    assert aside(tmp_path) == []


async def test_a_copy_of_another_ledger_is_set_aside_and_kept(fresh_database: Database, tmp_path: Path) -> None:
    ledger = LedgerFile(tmp_path)
    await ledger.copy(fresh_database)
    old = ledger.path.read_text(encoding="utf-8")
    await run(fresh_database, "update erasure set chain = 'another'")
    await ledger.copy(fresh_database)
    assert [entry.chain for entry in ledger.entries()] == ["another"]
    assert aside(tmp_path) == [old]


async def test_several_that_copy_at_once_write_each_entry_once(fresh_database: Database, tmp_path: Path) -> None:
    catalogue = Catalogue(fresh_database)
    for name in ("one", "two", "three"):
        await catalogue.add(a_source(name))
        await catalogue.remove(name)
        await asyncio.gather(*(LedgerFile(tmp_path).follow(fresh_database) for _ in range(4)))
    assert [entry.seq for entry in LedgerFile(tmp_path).entries()] == [0, 1, 2, 3]
    assert aside(tmp_path) == []


def aside(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in folder.glob("erasures-*.jsonl")]
