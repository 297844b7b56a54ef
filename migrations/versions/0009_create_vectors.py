"""Create embedding models and the vectors of passages; each model's index is made when it has enough of them."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "set local statement_timeout = '10min'",
    """
    create table model (
      id smallint generated always as identity (cycle) primary key,
      name text not null,
      revision text not null,
      dimensions integer not null,
      languages text[] not null,
      state text not null,
      constraint model_name_revision_dimensions_key unique (name, revision, dimensions),
      constraint model_dimensions_check check (dimensions between 1 and 4000),
      constraint model_state_check check (state in ('filling', 'serving', 'retired'))
    )
    """,
    "comment on column model.revision is 'a fingerprint of what else decides which vector a text gets'",
    "comment on column model.languages is 'of the passages that have vectors, and of the questions that use them'",
    "create unique index model_serving_idx on model (state) where state = 'serving'",
    """
    create table passage_vector (
      model smallint not null,
      passage_id bigint not null,
      v halfvec not null,
      constraint passage_vector_pkey primary key (model, passage_id),
      constraint passage_vector_model_fkey foreign key (model) references model (id),
      constraint passage_vector_passage_id_fkey foreign key (passage_id) references passage (id) on delete cascade
    )
    """,
    # Without it each passage that goes would be looked for in all vectors.
    "create index passage_vector_passage_id_idx on passage_vector (passage_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
