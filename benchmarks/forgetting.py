"""An opt-out with 100,000 stored answers: how long until all of them are erased and counted."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import psycopg

from admin import schema
from admin.embedded import EmbeddedPostgres
from admin.optouts import opting_out
from benchmarks import BenchmarkFault, Machine, Row, Tell
from bot.forgetting import Forgetting
from bot.holds import Holds
from bot.optouts import Register
from bot.seal import Seal
from bot.spool import Spool
from bot.subjects import Scope, Subject
from retrieval.database import Database

ANSWERS, LIMIT_S = 100_000, 60.0
BOUND_S = 2.0
"""Nothing of it depends on how much is stored; on a busy machine it is tens of milliseconds."""
_OTHERS = 20_000
_QUESTION, _ANSWER = "연차는 며칠인가요? " * 4, "연차는 1년에 15일이고 3영업일 전에 올립니다. [1] " * 8


async def measure(tell: Tell) -> list[Row]:
    """One person who asked everything, and one whom nobody names: all texts are opened for that."""
    machine, seal = Machine.now(), Seal(bytes(32))
    with tempfile.TemporaryDirectory(prefix="naru-") as home:
        Path(home).chmod(0o755)  # noqa: ASYNC240 - nothing else runs
        with EmbeddedPostgres(Path(home)) as url:
            await schema.upgrade(url)
            for asker, many in (("U1", ANSWERS), ("U2", _OTHERS)):
                _fill(url, seal, asker, many)
            tell(f"{ANSWERS + _OTHERS:,} answers stored")
            database = Database(url)
            forgetting = Forgetting(database, seal, Spool(Path(home) / "spool", seal), Holds(seal))
            named = await _seconds(forgetting, Subject("person", "제갈공명", ("gongmyeong@example.com",)), tell)
            bound, asked = await _out(url, database, seal, forgetting, tell)
            conditions = await machine.conditions(database, f"{ANSWERS:,} of {ANSWERS + _OTHERS:,} answers, once")
            await database.close()
    return [
        Row.at_most("an opt-out until every other process honours it, s", bound, BOUND_S, conditions),
        Row.at_most("an opt-out until 100,000 answers are erased, with receipt, s", asked, LIMIT_S, conditions),
        Row.reported("look for a person in all texts, s", named, conditions),
    ]


async def _out(url: str, database: Database, seal: Seal, forgetting: Forgetting, tell: Tell) -> tuple[float, float]:
    """Seconds from the command until another process knows of it, and until the receipt is finished."""
    opting = opting_out(database, seal, Register(database, seal), forgetting)
    elsewhere = Database(url)
    other = Register(elsewhere, seal)
    await other.look()
    began = time.monotonic()
    out = asyncio.create_task(opting.out(Subject("user", "U1"), Scope.ALL, by="U1"))
    while not other().of_user("U1").reasons:
        await other.look()
    bound = time.monotonic() - began
    receipt = await out
    took = time.monotonic() - began
    await elsewhere.close()
    if receipt.finished_at is None:
        raise BenchmarkFault("The receipt is not finished, so not everything was erased.")
    tell(f"opt-out: bound after {bound:.3f} s, done after {took:.1f} s, {receipt.counts}")
    return bound, took


async def _seconds(forgetting: Forgetting, subject: Subject, tell: Tell) -> float:
    began = time.monotonic()
    counts = await forgetting(subject)
    took = time.monotonic() - began
    tell(f"{subject.kind}: {took:.1f} s, {counts}")
    return took


def _fill(url: str, seal: Seal, asker: str, many: int) -> None:
    """Sealed for another place each, as they are in use: of a length, and to be opened, that counts."""
    with psycopg.connect(url) as database, database.cursor() as cursor:
        cursor.execute("create temporary table made (id uuid, asked bytea, answered bytea) on commit drop")
        ids = [row[0] for row in cursor.execute("select gen_random_uuid() from generate_series(1, %s)", (many,))]
        with cursor.copy("copy made from stdin (format binary)") as copy:
            copy.set_types(["uuid", "bytea", "bytea"])
            for id in ids:
                copy.write_row((id, seal.close(_QUESTION, f"question:{id}"), seal.close(_ANSWER, f"answer:{id}")))
        who = seal.pseudonym(asker)
        cursor.execute(
            "insert into question (id, thread, room, asker, text, received_at)"
            " select id, %s, 'C1', %s, asked, now() from made",
            (who, who),
        )
        cursor.execute(
            "insert into decision (id, question, routes, level, reasons, verdicts, policy)"
            " select id, id, '{cloud}', 0, '[]', '{}', 'p' from made"
        )
        cursor.execute(
            "insert into answer (id, question, decision, text, route, known, reasons, documents, tried)"
            " select id, id, id, answered, 'cloud', true, '[]', '{}', '[]' from made"
        )
        cursor.execute(
            "insert into posted (channel, ts, question, asker, documents)"
            " select 'C1', id::text, id, %s, '{}' from made",
            (who,),
        )
