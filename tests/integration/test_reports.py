"""What an officer is shown: what left, word for word where it was kept, and each policy with its author."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text

from admin.operators import LOOKED, Operator, noted
from admin.reports.egress import Egress, egress
from admin.reports.looks import looks
from admin.reports.period import Period
from admin.reports.policies import Revision, revisions
from bot import tables
from bot.audit import Audit
from bot.domain import Route
from bot.egress import Sample, Samples
from bot.policy.permit import Permit, permit
from bot.policy.policy_file import PolicyFile
from bot.policy_history import PolicyHistory, author_of
from bot.records import Records
from bot.seal import Seal
from retrieval.database import Database
from tests.builders import ROOT, ask, decision_for, parts_of, shipped_rules
from tests.integration.company import company

SEAL = Seal(b"k" * 32)
SEOUL = ZoneInfo("Asia/Seoul")

ASKED = "연차는 며칠인가요?"
DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n"}
SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")
STRICTER = SHIPPED.replace('dm = "internal"', 'dm = "confidential"', 1)
GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Lee",
    "GIT_AUTHOR_EMAIL": "lee@x.example",
    "GIT_COMMITTER_NAME": "Bot",
    "GIT_COMMITTER_EMAIL": "bot@x.example",
}


def write(folder: Path, policy: str, at: int) -> Path:
    """at: seconds; another time, so that it is looked at again."""
    path = folder / "policy.toml"
    path.write_text(policy, encoding="utf-8")
    os.utime(path, (at, at))
    return path


def commit(folder: Path, message: str) -> None:
    for arguments in (["init", "-q"], ["add", "policy.toml"], ["commit", "-q", "-m", message]):
        subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **GIT}, check=True, capture_output=True)


async def note(database: Database, kind: str, question: UUID, **more: object) -> None:
    body: Mapping[str, Any] = {
        "decision": str(uuid4()),
        "call": uuid4().hex,
        "route": "cloud",
        "host": "api.vendor.example",
        "vendor": "Vendor",
        "country": "kr",
        "model": "far",
        "characters": 1200,
        "prompt_tokens": 300,
        "completion_tokens": 40,
        "sources": ["handbook"],
        "masked": {"phone": 1},
        "question": str(question),
        **more,
    }
    async with database.transaction() as connection:
        await Audit(SEAL).note(connection, kind, body)


async def drawn_up(database: Database, period: Period | None = None) -> Egress:
    return await egress(database, period or this_month(), SEOUL, None, datetime.now(UTC))


def this_month() -> Period:
    return Period.of(None, datetime.now(SEOUL).date())


# -- the statement -------------------------------------------------------------------------------------------


async def test_the_statement_says_what_left_and_how_many_questions_stayed(database: Database) -> None:
    records, left, stayed = Records(database, SEAL), ask(), ask()
    for question in (left, stayed):
        decision = replace(decision_for(parts_of(question)), id=uuid4())
        await records.decided(decision, question, None)
    await note(database, "sent", left.id)
    await note(database, "sent", left.id, prompt_tokens=None)
    forgotten = uuid4()  # retention has deleted its row, and the audit still knows of it
    await note(database, "decision", forgotten)
    found = await drawn_up(database)
    assert (found.statement.total.requests, found.statement.total.characters) == (2, 2400)
    assert (found.statement.questions, found.stayed) == (1, 2)


async def test_a_request_of_which_nothing_more_is_known_counts_as_left_and_one_that_was_stopped_does_not(
    database: Database,
) -> None:
    await note(database, "sending", uuid4(), call="whole")
    await note(database, "sent", uuid4(), call="whole")
    await note(database, "sending", uuid4(), call="killed")
    await note(database, "sending", uuid4(), call="stopped")
    await note(database, "stopped", uuid4(), call="stopped")
    assert (await drawn_up(database)).statement.total.requests == 2


async def test_another_period_holds_none_of_it(database: Database) -> None:
    await note(database, "sent", uuid4())
    found = await drawn_up(database, Period.of("2020-01", date(2026, 11, 23)))
    assert (found.statement.lines, found.statement.first, found.stayed) == ((), None, 0)


async def test_what_was_not_sealed_yet_is_counted_behind_the_last_seal(database: Database) -> None:
    for _ in range(3):
        await note(database, "sent", uuid4())
    assert (await drawn_up(database)).seal is None
    async with database.transaction() as connection:
        first = select(func.min(tables.audit.c.id)).scalar_subquery()
        sealed = {"id": 1, "first": first, "last": first, "marks": b"", "hash": "h", "previous": ""}
        await connection.execute(insert(tables.audit_seal).values(sealed))
    seal = (await drawn_up(database)).seal
    assert seal is not None
    assert (seal.id, seal.unsealed) == (1, 2)


# -- samples -------------------------------------------------------------------------------------------------


async def test_a_sample_is_word_for_word_what_left_and_what_may_not_be_recorded_is_never_one(
    tmp_path: Path, fresh_url: str
) -> None:
    write(tmp_path, SHIPPED, 1)
    async with company(tmp_path, fresh_url, DOCUMENTS, more="\n[egress]\nsample = 1.0\n") as naru:
        assert (await naru.ask(ASKED)).route is Route.CLOUD
        (kept,) = await kept_by(naru.app.samples)
        assert kept.payload is not None
        assert kept.payload.encode() in naru.cloud.bytes_received
        assert ASKED in kept.payload
        assert ASKED.encode() not in await stored(naru.app.database, "payload", "egress_sample")
        before, record, after = SHIPPED.partition("[sinks.record]")
        write(tmp_path, before + record + after.replace('refuse = ["', 'refuse = ["channel", "', 1), 2)
        assert "channel" in naru.app.rules().sinks["record"].refuse
        assert (await naru.ask(ASKED, thread="other")).route is Route.CLOUD
        assert len(await kept_by(naru.app.samples)) == 1


@given(rate=st.floats(0, 1), drawn=st.floats(0, 1, exclude_max=True))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_is_not_drawn_is_never_kept(database: Database, rate: float, drawn: float) -> None:
    before = len(await kept_by(Samples(database, SEAL, rate)))
    await Samples(database, SEAL, rate, draw=lambda: drawn).take(permitted(), b"body")
    assert len(await kept_by(Samples(database, SEAL, rate))) - before == (drawn < rate)


async def test_a_sample_is_the_same_bytes_whatever_they_are(database: Database) -> None:
    await Samples(database, SEAL, 1.0).take(permitted(), b"\xff\xfe{}")
    (kept,) = await kept_by(Samples(database, SEAL, 1.0))
    assert kept.payload is not None
    assert kept.payload.encode("utf-8", "surrogateescape") == b"\xff\xfe{}"


async def test_a_sample_is_gone_after_thirty_days(database: Database) -> None:
    samples = Samples(database, SEAL, 1.0)
    await samples.take(permitted(), b"body")
    assert await samples.forget_old() == 0
    async with database.transaction() as connection:
        await connection.execute(text("update egress_sample set at = now() - interval '30 days 1 minute'"))
    assert await kept_by(samples) == []
    assert await samples.forget_old() == 0, "looking has deleted it"


def permitted() -> Permit:
    parts = parts_of(ask())
    return permit(decision_for(parts), parts, Route.CLOUD, "far", shipped_rules())


async def kept_by(samples: Samples) -> list[Sample]:
    return [one async for one in samples.of(datetime(2000, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=1))]


async def stored(database: Database, column: str, table: str) -> bytes:
    async with database.transaction() as connection:
        return b"".join(map(bytes, await connection.scalars(text(f"select {column} from {table}"))))


# -- policies ------------------------------------------------------------------------------------------------


async def revised(history: PolicyHistory) -> list[Revision]:
    await history.follow()
    return [one async for one in revisions(history, None, SEOUL)]


async def test_each_policy_that_came_into_force_is_kept_with_what_changed_also_when_it_comes_back(
    tmp_path: Path, database: Database
) -> None:
    file = PolicyFile(write(tmp_path, SHIPPED, 1))
    history = PolicyHistory(database, SEAL, file)
    write(tmp_path, STRICTER, 2)
    file()
    write(tmp_path, "[kinds", 3)
    file()
    write(tmp_path, SHIPPED, 4)
    found = await revised(history)
    assert [one.only_tightens for one in found] == [None, True, False]
    assert [[(c.way, c.what) for c in one.changes or ()] for one in found[1:]] == [
        [("tighter", "rooms.dm")],
        [("looser", "rooms.dm")],
    ]
    assert len(await revised(history)) == 3
    assert [str(one.author).endswith("(owns the file)") for one in found] == [True] * 3


async def test_several_processes_that_read_the_same_policy_write_it_down_once_and_sealed(
    tmp_path: Path, database: Database
) -> None:
    path = write(tmp_path, SHIPPED, 1)
    several = [PolicyHistory(database, SEAL, PolicyFile(path)) for _ in range(3)]
    for one in several:
        await one.follow()
    assert [one.content async for one in several[0].kept()] == [SHIPPED.encode()]
    assert b"[sinks" not in await stored(database, "content", "policy_version")
    assert b"owns the file" not in await stored(database, "author", "policy_version")


async def test_a_companys_terms_are_never_named_in_the_changes(tmp_path: Path, database: Database) -> None:
    file = PolicyFile(write(tmp_path, SHIPPED, 1))
    write(tmp_path, f'{SHIPPED}\n[terms]\n"청룡 인수" = "restricted"\n', 2)
    changed = (await revised(PolicyHistory(database, SEAL, file)))[-1].changes
    assert changed is not None
    assert [(change.way, change.what) for change in changed] == [("tighter", "terms.…")]
    assert "청룡" not in str(changed)


async def test_the_author_is_that_of_the_commit_and_the_owner_where_the_file_is_another_than_committed(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, SHIPPED, 1)
    owner = await author_of(path, SHIPPED.encode())
    assert str(owner).endswith("(owns the file)")
    commit(tmp_path, "a policy")
    assert await author_of(path, SHIPPED.encode()) == "Lee <lee@x.example>"
    assert await author_of(path, STRICTER.encode()) == owner


async def test_a_policy_that_this_key_does_not_open_is_named_as_such(tmp_path: Path, database: Database) -> None:
    file = PolicyFile(write(tmp_path, SHIPPED, 1))
    write(tmp_path, STRICTER, 2)
    await PolicyHistory(database, Seal(b"x" * 32), file).follow()
    last = (await revised(PolicyHistory(database, SEAL, file)))[-1]
    assert (last.changes, last.author, last.unreadable) == (None, None, "sealed with another key")


# -- operators -----------------------------------------------------------------------------------------------


async def test_what_an_operator_did_is_told_with_the_reason_and_the_audit_holds_no_word_of_it(
    database: Database,
) -> None:
    operator = Operator("someone", frozenset({"officer"}))
    await noted(database, SEAL, operator, LOOKED, "민원 17호 확인", {"command": "ask"}, subject="user:U2")
    told = looks(database, SEAL, ["os:someone", "user:U2"], this_month(), SEOUL)
    (look,) = [one async for one in told]
    assert (look.who, look.whom, look.command, look.reason) == ("os:someone", "user:U2", "ask", "민원 17호 확인")
    async with database.transaction() as connection:
        written = str((await connection.scalars(text("select audit::text from audit"))).all())
    assert not [word for word in ("민원", "someone", "U2") if word in written]
