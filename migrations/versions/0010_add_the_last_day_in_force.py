"""Add the last day on which a document holds."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    "alter table document add column in_force_until date",
    "comment on column document.in_force_until is 'the last day on which it holds; null: not known'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
