"""Drop the key of a placeholder's value: what is forgotten is found by opening values, and nobody looks by the key."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    "alter table placeholder drop column value_key",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
