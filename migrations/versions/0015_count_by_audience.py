"""Count in how many passages each term stands by who may read them, so that a search adds up what its readers may read
and counts no passages."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

_BY_TERM = """
    from passage join document on document.id = passage.document_id cross join unnest(passage.terms) as one (term)
"""
STATEMENTS = (
    "set local lock_timeout = '5s'",
    # A million passages hold 140 million terms to count.
    "set local statement_timeout = '60min'",
    """
    create table audience (
      id integer generated always as identity primary key,
      source_id integer not null,
      readers text[] not null,
      digest bytea not null,
      constraint audience_source_id_digest_key unique (source_id, digest),
      constraint audience_source_id_fkey foreign key (source_id) references source (id) on delete cascade
    )
    """,
    "create index audience_readers_idx on audience using gin (readers)",
    "comment on column audience.digest is 'of the readers: they may be too many for a key'",
    """
    create table audience_passages (
      audience_id integer not null,
      language text not null,
      passages bigint not null,
      constraint audience_passages_pkey primary key (audience_id, language),
      constraint audience_passages_audience_id_fkey foreign key (audience_id)
        references audience (id) on delete cascade
    )
    """,
    # As counts.py makes it.
    """
    insert into audience (source_id, readers, digest)
    select distinct source_id, readers, sha256(convert_to(cast(to_jsonb(readers) as text), 'UTF8')) from document
    order by source_id, readers
    """,
    "alter table document add column audience_id integer",
    """
    update document set audience_id = audience.id from audience
    where audience.source_id = document.source_id and audience.readers = document.readers
    """,
    "alter table document alter column audience_id set not null",
    """
    alter table document add constraint document_audience_id_fkey
      foreign key (audience_id) references audience (id)
    """,
    "create index document_audience_id_idx on document (audience_id)",
    """
    insert into audience_passages (audience_id, language, passages)
    select document.audience_id, passage.language, count(*)
    from passage join document on document.id = passage.document_id group by 1, 2
    """,
    # Each candidate's are read: beside its row and not in a table of their own.
    "alter table passage alter column weights set storage main",
    "drop table term",
    """
    create table term (
      id integer not null,
      audience_id integer not null,
      df integer not null,
      constraint term_pkey primary key (id, audience_id)
    )
    """,
    "comment on column term.df is 'in how many passages of this audience it stands'",
    f"insert into term (id, audience_id, df) select one.term, document.audience_id, count(*) {_BY_TERM} group by 1, 2",
)
BACK = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '60min'",
    "alter table term rename to term_of_audience",
    "alter table term_of_audience drop constraint term_pkey",
    "create table term (id integer not null, df integer not null, constraint term_pkey primary key (id))",
    "comment on column term.df is 'in how many passages it stands'",
    "insert into term (id, df) select id, sum(df) from term_of_audience group by id",
    "drop table term_of_audience",
    "alter table passage alter column weights set storage external",
    "alter table document drop column audience_id",
    "drop table audience_passages",
    "drop table audience",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in BACK:
        op.execute(statement)
