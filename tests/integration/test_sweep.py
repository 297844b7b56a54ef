"""What stands in Slack is looked at again when rooms, people or documents change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.domain import Room
from bot.slack.posted import Posted, Standing
from bot.slack.sweep import Sweep
from retrieval.database import Database
from retrieval.label import Label, Level
from retrieval.passage import EVERYONE, Document, Passage, Principal, Readers
from tests.builders import document, shipped_rules
from tests.integration.events import SEAL

HR = Principal("group:hr")
OPEN, CLOSED = Room("C1", "general", "public"), Room("C1", "general", "unknown", shared=True)


@dataclass
class Company:
    """Who is in the room, and what documents there are: 1 for everyone, 2 for HR."""

    here: Room = OPEN
    readers: Readers | None = field(default_factory=lambda: Readers(frozenset({EVERYONE, HR})))
    documents: dict[int, Document] = field(
        default_factory=lambda: {1: document(1), 2: document(2, readers=frozenset({HR}))}
    )
    asked: int = 0

    async def existing(self, ids: Collection[int]) -> Collection[int]:
        return self.documents.keys() & set(ids)


@dataclass
class InRoom:
    company: Company

    async def room(self, id: str) -> Room:
        self.company.asked += 1
        return self.company.here

    async def present(self, room: Room) -> Readers | None:
        return self.company.readers


@dataclass
class OnShelf:
    company: Company

    async def __call__(self, query: str, readers: Readers, limit: int, label: Label) -> tuple[Passage, ...]:
        return ()

    async def present(self, documents: tuple[int, ...], readers: Readers) -> Mapping[int, Document]:
        held = self.company.documents
        return {id: held[id] for id in documents if id in held and held[id].readers & readers.principals}


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
async def posted(database: Database) -> Posted:
    """Two answers in one room: of document 1, and of both."""
    made = Posted(database, SEAL)
    await made.stands(Standing("C1", "1.1", uuid4(), (1,)), "U1")
    await made.stands(Standing("C1", "2.2", uuid4(), (1, 2)), "U1")
    return made


@pytest.fixture
def sweep(posted: Posted, company: Company) -> Sweep:
    rules = shipped_rules()
    return Sweep(posted, InRoom(company), OnShelf(company), company.existing, lambda: rules)


async def why(database: Database) -> dict[str, str | None]:
    async with database.transaction() as connection:
        rows = await connection.execute(text("select ts, why from posted order by ts"))
        return {row.ts: row.why for row in rows}


async def test_while_nothing_changes_everything_stands(sweep: Sweep, database: Database) -> None:
    assert await sweep.once() == 0
    assert await why(database) == {"1.1": None, "2.2": None}


async def test_an_answer_that_rests_on_an_erased_document_goes(
    sweep: Sweep, company: Company, database: Database
) -> None:
    del company.documents[2]
    assert await sweep.once() == 1
    assert await why(database) == {"1.1": None, "2.2": "erased"}


async def test_an_answer_goes_when_somebody_comes_who_may_not_read_it(
    sweep: Sweep, company: Company, database: Database
) -> None:
    assert await sweep.once() == 0
    company.readers = Readers(frozenset({EVERYONE}))
    sweep.changed({"type": "member_joined_channel", "channel": "C1"})
    assert await sweep.once() == 1
    assert await why(database) == {"1.1": None, "2.2": "readers"}


async def test_an_answer_goes_when_its_document_is_labelled_above_what_the_room_is_shown(
    sweep: Sweep, company: Company, database: Database
) -> None:
    company.documents[1] = replace(company.documents[1], level=Level.RESTRICTED)
    assert await sweep.once() == 2
    assert set((await why(database)).values()) == {"level"}


@pytest.mark.parametrize("unsure", ["room", "readers"])
async def test_while_slack_does_not_say_who_is_there_everything_stands(
    unsure: str, sweep: Sweep, company: Company
) -> None:
    company.documents.clear()
    if unsure == "room":
        company.here = CLOSED
    else:
        company.readers = None
    assert await sweep.once() == 0
    company.here, company.readers = OPEN, Readers(frozenset({EVERYONE}))
    assert await sweep.once() == 2, "and it is looked at again"


async def test_slack_is_asked_once_for_a_room_until_it_says_that_something_changed(
    sweep: Sweep, company: Company
) -> None:
    await sweep.once()
    await sweep.once()
    sweep.changed({"type": "user_change", "user": {"id": "U1", "deleted": False}})
    sweep.changed({"type": "channel_rename", "channel": {"id": "C2"}})
    await sweep.once()
    assert company.asked == 1
    for changes in (
        {"type": "channel_shared", "channel": "C1"},
        {"type": "channel_archive", "channel": {"id": "C1"}},
        {"type": "subteam_members_changed"},
        {"type": "user_change", "user": {"id": "U1", "deleted": True}},
    ):
        before = company.asked
        sweep.changed(changes)
        await sweep.once()
        assert company.asked == before + 1, changes


async def test_after_a_time_in_which_events_may_be_lost_slack_is_asked_again(sweep: Sweep, company: Company) -> None:
    assert await sweep.once() == 0
    company.readers = Readers(frozenset({EVERYONE}))
    assert await sweep.once() == 0, "nobody said anything"
    sweep.forget()
    assert await sweep.once() == 1


async def test_a_new_answer_in_the_same_message_is_not_taken_back_with_the_old_one(
    posted: Posted, database: Database
) -> None:
    (first, _) = (await posted.standing())["C1"]
    new = Standing(first.channel, first.ts, uuid4(), ())
    await posted.stands(new, "U1")
    assert await posted.mark("readers", [first]) == 0
    assert not await posted.may_stand(first)
    assert await posted.may_stand(new)


async def test_what_the_settings_do_not_keep_is_not_written_down(database: Database) -> None:
    unkept = Posted(database, SEAL, keep=False)
    where = Standing("C1", "1.1", uuid4(), ())
    await unkept.stands(where, "U1")
    assert await why(database) == {}
    assert await unkept.may_stand(where)
