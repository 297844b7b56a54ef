"""Add which on-prem model a decision names."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    "alter table decision add column domain_model text",
    "comment on column decision.domain_model is 'which on-prem model was to answer; null: the base'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
