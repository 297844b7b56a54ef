"""The bot's tables. bot/inbox.py is the only writer of `inbox`, bot/slack/shared_budget.py of `update_budget`,
bot/optouts.py of `opt_out` and `opt_out_epoch`, bot/receipts.py of `receipt` and `legal_hold`, bot/masks.py of
`placeholder`, bot/slack/posted.py of `posted`, bot/audit.py of `audit` and `audit_seal`, bot/egress.py of
`egress_sample`, bot/policy_history.py of `policy_version`, bot/notices.py of `noticed`, bot/forgetting.py of
`forgetting`, bot/cloud_use.py of `cloud_use`, bot/feedback.py of `feedback`, bot/reviews.py of `review`, bot/records.py
of the others. bot/forget/ erases from any of them."""

from __future__ import annotations

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
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
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
    Column(
        "private",
        Boolean,
        nullable=False,
        server_default="true",
        comment="asked in a room that not everybody may join; of those that were asked before it was kept, "
        "nobody knows",
    ),
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
    Column(
        "passages",
        ARRAY(Text),
        comment="digests of what it was given to read; null: of a release that did not keep them",
    ),
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
    Column(
        "consent",
        Boolean,
        nullable=False,
        server_default="false",
        comment="Naru may learn from what they said, and asked",
    ),
    CheckConstraint("verdict in ('good', 'bad')", name="verdict"),
)

