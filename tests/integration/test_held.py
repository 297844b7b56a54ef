"""What is stored of somebody, in numbers, and which receipts are due."""

from __future__ import annotations

from bot.held import Due, Held, Holdings
from retrieval.database import Database
from tests.integration.events import SEAL, run

ID = "00000000-0000-0000-0000-00000000000"


async def test_what_is_counted_is_ones_own_and_texts_that_were_not_kept_are_none(database: Database) -> None:
    me, other = SEAL.pseudonym("U1"), SEAL.pseudonym("U2")
    asked = "insert into question (id, thread, room, asker, text, received_at) values"
    await run(
        database,
        f"{asked} ('{ID}1', 't', 'C1', '{me}', 'x', now()), ('{ID}2', 't', 'C1', '{me}', null, now())",
        f"{asked} ('{ID}3', 't', 'C1', '{other}', 'x', now())",
    )
    holdings = Holdings(database, SEAL)
    assert [await holdings.of(who) for who in ("U1", "U2", "U3")] == [Held(2, 1, 0), Held(1, 1, 0), Held(0, 0, 0)]


async def test_a_receipt_is_due_until_it_is_finished_and_late_by_the_databases_clock(database: Database) -> None:
    await run(
        database,
        f"insert into opt_out (id, subject, kind, scope, sealed) values ('{ID}1', 's', 'user', 'all', 'x')",
        "insert into receipt (id, opt_out, due_at, finished_at)"
        f" values ('{ID}1', '{ID}1', now() + interval '1 day', null), ('{ID}2', '{ID}1', now() - interval '1 s', null),"
        f" ('{ID}3', '{ID}1', now() - interval '1 day', now())",
    )
    assert await Holdings(database, SEAL).due() == Due(open=2, late=1)
