"""`naru migrate`: bring the database's tables to this release."""

from __future__ import annotations

from admin.app import opened
from admin.cli.base import err, load, run


def migrate() -> None:
    """Create or change the database's tables. All or nothing; running it twice changes nothing."""
    run(_migrate())
    err.print("The database's tables are those of this release.")


async def _migrate() -> None:
    async with opened(load(), migrate=True, sync=False):
        pass
