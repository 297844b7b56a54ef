"""What is kept of people goes after the days that the settings say, but for what a legal hold keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.config_retention import Retention as Days
from bot.retention import Retention, records
from bot.subjects import Subject
from retrieval.database import Database
from tests.integration.events import SEAL
from tests.integration.test_forgetting import KIM, LEE, Desk


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


async def aged(desk: Desk, days: int) -> None:
    """Everything that there is becomes so much older."""
    async with desk.database.transaction() as connection:
        for table, column in (
            ("question", "received_at"), ("answer", "answered_at"), ("feedback", "given_at"),
            ("placeholder", "issued_at"), ("posted", "posted_at"), ("egress_sample", "at"),
        ):  # fmt: skip
            await connection.execute(text(f"update {table} set {column} = {column} - make_interval(days => {days})"))


async def cleared(desk: Desk, **days: int) -> None:
    kept = desk.forgetting().kept
    await Retention(records(desk.database, SEAL, Days(**days).model_dump(), kept), batch=2).once()


async def everything(desk: Desk, asker: str = KIM) -> None:
    asked = await desk.asked(asker, "질문", "답", posted=f"{asker}.1")
    await desk.thinks(LEE, asked, "의견")
    await desk.masked("EMAIL_1", f"{asker}@example.com", asker)


async def test_each_table_has_days_of_its_own(desk: Desk) -> None:
    await everything(desk)
    await aged(desk, 10)
    await everything(desk, LEE)
    old = {"questions": 20, "answers": 20, "feedback": 20, "placeholders": 20, "posted": 20, "samples": 20}
    await cleared(desk, **old)
    assert len(await desk.texts()) == 10
    gone = {"questions": "질문", "answers": "답", "feedback": "의견"}
    gone |= {"placeholders": f"{KIM}@example.com", "samples": "질문"}
    for name, what in gone.items():
        before = await desk.texts()
        old[name] = 5
        await cleared(desk, **old)
        (lost,) = [one for one in set(before) if (await desk.texts()).count(one) < before.count(one)]
        assert lost == what, name
    assert len(await desk.rows("select from posted")) == 2
    await cleared(desk, **(old | {"posted": 5}))
    assert await desk.rows("select ts from posted") == [(f"{LEE}.1",)]
    assert len(await desk.rows("select from question")) == 1, "without a text a row has nothing to stay for"
    assert len(await desk.texts()) == 5


async def test_what_the_law_holds_stays_longer(desk: Desk) -> None:
    await everything(desk)
    await everything(desk, LEE)
    await desk.holds(Subject("user", KIM))
    await aged(desk, 4000)
    await cleared(desk)
    assert {"질문", "답", "의견"} <= set(await desk.texts())
    assert await desk.rows("select asker from question") == [(SEAL.pseudonym(KIM),)]


async def test_an_answer_that_rests_on_an_erased_document_goes_at_the_next_look(desk: Desk) -> None:
    await desk.asked(KIM, "질문", "답", documents=(4711,))
    await desk.asked(KIM, "질문", "ohne")
    await cleared(desk)
    assert sorted(set(await desk.texts())) == ["ohne", "질문"]


async def test_what_waits_to_be_withdrawn_is_not_forgotten(desk: Desk) -> None:
    await desk.asked(KIM, posted="1.1")
    async with desk.database.transaction() as connection:
        await connection.execute(text("update posted set why = 'opt_out'"))
    await aged(desk, 4000)
    await cleared(desk)
    assert await desk.rows("select ts from posted") == [("1.1",)]


def test_of_what_is_kept_for_no_day_nothing_is_stored() -> None:
    assert Days(questions=0, answers=0).unkept == {"question", "answer"}
    assert Days().unkept == frozenset()
