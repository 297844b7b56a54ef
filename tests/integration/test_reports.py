"""What an officer is shown: what left, word for word where it was kept, and each policy with its author."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from admin.app import today
from admin.operators import LOOKED, Operator, noted, titles_only
from admin.reports.egress import Egress, egress
from admin.reports.looks import looks
from admin.reports.period import Period
from admin.reports.policies import Revision, revisions
from bot.audit import Audit
from bot.domain import Route
from bot.policy.policy_file import PolicyFile
from bot.policy_history import PolicyHistory, author_of
from bot.seal import Seal
from retrieval.database import Database
from tests.builders import ROOT
from tests.integration.company import Company, company

ASKED = "연차는 며칠인가요?"
DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n"}
SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")
STRICTER = SHIPPED.replace('dm = "internal"', 'dm = "confidential"', 1)
EVERY_ONE = "\n[egress]\nsample = 1.0\n"
GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Lee",
    "GIT_AUTHOR_EMAIL": "lee@x.example",
    "GIT_COMMITTER_NAME": "Bot",
    "GIT_COMMITTER_EMAIL": "bot@x.example",
}


def write(folder: Path, policy: str, at: int) -> None:
    """at: seconds; another time, so that it is looked at again."""
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    os.utime(folder / "policy.toml", (at, at))


def commit(folder: Path, message: str) -> None:
    for arguments in (["init", "-q"], ["add", "policy.toml"], ["commit", "-q", "-m", message]):
        subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **GIT}, check=True, capture_output=True)


@asynccontextmanager
async def asked_once(folder: Path, url: str, more: str = EVERY_ONE) -> AsyncIterator[Company]:
    async with company(folder, url, DOCUMENTS, more=more) as naru:
        assert (await naru.ask(ASKED)).route is Route.CLOUD
        yield naru


async def note(naru: Company, kind: str, question: UUID, **more: object) -> None:
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
    async with naru.app.database.transaction() as connection:
        await Audit(naru.app.seal).note(connection, kind, body)


async def now(naru: Company) -> Egress:
    return await egress(naru.app, Period.of(None, today(naru.app.settings)), datetime.now(UTC))


async def history(naru: Company) -> list[Revision]:
    await naru.app.history.follow()
    return [one async for one in revisions(naru.app, None)]


# -- the statement -------------------------------------------------------------------------------------------


async def test_the_statement_says_what_left_and_how_many_questions_stayed(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        left, stayed = await naru.ask(ASKED, thread="a"), await naru.ask(ASKED, thread="b")
        assert left.question != stayed.question
        async with naru.app.database.transaction() as connection:  # what the door itself noted
            await connection.execute(text("delete from audit"))
        await note(naru, "sent", left.question)
        await note(naru, "sent", left.question, prompt_tokens=None)
        found = await now(naru)
        assert (found.statement.total.requests, found.statement.total.characters) == (2, 2400)
        assert (found.statement.questions, found.stayed) == (1, 1)
        assert found.terms is not None
        assert found.terms.region == "kr"


async def test_a_request_of_which_nothing_more_is_known_counts_as_left_and_one_that_was_stopped_does_not(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await note(naru, "sending", uuid4(), call="whole")
        await note(naru, "sent", uuid4(), call="whole")
        await note(naru, "sending", uuid4(), call="killed")
        await note(naru, "sending", uuid4(), call="stopped")
        await note(naru, "stopped", uuid4(), call="stopped")
        assert (await now(naru)).statement.total.requests == 2


async def test_another_period_holds_none_of_it(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await note(naru, "sent", uuid4())
        found = await egress(naru.app, Period.of("2020-01", today(naru.app.settings)), datetime.now(UTC))
        assert (found.statement.lines, found.statement.first, found.stayed) == ((), None, 0)


async def test_what_was_not_sealed_yet_is_counted_behind_the_last_seal(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        for _ in range(3):
            await note(naru, "sent", uuid4())
        assert (await now(naru)).seal is None
        async with naru.app.database.transaction() as connection:
            await connection.execute(
                text(
                    "insert into audit_seal (id, first, last, hash, previous)"
                    " select 1, min(id), min(id), 'h', '' from audit where kind = 'sent'"
                )
            )
        seal = (await now(naru)).seal
        assert seal is not None
        assert (seal.id, seal.unsealed) == (1, 2)


# -- samples -------------------------------------------------------------------------------------------------


async def test_a_sample_is_word_for_word_what_left_and_sealed_where_it_is_kept(tmp_path: Path, fresh_url: str) -> None:
    async with asked_once(tmp_path, fresh_url) as naru:
        days = Period.of(None, today(naru.app.settings)).bounds(naru.app.settings.timezone)
        (kept,) = [one async for one in naru.app.samples.of(*days)]
        assert kept.payload is not None
        assert kept.payload.encode() in naru.cloud.bytes_received
        assert ASKED in kept.payload
        async with naru.app.database.transaction() as connection:
            (stored,) = (await connection.execute(text("select payload from egress_sample"))).one()
        assert ASKED.encode() not in bytes(stored)


async def test_no_share_keeps_nothing(tmp_path: Path, fresh_url: str) -> None:
    async with asked_once(tmp_path, fresh_url, "\n[egress]\nsample = 0.0\n") as naru:
        assert await samples(naru) == 0


async def test_what_may_not_be_recorded_is_never_kept_as_a_sample(tmp_path: Path, fresh_url: str) -> None:
    write(tmp_path, SHIPPED.replace("[sinks.record]\nceiling", '[sinks.record]\nrefuse = ["channel"]\nceiling', 1), 1)
    assert 'refuse = ["channel"]' in (tmp_path / "policy.toml").read_text(encoding="utf-8")
    async with asked_once(tmp_path, fresh_url) as naru:
        assert await samples(naru) == 0


async def test_a_sample_is_gone_after_thirty_days(tmp_path: Path, fresh_url: str) -> None:
    async with asked_once(tmp_path, fresh_url) as naru:
        assert await naru.app.samples.forget_old() == 0
        async with naru.app.database.transaction() as connection:
            await connection.execute(text("update egress_sample set at = now() - interval '30 days 1 minute'"))
        long_ago = datetime(2000, 1, 1, tzinfo=UTC)
        assert [one async for one in naru.app.samples.of(long_ago, datetime.now(UTC))] == []
        assert await samples(naru) == 0


async def samples(naru: Company) -> int:
    async with naru.app.database.transaction() as connection:
        return int((await connection.execute(text("select count(*) from egress_sample"))).scalar_one())


# -- policies ------------------------------------------------------------------------------------------------


async def test_each_policy_that_came_into_force_is_kept_with_what_changed_also_when_it_comes_back(
    tmp_path: Path, fresh_url: str
) -> None:
    write(tmp_path, SHIPPED, 1)
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        write(tmp_path, STRICTER, 2)
        naru.app.rules()
        write(tmp_path, "[kinds", 3)
        naru.app.rules()
        write(tmp_path, SHIPPED, 4)
        found = await history(naru)
        assert [one.only_tightens for one in found] == [None, True, False]
        assert [[(c.way, c.what) for c in one.changes or ()] for one in found[1:]] == [
            [("tighter", "rooms.dm")],
            [("looser", "rooms.dm")],
        ]
        assert len(await history(naru)) == 3
        assert found[0].author is not None
        assert found[0].author.endswith("(owns the file)")


async def test_several_processes_that_read_the_same_policy_write_it_down_once(
    tmp_path: Path, fresh_database: Database
) -> None:
    write(tmp_path, SHIPPED, 1)
    seal = Seal(b"k" * 32)
    several = [PolicyHistory(fresh_database, seal, PolicyFile(tmp_path / "policy.toml")) for _ in range(3)]
    for one in several:
        await one.follow()
    kept = [one async for one in several[0].kept()]
    assert [one.content for one in kept] == [SHIPPED.encode()]
    async with fresh_database.transaction() as connection:
        (content, author) = (await connection.execute(text("select content, author from policy_version"))).one()
    assert b"[sinks" not in bytes(content)
    assert b"owns the file" not in bytes(author)


async def test_a_companys_terms_are_never_named_in_the_changes(tmp_path: Path, fresh_url: str) -> None:
    write(tmp_path, SHIPPED, 1)
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        write(tmp_path, f'{SHIPPED}\n[terms]\n"청룡 인수" = "restricted"\n', 2)
        naru.app.rules()
        changed = (await history(naru))[-1].changes
        assert changed is not None
        assert [(change.way, change.what) for change in changed] == [("tighter", "terms.…")]
        assert "청룡" not in str(changed)


async def test_the_author_is_that_of_the_commit_and_the_owner_where_the_file_is_another_than_committed(
    tmp_path: Path,
) -> None:
    write(tmp_path, SHIPPED, 1)
    path = tmp_path / "policy.toml"
    owner = await author_of(path, SHIPPED.encode())
    assert owner is not None
    assert "owns the file" in owner
    commit(tmp_path, "a policy")
    assert await author_of(path, SHIPPED.encode()) == "Lee <lee@x.example>"
    assert await author_of(path, STRICTER.encode()) == owner


async def test_a_policy_that_this_key_does_not_open_is_named_as_such(tmp_path: Path, fresh_url: str) -> None:
    write(tmp_path, SHIPPED, 1)
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        write(tmp_path, STRICTER, 2)
        naru.app.rules()
        await naru.app.history.follow()
        async with naru.app.database.transaction() as connection:
            await connection.execute(text("update policy_version set content = 'x' || content"))
        assert (await history(naru))[-1].unreadable == "sealed with another key"


# -- operators -----------------------------------------------------------------------------------------------


async def test_what_an_operator_did_is_told_to_the_officer_with_the_reason_and_nowhere_else(
    tmp_path: Path, fresh_url: str
) -> None:
    operator = Operator("someone", frozenset({"officer"}))
    async with company(tmp_path, fresh_url, DOCUMENTS, more='\n[roles]\nofficers = ["someone"]\n') as naru:
        app = naru.app
        body = {"command": "ask"}
        await noted(app.database, app.seal, operator, LOOKED, "민원 17호 확인", body, subject="user:U2")
        (look,) = [one async for one in looks(app, Period.of(None, today(app.settings)))]
        assert (look.who, look.whom, look.command, look.reason) == ("os:someone", "user:U2", "ask", "민원 17호 확인")
        async with app.database.transaction() as connection:
            stored = str((await connection.execute(text("select audit::text from audit"))).scalars().all())
        assert "민원" not in stored
        assert "someone" not in stored
        assert "U2" not in stored


async def test_one_looks_with_ones_own_eyes_without_a_reason_and_with_nobody_elses(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        assert not await titles_only(naru.app, "ask", None, None)
        assert not await titles_only(naru.app, "ask", "U1", None)
        with pytest.raises(Exception, match=r"must stand in officers or admins under \[roles\]"):
            await titles_only(naru.app, "ask", "U2", "because")
