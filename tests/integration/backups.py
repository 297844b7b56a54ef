"""A company with one folder of notes, its backups and what is restored of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from admin.app import App, opened
from admin.backup.archive import Manifest
from admin.backup.make import backup
from admin.backup.restore import Restored, Wanted, restore
from bot.answer import answer
from bot.settings import Settings
from retrieval.database import beside, name_of
from retrieval.label import Level
from retrieval.passage import EVERYONE, Source

REPLACE = Wanted(replace=True)


@dataclass
class Notes:
    """A company with one folder of notes, and its database."""

    folder: Path
    url: str
    settings: Settings

    @property
    def file(self) -> Path:
        return self.folder / "backup"

    def writes(self, name: str, text: str) -> None:
        (self.folder / "notes" / name).write_text(f"# {name}\n\n{text}\n", encoding="utf-8")

    async def reindexes(self) -> None:
        async with self.opened() as app:
            ((_, report),) = await app.reindex([await app.catalogue.get("notes")], lambda *_: None)
            assert not isinstance(report, Exception), report

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[App]:
        async with opened(self.settings) as app:
            yield app

    async def backs_up(self, *, encrypt: bool = False, with_key: bool = False) -> Manifest:
        async with self.opened() as app:
            return await backup(app, self.file, encrypt=encrypt, with_key=with_key)

    async def restores(self, wanted: Wanted = REPLACE) -> Restored:
        return await restore(self.settings, self.url, self.file, wanted)

    def held(self, of: str | None = None) -> set[str]:
        with psycopg.connect(of or self.url) as database:
            return {uri for (uri,) in database.execute("select uri from document").fetchall()}

    def loses_its_database(self) -> None:
        """The server was lost; there is a new and empty one."""
        name = sql.Identifier(name_of(self.url))
        with psycopg.connect(beside(self.url, "postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {}").format(name))
            admin.execute(sql.SQL("create database {}").format(name))


@pytest.fixture
async def notes(tmp_path: Path, fresh_url: str) -> Notes:
    (tmp_path / "notes").mkdir()
    (tmp_path / "naru.toml").write_text('directory = "people.toml"\n', encoding="utf-8")
    (tmp_path / "people.toml").write_text("people = []\nrooms = []\n", encoding="utf-8")
    environment = {"NARU_DATABASE_URL": fresh_url, "NARU_HOME": str(tmp_path / "home")}
    made = Notes(tmp_path, fresh_url, Settings.load(environment, tmp_path))
    made.writes("keep.md", "연차는 15일입니다.")
    made.writes("leaver.md", "퇴사자의 인사 카드입니다.")
    everyone = frozenset({EVERYONE})
    async with made.opened() as app:
        await app.catalogue.add(Source("notes", "files", str(tmp_path / "notes"), Level.INTERNAL, everyone))
        await app.catalogue.add(Source("old", "files", str(tmp_path / "notes"), Level.INTERNAL, everyone))
        await app.reindex([await app.catalogue.get("old")], lambda *_: None)
    await made.reindexes()
    return made


@pytest.fixture
async def erased_since(notes: Notes) -> Notes:
    """Backed up with everything; then a document and a whole source were erased, and another document came."""
    await notes.backs_up()
    (notes.folder / "notes" / "leaver.md").unlink()
    notes.writes("new.md", "새 규정입니다.")
    await notes.reindexes()
    async with notes.opened() as app:
        await app.catalogue.remove("old")
    return notes


async def asked_by(app: App, person: str, question: str) -> None:
    asked = app.question(question, person=person, room=None, thread=person)
    await answer(asked, app.deps)
