"""An opt-out with 100,000 stored answers: how long until all of them are erased and counted."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psycopg

from admin import schema
from admin.embedded import EmbeddedPostgres
from benchmarks import Machine, Row, Tell
from bot.forgetting import Forgetting
from bot.holds import Holds
from bot.seal import Seal
from bot.spool import Spool
from bot.subjects import Subject
from retrieval.database import Database

ANSWERS, LIMIT_S = 100_000, 60.0
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
            asked = await _seconds(forgetting, Subject("user", "U1"), tell)
            conditions = await machine.conditions(database, f"{ANSWERS:,} of {ANSWERS + _OTHERS:,} answers, once")
            await database.close()
    return [
        Row.at_most("erase all that one person asked, s", asked, LIMIT_S, conditions),
        Row.reported("look for a person in all texts, s", named, conditions),
    ]


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
