"""The audit on a real database: what is noted when, that it is only added to, sealed, and found out when changed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from admin import schema
from admin.audit.head import HeadFile
from benchmarks.leaks import found_in
from bot.audit import Audit, Wanted, read
from bot.audit_chain import Entry
from bot.domain import Route
from bot.seal import Seal
from retrieval.database import Database, DatabaseFault
from tests.builders import rrn
from tests.integration.company import company
from tests.standins.openai import HalfStream, Says, Status

DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n"}
ASKED = "연차는 며칠인가요?"
AUDIT = Audit(Seal(b"k" * 32))


async def noted(database: Database, *kinds: str) -> list[Entry]:
    return list(await read(database, Wanted(kinds=kinds)))


async def add(database: Database, count: int) -> None:
    async with database.transaction() as connection:
        for number in range(count):
            await AUDIT.note(connection, "decision", {"n": number}, actor="U1")


async def does(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def meddle(database: Database, *statements: str) -> None:
    """As whoever owns the tables can."""
    async with database.transaction() as connection:
        for table in ("audit", "audit_seal"):
            await connection.execute(text(f"alter table {table} disable trigger user"))
        for statement in statements:
            await connection.execute(text(statement))
        for table in ("audit", "audit_seal"):
            await connection.execute(text(f"alter table {table} enable trigger user"))


async def problems(database: Database, head: str | None = None) -> list[str]:
    return [str(problem) for problem in (await AUDIT.verified(database, head)).problems]


# -- what is noted -------------------------------------------------------------------------------------------


async def test_a_decision_and_what_left_for_it_are_noted_in_that_order(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answered = await naru.ask(ASKED)
        assert answered.route is Route.CLOUD
        decision, sending, sent = await noted(naru.app.database, "decision", "sending", "sent")
        row = await naru.app.records.decision_of(answered.decision)
        assert row is not None
        assert decision.body["policy"] == row["policy"]
        assert decision.body["verdicts"] == row["verdicts"]
        assert decision.actor == naru.app.seal.pseudonym("U1")
        (request,) = naru.cloud.requests
        characters = sum(len(message["content"]) for message in request.json["messages"])
        said = {
            "decision": str(answered.decision),
            "question": str(answered.question),
            "route": "cloud",
            "host": "127.0.0.1",
            "vendor": "127.0.0.1",
            "country": "kr",
            "model": "far",
            "characters": characters,
            "sources": ["handbook"],
            "masked": {},
        }
        assert {key: sent.body[key] for key in said} == said
        assert (sent.body["prompt_tokens"], sent.body["completion_tokens"]) == (
            answered.usage.prompt_tokens,
            answered.usage.completion_tokens,
        )
        assert dict(sending.body) == {**sent.body, "prompt_tokens": None, "completion_tokens": None}


async def test_each_try_is_noted_whatever_became_of_it(tmp_path: Path, fresh_url: str) -> None:
    replies = (Status(500), HalfStream("연차는"))
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=replies) as naru:
        assert (await naru.ask(ASKED)).route is Route.ON_PREM
        calls = await noted(naru.app.database, "sending", "sent")
        assert [entry.kind for entry in calls] == ["sending", "sent"] * 2
        assert len({entry.body["call"] for entry in calls}) == len(naru.cloud.requests) == 2
        assert all(entry.body["prompt_tokens"] is None for entry in calls)


async def test_the_cloud_is_out_when_it_cannot_be_noted_what_is_about_to_leave(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        async with naru.app.database.transaction() as connection:
            await connection.execute(text(_NO_SENDING))
            await connection.execute(text("create trigger no_sending before insert on audit for each row"
                                          " when (new.kind = 'sending') execute function no_sending()"))  # fmt: skip
        answered = await naru.ask(ASKED)
        assert answered.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""
        assert "audit cannot be written" in answered.tried[0][1]


_NO_SENDING = """
create function no_sending() returns trigger language plpgsql as $$
begin raise exception using errcode = '53100', message = 'full'; end $$
"""


async def test_what_stays_in_the_building_is_no_call(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await naru.ask(f"{rrn()} 이 사람의 연차는 며칠인가요?")
        assert await noted(naru.app.database, "sending", "sent") == []
        assert len(await noted(naru.app.database, "decision")) == 1


async def test_a_run_of_a_source_and_a_changed_policy_are_noted(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        (run,) = await noted(naru.app.database, "reindexed")
        assert (run.body["source"], run.body["counts"]["added"]) == ("handbook", 1)
        await naru.app.keeper.follow()
        await naru.app.keeper.follow()
        (policy,) = await noted(naru.app.database, "policy")
        assert policy.body["hash"] == naru.app.rules().hash


# -- only added to -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set kind = 'x'",
        "delete from audit",
        "truncate audit",
        "update audit_seal set hash = 'x'",
        "delete from audit_seal",
        "truncate audit_seal",
    ],
)
async def test_what_is_in_the_audit_is_neither_changed_nor_deleted(database: Database, statement: str) -> None:
    await add(database, 1)
    await AUDIT.seal(database)
    with pytest.raises(DatabaseFault):
        await does(database, statement)


async def test_the_role_that_naru_runs_as_may_add_and_read_and_nothing_more(fresh_url: str) -> None:
    owner = Database(fresh_url)
    async with owner.transaction() as connection:
        await connection.execute(text("drop role if exists naru_app"))
        await connection.execute(text("create role naru_app login"))
    await schema.upgrade(fresh_url)
    app = Database(make_url(fresh_url).set(username="naru_app").render_as_string(hide_password=False))
    try:
        await add(app, 2)
        assert await AUDIT.seal(app) == 2
        assert len(await noted(app, "decision")) == 2
        for statement in (
            "alter table audit disable trigger user",
            "set local session_replication_role = replica",
            "delete from audit",
            "update audit_seal set hash = 'x'",
        ):
            with pytest.raises(DatabaseFault):
                await does(app, "select set_config('naru.forgetting', 'audit', true)", statement)
        async with app.transaction() as connection:
            assert await connection.scalar(text("select audit_forget(1)")) == 0
        await schema.verify(fresh_url)
    finally:
        await app.close()
        async with owner.transaction() as connection:
            await connection.execute(text("drop owned by naru_app"))
            await connection.execute(text("drop role naru_app"))
        await owner.close()


# -- sealed --------------------------------------------------------------------------------------------------


async def test_nothing_is_sealed_or_read_before_what_has_a_lower_number(fresh_database: Database) -> None:
    async with fresh_database.transaction() as slow:
        await AUDIT.note(slow, "decision", {"n": "first"})
        quick = asyncio.create_task(add(fresh_database, 1))
        await quick
        with pytest.raises(DatabaseFault):
            await AUDIT.seal(fresh_database)
        with pytest.raises(DatabaseFault):
            await noted(fresh_database)
    assert await AUDIT.seal(fresh_database) == 2
    assert [entry.id for entry in await noted(fresh_database)] == [1, 2]


async def test_several_that_write_and_seal_at_once_make_one_chain(fresh_database: Database) -> None:
    async def work(number: int) -> None:
        for _ in range(5):
            await add(fresh_database, 1 + number % 3)
            try:
                await AUDIT.seal(fresh_database)
            except DatabaseFault as fault:
                logging.getLogger(__name__).info("%s", fault)  # somebody writes: the next time it is sealed

    await asyncio.gather(*(work(number) for number in range(6)))
    await AUDIT.seal(fresh_database)
    found = await AUDIT.verified(fresh_database, None)
    assert (found.problems, found.open, found.entries) == ([], 0, 60)
    assert found.seals > 1


TAMPERING: Sequence[tuple[str, str]] = (
    ("update audit set body = '{}' where id = 3", "Entry 3 is not as it was written"),
    ("update audit set actor = null where id = 3", "Entry 3 is not as it was written"),
    ("update audit set at = at + interval '1 s' where id = 3", "Entry 3 is not as it was written"),
    ("delete from audit where id = 3", "Entry 3 is gone"),
    (
        "insert into audit (id, kind, body) overriding system value values (6, 'decision', '{}')",
        "Entry 6 was put there later",
    ),
    ("update audit_seal set hash = previous where id = 1", "Seal 1 is not as it was made"),
    ("update audit_seal set last = last + 1 where id = 1", "Seal 1 is not as it was made"),
    ("delete from audit_seal where id = 1", "Seal 1 is gone"),
    ("delete from audit_seal where id = 2", "cut off at its end"),
    ("delete from audit where id > 5; delete from audit_seal where id = 2", "cut off at its end"),
)


@pytest.mark.parametrize(("statements", "said"), TAMPERING)
async def test_tampering_is_found(fresh_database: Database, statements: str, said: str) -> None:
    await add(fresh_database, 5)
    await AUDIT.seal(fresh_database)
    async with fresh_database.transaction() as connection:
        await connection.execute(text("select nextval('audit_id_seq')"))
    await add(fresh_database, 3)
    await AUDIT.seal(fresh_database)
    last = await AUDIT.last_seal(fresh_database)
    assert last is not None
    assert await problems(fresh_database, last.line()) == []
    await meddle(fresh_database, *statements.split("; "))
    assert any(said in problem for problem in await problems(fresh_database, last.line()))


async def test_the_copy_outside_is_not_replaced_once_the_chain_has_lost_what_it_says(
    tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await naru.ask(ASKED)
        await naru.app.keeper.follow()
        head = HeadFile(naru.app.settings.home)
        before = head.line()
        assert before is not None
        await meddle(naru.app.database, "delete from audit", "delete from audit_seal")
        await naru.ask(ASKED, thread="u")
        await naru.app.keeper.follow()
        assert head.line() == before
        assert "naru audit verify" in caplog.text
        found = await naru.app.audit.verified(naru.app.database, head.line())
        assert any("Seal" in str(problem) or "chain" in str(problem) for problem in found.problems)


# -- old -----------------------------------------------------------------------------------------------------


async def aged(database: Database) -> None:
    """Six entries under two seals, the first of which is 40 days old."""
    await add(database, 3)
    await AUDIT.seal(database)
    await meddle(database, "update audit_seal set sealed_at = sealed_at - interval '40 days'")
    await add(database, 3)


async def test_what_is_old_goes_by_whole_seals_and_what_stays_is_still_proven(fresh_database: Database) -> None:
    await aged(fresh_database)
    assert await AUDIT.forget(fresh_database, 41) == 0
    assert await AUDIT.forget(fresh_database, 35) == 3
    assert await AUDIT.forget(fresh_database, 35) == 0
    found = await AUDIT.verified(fresh_database, None)
    # The seal was made older behind Naru's back, which is found; that entries are missing is not held against anybody.
    assert [problem.seal for problem in found.problems] == [1]
    assert found.forgotten == 3
    assert found.open == 0
    (entry,) = await noted(fresh_database, "forgotten")
    assert entry.body["entries"] == 3


async def test_a_legal_hold_keeps_the_audit(fresh_database: Database) -> None:
    await aged(fresh_database)
    hold = "insert into legal_hold (id, subject, sealed) values (gen_random_uuid(), 'x', ''::bytea)"
    async with fresh_database.transaction() as connection:
        await connection.execute(text(hold))
    assert await AUDIT.forget(fresh_database, 35) == 0
    async with fresh_database.transaction() as connection:
        await connection.execute(text("update legal_hold set until = now()"))
    assert await AUDIT.forget(fresh_database, 35) == 3


async def test_nothing_that_is_young_is_forgotten_whatever_is_asked(fresh_database: Database) -> None:
    await add(fresh_database, 3)
    await AUDIT.seal(fresh_database)
    async with fresh_database.transaction() as connection:
        assert await connection.scalar(text("select audit_forget(1)")) == 0


# -- nothing of anybody's text -------------------------------------------------------------------------------


def planted() -> list[str]:
    """Twenty secrets and identifiers, made here: nothing that looks like one stands in the repository."""
    keys = [f"AKIA{'ABCDEFGHIJ234567'[n:]}{'ABCDEFGHIJ234567'[:n]}" for n in range(10)]
    return [*keys, *(f"hunter{n}!Zx9#qL{n}w" for n in range(5)), *(rrn(serial=f"{n}23456") for n in range(1, 6))]


async def test_neither_logs_nor_audit_hold_anything_that_a_detector_finds(
    tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(Says("15일입니다. [1]"),)) as naru:
        await naru.ask(ASKED)
        for number, secret in enumerate(planted()):
            await naru.ask(f"연차는 며칠인가요? password: {secret}", thread=f"t{number % 4}")
        await naru.app.keeper.follow()
        entries = await noted(naru.app.database)
        assert (await naru.app.audit.verified(naru.app.database, None)).problems == []
    logs, audit = caplog.text, [json.dumps(entry.data(), ensure_ascii=False) for entry in entries]
    assert [secret for secret in planted() if secret in logs or secret in "\n".join(audit)] == []
    assert [found for line in (*audit, *ours(caplog)) for found in found_in(line)] == []


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]
