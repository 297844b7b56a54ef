"""Add the finished message to the inbox, and the better answer to feedback."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    "alter table inbox add column finished bytea",
    "comment on column inbox.finished is 'the message as it is shown; sealed; null once done'",
    "alter table feedback add column better bytea",
    "comment on column feedback.better is 'the better answer; sealed; null where the record sink refuses it'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
