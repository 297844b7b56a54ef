"""Who opted out, whom the law holds and what was forgotten since a backup: a restore keeps all of it, whether the
database that it replaces is there or only the copy of the ledger of erasures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
import pytest

from admin.app import App
from bot.answer import answer
from bot.domain import Feedback
from bot.subjects import Scope, Subject
from tests.integration.backups import Notes, asked_by

PEOPLE = 'people = [{id = "U1", name = "김"}, {id = "U2", name = "이"}]\nrooms = []\n'
NAME = "홍" + "길동"
SOMEBODY = Subject("person", NAME, ("gildong" + "@" + "partner.example",))
ME, OTHER = Subject("user", "U1"), Subject("user", "U2")

lost = pytest.mark.parametrize("lost", [False, True], ids=["the old database is there", "only the copy of the ledger"])


@pytest.fixture
async def asked(notes: Notes) -> Notes:
    """Two people have asked, a document names somebody, and all of it is in the backup."""
    (notes.folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    notes.writes("who.md", f"담당은 {NAME}입니다.")
    await notes.reindexes()
    async with notes.opened() as app:
        await asked_by(app, "U1", "연차는 며칠인가요?")
        await asked_by(app, "U2", "연차는?")
    await notes.backs_up()
    return notes


@asynccontextmanager
async def restored(notes: Notes, lost: bool) -> AsyncIterator[App]:
    if lost:
        notes.loses_its_database()
    await notes.restores()
    async with notes.opened() as app:
        yield app


def rows(notes: Notes, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(notes.url) as database:
        return database.execute(query.encode()).fetchall()


def named(notes: Notes, name: str = NAME) -> int:
    return len(rows(notes, f"select 1 from passage where text like '%{name}%'"))


async def in_force(app: App) -> list[tuple[Subject, Scope]]:
    return [(entry.subject, entry.scope) for entry in await app.opting_out.register.listed()]


@lost
async def test_an_opt_out_binds_the_next_decision_and_what_it_erased_is_erased_again(asked: Notes, lost: bool) -> None:
    async with asked.opened() as app:
        receipt = await app.opting_out.out(ME, Scope.ALL, by="U1")
        assert receipt.finished_at is not None
    async with restored(asked, lost) as app:
        assert await in_force(app) == [(ME, Scope.ALL)]
        assert rows(asked, "select asker from question") == [(app.seal.pseudonym("U2"),)]
        given = await answer(app.question("연차는?", person="U1", room=None, thread="t"), app.deps)
        assert "opt_out" in given.label.kinds
        assert rows(asked, f"select text from question where id = '{given.question}'") in ([], [(None,)])
        found = await app.opting_out.receipt(receipt.id)
        assert found is not None, "who has the number of a receipt can still ask for it"
        assert found[0].requested_at == receipt.requested_at
        assert found[0].due_at == receipt.due_at
        assert found[0].finished_at is None
        assert await app.opting_out.finish_open() == 1


@lost
async def test_who_came_back_since_is_free_and_in_the_documents_after_the_next_run(asked: Notes, lost: bool) -> None:
    later = Subject("person", "남궁" + "민수", ("minsu" + "@" + "partner.example",))
    asked.writes("later.md", f"다음 담당은 {later.id}입니다.")
    await asked.reindexes()
    async with asked.opened() as app:
        await app.opting_out.out(OTHER, Scope.CLOUD, by="U2")
        await app.opting_out.out(SOMEBODY, Scope.ALL, by="os:ops")
    asked.file.unlink()
    await asked.backs_up()
    async with asked.opened() as app:
        await app.opting_out.out(ME, Scope.TRAIN, by="U1")
        await app.opting_out.out(later, Scope.ALL, by="os:ops")
        for subject in (OTHER, SOMEBODY, later):
            assert await app.opting_out.back(subject, by="os:ops") == 1
    async with restored(asked, lost) as app:
        assert await in_force(app) == [(ME, Scope.TRAIN)]
        assert not app.rules().opt_outs.of_user("U2").reasons
    await asked.reindexes()
    assert (named(asked), named(asked, later.id)) == (1, 1)


@lost
async def test_who_is_forgotten_stays_withheld_and_comes_back_only_when_they_do(asked: Notes, lost: bool) -> None:
    async with asked.opened() as app:
        await app.opting_out.out(SOMEBODY, Scope.ALL, by="os:ops")
    asked.writes("more.md", f"새 문서에도 {NAME}이 있습니다.")
    async with restored(asked, lost):
        pass
    await asked.reindexes()
    assert named(asked) == 0, "nobody has gone on with what is begun, and a run is first"
    async with asked.opened() as app:
        await app.opting_out.finish_open()
        assert await app.forgetting.unfinished() == []
        assert await app.opting_out.back(SOMEBODY, by="os:ops") == 1
    await asked.reindexes()
    assert named(asked) == 2


@lost
async def test_a_legal_hold_of_since_holds_and_one_that_ended_is_over(asked: Notes, lost: bool) -> None:
    async with asked.opened() as app:
        await app.opting_out.hold(OTHER, by="U3", why="소송")
    asked.file.unlink()
    await asked.backs_up()
    async with asked.opened() as app:
        await app.opting_out.hold(ME, by="U3", why="소송")
        mine = await app.opting_out.out(ME, Scope.ALL, by="U1")
        other = await app.opting_out.out(OTHER, Scope.ALL, by="U2")
        assert mine.held
        assert other.held
        assert await app.opting_out.release(OTHER, by="U3") == 1
    async with restored(asked, lost) as app:
        assert await app.opting_out.finish_open() == 2
        held = {one.id: one.held for one, _ in await app.opting_out.receipts_of(ME)}
        free = {one.id: one.held for one, _ in await app.opting_out.receipts_of(OTHER)}
        assert (held, free) == ({mine.id: True}, {other.id: False})
        assert rows(asked, "select asker from question") == [(app.seal.pseudonym("U1"),)]
    assert rows(asked, "select count(*) from legal_hold where until is null") == [(1,)]


async def test_the_ledger_holds_nothing_that_tells_who_it_was(asked: Notes) -> None:
    async with asked.opened() as app:
        await app.opting_out.hold(ME, by="U3", why="소송")
        await app.opting_out.out(SOMEBODY, Scope.ALL, by="os:ops", why="본인의 요구")
        await app.opting_out.back(SOMEBODY, by="os:ops")
    said = (asked.folder / "home" / "erasures.jsonl").read_text(encoding="utf-8").encode().decode("unicode_escape")
    assert said.count('"forgetting"') == 3
    for word in (NAME, "gildong", "소송", "본인", '"U1"', "user:U1", "os:ops", "who.md"):
        assert word not in said


async def test_an_erasure_that_was_begun_and_not_finished_is_gone_on_with(asked: Notes) -> None:
    async with asked.opened() as app, app.database.transaction() as connection:
        id = await app.forgetting.begin(connection, SOMEBODY)
    async with restored(asked, lost=True) as app:
        assert await app.forgetting.unfinished() == [id]
        assert (await app.forgetting.run(id)).counts["passage"].erased == 1
    assert named(asked) == 0


@lost
async def test_consent_that_was_taken_back_since_stays_so(asked: Notes, lost: bool) -> None:
    (about,) = (row[0] for row in rows(asked, "select answer.id from answer join question on question.id = question"
                                       " order by received_at limit 1"))  # fmt: skip
    assert isinstance(about, UUID)
    async with asked.opened() as app:
        assert await app.records.give(Feedback(about, "U1", "good", consent=True), app.rules())
    asked.file.unlink()
    await asked.backs_up()
    async with asked.opened() as app:
        assert await app.records.give(Feedback(about, "U1", "good", consent=False), app.rules())
    async with restored(asked, lost):
        assert rows(asked, "select consent from feedback") == [(False,)]
