"""Bring a database to this release's tables, and tell when it is not there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from migrations import METADATA
from retrieval.database import Database, DatabaseFault, lock_key

_LOCK = lock_key("migrate")
_QUEUE = {f"procrastinate_{name}" for name in ("jobs", "events", "workers", "periodic_defers")}


APPLICATION_ROLE = "naru_app"
"""The role that Naru may run as where another one owns the tables: it can add to the audit, and nothing else."""

_ONLY_ADD = f"""
do $$
begin
  if (select relowner from pg_class where oid = 'public.audit'::regclass)
     <> (select oid from pg_roles where rolname = current_user) then
    return;
  end if;
  if has_function_privilege('public', 'public.audit_forget(bigint)', 'execute') then
    revoke execute on function public.audit_forget(bigint) from public;
  end if;
  if current_user = '{APPLICATION_ROLE}' or not exists (select from pg_roles where rolname = '{APPLICATION_ROLE}') then
    return;
  end if;
  grant usage on schema public to {APPLICATION_ROLE};
  grant select, insert, update, delete on all tables in schema public to {APPLICATION_ROLE};
  grant usage, select on all sequences in schema public to {APPLICATION_ROLE};
  revoke all on public.audit, public.audit_seal from {APPLICATION_ROLE};
  grant select, insert on public.audit, public.audit_seal to {APPLICATION_ROLE};
  grant execute on function public.audit_forget(bigint) to {APPLICATION_ROLE};
end $$
"""
# Each time, and not in the migration: the role may come later, and a restored database has none of its rights.


class NewerFault(DatabaseFault):
    """The tables are those of a newer Naru."""

    again = False


async def upgrade(url: str) -> None:
    """Create or change the tables, all or nothing. Of several that start at once, one does it, the rest wait.

    Raises DatabaseFault when the server cannot hold the tables, or holds those of a newer Naru.
    """
    database = Database(url)
    try:
        await database.requirements()
        async with database.transaction() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(_upgrade)
            await connection.execute(text(_ONLY_ADD))
    finally:
        await database.close()


def knows(revision: str) -> bool:
    """Whether these are the tables of this release or of an older one."""
    return revision in _revisions()


async def revision(database: Database) -> str | None:
    """Which release's tables the database has; None: none."""
    async with database.transaction() as connection:
        return await connection.run_sync(_revision)


async def verify(url: str) -> None:
    """Raise DatabaseFault unless the tables are those of this release; NewerFault where they are a newer one's."""
    database = Database(url)
    try:
        fault = await problem(database)
    finally:
        await database.close()
    if fault is not None:
        raise fault


async def problem(database: Database) -> DatabaseFault | None:
    """What keeps this release from using the tables; None: nothing."""
    async with database.transaction() as connection:
        return await connection.run_sync(_problem)


def _upgrade(connection: Connection) -> None:
    revision = _revision(connection)
    is_new = revision is None and not _present(connection)
    is_older = revision in _revisions() and revision != _head()
    if not (is_new or is_older):
        problem = _problem(connection)
        if problem is not None:
            raise problem
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _problem(connection: Connection) -> DatabaseFault | None:
    revision = _revision(connection)
    missing = _expected() - _present(connection)
    if revision is None and missing == _expected():
        return DatabaseFault("The database has no tables of Naru yet: run `naru migrate`.")
    if revision is not None and revision not in _revisions():
        return NewerFault(f"The database was migrated by a newer Naru (revision {revision}): update Naru.")
    if revision is None or (revision == _head() and missing):
        detail = f"missing: {', '.join(sorted(missing))}" if revision else "no revision is recorded"
        return DatabaseFault(
            f"The database is half-migrated ({detail}): restore a backup, or let Naru use an empty one."
        )
    if revision != _head():
        return DatabaseFault(
            f"The database's tables are those of an older Naru (revision {revision}): run `naru migrate`."
        )
    return None


def _config() -> Config:
    config = Config()
    location = str(Path(__file__).parent.parent / "migrations")
    config.set_main_option("script_location", location.replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _head() -> str | None:
    return _scripts().get_current_head()


def _revisions() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _expected() -> set[str]:
    return {name for metadata in METADATA for name in metadata.tables} | _QUEUE


def _present(connection: Connection) -> set[str]:
    return _expected() & set(inspect(connection).get_table_names())
