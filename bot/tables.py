"""The bot's tables. bot/inbox.py is the only writer of `inbox`, bot/slack/shared_budget.py of `update_budget`,
bot/records.py of the others."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    UUID,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from retrieval.tables import metadata as retrieval_metadata

metadata = MetaData(naming_convention=retrieval_metadata.naming_convention)

_NOW = text("now()")

question = Table(
    "question",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("thread", Text, nullable=False),
    Column("room", Text, nullable=False, comment="a keyed pseudonym for a direct message"),
    Column("asker", Text, nullable=False, comment="keyed pseudonym"),
    Column("operator", Text, comment="who asked in the asker's name, at a console"),
    Column("text", LargeBinary, comment="sealed; null where the record sink refuses it"),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Index("question_thread_received_at_idx", "thread", "received_at"),
)

decision = Table(
    "decision",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("question", UUID, ForeignKey("question.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("routes", ARRAY(Text), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("reasons", JSONB, nullable=False, comment="level, kind, origin: never text"),
    Column("verdicts", JSONB, nullable=False, comment="by sink: allowed, and the reasons against"),
    Column("policy", Text, nullable=False, comment="SHA-256 of the rules"),
    Column("domain_model", Text, comment="which on-prem model was to answer; null: the base"),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

answer = Table(
    "answer",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("question", UUID, ForeignKey("question.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("decision", UUID, ForeignKey("decision.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", LargeBinary, comment="sealed; null where the record sink refuses it"),
    Column("route", Text, nullable=False),
    Column("known", Boolean, nullable=False),
    Column("reasons", JSONB, nullable=False, comment="the answer's own label"),
    Column("documents", ARRAY(BigInteger), nullable=False, comment="that it rests on, by id"),
    Column("tried", JSONB, nullable=False, comment="routes before this one, and why they did not answer"),
    Column("model", Text),
    Column("prompt_version", Text),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("answered_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer", UUID, ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
    Column("person", Text, primary_key=True, comment="keyed pseudonym"),
    Column("verdict", Text, nullable=False),
    Column("reason", LargeBinary, comment="sealed; null where the record sink refuses it"),
    Column("better", LargeBinary, comment="the better answer; sealed; null where the record sink refuses it"),
    Column("given_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    CheckConstraint("verdict in ('good', 'bad')", name="verdict"),
)

_OPEN = text("state <> 'done'")

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False, unique=True, comment="one event, however often it is delivered"),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False, comment="what is answered in order; keyed pseudonym"),
    Column("ts", Numeric, nullable=False, comment="Slack's own time of the event"),
    Column("body", LargeBinary, comment="sealed; null once done, unless it may be kept"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempt", Integer, nullable=False, server_default="0",
           comment="the fence: who holds another number writes nothing"),
    Column("excused", Integer, nullable=False, server_default="0",
           comment="attempts that do not count: they failed for what passes by itself"),
    Column("lease", DateTime(timezone=True), comment="until when the worker of this attempt has it"),
    Column("placeholder", Text, comment="ts of the message that shows the answer"),
    Column("finished", LargeBinary, comment="the message as it is shown; sealed; null once done"),
    Column("outcome", Text),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("done_at", DateTime(timezone=True)),
    CheckConstraint("state in ('waiting', 'running', 'done')", name="state"),
    Index("inbox_open_idx", "ts", "id", postgresql_where=_OPEN),
    Index("inbox_thread_idx", "thread", "ts", "id", postgresql_where=_OPEN),
    Index("inbox_running_idx", "thread", unique=True, postgresql_where=text("state = 'running'")),
    Index("inbox_channel_ts_idx", "channel", "ts"),
    Index("inbox_done_at_idx", "done_at", postgresql_where=text("state = 'done'")),
)  # fmt: skip

update_budget = Table(
    "update_budget",
    metadata,
    Column("team", Text, primary_key=True, comment="the workspace's id"),
    Column("remaining", Double, nullable=False, comment="updates at that time; less than 0: promised ahead"),
    Column("at", DateTime(timezone=True), nullable=False),
)
