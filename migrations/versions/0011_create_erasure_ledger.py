"""Create the ledger of what was erased, with the entry that it begins with."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    """
    create table erasure (
      seq bigint primary key,
      kind text not null,
      key text not null,
      erased_at timestamptz not null,
      chain text not null
    )
    """,
    "comment on column erasure.seq is 'counted without gaps, in the order of the commits'",
    "comment on column erasure.key is 'what was erased: a digest or an id, never text'",
    "comment on column erasure.chain is 'SHA-256 over the chain of the entry before and this entry'",
    # Where a ledger begins is random, so that two installations never take each other's for their own.
    """
    insert into erasure (seq, kind, key, erased_at, chain)
    values (0, 'begun', '', now(), encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'))
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
