"""Create the inbox, with a NOTIFY for whatever lets a worker begin."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    """
    create table inbox (
      id bigint generated always as identity primary key,
      key text not null,
      kind text not null,
      channel text not null,
      thread text not null,
      ts numeric not null,
      body bytea,
      state text not null default 'waiting',
      attempt integer not null default 0,
      lease timestamptz,
      placeholder text,
      outcome text,
      received_at timestamptz not null default now(),
      done_at timestamptz,
      constraint inbox_key_key unique (key),
      constraint inbox_state_check check (state in ('waiting', 'running', 'done'))
    )
    """,
    "create index inbox_open_idx on inbox (ts, id) where state <> 'done'",
    "create index inbox_thread_idx on inbox (thread, ts, id) where state <> 'done'",
    "create unique index inbox_running_idx on inbox (thread) where state = 'running'",
    "create index inbox_channel_ts_idx on inbox (channel, ts)",
    "comment on column inbox.key is 'one event, however often it is delivered'",
    "comment on column inbox.thread is 'what is answered in order'",
    "comment on column inbox.ts is 'Slack''s own time of the event'",
    "comment on column inbox.body is 'sealed; null once done, unless it may be kept'",
    "comment on column inbox.attempt is 'the fence: who holds another number writes nothing'",
    "comment on column inbox.lease is 'until when the worker of this attempt has it'",
    "comment on column inbox.placeholder is 'ts of the message that shows the answer'",
    """
    create function inbox_wake() returns trigger language plpgsql as $$
    begin
      perform pg_notify('inbox', '');
      return null;
    end
    $$
    """,
    "create trigger inbox_put after insert on inbox for each row execute function inbox_wake()",
    """
    create trigger inbox_free after update on inbox for each row
    when ((old.state <> 'done' and new.state = 'done') or new.lease < old.lease)
    execute function inbox_wake()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
