"""Add what people's rights need: opt-outs with receipts, masks, what was posted, the audit, and what was told."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    # -- who does not want what ------------------------------------------------------------------------------
    """
    create table opt_out (
      id uuid primary key,
      subject text not null,
      kind text not null,
      scope text not null,
      sealed bytea not null,
      since timestamptz not null default now(),
      until timestamptz,
      constraint opt_out_kind_check check (kind in ('user', 'room', 'source', 'person')),
      constraint opt_out_scope_check check (scope in ('cloud', 'record', 'train', 'all'))
    )
    """,
    "create unique index opt_out_in_force_idx on opt_out (subject, scope) where until is null",
    "comment on column opt_out.subject is 'keyed pseudonym'",
    "comment on column opt_out.sealed is 'who it is, by which identifiers, and who asked for it; sealed'",
    "comment on column opt_out.until is 'when it was taken back; null: in force'",
    """
    create table opt_out_epoch (
      one boolean primary key default true,
      epoch bigint not null,
      constraint opt_out_epoch_one_check check (one)
    )
    """,
    "comment on column opt_out_epoch.epoch is 'counts every change of opt_out; whoever decides reads it'",
    "insert into opt_out_epoch (epoch) values (0)",
    """
    create table receipt (
      id uuid primary key,
      opt_out uuid not null,
      requested_at timestamptz not null default now(),
      due_at timestamptz not null,
      finished_at timestamptz,
      reminded_at timestamptz,
      counts jsonb,
      sealed bytea,
      constraint receipt_opt_out_fkey foreign key (opt_out) references opt_out (id)
    )
    """,
    "create index receipt_opt_out_idx on receipt (opt_out)",
    "create index receipt_open_idx on receipt (due_at) where finished_at is null",
    "comment on column receipt.due_at is 'the day on which the person must have been told'",
    "comment on column receipt.counts is 'by table: found, erased, withheld, held; no text'",
    "comment on column receipt.sealed is 'the documents that their owners must change; sealed'",
    """
    create table legal_hold (
      id uuid primary key,
      subject text not null,
      sealed bytea not null,
      since timestamptz not null default now(),
      until timestamptz
    )
    """,
    "create index legal_hold_subject_idx on legal_hold (subject) where until is null",
    "comment on column legal_hold.subject is 'keyed pseudonym'",
    "comment on column legal_hold.sealed is 'whose, why, and who ordered it; sealed'",
    """
    create table tombstone (
      key text primary key,
      receipt uuid not null,
      since timestamptz not null default now()
    )
    """,
    "comment on column tombstone.key is 'which passage of which document: a digest, never text'",
    "comment on column tombstone.receipt is 'of the erasure that withholds it'",
    "alter table document add column withheld boolean not null default false",
    "comment on column document.withheld is 'something that it says was not taken in: it names who was forgotten'",
    # -- what models are not shown ---------------------------------------------------------------------------
    """
    create table placeholder (
      thread text not null,
      name text not null,
      value_key text,
      value bytea,
      issued_at timestamptz not null default now(),
      constraint placeholder_pkey primary key (thread, name)
    )
    """,
    "create index placeholder_value_key_idx on placeholder (value_key)",
    "comment on column placeholder.thread is 'keyed pseudonym'",
    "comment on column placeholder.value_key is 'keyed pseudonym of the value, to find it when it is to be forgotten'",
    "comment on column placeholder.value is 'sealed; null: forgotten, and its number is not used again'",
    # -- what stands in Slack --------------------------------------------------------------------------------
    """
    create table posted (
      channel text not null,
      ts text not null,
      question uuid not null,
      asker text not null,
      documents bigint[] not null,
      posted_at timestamptz not null default now(),
      why text,
      withdrawn_at timestamptz,
      constraint posted_pkey primary key (channel, ts)
    )
    """,
    "create index posted_question_idx on posted (question)",
    "create index posted_asker_idx on posted (asker)",
    "create index posted_standing_idx on posted (posted_at) where withdrawn_at is null",
    "comment on column posted.asker is 'keyed pseudonym'",
    "comment on column posted.documents is 'that it rests on, by id'",
    "comment on column posted.why is 'it is to be withdrawn, or was: opt_out, readers, erased, level'",
    # -- what is being erased --------------------------------------------------------------------------------
    """
    create table forgetting (
      id uuid primary key,
      subject text not null,
      sealed bytea not null,
      counts jsonb not null default '{}',
      step text,
      after text,
      begun_at timestamptz not null default now(),
      finished_at timestamptz
    )
    """,
    "create unique index forgetting_open_idx on forgetting (subject) where finished_at is null",
    "comment on column forgetting.subject is 'keyed pseudonym'",
    "comment on column forgetting.sealed is 'who or what is forgotten, and which documents name them; sealed'",
    "comment on column forgetting.counts is 'by table: found, erased, withheld, held'",
    "comment on column forgetting.step is 'what is being done; null: nothing yet'",
    "comment on column forgetting.after is 'the last row that step has done, by its key'",
    # -- what was done ---------------------------------------------------------------------------------------
    """
    create table audit (
      id bigint generated always as identity primary key,
      at timestamptz not null default clock_timestamp(),
      kind text not null,
      actor text,
      subject text,
      body jsonb not null
    )
    """,
    "create index audit_at_idx on audit (at)",
    "comment on column audit.actor is 'who did it; keyed pseudonym; null: Naru itself'",
    "comment on column audit.subject is 'whom it is about; keyed pseudonym'",
    "comment on column audit.body is 'ids, levels, kinds, hashes, counts: never text'",
    """
    create table audit_seal (
      id bigint primary key,
      first bigint not null,
      last bigint not null,
      marks bytea not null,
      hash text not null,
      previous text not null,
      sealed_at timestamptz not null default now()
    )
    """,
    "comment on column audit_seal.id is 'counted from 1 without gaps'",
    "comment on column audit_seal.marks is 'of each row from first to last: its id, and a keyed digest of it'",
    "comment on column audit_seal.hash is 'keyed, over the marks and the seal before'",
    # Whoever writes holds this until its commit, so that whoever seals can wait until no lower id is still to come.
    """
    create function audit_writing() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(hashtextextended('naru audit', 0));
      return null;
    end $$
    """,
    "create trigger audit_writing before insert on audit for each statement execute function audit_writing()",
    """
    create function audit_only_added_to() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and current_setting('naru.forgetting', true) = 'audit' then
        return null;
      end if;
      raise exception using errcode = '42501', message = 'the audit is only ever added to';
    end $$
    """,
    *(
        f"create trigger {table}_only_added_to before update or delete or truncate on {table}"
        " for each statement execute function audit_only_added_to()"
        for table in ("audit", "audit_seal")
    ),
    # With its owner's rights: the role that Naru runs as may not delete. Never what is younger than 30 days.
    """
    create function audit_forget(through bigint) returns bigint language plpgsql security definer
      set search_path = pg_catalog, public as $$
    declare
      final bigint;
      gone bigint;
    begin
      select last into final from public.audit_seal
        where id = through and sealed_at < now() - interval '30 days';
      perform set_config('naru.forgetting', 'audit', true);
      delete from public.audit where id <= final;
      get diagnostics gone = row_count;
      perform set_config('naru.forgetting', '', true);
      return gone;
    end $$
    """,
    """
    create table egress_sample (
      id uuid primary key,
      decision uuid not null,
      at timestamptz not null default now(),
      payload bytea not null
    )
    """,
    "create index egress_sample_at_idx on egress_sample (at)",
    "comment on column egress_sample.payload is 'exactly what was sent; sealed'",
    """
    create table policy_version (
      id uuid primary key,
      hash text not null,
      content bytea not null,
      author bytea,
      since timestamptz not null
    )
    """,
    "create index policy_version_since_idx on policy_version (since)",
    "comment on column policy_version.hash is 'SHA-256 of the rules; a policy that comes back has a row of its own'",
    "comment on column policy_version.content is 'policy.toml as it was; sealed: a term can be a secret itself'",
    "comment on column policy_version.author is 'who wrote it, by git or as the owner of the file; sealed'",
    # -- what people were told -------------------------------------------------------------------------------
    """
    create table noticed (
      person text primary key,
      version text not null,
      at timestamptz not null default now()
    )
    """,
    "comment on column noticed.person is 'keyed pseudonym'",
    "comment on column noticed.version is 'of the notice that was shown: a hash of its text'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
