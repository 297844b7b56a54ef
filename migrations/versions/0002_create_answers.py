"""Create questions, decisions, answers and feedback."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    """
    create table question (
      id uuid primary key,
      thread text not null,
      room text not null,
      asker text not null,
      operator text,
      text bytea,
      received_at timestamptz not null
    )
    """,
    "create index question_thread_received_at_idx on question (thread, received_at)",
    "comment on column question.room is 'a keyed pseudonym for a direct message'",
    "comment on column question.asker is 'keyed pseudonym'",
    "comment on column question.operator is 'who asked in the asker''s name, at a console'",
    "comment on column question.text is 'sealed; null where the record sink refuses it'",
    """
    create table decision (
      id uuid primary key,
      question uuid not null,
      routes text[] not null,
      level smallint not null,
      reasons jsonb not null,
      verdicts jsonb not null,
      policy text not null,
      decided_at timestamptz not null default now(),
      constraint decision_question_fkey foreign key (question) references question (id) on delete cascade
    )
    """,
    "create index decision_question_idx on decision (question)",
    "comment on column decision.reasons is 'level, kind, origin: never text'",
    "comment on column decision.verdicts is 'by sink: allowed, and the reasons against'",
    "comment on column decision.policy is 'SHA-256 of the rules'",
    """
    create table answer (
      id uuid primary key,
      question uuid not null,
      decision uuid not null,
      text bytea,
      route text not null,
      known boolean not null,
      reasons jsonb not null,
      documents bigint[] not null,
      tried jsonb not null,
      model text,
      prompt_version text,
      prompt_tokens integer,
      completion_tokens integer,
      answered_at timestamptz not null default now(),
      constraint answer_question_key unique (question),
      constraint answer_question_fkey foreign key (question) references question (id) on delete cascade,
      constraint answer_decision_fkey foreign key (decision) references decision (id) on delete cascade
    )
    """,
    "create index answer_decision_idx on answer (decision)",
    "comment on column answer.text is 'sealed; null where the record sink refuses it'",
    "comment on column answer.reasons is 'the answer''s own label'",
    "comment on column answer.documents is 'that it rests on, by id'",
    "comment on column answer.tried is 'routes before this one, and why they did not answer'",
    """
    create table feedback (
      answer uuid not null,
      person text not null,
      verdict text not null,
      reason bytea,
      given_at timestamptz not null default now(),
      constraint feedback_pkey primary key (answer, person),
      constraint feedback_verdict_check check (verdict in ('good', 'bad')),
      constraint feedback_answer_fkey foreign key (answer) references answer (id) on delete cascade
    )
    """,
    "comment on column feedback.person is 'keyed pseudonym'",
    "comment on column feedback.reason is 'sealed; null where the record sink refuses it'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