review = Table(
    "review",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("answer", UUID, nullable=False),
    Column("person", Text, nullable=False, comment="whose feedback it is about; keyed pseudonym"),
    Column("reviewer", Text, nullable=False, comment="keyed pseudonym"),
    Column("verdict", Text, nullable=False),
    Column("pair", LargeBinary, comment="question and answer as they were approved; sealed"),
    Column("level", SmallInteger),
    Column(
        "readers",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="to whom the reviewer gave it; empty: to all who may read what it rests on",
    ),
    Column("reviewed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column(
        "in_force_at",
        DateTime(timezone=True),
        comment="since when it is an example, in the last of the reviews that it needed",
    ),
    Column("expired_at", DateTime(timezone=True), comment="when what it rests on had changed"),
    UniqueConstraint("answer", "person", "reviewer"),
    ForeignKeyConstraint(["answer", "person"], ["feedback.answer", "feedback.person"], ondelete="CASCADE"),
    CheckConstraint("verdict in ('approved', 'discarded')", name="verdict"),
    CheckConstraint("level between 0 and 3", name="level"),
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

opt_out = Table(
    "opt_out",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("subject", Text, nullable=False, comment="keyed pseudonym"),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column(
        "sealed",
        LargeBinary,
        nullable=False,
        comment="who it is, by which identifiers, and who asked for it; sealed",
    ),
    Column("since", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("until", DateTime(timezone=True), comment="when it was taken back; null: in force"),
    CheckConstraint("kind in ('user', 'room', 'source', 'person')", name="kind"),
    CheckConstraint("scope in ('cloud', 'record', 'train', 'all')", name="scope"),
    Index("opt_out_in_force_idx", "subject", "scope", unique=True, postgresql_where=text("until is null")),
)

opt_out_epoch = Table(
    "opt_out_epoch",
    metadata,
    Column("one", Boolean, primary_key=True, server_default="true"),
    Column("epoch", BigInteger, nullable=False, comment="counts every change of opt_out; whoever decides reads it"),
    CheckConstraint("one", name="one"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("opt_out", UUID, ForeignKey("opt_out.id"), nullable=False, index=True),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column(
        "due_at", DateTime(timezone=True), nullable=False, comment="the day on which the person must have been told"
    ),
    Column("finished_at", DateTime(timezone=True)),
    Column("reminded_at", DateTime(timezone=True)),
    Column("counts", JSONB, comment="by table: found, erased, withheld, held; no text"),
    Column("sealed", LargeBinary, comment="the documents that their owners must change; sealed"),
    Index("receipt_open_idx", "due_at", postgresql_where=text("finished_at is null")),
)

legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("subject", Text, nullable=False, comment="keyed pseudonym"),
    Column("sealed", LargeBinary, nullable=False, comment="whose, why, and who ordered it; sealed"),
    Column("since", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("until", DateTime(timezone=True)),
    Index("legal_hold_subject_idx", "subject", postgresql_where=text("until is null")),
)

placeholder = Table(
    "placeholder",
    metadata,
    Column("thread", Text, primary_key=True, comment="keyed pseudonym"),
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, comment="sealed; null: forgotten, and its number is not used again"),
    Column("issued_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

posted = Table(
    "posted",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("question", UUID, nullable=False, index=True),
    Column("asker", Text, nullable=False, index=True, comment="keyed pseudonym"),
    Column("documents", ARRAY(BigInteger), nullable=False, comment="that it rests on, by id"),
    Column("posted_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("why", Text, comment="it is to be withdrawn, or was: opt_out, readers, erased, level"),
    Column("withdrawn_at", DateTime(timezone=True)),
    Index("posted_standing_idx", "posted_at", postgresql_where=text("withdrawn_at is null")),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()"), index=True),
    Column("kind", Text, nullable=False),
    Column("actor", Text, comment="who did it; keyed pseudonym; null: Naru itself"),
    Column("subject", Text, comment="whom it is about; keyed pseudonym"),
    Column("body", JSONB, nullable=False, comment="ids, levels, kinds, hashes, counts: never text"),
)

audit_seal = Table(
    "audit_seal",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="counted from 1 without gaps"),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column(
        "marks", LargeBinary, nullable=False, comment="of each row from first to last: its id, and a keyed digest of it"
    ),
    Column("hash", Text, nullable=False, comment="keyed, over the marks and the seal before"),
    Column("previous", Text, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

egress_sample = Table(
    "egress_sample",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("decision", UUID, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_NOW, index=True),
    Column("payload", LargeBinary, nullable=False, comment="exactly what was sent; sealed"),
)

policy_version = Table(
    "policy_version",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("hash", Text, nullable=False, comment="SHA-256 of the rules; a policy that comes back has a row of its own"),
    Column(
        "content",
        LargeBinary,
        nullable=False,
        comment="policy.toml as it was; sealed: a term can be a secret itself",
    ),
    Column("author", LargeBinary, comment="who wrote it, by git or as the owner of the file; sealed"),
    Column("since", DateTime(timezone=True), nullable=False, index=True),
)

cloud_use = Table(
    "cloud_use",
    metadata,
    Column("day", Date, primary_key=True, comment="of the company's time zone"),
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="a keyed pseudonym for a person or a direct message; empty for all"),
    Column("requests", BigInteger, nullable=False, server_default="0"),
    Column("estimated", BigInteger, nullable=False, server_default="0",
           comment="of the requests those that are counted at the most that they may have taken"),
    Column("refused", BigInteger, nullable=False, server_default="0", comment="requests that did not fit any more"),
    Column("prompt_tokens", BigInteger, nullable=False, server_default="0"),
    Column("completion_tokens", BigInteger, nullable=False, server_default="0"),
    Column("micros", BigInteger, nullable=False, server_default="0", comment="millionths of the currency"),
    CheckConstraint("scope in ('all', 'person', 'room')", name="scope"),
)  # fmt: skip

noticed = Table(
    "noticed",
    metadata,
    Column("person", Text, primary_key=True, comment="keyed pseudonym"),
    Column("version", Text, nullable=False, comment="of the notice that was shown: a hash of its text"),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

forgetting = Table(
    "forgetting",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("subject", Text, nullable=False, comment="keyed pseudonym"),
    Column(
        "sealed",
        LargeBinary,
        nullable=False,
        comment="who or what is forgotten, and which documents name them; sealed",
    ),
    Column("counts", JSONB, nullable=False, server_default="{}", comment="by table: found, erased, withheld, held"),
    Column("step", Text, comment="what is being done; null: nothing yet"),
    Column("after", Text, comment="the last row that step has done, by its key"),
    Column("begun_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("finished_at", DateTime(timezone=True)),
    Index("forgetting_open_idx", "subject", unique=True, postgresql_where=text("finished_at is null")),
)
