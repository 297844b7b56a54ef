"""An opt-out binds the next decision in every process, at the socket; what becomes of it stands in its receipt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from admin.app import App, opened
from admin.optouts import opting_out, subject_of
from admin.owed import remind
from bot.answer import Search, answer, consider
from bot.domain import Answer, Feedback, Route
from bot.forgetting import Forgetting
from bot.holds import Holds
from bot.opting_out import OptingOut, OptOutFault
from bot.optouts import Register
from bot.policy.permit import ChangedFault
from bot.spool import Spool
from bot.subjects import Scope, Subject
from retrieval.database import Database
from retrieval.errors import Fault
from retrieval.label import Label
from retrieval.passage import Document, Passage, Readers
from tests.builders import directory
from tests.integration.company import Company, company
from tests.integration.events import SEAL
from tests.standins.openai import Says, Status

ASKED = "연차는 며칠인가요?"
NAME = "홍" + "길동"
MAIL = "gildong" + "@" + "partner.example"
DOCUMENTS = {
    "public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n",
    "public/desk.md": f"# 회의실 담당\n\n회의실 열쇠는 {NAME}님이 관리합니다.\n",
}
ME = Subject("user", "U1")


@dataclass
class Erasing:
    """What stands for bot/forgetting.py: it says what it was asked to erase."""

    asked: list[Subject] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    async def __call__(self, subject: Subject) -> Mapping[str, Mapping[str, int]]:
        self.asked.append(subject)
        if self.faults:
            raise self.faults.pop()
        return {"question": {"found": 1, "erased": 1}}


class Processes:
    """Two Narus over one database, as two processes are: neither tells the other anything."""

    def __init__(self, first: Company, other: App, erasing: Erasing) -> None:
        self.naru, self.apps, self.erasing = first, (first.app, other), erasing

    def opting(self, which: int = 0) -> OptingOut:
        return replace(self.apps[which].opting_out, forget=self.erasing)

    async def ask(self, which: int, words: str = ASKED, room: str | None = None, person: str = "U1") -> Answer:
        app = self.apps[which]
        return await answer(app.question(words, person=person, room=room, thread=uuid4().hex), app.deps)

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        async with self.apps[0].database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]


@asynccontextmanager
async def processes(folder: Path, url: str, **more: object) -> AsyncIterator[Processes]:
    async with company(folder, url, DOCUMENTS, **more) as naru, opened(naru.app.settings) as other:  # type: ignore[arg-type]
        yield Processes(naru, other, Erasing())


@pytest.fixture
async def two(tmp_path: Path, fresh_url: str) -> AsyncIterator[Processes]:
    """Where nothing is masked: what may not go there stays."""
    async with processes(tmp_path, fresh_url, masks=False) as made:
        yield made


@dataclass
class Desks:
    """Where two processes opt somebody out, over one database, and no question is asked."""

    one: OptingOut
    other: OptingOut
    erasing: Erasing


@pytest.fixture
def desks(fresh_database: Database, tmp_path: Path) -> Desks:
    erasing = Erasing()
    forgetting = Forgetting(fresh_database, SEAL, Spool(tmp_path / "spool", SEAL), Holds(SEAL))
    made = (opting_out(fresh_database, SEAL, Register(fresh_database, SEAL), forgetting) for _ in range(2))
    one, other = (replace(each, forget=erasing) for each in made)
    return Desks(one, other, erasing)


CASES = {
    "user": (ME, ASKED, None),
    "room": (Subject("room", "C1"), ASKED, "C1"),
    "source": (Subject("source", "handbook"), ASKED, None),
    "person": (Subject("person", NAME), "회의실 열쇠는 누가 관리하나요?", None),
}


async def test_each_opt_out_binds_the_next_decision_of_the_other_process_and_taking_it_back_frees_it(
    two: Processes,
) -> None:
    for subject, words, room in CASES.values():
        before = len(two.naru.cloud.requests)
        assert (await two.ask(1, words, room)).route is Route.CLOUD
        await two.opting(0).out(subject, Scope.CLOUD, by="U1")
        bound = await two.ask(1, words, room)
        assert bound.route is not Route.CLOUD, subject
        assert len(two.naru.cloud.requests) == before + 1, subject
        assert "opt_out" in bound.label.kinds
        assert await two.opting(0).back(subject, by="U1") == 1
        assert (await two.ask(1, words, room)).route is Route.CLOUD


async def test_where_names_are_masked_the_text_of_who_opted_out_goes_without_the_name(
    tmp_path: Path, fresh_url: str
) -> None:
    subject, words, _ = CASES["person"]
    async with processes(tmp_path, fresh_url) as two:
        assert (await two.ask(1, words)).route is Route.CLOUD
        assert NAME.encode() in two.naru.cloud.requests[-1].body
        await two.opting(0).out(subject, Scope.CLOUD, by="U1")
        assert (await two.ask(1, words)).route is Route.CLOUD
        assert len(two.naru.cloud.requests) == 2
        assert NAME.encode() not in two.naru.cloud.requests[-1].body


acts = st.tuples(
    st.sampled_from(["out", "back", "ask", "ask"]),
    st.integers(0, 1),
    st.sampled_from([ME, Subject("room", "C1"), Subject("source", "handbook")]),
    st.sampled_from([Scope.CLOUD, Scope.RECORD, Scope.TRAIN]),
    st.sampled_from([None, "C1"]),
)


async def test_after_any_sequence_every_decision_in_every_process_honours_every_opt_out(two: Processes) -> None:
    loop = asyncio.get_running_loop()

    async def run(sequence: list[tuple[str, int, Subject, Scope, str | None]]) -> None:
        in_force: set[tuple[Subject, Scope]] = set()
        for act, which, subject, scope, room in sequence:
            if act == "out":
                await two.opting(which).out(subject, scope, by="U1")
                in_force.add((subject, scope))
            elif act == "back":
                await two.opting(which).back(subject, scope, by="U1")
                in_force.discard((subject, scope))
            else:
                mine = {s for who, s in in_force if who.kind != "room" or room == "C1"}
                answered = await two.ask(which, room=room)
                assert (answered.route is Route.CLOUD) is (Scope.CLOUD not in mine)
                ((kept,),) = await two.rows(f"select text is not null from answer where id = '{answered.id}'")
                assert kept is (Scope.RECORD not in mine)
        for subject in {who for who, _ in in_force}:
            await two.opting().back(subject, by="U1")

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(acts, min_size=2, max_size=6))
    def sequences(sequence: list[tuple[str, int, Subject, Scope, str | None]]) -> None:
        asyncio.run_coroutine_threadsafe(run(sequence), loop).result(60)

    await asyncio.to_thread(sequences)


class Once:
    """Awaited, it does what it is given at its n-th time, then what stands behind it."""

    def __init__(self, at: int, do: Callable[[], Awaitable[object]], then: Callable[..., Awaitable[Any]]) -> None:
        self._left, self._do, self._then = at, do, then

    async def __call__(self, *arguments: object, **named: object) -> Any:
        self._left -= 1
        if self._left == 0:
            await self._do()
        return await self._then(*arguments, **named)


class Searching:
    def __init__(self, search: Search, present: Once) -> None:
        self._search, self._present = search, present

    async def present(self, documents: tuple[int, ...], readers: Readers) -> Mapping[int, Document]:
        found: Mapping[int, Document] = await self._present(documents, readers)
        return found

    async def __call__(self, query: str, readers: Readers, limit: int, label: Label) -> tuple[Passage, ...]:
        return await self._search(query, readers, limit, label)


@pytest.mark.parametrize(
    "moment", ["before the next try", "after the model has answered", "before the answer is stored"]
)
async def test_an_answer_in_flight_is_decided_again_wherever_it_is(moment: str, tmp_path: Path, fresh_url: str) -> None:
    fails = moment == "before the next try"
    async with processes(tmp_path, fresh_url, cloud=(Status(503) if fails else Says("연차는 15일입니다. [1]"),)) as two:
        deps = two.apps[1].deps

        async def out() -> None:
            await two.opting(0).out(ME, Scope.CLOUD, by="U1")
            await two.opting(0).out(ME, Scope.RECORD, by="U1")

        if moment == "before the next try":
            cloud = deps.shores.endpoints[Route.CLOUD]
            endpoints = {**deps.shores.endpoints, Route.CLOUD: replace(cloud, look=Once(2, out, cloud.look))}
            deps = replace(deps, shores=replace(deps.shores, endpoints=endpoints))
        elif moment == "after the model has answered":
            deps = replace(deps, look=Once(2, out, deps.look))
        else:
            deps = replace(deps, search=Searching(deps.search, Once(2, out, deps.search.present)))
        answered = await answer(two.apps[1].question(ASKED, person="U1", room=None, thread="t"), deps)
        assert answered.route is Route.ON_PREM
        assert len(two.naru.cloud.requests) == 1, "what was asked before the opt-out, and nothing after it"
        assert await two.rows("select count(*) from question where text is not null") == [(0,)]
        assert await two.rows("select count(*) from answer where text is not null") == [(0,)]


async def test_nothing_is_stored_behind_an_opt_out_that_comes_between_the_decision_and_the_row(two: Processes) -> None:
    app = two.apps[1]
    question = app.question(ASKED, person="U1", room=None, thread="t")
    considered = await consider(question, app.rules(), app.deps)
    decision = await app.records.decided(considered.decision, question, None)
    await two.opting(0).out(ME, Scope.RECORD, by="U1")
    with pytest.raises(ChangedFault):
        await app.records.decided(decision, question, None)
    await two.ask(1)
    feedback = Feedback((await two.ask(1)).id, "U1", "bad", reason="왜냐하면")
    await app.opting_out.register.look()
    assert await app.records.give(feedback, app.rules())
    assert await two.rows("select count(*) from feedback where reason is not null") == [(0,)]


async def test_where_the_list_cannot_be_read_nothing_goes_to_the_cloud(two: Processes) -> None:
    await two.opting(0).out(Subject("user", "U2"), Scope.CLOUD, by="U2")
    async with two.apps[0].database.transaction() as connection:
        await connection.execute(text("alter table opt_out_epoch rename to away"))
    await two.apps[1].deps.look()
    assert not two.apps[1].rules().opt_outs.known
    async with two.apps[0].database.transaction() as connection:
        await connection.execute(text("alter table away rename to opt_out_epoch"))
    assert (await two.ask(1)).route is Route.CLOUD
    async with two.apps[0].database.transaction() as connection:
        await connection.execute(text("update opt_out set sealed = 'x'"))
        await connection.execute(text("update opt_out_epoch set epoch = epoch + 1"))
    assert (await two.ask(1)).route is Route.ON_PREM
    assert "restore the key" in str(two.apps[1].opting_out.register.problem())


async def test_twice_is_once_with_one_receipt_and_the_table_names_nobody(desks: Desks) -> None:
    one, other = desks.one, desks.other
    first, again = await asyncio.gather(one.out(ME, Scope.ALL, by="U1"), other.out(ME, Scope.ALL, by="U1"))
    assert first.id == again.id
    assert await one.receipt(first.id) == await other.receipt(first.id)
    assert len(await one.register.listed()) == 1
    async with one.database.transaction() as connection:
        kinds = list(await connection.scalars(text("select kind from audit order by id")))
        said = repr((await connection.execute(text("select * from opt_out, audit, receipt"))).all())
    assert kinds == ["opt_out.add", "opt_out.receipt"]
    assert "U1" not in said


async def test_all_erases_and_the_receipt_says_what_was_found_and_erased(two: Processes) -> None:
    await two.ask(0)
    receipt = await two.opting().out(ME, Scope.ALL, by="U1")
    assert two.erasing.asked == [ME]
    assert receipt.finished_at is not None
    assert receipt.counts == {"question": {"found": 1, "erased": 1}, "answer": {"found": 1}}
    assert receipt.due_at - receipt.requested_at == timedelta(days=10)
    for scope in (Scope.CLOUD, Scope.RECORD, Scope.TRAIN):
        assert (await two.opting().out(Subject("user", "U2"), scope, by="U2")).finished_at is not None
    assert two.erasing.asked == [ME], "only `all` erases"


async def test_what_a_process_left_undone_is_finished_by_another_and_the_admins_hear_before_it_is_due(
    desks: Desks,
) -> None:
    told: list[str] = []

    async def tell(key: str, says: str) -> int:
        told.append(says)
        return 1

    desks.erasing.faults.append(OptOutFault("away"))
    receipt = await desks.one.out(ME, Scope.ALL, by="U1")
    assert receipt.finished_at is None
    await desks.other.register.look()
    assert desks.other.register().of_user("U1").reasons, "it binds before anything is erased"
    assert await remind(desks.other, tell) == 0
    async with desks.one.database.transaction() as connection:
        await connection.execute(text("update receipt set due_at = now() + interval '2 days 23 hours'"))
    assert await remind(desks.other, tell) == 1
    assert await remind(desks.one, tell) == 0
    assert str(receipt.id) in told[0]
    assert await desks.other.finish_open() == 1
    found = await desks.one.receipt(receipt.id)
    assert found is not None
    assert found[0].finished_at is not None


async def test_what_the_law_holds_is_not_erased_until_it_is_released_and_the_receipt_says_so(desks: Desks) -> None:
    await desks.one.hold(ME, by="U3", why="소송")
    receipt = await desks.one.out(ME, Scope.ALL, by="U1")
    assert receipt.held
    assert desks.erasing.asked == []
    assert await desks.other.release(ME, by="U3") == 1
    assert desks.erasing.asked == [ME]
    found = await desks.one.receipt(receipt.id)
    assert found is not None
    assert not found[0].held
    assert found[0].counts["question"]["erased"] == 1


async def test_an_opt_out_that_is_taken_back_before_it_erased_erases_nothing(desks: Desks) -> None:
    desks.erasing.faults.append(OptOutFault("away"))
    receipt = await desks.one.out(ME, Scope.ALL, by="U1")
    assert await desks.other.back(ME, by="U1") == 1
    assert await desks.one.finish_open() == 1
    assert len(desks.erasing.asked) == 1, "the one that failed"
    again = await desks.one.out(ME, Scope.ALL, by="U1")
    assert again.id != receipt.id


async def test_a_name_alone_erases_only_when_what_it_hits_was_looked_at(two: Processes) -> None:
    somebody = Subject("person", NAME)
    await two.ask(0, f"{NAME}님의 자리는 어디인가요?")
    with pytest.raises(OptOutFault, match=r"1 questions, \d answers and 1 documents.*--also"):
        await two.opting().out(somebody, Scope.ALL, by="os:ops")
    assert await two.opting().register.listed() == ()
    hit = await two.opting().blast(somebody)
    assert [one.uri for one in hit.documents] == ["public/desk.md"]
    assert (hit.sources, hit.passages) == ({"handbook": 1}, {"handbook": 1})
    await two.ask(0, f"{NAME}님은요?")
    with pytest.raises(OptOutFault, match="not what it hits now"):
        await two.opting().out(somebody, Scope.ALL, by="os:ops", confirmed=hit.code)
    code = (await two.opting().blast(somebody)).code
    receipt = await two.opting().out(somebody, Scope.ALL, by="os:ops", confirmed=code)
    assert [one.uri for one in receipt.documents] == ["public/desk.md"]
    assert (await two.opting().out(Subject("person", NAME, (MAIL,)), Scope.ALL, by="os:ops")).id != receipt.id
    with pytest.raises(OptOutFault, match="ordinary word"):
        await two.opting().out(Subject("person", "회의"), Scope.CLOUD, by="os:ops")


async def test_it_binds_while_a_reindex_runs_and_what_comes_in_then_is_bound_too(two: Processes) -> None:
    (two.naru.folder / "handbook" / "public" / "new.md").write_text(f"# 주차\n\n주차는 {NAME}님께.", encoding="utf-8")
    reindex = asyncio.create_task(two.naru.reindex())
    await two.opting(0).out(Subject("person", NAME), Scope.CLOUD, by="os:ops")
    await reindex
    assert (await two.ask(1, "주차는 누구에게 문의하나요?")).route is not Route.CLOUD


def test_whom_nobody_knows_is_refused_with_what_to_do() -> None:
    nobody = directory()
    assert subject_of("user:U012AB3CD", (), nobody, ()) == Subject("user", "U012AB3CD")
    assert subject_of("source:wiki", (), nobody, ("wiki",)) == Subject("source", "wiki")
    for said, why in (
        ("user:kim", "nobody of the directory"),
        ("room:general", "no room"),
        ("source:wiki", "no source 'wiki'"),
        ("kim", "begin with user:"),
        ("person:", "begin with user:"),
    ):
        with pytest.raises(OptOutFault, match=why):
            subject_of(said, (), nobody, ())
    with pytest.raises(OptOutFault, match="--also"):
        subject_of("user:U012AB3CD", (MAIL,), nobody, ())
