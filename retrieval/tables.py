"""This package's tables. Only index.py writes documents, catalogue.py sources, pushed.py what was pushed."""

from __future__ import annotations

from pgvector.sqlalchemy import SPARSEVEC
from sqlalchemy import (
    ARRAY,
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
    Column("version", Text, comment="what the source said of the version that was read; null: nothing"),
    Column(
        "said",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="level, readers, date in force, owner, link as its source said them",
    ),
    Column("in_force_from", Date, comment="the first day on which it holds; null: not known"),
    Column("owner", Text, comment="whom to ask about it; null: the owner of the source"),
    Column("link", Text, comment="where people open it; null: made from the link of the source"),
    Column("problem", Text, comment="why the newest version could not be read; null: it could"),
    Column("problem_kind", Text, comment="the kind of the problem, to be counted"),
    UniqueConstraint("source_id", "uri"),
    CheckConstraint("level between 0 and 3", name="level"),
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
    UniqueConstraint("document_id", "ordinal"),
    # Without fastupdate a search never walks a list of unsorted pending entries after a big run.
    Index("passage_terms_idx", "terms", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
)

term = Table(
    "term",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("df", Integer, nullable=False, comment="in how many passages it stands"),
)

corpus = Table(
    "corpus",
    metadata,
    Column("language", Text, primary_key=True),
    Column("passages", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False, comment="of all passages together, in terms"),
    Column("average", Double, comment="length of a passage that the stored weights rest on; null: none yet"),
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
