"""`naru backup` and `naru restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.app import address, opened
from admin.backup.archive import BackupFault, Manifest, verified
from admin.backup.make import backup as make
from admin.backup.restore import Restored, Wanted
from admin.backup.restore import restore as put_back
from admin.cli.base import Json, emit, err, load, run
from admin.key import key_file
from bot.console import plain
from bot.forget import asked, replayed

File = Annotated[Path, typer.Argument(help="The file of the backup.")]


def backup(
    file: File,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt it with the key that seals text at rest.")
    ] = False,
    with_key: Annotated[bool, typer.Option("--with-key", help="Put that key into the file too.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Make none: read all of this one and compare.")] = False,
    json: Json = False,
) -> None:
    """Write everything in the database to one new file, while others go on working; it holds passages in clear.

    The key that seals questions and answers is not in it: keep that one elsewhere, and as long as the backup.
    """
    if encrypt and with_key:
        raise BackupFault(
            "A backup that is encrypted with the key cannot bring the key along: leave one of the two out."
        )
    path = file.absolute()
    manifest = verified(path) if verify else run(_backup(path, encrypt, with_key))
    if json:
        emit(manifest.model_dump())
        return
    for sentence in _about(path, manifest, "is whole" if verify else "is written"):
        err.print(plain(sentence), markup=False)


def restore(
    file: File,
    replace: Annotated[bool, typer.Option("--replace", help="A database that holds something may go.")] = False,
    without_ledger: Annotated[
        bool, typer.Option("--without-ledger", help="What was erased since the backup may come back.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a backup the database, all or nothing; what was erased since it was made is erased in it again."""
    restored = run(_restore(file.absolute(), Wanted(replace, without_ledger)))
    if json:
        emit(restored_data(restored))
        return
    for sentence in _told(restored):
        err.print(plain(sentence), markup=False)


async def _backup(path: Path, encrypt: bool, with_key: bool) -> Manifest:
    settings = load()
    async with opened(settings, sync=False) as app:
        manifest = await make(app, path, encrypt=encrypt, with_key=with_key)
        said = {"sha256": manifest.sha256, "encrypted": encrypt, "with_key": with_key}
        async with app.database.transaction() as connection:
            await app.audit.note(connection, "backup", said, actor=app.operator)
    if not with_key:
        where = "NARU_KEY" if settings.key is not None else str(key_file(settings))
        err.print(f"The key {manifest.key} is not in it: keep {where} elsewhere; without it, sealed text is lost.")
    return manifest


async def _restore(path: Path, wanted: Wanted) -> Restored:
    settings = load()
    await asyncio.to_thread(verified, path)  # before a server is started for it
    async with address(settings) as url:
        return await put_back(settings, url, path, wanted)


def restored_data(restored: Restored) -> dict[str, Any]:
    """As `naru restore --json` prints it."""
    return {
        "created": restored.manifest.created,
        "tables": restored.manifest.tables,
        "erased_again": restored.erased,
        "ledger": restored.covered,
        "closed_events": restored.closed,
    }


def _about(path: Path, manifest: Manifest, how: str) -> list[str]:
    held = ", ".join(
        f"{manifest.tables.get(name, 0)} {name}s" for name in ("source", "document", "passage", "question")
    )
    how += ", encrypted" if manifest.encrypted else ""
    size = manifest.bytes / 1e6
    return [f"{path} {how}: {held}, of {manifest.created}, {size:.1f} MB, revision {manifest.schema_revision}."]


_ERASED = {
    replayed.SOURCE: "answers from sources",
    replayed.ASKER: "questions of people",
    replayed.ROOM: "questions in rooms",
    asked.WHOLE: "questions",
    asked.QUESTION: "texts of questions and answers",
    asked.ANSWER: "texts of answers",
}
_KEPT = {replayed.OPT_OUT: "opt-outs", replayed.HOLD: "legal holds", replayed.FORGETTING: "erasures"}


def _told(restored: Restored) -> list[str]:
    counts = {kind: count for kind, count in sorted(restored.erased.items()) if count}
    erased = ", ".join(
        f"{count} {_ERASED.get(kind, f'{kind}s')}" for kind, count in counts.items() if kind not in _KEPT
    )
    kept = ", ".join(f"{count} {_KEPT[kind]}" for kind, count in counts.items() if kind in _KEPT)
    known = f"Erased again: {erased or 'nothing'}." if restored.covered else "What was erased since may be back."
    known += f" As they stand now: {kept}." if kept else ""
    closed = f" {restored.closed} events that were open then are closed." if restored.closed else ""
    return [f"The database is that of {restored.manifest.created}. {known}{closed}"]
