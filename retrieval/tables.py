"""This package's tables. catalogue.py writes `source`, index.py `document`, passages.py `passage`, counts.py
`audience`, `audience_passages`, `term` and `corpus`, runs.py `run`, erasures.py `erasure`, vectors.py `model` and
`passage_vector`, pushed.py `pushed` and `push_token`, tombstones.py `tombstone`; nothing else does."""

from __future__ import annotations

from pgvector.sqlalchemy import HALFVEC, SPARSEVEC
from sqlalchemy import (
    ARRAY,
    UUID,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from retrieval.bm25 import DIMENSIONS

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

source = Table(
    "source",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("readers", ARRAY(Text), nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("link", Text),
    Column("owner", Text),
    Column("schedule", Text, comment="when it is re-indexed, as cron says it; null: when somebody asks"),
    Column("options", JSONB, nullable=False, server_default="{}", comment="what only its kind knows"),
    Column("declared", Boolean, nullable=False, comment="stands in naru.toml"),
    Column("active", Boolean, nullable=False, comment="is searched"),
    Column("problem", Text, comment="why its last run could not list it; null: it could"),
    CheckConstraint("level between 0 and 3", name="level"),
)

# A source's documents that the same people may read. Its row never changes: who may read a document is changed by
# giving it another one.
audience = Table(
    "audience",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("readers", ARRAY(Text), nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="of the readers: they may be too many for a key"),
    UniqueConstraint("source_id", "digest"),
    Index("audience_readers_idx", "readers", postgresql_using="gin"),
)

audience_passages = Table(
    "audience_passages",
    metadata,
    Column("audience_id", Integer, ForeignKey("audience.id", ondelete="CASCADE"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("passages", BigInteger, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("uri", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("sha256", LargeBinary, comment="of the last readable version; null: none yet"),
    Column("format", SmallInteger, nullable=False, comment="how passages were made; see index.FORMAT"),
    Column("level", SmallInteger, nullable=False),
    Column("readers", ARRAY(Text), nullable=False),
    Column("audience_id", Integer, ForeignKey("audience.id"), nullable=False, index=True),
    Column("version", Text, comment="what the source said of the version that was read; null: nothing"),
    Column(
        "said",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="level, readers, date in force, owner, link as its source said them",
    ),
    Column("in_force_from", Date, comment="the first day on which it holds; null: not known"),
    Column("in_force_until", Date, comment="the last day on which it holds; null: not known"),
    Column("owner", Text, comment="whom to ask about it; null: the owner of the source"),
    Column("link", Text, comment="where people open it; null: made from the link of the source"),
    Column("problem", Text, comment="why the newest version could not be read; null: it could"),
    Column("problem_kind", Text, comment="the kind of the problem, to be counted"),
    Column(
        "withheld",
        Boolean,
        nullable=False,
        server_default="false",
        comment="something that it says was not taken in: it names who was forgotten",
    ),
    UniqueConstraint("source_id", "uri"),
    CheckConstraint("level between 0 and 3", name="level"),
)

run = Table(
    "run",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False, comment="waiting, running, done, failed or cancelled"),
    Column("by", Text, comment="who asked for it; keyed pseudonym; null: its schedule, or a start of Naru"),
    Column("accept_deletions", Boolean, nullable=False, server_default="false"),
    Column("cancelling", Boolean, nullable=False, server_default="false", comment="is to stop after its batch"),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("started_at", DateTime(timezone=True)),
    Column("seen_at", DateTime(timezone=True), comment="when its process last wrote its progress"),
    Column("finished_at", DateTime(timezone=True)),
    Column("done", Integer, nullable=False, server_default="0", comment="documents"),
    Column("total", Integer, nullable=False, server_default="0", comment="documents that the source lists"),
    Column("report", JSONB, comment="what it did: counts, no names of documents"),
    Column("fault", Text, comment="why it failed"),
    CheckConstraint("state in ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
    Index("run_source_id_id_idx", "source_id", "id"),
)

passage = Table(
    "passage",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("document_id", BigInteger, ForeignKey("document.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column(
        "place",
        Text,
        nullable=False,
        server_default="",
        comment="which pages, slides or rows of the file; empty: it has none",
    ),
    Column("language", Text, nullable=False),
    Column("length", Integer, nullable=False, comment="in terms"),
    Column("terms", ARRAY(Integer), nullable=False),
    Column("weights", SPARSEVEC(DIMENSIONS), nullable=False),
    # Looked at when a transaction ends: passages that stay change places among each other.
    UniqueConstraint("document_id", "ordinal", deferrable=True, initially="DEFERRED"),
    # New rows wait in a list of at most 256 kB, which a search walks in less than a millisecond: a load is 5 times as
    # fast as without it, and the list is emptied when a run ends.
    Index(
        "passage_terms_idx",
        "terms",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "on", "gin_pending_list_limit": 256},
    ),
)

term = Table(
    "term",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # No foreign key: each would be looked up for each term of a load.
    Column("audience_id", Integer, primary_key=True, autoincrement=False),
    Column("df", Integer, nullable=False, comment="in how many passages of this audience it stands"),
)

corpus = Table(
    "corpus",
    metadata,
    Column("language", Text, primary_key=True),
    Column("passages", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False, comment="of all passages together, in terms"),
    Column("average", Double, comment="length of a passage that the stored weights rest on; null: none yet"),
)

erasure = Table(
    "erasure",
    metadata,
    Column(
        "seq",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="counted without gaps, in the order of the commits",
    ),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False, comment="what was erased: a digest or an id, never text"),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Column("chain", Text, nullable=False, comment="SHA-256 over the chain of the entry before and this entry"),
)

model = Table(
    "model",
    metadata,
    Column("id", SmallInteger, Identity(always=True, cycle=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("revision", Text, nullable=False, comment="a fingerprint of what else decides which vector a text gets"),
    Column("dimensions", Integer, nullable=False),
    Column(
        "languages",
        ARRAY(Text),
        nullable=False,
        comment="of the passages that have vectors, and of the questions that use them",
    ),
    Column("state", Text, nullable=False),
    UniqueConstraint("name", "revision", "dimensions"),
    CheckConstraint("dimensions between 1 and 4000", name="dimensions"),
    CheckConstraint("state in ('filling', 'serving', 'retired')", name="state"),
    Index("model_serving_idx", "state", unique=True, postgresql_where=text("state = 'serving'")),
)

# Each model has an index of its own over its vectors, made by vectors.py: several lengths stand side by side.
# Not `vector`: that is the name of a type of pgvector's.
passage_vector = Table(
    "passage_vector",
    metadata,
    Column("model", SmallInteger, ForeignKey("model.id"), primary_key=True, autoincrement=False),
    Column("passage_id", BigInteger, ForeignKey("passage.id", ondelete="CASCADE"), primary_key=True),
    Column("v", HALFVEC, nullable=False),
    Index("passage_vector_passage_id_idx", "passage_id"),
)

pushed = Table(
    "pushed",
    metadata,
    Column("source_id", Integer, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    Column("uri", Text, primary_key=True),
    Column("text", Text, nullable=False, comment="as it was sent; the index reads it from here"),
    Column("format", Text, nullable=False),
    Column("version", Text, nullable=False, comment="another one for another content"),
    Column("said", JSONB, nullable=False, comment="what was sent beside the text"),
    Column("pushed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

push_token = Table(
    "push_token",
    metadata,
    Column("source_id", Integer, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sha256", LargeBinary, nullable=False, comment="of the token, which is nowhere kept"),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("key", Text, primary_key=True, comment="which passage of which document: a digest, never text"),
    Column("receipt", UUID, nullable=False, comment="of the erasure that withholds it"),
    Column("since", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)
