"""What is kept of somebody is erased, counted, and stays erased: table by table, whatever is killed in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.forget.reach import Batch, Erasure
from bot.forget.registry import STEPS
from bot.forgetting import Forgetting
from bot.holds import HoldFault, Holds
from bot.seal import Seal
from bot.spool import Spool
from bot.subjects import Subject
from retrieval.database import Database
from tests.integration.events import SEAL

KIM, LEE = "U0KIM", "U0LEE"
PERSON = Subject("person", "홍길동", ("gildong@example.com",))
NOBODY: dict[str, int] = {}


class Desk:
    """Rows as Naru writes them, and what is left of them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.spool = Spool(folder / "spool", SEAL)

    def forgetting(self, **more: Any) -> Forgetting:
        return Forgetting(self.database, SEAL, self.spool, Holds(SEAL), **more)

    async def asked(
        self,
        asker: str = KIM,
        question: str | None = "연차는 며칠인가요?",
        answer: str | None = "15일입니다.",
        *,
        room: str = "C1",
        documents: tuple[int, ...] = (),
        posted: str | None = None,
        thread: str = "t",
    ) -> UUID:
        id, decision, given = uuid4(), uuid4(), uuid4()
        row = {
            "id": id,
            "thread": SEAL.pseudonym(thread),
            "room": room,
            "asker": SEAL.pseudonym(asker),
            "text": None if question is None else SEAL.close(question, f"question:{id}"),
        }
        async with self.database.transaction() as connection:
            await connection.execute(_QUESTION, row)
            await connection.execute(_DECISION, {"id": decision, "question": id})
            sealed = None if answer is None else SEAL.close(answer, f"answer:{given}")
            values = {"id": given, "question": id, "decision": decision, "text": sealed, "documents": list(documents)}
            await connection.execute(_ANSWER, values)
            payload = uuid4()
            sample = {
                "id": payload,
                "decision": decision,
                "payload": SEAL.close(question or "", f"egress_sample:{payload}"),
            }
            await connection.execute(_SAMPLE, sample)
            if posted:
                where = {"ts": posted, "question": id, "asker": SEAL.pseudonym(asker), "documents": list(documents)}
                await connection.execute(_POSTED, {"channel": room, **where})
        return id

    async def later(self) -> None:
        """What was asked until now was asked a while ago: in one transaction the clock stands still."""
        await self.change("update question set received_at = received_at - interval '1 minute'")

    async def change(self, statement: str) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(text(statement))

    async def thinks(self, person: str, of: UUID, better: str) -> None:
        async with self.database.transaction() as connection:
            answer = await connection.scalar(text("select id from answer where question = :id"), {"id": of})
            key = SEAL.pseudonym(person)
            values = {"answer": answer, "person": key, "better": SEAL.close(better, f"better:{answer}:{key}")}
            await connection.execute(_FEEDBACK, values)

    async def masked(self, name: str, value: str | None, thread: str = "t") -> None:
        """value: None: it was not kept."""
        key = SEAL.pseudonym(thread)
        sealed = None if value is None else SEAL.close(value, f"placeholder:{key}:{name}")
        values = {"thread": key, "name": name, "value": sealed}
        async with self.database.transaction() as connection:
            await connection.execute(_PLACEHOLDER, values)

    async def holds(self, subject: Subject, seal: Seal = SEAL) -> None:
        id = uuid4()
        sealed = seal.close(json.dumps({"id": subject.id, "also": subject.also}), f"legal_hold:{id}")
        async with self.database.transaction() as connection:
            values = {"id": id, "subject": SEAL.pseudonym(str(subject)), "sealed": sealed}
            await connection.execute(_HOLD, values)

    async def used(self, scope: str, key: str) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(_USED, {"scope": scope, "key": key})

    async def texts(self) -> list[str]:
        """All that can still be opened."""
        found: list[str] = []
        async with self.database.transaction() as connection:
            for query, place in _OPENABLE.items():
                for row in await connection.execute(text(query)):
                    opened = SEAL.open(row.sealed, place.format(*row)) if row.sealed else None
                    found += [opened] if opened else []
        return found

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(statement))]


