"""Create sources, documents, passages and their counts.

Forward only, like every revision: a release that must go back gets a newer one.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

# Each statement on its own: psycopg prepares one statement at a time.
STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    "create extension if not exists vector",
    """
    create table source (
      id integer generated always as identity primary key,
      name text not null,
      kind text not null,
      location text not null,
      level smallint not null,
      readers text[] not null,
      rules jsonb not null,
      link text,
      owner text,
      declared boolean not null,
      active boolean not null,
      problem text,
      constraint source_name_key unique (name),
      constraint source_level_check check (level between 0 and 3)
    )
    """,
    "comment on column source.declared is 'stands in naru.toml'",
    "comment on column source.active is 'is searched'",
    "comment on column source.problem is 'why its last run could not list it; null: it could'",
    """
    create table document (
      id bigint generated always as identity primary key,
      source_id integer not null,
      uri text not null,
      title text not null,
      sha256 bytea,
      format smallint not null,
      level smallint not null,
      readers text[] not null,
      problem text,
      constraint document_source_id_uri_key unique (source_id, uri),
      constraint document_level_check check (level between 0 and 3),
      constraint document_source_id_fkey foreign key (source_id) references source (id) on delete cascade
    )
    """,
    "comment on column document.sha256 is 'of the last readable version; null: none yet'",
    "comment on column document.format is 'how passages were made; see index.FORMAT'",
    "comment on column document.problem is 'why the newest version could not be read; null: it could'",
    """
    create table passage (
      id bigint generated always as identity primary key,
      document_id bigint not null,
      ordinal integer not null,
      heading text not null,
      text text not null,
      language text not null,
      length integer not null,
      terms integer[] not null,
      weights sparsevec(1000000000) not null,
      constraint passage_document_id_ordinal_key unique (document_id, ordinal),
      constraint passage_document_id_fkey foreign key (document_id) references document (id) on delete cascade
    )
    """,
    "comment on column passage.length is 'in terms'",
    "create index passage_terms_idx on passage using gin (terms) with (fastupdate = off)",
    "create table term (id integer primary key, df integer not null)",
    "comment on column term.df is 'in how many passages it stands'",
    """
    create table corpus (
      language text primary key,
      passages bigint not null,
      length bigint not null,
      average double precision
    )
    """,
    "comment on column corpus.length is 'of all passages together, in terms'",
    """comment on column corpus.average is
      'length of a passage that the stored weights rest on; null: none yet'""",
    "insert into corpus (language, passages, length) values ('ko', 0, 0), ('en', 0, 0)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
