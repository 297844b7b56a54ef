"""What exists of that which a policy names: rooms, documents, roles. Asked where it can be, and made nowhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from admin import schema
from admin.app import address, directory_file
from bot import records
from bot.directory import Directory
from bot.policy.unmatched import There
from bot.settings import Settings
from bot.toml_file import SettingsFault
from retrieval import sample
from retrieval.database import Database, DatabaseFault


async def what_is_there(settings: Settings) -> There:
    """None in it where there is nothing to ask: no database yet, or one that is away or of another release."""
    there = There()
    directory = _directory(settings)
    in_slack = settings.slack.bot_token is not None
    if directory is not None and not in_slack:  # Slack has people and groups of its own
        there = replace(there, principals=frozenset(directory.held()))
    if settings.database_url is None and not _made(settings.home):
        return there
    try:
        async with address(settings) as url:
            database = Database(url)
            try:
                return await _stored(database, there, directory)
            finally:
                await database.close()
    except DatabaseFault:
        return there


async def _stored(database: Database, there: There, directory: Directory | None) -> There:
    if await schema.problem(database) is not None:
        return there
    listed = frozenset(room.id for room in directory.rooms) if directory else frozenset[str]()
    uris = frozenset([document.uri async for document in sample.documents(database)])
    return replace(there, rooms=listed | await records.rooms(database), uris=uris)


def _directory(settings: Settings) -> Directory | None:
    file = directory_file(settings)
    if not file.path.exists():
        return None
    try:
        return file.directory()
    except SettingsFault:
        return None


def _made(home: Path) -> bool:
    return (home / "pg").exists()
