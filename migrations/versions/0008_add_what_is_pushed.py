"""Add what other systems push, and the tokens that let them."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    """
    create table pushed (
      source_id integer not null references source (id) on delete cascade,
      uri text not null,
      text text not null,
      format text not null,
      version text not null,
      said jsonb not null,
      pushed_at timestamptz not null default now(),
      primary key (source_id, uri)
    )
    """,
    "comment on column pushed.text is 'as it was sent; the index reads it from here'",
    "comment on column pushed.version is 'another one for another content'",
    "comment on column pushed.said is 'what was sent beside the text'",
    """
    create table push_token (
      source_id integer primary key references source (id) on delete cascade,
      sha256 bytea not null,
      made_at timestamptz not null default now()
    )
    """,
    "comment on column push_token.sha256 is 'of the token, which is nowhere kept'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
