"""Add the update budget that processes share, and to the inbox what lets it excuse attempts and forget rows."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    """
    create table update_budget (
      team text primary key,
      remaining double precision not null,
      at timestamptz not null
    )
    """,
    "comment on column update_budget.team is 'the workspace''s id'",
    "comment on column update_budget.remaining is 'updates at that time; less than 0: promised ahead'",
    "alter table inbox add column excused integer not null default 0",
    "comment on column inbox.excused is 'attempts that do not count: they failed for what passes by itself'",
    "comment on column inbox.thread is 'what is answered in order; keyed pseudonym'",
    "create index inbox_done_at_idx on inbox (done_at) where state = 'done'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
