"""Count what is used of the cloud model: by day, of all, of each person and in each room."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    """
    create table cloud_use (
      day date not null,
      scope text not null,
      key text not null,
      requests bigint not null default 0,
      estimated bigint not null default 0,
      refused bigint not null default 0,
      prompt_tokens bigint not null default 0,
      completion_tokens bigint not null default 0,
      micros bigint not null default 0,
      constraint cloud_use_pkey primary key (day, scope, key),
      constraint cloud_use_scope_check check (scope in ('all', 'person', 'room'))
    )
    """,
    "comment on column cloud_use.day is 'of the company''s time zone'",
    "comment on column cloud_use.key is 'a keyed pseudonym for a person or a direct message; empty for all'",
    """
    comment on column cloud_use.estimated is
      'of the requests those that are counted at the most that they may have taken'
    """,
    "comment on column cloud_use.refused is 'requests that did not fit any more'",
    "comment on column cloud_use.micros is 'millionths of the currency'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table cloud_use")