_OPENABLE = {
    "select id, text as sealed from question": "question:{0}",
    "select id, text as sealed from answer": "answer:{0}",
    "select answer, person, better as sealed from feedback": "better:{0}:{1}",
    "select thread, name, value as sealed from placeholder": "placeholder:{0}:{1}",
    "select id, payload as sealed from egress_sample": "egress_sample:{0}",
}
_SHELVED = text("""
with made as (
  insert into source (name, kind, location, level, readers, rules, declared, active)
  values ('wiki', 'files', '/', 0, '{}', '[]', false, true) returning id
), nobody as (
  insert into audience (source_id, readers, digest) select id, '{}', '' from made returning id, source_id
)
insert into document (source_id, uri, title, format, level, readers, audience_id)
select source_id, 'a', 'a', 4, 0, '{}', id from nobody
returning id
""")
_QUESTION = text(
    "insert into question (id, thread, room, asker, text, received_at)"
    " values (:id, :thread, :room, :asker, :text, now())"
)
_DECISION = text(
    "insert into decision (id, question, routes, level, reasons, verdicts, policy)"
    " values (:id, :question, '{cloud}', 0, '[]', '{}', 'p')"
)
_ANSWER = text(
    "insert into answer (id, question, decision, text, route, known, reasons, documents, tried)"
    " values (:id, :question, :decision, :text, 'cloud', true, '[]', :documents, '[]')"
)
_SAMPLE = text("insert into egress_sample (id, decision, payload) values (:id, :decision, :payload)")
_POSTED = text(
    "insert into posted (channel, ts, question, asker, documents) values (:channel, :ts, :question, :asker, :documents)"
)
_FEEDBACK = text("insert into feedback (answer, person, verdict, better) values (:answer, :person, 'bad', :better)")
_HOLD = text("insert into legal_hold (id, subject, sealed) values (:id, :subject, :sealed)")
_USED = text("insert into cloud_use (day, scope, key, requests) values (current_date, :scope, :key, 1)")
_PLACEHOLDER = text("insert into placeholder (thread, name, value) values (:thread, :name, :value)")


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


def only(counts: Mapping[str, Mapping[str, int]], what: str) -> dict[str, int]:
    return {table: each[what] for table, each in counts.items() if each[what]}


async def test_of_an_asker_everything_goes_and_nothing_of_anybody_else(desk: Desk) -> None:
    await desk.asked(KIM, "내 질문", "내 답", posted="1.1")
    other = await desk.asked(LEE, "남의 질문", "남의 답", posted="2.2", thread="other")
    await desk.thinks(KIM, other, "내 의견")
    await desk.masked("EMAIL_1", "kim@example.com")
    await desk.masked("EMAIL_1", "lee@example.com", "other")
    counts = await desk.forgetting()(Subject("user", KIM))
    assert sorted(await desk.texts()) == ["lee@example.com", "남의 답", "남의 질문", "남의 질문"]
    assert only(counts, "erased") == {
        "question": 1, "decision": 1, "answer": 1, "feedback": 1, "placeholder": 1, "egress_sample": 1, "posted": 1,
    }  # fmt: skip
    assert await desk.rows("select ts, why from posted order by ts") == [("1.1", "opt_out"), ("2.2", None)]


async def test_of_a_room_everything_goes_that_was_asked_in_it(desk: Desk) -> None:
    await desk.asked(KIM, "방 안", "방 안의 답", room="C1", posted="1.1")
    await desk.asked(KIM, "방 밖", "방 밖의 답", room="C2", posted="1.2")
    await desk.forgetting()(Subject("room", "C1"))
    assert sorted(await desk.texts()) == ["방 밖", "방 밖", "방 밖의 답"]
    assert await desk.rows("select why from posted order by ts") == [("opt_out",), (None,)]


async def test_a_text_that_names_somebody_goes_and_the_rest_of_its_row_stays(desk: Desk) -> None:
    about = await desk.asked(KIM, "홍길동의 연차는?", "10일 남았습니다.", posted="1.1")
    named = await desk.asked(KIM, "담당자는?", "담당은 홍 길 동 님 (gildong@example.com) 입니다.", posted="1.2")
    await desk.asked(KIM, "연차는 며칠?", "15일입니다.", posted="1.3")
    await desk.thinks(LEE, named, "아니요, 홍길동이 아닙니다.")
    await desk.masked("PERSON_1", "홍길동")
    counts = await desk.forgetting()(PERSON)
    assert sorted(await desk.texts()) == ["15일입니다.", "담당자는?", "연차는 며칠?", "연차는 며칠?"]
    assert len(await desk.rows("select from question")) == 3
    assert await desk.rows("select why from posted order by ts") == [("opt_out",), ("opt_out",), (None,)]
    assert only(counts, "erased") == {
        "question": 1, "answer": 2, "feedback": 1, "placeholder": 1, "egress_sample": 2, "posted": 2,
    }  # fmt: skip
    # A restore erases by these: the ledger names rows, and nobody.
    ledger = {
        key for kind, key in await desk.rows("select kind, key from erasure where kind in ('question', 'answer')")
    }
    assert {str(about), str(named)} == ledger


