"""What is used of the cloud is counted by all processes together, and never more is reserved than a budget has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.cloud_budget import NO_TOKENS, CloudLimits, Limit, Prices, Scope, Tokens
from bot.cloud_use import CloudUse, Use
from bot.models.faults import ModelFault, SpentFault
from bot.subjects import Subject
from retrieval.database import Database
from tests.integration.events import SEAL, run
from tests.integration.test_forgetting import KIM, LEE, Desk
from tests.integration.test_kept_for_days import cleared, desk

__all__ = ["desk"]

DAY = date(2026, 11, 23)
DOLLARS = Prices(Decimal("2"), Decimal("8"), "USD")
MAX_TOKENS = 10


Limits = Mapping[Scope, Limit]
COUNTED: tuple[tuple[Scope, str], ...] = (("all", ""), ("person", "person-1"), ("room", "C1"))
"""What a question of person-1 in C1 is counted with."""


def counting(
    database: Database, limits: Limits | None = None, *, day: date = DAY, prices: Prices | None = None
) -> CloudUse:
    """As one process has it."""
    return CloudUse(database, CloudLimits(limits or {}), prices, MAX_TOKENS, lambda: day)


async def decided(database: Database, asker: str = "person-1", room: str = "C1") -> UUID:
    question, decision = uuid4(), uuid4()
    async with database.transaction() as connection:
        values = {"id": question, "asker": asker, "room": room}
        await connection.execute(_QUESTION, values)
        await connection.execute(_DECISION, {"id": decision, "question": question})
    return decision


async def used(use: CloudUse, scope: Scope = "all", key: str = "") -> Use:
    found = [one for one in await use.between(DAY, DAY + timedelta(1)) if (one.scope, one.key) == (scope, key)]
    return found[0] if found else Use(DAY, scope, key)


async def test_a_request_counts_at_the_most_until_it_is_known_what_it_took(database: Database) -> None:
    use = counting(database, prices=DOLLARS)
    reserved = await use.reserve(await decided(database), 90)
    for scope, key in COUNTED:
        one = await used(use, scope, key)
        assert (one.requests, one.estimated, one.tokens, one.micros) == (1, 1, 100, 2 * 90 + 8 * 10)
    await use.settle(reserved, Tokens(40, 5))
    for scope, key in COUNTED:
        one = await used(use, scope, key)
        assert (one.requests, one.estimated, one.tokens, one.micros) == (1, 0, 45, 2 * 40 + 8 * 5)


async def test_what_was_not_sent_is_not_counted(database: Database) -> None:
    use = counting(database, prices=DOLLARS)
    await use.settle(await use.reserve(await decided(database), 90), NO_TOKENS)
    one = await used(use)
    assert (one.requests, one.estimated, one.tokens, one.micros) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"all": Limit(tokens=199)}, "today's budget"),
        ({"person": Limit(tokens=199)}, "this person's budget"),
        ({"room": Limit(tokens=199)}, "this room's budget"),
        ({"all": Limit(micros=519)}, "today's budget"),
        ({"room": Limit(tokens=199), "all": Limit(micros=519)}, "today's budget"),
        ({"person": Limit(tokens=10_000, micros=519)}, "this person's budget"),
    ],
)
async def test_what_does_not_fit_any_more_is_not_reserved_anywhere(
    database: Database, limits: Limits, says: str
) -> None:
    use = counting(database, limits, prices=DOLLARS)
    decision = await decided(database)
    await use.reserve(decision, 90)
    with pytest.raises(SpentFault, match=says) as fault:
        await use.reserve(decision, 90)
    assert fault.value.free
    assert not any(letter.isdigit() for letter in str(fault.value)), "nobody hears what others used"
    for scope, key in COUNTED:
        one = await used(use, scope, key)
        assert (one.requests, one.tokens) == (1, 100)
        assert one.refused == int(scope in limits)


async def test_one_that_is_looked_at_before_it_stands_in_line_reserves_nothing(database: Database) -> None:
    use = counting(database, {"person": Limit(tokens=199)})
    decision = await decided(database)
    await use.afford(decision, 90)
    assert (await used(use)).requests == 0
    await use.reserve(decision, 90)
    with pytest.raises(SpentFault, match="person"):
        await use.afford(decision, 90)
    assert (await used(use, "person", "person-1")).refused == 1
    await use.afford(decision, 80)
    await use.afford(await decided(database, "person-2"), 90)


async def test_each_person_each_room_and_each_day_has_a_budget_of_its_own(database: Database) -> None:
    limits: Limits = {"person": Limit(tokens=100), "room": Limit(tokens=200)}
    use, tomorrow = counting(database, limits), counting(database, limits, day=DAY + timedelta(1))
    await use.reserve(await decided(database, "person-1", "C1"), 90)
    await use.reserve(await decided(database, "person-2", "C1"), 90)
    with pytest.raises(SpentFault, match="room"):
        await use.reserve(await decided(database, "person-3", "C1"), 90)
    with pytest.raises(SpentFault, match="person"):
        await use.reserve(await decided(database, "person-1", "C2"), 90)
    await tomorrow.reserve(await decided(database, "person-1", "C1"), 90)
    assert [one.requests for one in await use.between(DAY, DAY + timedelta(1)) if one.scope == "all"] == [2, 1]


async def test_what_was_reserved_before_midnight_is_settled_where_it_was_reserved(database: Database) -> None:
    today, tomorrow = counting(database), counting(database, day=DAY + timedelta(1))
    reserved = await today.reserve(await decided(database), 90)
    await tomorrow.settle(reserved, Tokens(1, 1))
    assert [(one.day, one.tokens) for one in await today.between(DAY, DAY + timedelta(1)) if one.scope == "all"] == [
        (DAY, 2)
    ]


tries = st.lists(
    st.tuples(
        st.integers(0, 60),  # of the prompt
        st.sampled_from(["person-1", "person-2"]),
        st.sampled_from(["C1", "C2"]),
        st.one_of(st.none(), st.tuples(st.floats(0, 1), st.floats(0, 1))),  # the share of it that it takes; unknown
    ),
    min_size=4,
    max_size=16,
)


@given(tries, st.integers(50, 300), st.integers(50, 300), st.integers(50, 300), st.integers(200, 3000))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_is_reserved_never_exceeds_a_budget_however_many_ask_at_once(
    fresh_database: Database,
    tries: list[tuple[int, str, str, tuple[float, float] | None]],
    of_all: int,
    of_person: int,
    of_room: int,
    micros: int,
) -> None:
    await run(fresh_database, "truncate cloud_use, question cascade")
    limits: Limits = {"all": Limit(of_all, micros), "person": Limit(of_person), "room": Limit(of_room)}
    processes = [counting(fresh_database, limits, prices=DOLLARS) for _ in range(3)]
    decisions = [await decided(fresh_database, person, room) for _, person, room, _ in tries]

    async def asks(number: int) -> None:
        prompt, _, _, took = tries[number]
        use = processes[number % 3]
        try:
            reserved = await use.reserve(decisions[number], prompt)
        except SpentFault:
            return
        await within()
        if took is not None:
            await use.settle(reserved, Tokens(int(prompt * took[0]), int(MAX_TOKENS * took[1])))
        await within()

    async def within() -> None:
        for one in await processes[0].between(DAY, DAY):
            limit = limits[one.scope]
            assert one.tokens <= (limit.tokens or 0), one
            assert limit.micros is None or one.micros <= limit.micros, one

    await asyncio.gather(*(asks(number) for number in range(len(tries))))
    await within()
    sums = await processes[0].between(DAY, DAY)
    for scope in ("person", "room"):
        assert sum(one.tokens for one in sums if one.scope == scope) == sum(
            one.tokens for one in sums if one.scope == "all"
        )


async def test_of_many_at_once_exactly_as_many_go_as_fit(fresh_database: Database) -> None:
    processes = [counting(fresh_database, {"all": Limit(tokens=500)}) for _ in range(2)]
    decisions = [await decided(fresh_database, f"person-{number}", f"C{number % 3}") for number in range(30)]

    async def asks(number: int) -> bool:
        try:
            await processes[number % 2].reserve(decisions[number], 90)
        except SpentFault:
            return False
        return True

    went = await asyncio.gather(*(asks(number) for number in range(30)))
    assert sum(went) == 5
    one = await used(processes[0])
    assert (one.tokens, one.refused) == (500, 25)


async def test_a_budget_that_cannot_be_read_counts_as_used_up_and_without_one_the_question_goes(
    fresh_database: Database,
) -> None:
    decision = await decided(fresh_database)
    await run(fresh_database, "alter table cloud_use rename to cloud_use_gone")
    set_up, free = counting(fresh_database, {"all": Limit(tokens=10**9)}), counting(fresh_database)
    for asks in (set_up.reserve(decision, 1), set_up.afford(decision, 1)):
        with pytest.raises(SpentFault, match="cannot be read"):
            await asks
    assert await free.reserve(decision, 1) is None
    await free.afford(decision, 1)
    await free.settle(None, Tokens(1, 1))


async def test_of_a_decision_that_nobody_recorded_nothing_is_sent(database: Database) -> None:
    with pytest.raises(ModelFault, match="not recorded") as fault:
        await counting(database).reserve(uuid4(), 1)
    assert fault.value.free


async def test_how_the_budgets_stand_is_told_without_anybodys_name(database: Database) -> None:
    limits: Limits = {"person": Limit(tokens=100), "room": Limit(tokens=120), "all": Limit(tokens=10_000)}
    use = counting(database, limits)
    assert [one.state for one in (await use.standings()).values()] == [None, None, None]
    decision = await decided(database)
    await use.reserve(decision, 70)
    standings = await use.standings()
    assert {scope: one.state for scope, one in standings.items()} == {"all": None, "person": "near", "room": None}
    assert standings["person"].share == pytest.approx(0.8)
    with pytest.raises(SpentFault):
        await use.reserve(decision, 70)
    assert {scope: one.state for scope, one in (await use.standings()).items()} == {
        "all": None, "person": "at", "room": "at",
    }  # fmt: skip


# -- rights ---------------------------------------------------------------------------------------------------


async def keys(desk: Desk) -> set[tuple[str, str]]:
    return set(await desk.rows("select scope, key from cloud_use"))


async def test_what_somebody_used_goes_when_they_are_forgotten_and_nobody_elses(desk: Desk) -> None:
    kim, lee = SEAL.pseudonym(KIM), SEAL.pseudonym(LEE)
    alone, shared = SEAL.pseudonym("D0KIM"), "C1"
    await desk.asked(KIM, room=alone)
    await desk.asked(KIM, room=shared)
    await desk.asked(LEE, room=shared)
    for scope, key in (("all", ""), ("person", kim), ("person", lee), ("room", alone), ("room", shared)):
        await desk.used(scope, key)
    counts = await desk.forgetting()(Subject("user", KIM))
    assert counts["cloud_use"]["erased"] == 2
    assert await keys(desk) == {("all", ""), ("person", lee), ("room", shared)}
    await desk.forgetting()(Subject("room", shared))
    assert await keys(desk) == {("all", ""), ("person", lee)}


async def test_what_the_law_holds_of_somebodys_use_stays(desk: Desk) -> None:
    kim = SEAL.pseudonym(KIM)
    await desk.asked(KIM)
    await desk.used("person", kim)
    await desk.holds(Subject("user", KIM))
    counts = await desk.forgetting()(Subject("user", KIM))
    assert counts["cloud_use"]["held"] == 1
    assert await keys(desk) == {("person", kim)}


async def test_a_reservation_of_somebody_who_was_forgotten_meanwhile_brings_nothing_back(database: Database) -> None:
    use = counting(database)
    reserved = await use.reserve(await decided(database), 90)
    await run(database, "delete from cloud_use where scope = 'person'")
    await use.settle(reserved, Tokens(1, 1))
    assert (await used(use, "person", "person-1")).requests == 0
    assert (await used(use)).tokens == 2


async def test_days_that_are_too_old_go_and_today_stays_whatever_is_set(desk: Desk) -> None:
    await desk.used("all", "")
    await desk.change("update cloud_use set day = day - 10")
    await desk.used("all", "")
    await cleared(desk, costs=20)
    assert len(await desk.rows("select from cloud_use")) == 2
    await cleared(desk, costs=0)
    assert await desk.rows("select day = current_date from cloud_use") == [(True,)]


_QUESTION = text("insert into question (id, thread, room, asker, received_at) values (:id, 't', :room, :asker, now())")
_DECISION = text(
    "insert into decision (id, question, routes, level, reasons, verdicts, policy)"
    " values (:id, :question, '{cloud}', 0, '[]', '{}', 'p')"
)
