"""Add what a document's source says of it beside its text, its place in the file, and when a source is re-indexed."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    "alter table source add column schedule text",
    "comment on column source.schedule is 'when it is re-indexed, as cron says it; null: when somebody asks'",
    "alter table source add column options jsonb not null default '{}'",
    "comment on column source.options is 'what only its kind knows'",
    "alter table document add column version text",
    "comment on column document.version is 'what the source said of the version that was read; null: nothing'",
    "alter table document add column said jsonb not null default '{}'",
    "comment on column document.said is 'level, readers, date in force, owner, link as its source said them'",
    "alter table document add column in_force_from date",
    "comment on column document.in_force_from is 'the first day on which it holds; null: not known'",
    "alter table document add column owner text",
    "comment on column document.owner is 'whom to ask about it; null: the owner of the source'",
    "alter table document add column link text",
    "comment on column document.link is 'where people open it; null: made from the link of the source'",
    "alter table document add column problem_kind text",
    "comment on column document.problem_kind is 'the kind of the problem, to be counted'",
    "alter table passage add column place text not null default ''",
    "comment on column passage.place is 'which pages, slides or rows of the file; empty: it has none'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