async def test_an_answer_that_names_somebody_by_a_placeholder_goes_too(desk: Desk) -> None:
    """The name was masked: what is kept says ⟦PERSON_1⟧, and what stands in Slack says the name."""
    behind = await desk.asked(KIM, "담당자는?", "담당은 ⟦PERSON_1⟧입니다.", posted="1.1")
    asked = await desk.asked(KIM, "⟦PERSON_1⟧의 연차는?", "10일입니다.", posted="1.2")
    await desk.asked(KIM, "연차는 며칠?", "15일입니다.", posted="1.3")
    await desk.asked(KIM, "누가 정하나?", "⟦PERSON_2⟧이 정합니다.", posted="1.4")
    await desk.asked(KIM, "누구인가?", None, posted="1.5")
    await desk.asked(LEE, "다른 스레드는?", "⟦PERSON_1⟧입니다.", posted="2.1", thread="other")
    await desk.masked("PERSON_1", "홍길동")
    await desk.masked("PERSON_2", "김나루")
    await desk.masked("PERSON_1", "이나루", "other")
    await desk.forgetting()(PERSON)
    assert not [one for one in await desk.texts() if one in ("담당은 ⟦PERSON_1⟧입니다.", "⟦PERSON_1⟧의 연차는?")]
    assert {"15일입니다.", "⟦PERSON_2⟧이 정합니다.", "⟦PERSON_1⟧입니다."} <= set(await desk.texts())
    # Of one whose text is not kept nobody can tell: it goes where the thread had named them.
    gone = {ts for (ts,) in await desk.rows("select ts from posted where why = 'opt_out'")}
    assert gone == {"1.1", "1.2", "1.5"}
    ledger = {
        key for kind, key in await desk.rows("select kind, key from erasure where kind in ('question', 'answer')")
    }
    assert {str(behind), str(asked)} <= ledger


async def test_what_a_placeholder_stood_for_that_nobody_kept_may_have_been_anybody(desk: Desk) -> None:
    await desk.asked(KIM, "담당자는?", "담당은 ⟦PERSON_1⟧입니다.", posted="1.1")
    await desk.asked(KIM, "연차는 며칠?", "15일입니다.", posted="1.2")
    await desk.asked(LEE, "담당자는?", "담당은 ⟦PERSON_1⟧입니다.", posted="2.1", thread="other")
    await desk.masked("PERSON_1", None)
    await desk.masked("PERSON_1", "이나루", "other")
    counts = await desk.forgetting()(PERSON)
    assert await desk.rows("select ts from posted where why is not null") == [("1.1",)]
    assert len(await desk.texts()) == 10, "no text holds the name"
    assert counts["placeholder"]["found"] == 0


async def test_of_what_nobody_kept_a_name_may_stand_in_it(desk: Desk) -> None:
    await desk.asked(KIM, None, None, posted="1.1")
    await desk.asked(KIM, "연차는 며칠?", None, posted="1.2", thread="second")
    await desk.asked(KIM, "홍길동의 연차는?", "10일", posted="1.3", thread="third")
    await desk.asked(KIM, "그러면?", None, posted="1.4", thread="third")
    await desk.asked(LEE, None, None, posted="1.5", thread="fourth")
    await desk.holds(Subject("user", LEE))
    await desk.forgetting()(PERSON)
    gone = {ts for (ts,) in await desk.rows("select ts from posted where why = 'opt_out'")}
    assert gone == {"1.1", "1.3", "1.4"}, "the second's question is kept and names nobody; the fifth is held"


async def test_what_the_law_holds_stays_where_a_placeholder_names_somebody(desk: Desk) -> None:
    await desk.asked(KIM, "담당자는?", "담당은 ⟦PERSON_1⟧입니다.", posted="1.1")
    await desk.asked(LEE, "소송은?", "⟦PERSON_1⟧와 김나루의 일입니다.", posted="2.1", thread="other")
    for thread in ("t", "other"):
        await desk.masked("PERSON_1", "홍길동", thread)
    for held in (Subject("user", KIM), Subject("person", "김나루")):
        await desk.holds(held)
    await desk.forgetting()(PERSON)
    # What the placeholder of the second stands for is gone: nobody would restore it.
    left = [
        "담당자는?",
        "담당자는?",
        "담당은 ⟦PERSON_1⟧입니다.",
        "홍길동",
        "소송은?",
        "소송은?",
        "⟦PERSON_1⟧와 김나루의 일입니다.",
    ]
    assert sorted(await desk.texts()) == sorted(left)
    assert await desk.rows("select why from posted") == [(None,), (None,)]


@pytest.mark.parametrize("hold", [Subject("user", KIM), Subject("room", "C1"), PERSON], ids=lambda one: one.kind)
async def test_what_the_law_holds_stays_and_is_counted(desk: Desk, hold: Subject) -> None:
    await desk.asked(KIM, "홍길동의 연차는?", "홍길동은 10일입니다.", room="C1", posted="1.1")
    await desk.asked(KIM, "연차는?", "15일", room="C2") if hold.kind != "user" else None
    await desk.holds(hold)
    counts = await desk.forgetting()(Subject("user", KIM))
    assert sorted(set(await desk.texts())) == ["홍길동은 10일입니다.", "홍길동의 연차는?"]
    assert counts["question"]["held"] == 1
    assert await desk.rows("select why from posted") == [(None,)] or hold.kind == "person"


