"""A backup is whole or refused; a restore is whole or did nothing; what was erased since does not come back."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import insert

from admin.audit.head import HeadFile
from admin.backup.archive import BackupFault, Manifest, verified
from admin.backup.restore import Wanted, place_of
from admin.key import kept_key
from bot import tables
from bot.audit import Wanted as Entries
from bot.audit import read
from bot.forget.replayed import opted_out
from bot.inbox import Inbox
from bot.spool import Spool
from bot.subjects import Scope, Subject
from retrieval.database import beside, name_of
from retrieval.label import Level
from retrieval.passage import EVERYONE, NOTHING_SAID, Source
from retrieval.pushed import PushStore
from retrieval.sources.push import Pushed
from tests.integration.backups import REPLACE, Notes, asked_by
from tests.integration.events import an_event

ROOT = Path(__file__).parent.parent.parent


async def test_a_restored_database_is_as_it_was(notes: Notes) -> None:
    manifest = await notes.backs_up()
    notes.writes("new.md", "새 규정입니다.")
    await notes.reindexes()
    restored = await notes.restores()
    assert notes.held() == {"keep.md", "leaver.md"}
    assert restored.manifest == manifest == verified(notes.file)
    assert manifest.tables["document"] == 4
    with psycopg.connect(notes.url) as database:
        indexes = {name for (name,) in database.execute("select indexname from pg_indexes").fetchall()}
    assert "passage_terms_idx" in indexes


async def test_what_was_erased_since_the_backup_is_erased_in_it_again(erased_since: Notes) -> None:
    restored = await erased_since.restores()
    assert erased_since.held() == {"keep.md"}
    assert restored.covered
    assert restored.erased == {"document": 1, "source": 1}
    async with erased_since.opened() as app:
        assert [one.source.name for one in await app.catalogue.status()] == ["notes"]
    again = await erased_since.restores()
    assert again.erased == {"document": 1, "source": 1}, "the ledger outlives the restore"
    assert erased_since.held() == {"keep.md"}


async def test_what_was_pushed_and_deleted_since_the_backup_does_not_come_back_with_a_re_index(notes: Notes) -> None:
    crm = Source("crm", "push", "", Level.INTERNAL, frozenset({EVERYONE}))
    kept, gone = (Pushed(uri, "연차는 15일입니다.", "text", NOTHING_SAID) for uri in ("kept", "gone"))
    async with notes.opened() as app:
        await app.catalogue.add(crm)
        await PushStore(app.database).keep("crm", [kept, gone], [])
        await app.reindex([crm], lambda *_: None)
    await notes.backs_up()
    async with notes.opened() as app:
        await PushStore(app.database).keep("crm", [], ["gone"])
    assert (await notes.restores()).erased == {"document": 1}
    async with notes.opened() as app:
        assert [uri async for uri, _, _ in PushStore(app.database).listed("crm")] == ["kept"]
        await app.reindex([crm], lambda *_: None)
    assert notes.held() == {"keep.md", "leaver.md", "kept"}


async def test_the_audit_says_that_it_is_a_backups_and_is_whole(notes: Notes) -> None:
    head = HeadFile(notes.settings.home)
    await notes.backs_up()
    await notes.reindexes()
    before = head.line()
    assert before is not None
    await notes.restores()
    async with notes.opened() as app:
        found = await app.audit.verified(app.database, head.line())
        *_, entry = await read(app.database, Entries(kinds=("restored",)))
    assert found.problems == []
    assert entry.body["seal_before"] == json.loads(before)
    assert [file.read_text().strip() for file in notes.settings.home.glob("audit-*.head")] == [before]


async def test_what_is_erased_while_a_restore_runs_is_erased_in_it_too(notes: Notes) -> None:
    manifest = await notes.backs_up()
    key = kept_key(notes.settings)
    assert key is not None
    async with place_of(notes.url) as place:
        known = await place.ledger()
        await place.clear()
        await place.fill(notes.file, manifest, key)
        async with notes.opened() as app:
            await app.catalogue.remove("old")
        assert await place.swap(known) == {"source": 1}
    async with notes.opened() as app:
        assert [one.source.name for one in await app.catalogue.status()] == ["notes"]


async def test_the_copy_of_the_ledger_will_do_when_the_database_is_lost(erased_since: Notes) -> None:
    erased_since.loses_its_database()
    assert (await erased_since.restores(Wanted())).erased == {"document": 1, "source": 1}
    assert erased_since.held() == {"keep.md"}


async def test_without_any_ledger_somebody_has_to_accept_that_erased_things_come_back(erased_since: Notes) -> None:
    erased_since.loses_its_database()
    for name in ("erasures.jsonl", "erasures.head"):
        (erased_since.folder / "home" / name).unlink()
    with pytest.raises(BackupFault, match="No ledger says what was erased since"):
        await erased_since.restores()
    restored = await erased_since.restores(Wanted(without_ledger=True))
    assert not restored.covered
    assert erased_since.held() == {"keep.md", "leaver.md"}


async def test_a_copy_of_the_ledger_that_was_cut_does_not_count(erased_since: Notes) -> None:
    erased_since.loses_its_database()
    copy = erased_since.folder / "home" / "erasures.jsonl"
    copy.write_text(copy.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    with pytest.raises(BackupFault, match="lost its end"):
        await erased_since.restores()


async def test_the_ledger_of_another_database_does_not_count(notes: Notes) -> None:
    await notes.backs_up()
    with psycopg.connect(notes.url) as database:
        database.execute("update erasure set chain = 'another'")
    (notes.folder / "home" / "erasures.head").unlink()
    (notes.folder / "home" / "erasures.jsonl").unlink()
    with pytest.raises(BackupFault, match="those here are of another database"):
        await notes.restores()


async def test_who_opted_out_since_the_backup_is_out_in_it_too_and_what_is_back_is_erased_again(notes: Notes) -> None:
    me, gone = Subject("user", "U1"), Subject("user", "U2")

    async def erased(subject: Subject) -> Mapping[str, Mapping[str, int]]:
        return {"question": {"erased": 1}}

    async with notes.opened() as app:
        await app.opting_out.out(gone, Scope.CLOUD, by="U2")
    await notes.backs_up()
    async with notes.opened() as app:
        opting = replace(app.opting_out, forget=erased)
        await opting.back(gone, by="U2")
        receipt = await opting.out(me, Scope.ALL, by="U1")
        assert receipt.finished_at is not None
    await notes.restores()
    async with notes.opened() as app:
        assert [entry.subject for entry in await app.opting_out.register.listed()] == [me]
        assert app.rules().opt_outs.of_user("U1").reasons
        found = await app.opting_out.receipt(receipt.id)
        assert found is not None
        assert found[0].finished_at is None


async def test_events_that_were_open_then_are_not_answered_again(notes: Notes) -> None:
    async with notes.opened() as app:
        inbox = Inbox(app.database, app.seal, Spool(notes.folder / "spool", app.seal))
        await inbox.put(an_event())
        await notes.backs_up()
    assert (await notes.restores()).closed == 1
    async with notes.opened() as app:
        assert await Inbox(app.database, app.seal, Spool(notes.folder / "spool", app.seal)).claim() is None
    with psycopg.connect(notes.url) as database:
        assert database.execute("select state, body from inbox").fetchall() == [("done", None)]


async def test_a_backup_is_for_its_owner_only_and_overwrites_nothing(notes: Notes) -> None:
    manifest = await notes.backs_up()
    assert notes.file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(notes.file) as archive:
        assert archive.namelist() == ["database.dump", "manifest.json"]
    assert not manifest.with_key
    before = notes.file.read_bytes()
    with pytest.raises(BackupFault, match="is there already"):
        await notes.backs_up()
    assert notes.file.read_bytes() == before


async def test_an_encrypted_backup_is_restored_with_its_key_only(notes: Notes) -> None:
    await notes.backs_up(encrypt=True)
    with zipfile.ZipFile(notes.file) as archive:
        assert not archive.read("database.dump.sealed").startswith(b"PGDMP")
    key = notes.folder / "home" / "key"
    right = key.read_text(encoding="utf-8")
    key.write_text(base64.b64encode(bytes(32)).decode(), encoding="utf-8")
    with pytest.raises(BackupFault, match=r"sealed with the key \w+, and the one here is \w+"):
        await notes.restores()
    key.write_text(right, encoding="utf-8")
    await notes.restores()
    assert notes.held() == {"keep.md", "leaver.md"}


async def test_on_a_machine_without_the_key_the_one_in_the_backup_is_taken(notes: Notes) -> None:
    await notes.backs_up(with_key=True)
    key = notes.folder / "home" / "key"
    right = key.read_bytes()
    key.unlink()
    await notes.restores()
    assert key.read_bytes() == right
    assert key.stat().st_mode & 0o777 == 0o600


async def test_without_its_key_a_backup_is_refused(notes: Notes) -> None:
    await notes.backs_up()
    (notes.folder / "home" / "key").unlink()
    with pytest.raises(BackupFault, match="there is none here: set NARU_KEY"):
        await notes.restores()


async def test_a_damaged_backup_is_refused_wherever_the_damage_is(notes: Notes) -> None:
    await notes.backs_up()
    whole = notes.file.read_bytes()
    with zipfile.ZipFile(notes.file) as archive:
        spans = [(one.header_offset, one.compress_size) for one in archive.infolist()]
    places = [start + 70 + (size - 70) * part // 4 for start, size in spans for part in range(4)]
    for damaged in (
        *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places),
        whole[:-1],
        whole[:99],
        b"",
    ):
        notes.file.write_bytes(damaged)
        with pytest.raises(BackupFault, match=r"is damaged|its manifest cannot be read"):
            await notes.restores()
    assert notes.held() == {"keep.md", "leaver.md"}


async def test_a_backup_whose_database_was_exchanged_is_refused(notes: Notes) -> None:
    _rewritten(notes.file, await notes.backs_up(), b"PGDMP of somebody else")
    with pytest.raises(BackupFault, match="is damaged"):
        await notes.restores()


async def test_a_backup_of_a_newer_naru_is_refused(notes: Notes) -> None:
    manifest = await notes.backs_up()
    _rewritten(notes.file, manifest.model_copy(update={"schema_revision": "9999"}))
    with pytest.raises(BackupFault, match=r"made by a newer Naru .*revision 9999\): update Naru"):
        await notes.restores()
    assert notes.held() == {"keep.md", "leaver.md"}


def _rewritten(path: Path, manifest: Manifest, dump: bytes | None = None) -> None:
    with zipfile.ZipFile(path) as archive:
        dump = dump or archive.read("database.dump")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("database.dump", dump)
        archive.writestr("manifest.json", manifest.model_dump_json())


async def test_a_database_in_use_is_not_replaced(notes: Notes) -> None:
    await notes.backs_up()
    with pytest.raises(BackupFault, match=r"is not empty.*--replace"):
        await notes.restores(Wanted())
    async with notes.opened() as app:
        await app.active()
        with pytest.raises(BackupFault, match=r"sessions use the database .*\(naru.*\): stop every"):
            await notes.restores()
    assert notes.held() == {"keep.md", "leaver.md"}


async def test_two_restores_at_once_are_one_and_a_sentence(notes: Notes) -> None:
    await notes.backs_up()
    results = await asyncio.gather(*(notes.restores() for _ in range(2)), return_exceptions=True)
    faults = [one for one in results if isinstance(one, BaseException)]
    assert len(faults) <= 1
    assert all("Another restore" in str(fault) or "sessions use" in str(fault) for fault in faults)
    assert notes.held() == {"keep.md", "leaver.md"}


@pytest.mark.parametrize("command", [("backup", "other"), ("restore", "backup", "--replace")])
async def test_killed_in_the_middle_leaves_the_old_state_and_the_next_one_works(
    erased_since: Notes, command: tuple[str, ...]
) -> None:
    notes = erased_since
    before = notes.held()
    await asyncio.to_thread(_killed, notes, command)
    assert notes.held() == before
    assert not (notes.folder / "other").exists()
    if command[0] == "backup":
        notes.file.unlink()
        await notes.backs_up()
    await asyncio.to_thread(_until, lambda: not _sessions(notes))
    await notes.restores()
    assert notes.held() == ({"keep.md", "new.md"} if command[0] == "backup" else {"keep.md"})
    assert not _beside(notes)


def _killed(notes: Notes, command: tuple[str, ...]) -> None:
    """Runs `naru ...` until it is in the middle."""
    process = subprocess.Popen(
        [sys.executable, "-m", "admin.cli", *command],
        cwd=notes.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **_environment(notes)},
        stderr=subprocess.PIPE,
    )
    partial = notes.folder / "other.partial"
    try:
        _until(lambda: partial.exists() or _beside(notes) or process.poll() is not None)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was over before it could be killed"


def _environment(notes: Notes) -> dict[str, str]:
    return {"NARU_DATABASE_URL": notes.url, "NARU_HOME": str(notes.settings.home)}


def _beside(notes: Notes) -> bool:
    return bool(_asked(notes, "select 1 from pg_database where datname like %s", f"{name_of(notes.url)}_re%"))


def _sessions(notes: Notes) -> bool:
    return bool(_asked(notes, "select 1 from pg_stat_activity where datname = %s", name_of(notes.url)))


def _asked(notes: Notes, query: str, value: str) -> list[tuple[object, ...]]:
    with psycopg.connect(beside(notes.url, "postgres")) as database:
        return database.execute(query.encode(), (value,)).fetchall()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


async def test_who_opted_out_and_what_was_forgotten_since_the_backup_stays_so_in_it(notes: Notes) -> None:
    people = 'people = [{id = "U1", name = "김"}, {id = "U2", name = "이"}]\nrooms = []\n'
    (notes.folder / "people.toml").write_text(people, encoding="utf-8")
    async with notes.opened() as app:
        for person, question in (("U1", "연차는 며칠인가요?"), ("U2", "연차는?"), ("U2", "홍길동은 누구인가요?")):
            await asked_by(app, person, question)
    notes.writes("who.md", "담당은 홍길동입니다.")
    await notes.reindexes()
    await notes.backs_up()
    async with notes.opened() as app:
        await app.forgetting(Subject("user", "U1"))
        await app.forgetting(Subject("person", "홍길동"))
        id = uuid4()
        out = {"id": id, "subject": app.seal.pseudonym("user:U1"), "kind": "user", "scope": "all"}
        async with app.database.transaction() as connection:
            await connection.execute(insert(tables.opt_out), out | {"sealed": b"sealed"})
            await opted_out(connection, id)
    for lost in (False, True):  # by the ledger of the database, and by its copy
        if lost:
            notes.loses_its_database()
        await notes.restores(REPLACE)
        with psycopg.connect(notes.url) as database:
            texts = database.execute("select asker, text is null from question order by received_at").fetchall()
            opted = database.execute("select id, scope, until from opt_out").fetchall()
            epoch = database.execute("select epoch from opt_out_epoch").fetchone()
            named = database.execute("select count(*) from passage where text like '%홍길동%'").fetchone()
        async with notes.opened() as app:
            assert texts == [(app.seal.pseudonym("U2"), False), (app.seal.pseudonym("U2"), True)]
        assert opted == [(id, "all", None)]
        assert epoch is not None
        assert epoch[0] > 0, "or a process that runs on would not look"
        assert named == (0,)
        assert "who.md" in notes.held(), "the document stays, without what names them"
        assert "홍길동" not in (notes.folder / "home" / "erasures.jsonl").read_text(encoding="utf-8")
