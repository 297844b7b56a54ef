"""Add what people allow Naru to learn from, what an answer was given to read, and who approved what."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    "alter table feedback add column consent boolean not null default false",
    "comment on column feedback.consent is 'Naru may learn from what they said, and asked'",
    "alter table question add column private boolean not null default true",
    """
    comment on column question.private is
      'asked in a room that not everybody may join; of those that were asked before it was kept, nobody knows'
    """,
    "alter table answer add column passages text[]",
    """
    comment on column answer.passages is
      'digests of what it was given to read; null: of a release that did not keep them'
    """,
    """
    create table review (
      id uuid not null,
      answer uuid not null,
      person text not null,
      reviewer text not null,
      verdict text not null,
      pair bytea,
      level smallint,
      readers text[] not null default '{}',
      reviewed_at timestamp with time zone not null default now(),
      in_force_at timestamp with time zone,
      expired_at timestamp with time zone,
      constraint review_pkey primary key (id),
      constraint review_answer_person_reviewer_key unique (answer, person, reviewer),
      constraint review_answer_fkey foreign key (answer, person)
        references feedback (answer, person) on delete cascade,
      constraint review_verdict_check check (verdict in ('approved', 'discarded')),
      constraint review_level_check check (level between 0 and 3)
    )
    """,
    "comment on column review.person is 'whose feedback it is about; keyed pseudonym'",
    "comment on column review.reviewer is 'keyed pseudonym'",
    "comment on column review.pair is 'question and answer as they were approved; sealed'",
    "comment on column review.readers is 'to whom the reviewer gave it; empty: to all who may read what it rests on'",
    """
    comment on column review.in_force_at is
      'since when it is an example, in the last of the reviews that it needed'
    """,
    "comment on column review.expired_at is 'when what it rests on had changed'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table review")
    op.execute("alter table answer drop column passages")
    op.execute("alter table question drop column private")
    op.execute("alter table feedback drop column consent")