async def test_a_hold_that_cannot_be_read_stops_every_erasure(desk: Desk) -> None:
    await desk.asked()
    await desk.holds(Subject("user", KIM), Seal(b"another key of 32 bytes long ...."[:32]))
    with pytest.raises(HoldFault, match="nothing is erased"):
        await desk.forgetting()(Subject("user", KIM))
    assert await desk.texts()


async def test_what_was_set_aside_in_the_spool_goes_too(desk: Desk, tmp_path: Path) -> None:
    event = {"key": "k", "kind": "message", "channel": "C1", "body": {"user": KIM, "text": "제 질문"}}
    for key, user in (("one", KIM), ("two", LEE)):
        await desk.spool.put(Decimal("1.1"), key, json.dumps(event | {"body": {"user": user, "text": "질문"}}))
    for name in desk.spool.names():
        desk.spool.set_aside(name)
    counts = await desk.forgetting()(Subject("user", KIM))
    assert counts["spool"] == {"found": 1, "erased": 1, "withheld": 0, "held": 0}
    assert len(list((tmp_path / "spool").iterdir())) == 1


async def test_asked_twice_it_is_one_erasure_while_it_goes_on_and_finds_nothing_after(desk: Desk) -> None:
    await desk.asked()
    forgetting = desk.forgetting()
    async with desk.database.transaction() as connection:
        first = await forgetting.begin(connection, Subject("user", KIM))
        assert await forgetting.begin(connection, Subject("user", KIM)) == first
    assert (await forgetting.run(first)).counts["question"].erased == 1
    assert (await forgetting.run(first)).counts["question"].erased == 1
    assert only(await forgetting(Subject("user", KIM)), "found") == NOBODY


class Killed(BaseException):
    pass


@pytest.mark.parametrize("dies_at", [1, 5, 9])
async def test_whoever_is_killed_leaves_what_anybody_finishes_with_the_same_counts(
    dies_at: int, fresh_database: Database, tmp_path: Path
) -> None:
    desk, left = Desk(fresh_database, tmp_path), dies_at
    for number in range(5):
        await desk.asked(posted=f"{number}.1")

    def dying(step: Any) -> Any:
        async def mortal(connection: AsyncConnection, erasure: Erasure, after: str | None, most: int) -> Batch:
            nonlocal left
            done: Batch = await step(connection, erasure, after, most)
            left -= 1
            if left == 0:
                raise Killed  # after the rows were written, before the commit
            return done

        return mortal

    forgetting = desk.forgetting(batch=2, steps={name: dying(step) for name, step in STEPS.items()})
    async with fresh_database.transaction() as connection:
        id = await forgetting.begin(connection, Subject("user", KIM))
    with pytest.raises(Killed):
        await forgetting.run(id)
    assert await desk.forgetting().unfinished() == [id]
    outcome = await desk.forgetting(batch=2).run(id)
    assert outcome.data()["question"] == {"found": 5, "erased": 5, "withheld": 0, "held": 0}
    assert outcome.data()["posted"]["erased"] == 5
    assert await desk.texts() == []


@pytest.mark.parametrize("subject", [Subject("user", KIM), Subject("source", "wiki")], ids=lambda one: one.kind)
async def test_what_was_answered_later_in_the_same_thread_had_read_it_and_goes_too(
    subject: Subject, desk: Desk
) -> None:
    async with desk.database.transaction() as connection:
        document = await connection.scalar(_SHELVED)
    rests_on = () if subject.kind == "user" else (document,)
    await desk.asked(LEE, "먼저", "먼저 답", posted="1.0")
    await desk.later()
    await desk.asked(KIM, "내 질문", "내 답", documents=rests_on, posted="1.1")
    await desk.later()
    await desk.asked(LEE, "이어서", "내 답을 다시", posted="1.2")
    await desk.masked("EMAIL_1", "kim@example.com")
    await desk.asked(LEE, "다른 곳", "다른 답", posted="1.3", thread="other")
    await desk.forgetting()(subject)
    left = await desk.texts()
    assert {"내 답", "내 답을 다시"}.isdisjoint(left)
    assert {"먼저", "먼저 답", "이어서", "다른 곳", "다른 답"} <= set(left)
    assert await desk.rows("select ts from posted where why is not null order by ts") == [("1.1",), ("1.2",)]
    if subject.kind == "user":
        assert "kim@example.com" not in left, "nobody can tell any more who wrote it"
