"""The notices' texts, the company's own before those that ship; and who has been told. The only writer of `noticed`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, literal, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.notice import SETTINGS, Facts, Notice, filled, values
from bot.seal import Seal
from bot.tables import noticed
from bot.toml_file import Problem, SettingsFault, hint, read_bytes
from bot.words import Language
from retrieval.database import Database
from retrieval.text import LANGUAGES

_SHIPPED = Path(__file__).parent / "notices"
_LONGEST = {"notice": 6000, "guest": 6000, "machine": 150}
"""In characters, by kind of text: a notice is then a message of a few sections, the line below an answer one line."""
_AT_ONCE = 2
"""First contacts of one process that are being told at the same time: each holds a connection of the pool meanwhile."""
SHOWING_S = 10.0
"""As long as one call to Slack. A stopped process's transaction is ended by PostgreSQL, a little later."""

Show = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Notices:
    """members: for full members. guests: for whoever is none; it says nothing of rooms that they are not in. machine:
    the line below each answer that says what made it."""

    members: Notice
    guests: Notice
    machine: Mapping[Language, str]

    def of(self, *, member: bool) -> Notice:
        return self.members if member else self.guests


def load_notices(folder: Path | None, facts: Facts) -> Notices:
    """The texts, filled. folder: the company's own, which win file by file. Raises SettingsFault with every problem."""
    problems = list(_strangers(folder))
    found = {kind: {tongue: _text(kind, tongue, folder, facts, problems) for tongue in LANGUAGES} for kind in _LONGEST}
    if problems:
        raise SettingsFault(*problems)
    return Notices(Notice(found["notice"]), Notice(found["guest"]), found["machine"])


def _text(kind: str, tongue: Language, folder: Path | None, facts: Facts, problems: list[Problem]) -> str:
    name = f"{kind}.{tongue}.md"
    own = folder / name if folder is not None and (folder / name).is_file() else None
    path = own or _SHIPPED / name
    try:
        raw = read_bytes(path, "").decode("utf-8-sig").strip()
    except SettingsFault as fault:
        problems += fault.problems
        return ""
    except UnicodeDecodeError:
        problems.append(Problem(str(path), "", "is not UTF-8: save it as UTF-8"))
        return ""
    given = values(facts, tongue)
    said, missing = filled(raw, given)
    for one in missing:
        setting = SETTINGS.get(one)
        why = f"is filled from {setting} in naru.toml, which is not set" if setting else _unknown(one, list(given))
        problems.append(Problem(str(path), f"{{{one}}}", why))
    most = _LONGEST[kind]
    if missing:
        return said
    if not said.strip() or len(said) > most or (kind == "machine" and "\n" in said):
        form = "one line of 1" if kind == "machine" else "1"
        problems.append(Problem(str(path), "", f"must have {form} to {most:,} characters once it is filled"))
    return said


def _unknown(name: str, known: list[str]) -> str:
    return "is no placeholder" + hint(name, known)


def _strangers(folder: Path | None) -> Iterator[Problem]:
    """Texts of a name that nothing reads: the shipped one would be shown in their place, and nobody would notice."""
    if folder is None:
        return
    if not folder.is_dir():
        yield Problem("naru.toml", "notice.folder", "must be a folder that exists and that Naru may read")
        return
    names = [f"{kind}.{tongue}.md" for kind in _LONGEST for tongue in LANGUAGES]
    for path in sorted(folder.glob("*.md")):
        if path.name not in names:
            yield Problem(str(path), "", "is no notice" + hint(path.name, names))


class Noticed:
    """Who has been told what. seal: for the pseudonyms. showing_s: how long showing it once may take."""

    def __init__(self, database: Database, seal: Seal, *, showing_s: float = SHOWING_S) -> None:
        self._database = database
        self._seal = seal
        self._showing_s = showing_s
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def once(self, person: str, version: str, show: Show) -> bool:
        """Show it, unless this person has seen this version; whether it was shown. Raises what `show` raises,
        TimeoutError where that takes too long, and DatabaseFault; then it counts as not shown.

        The transaction is open while it is being shown: its row lock lets nobody else show it meanwhile, in whichever
        process, and PostgreSQL takes it back when the process dies. So a crash shows it again, and never not at all.
        """
        who = self._seal.pseudonym(person)
        if await self._has_seen(who, version):
            return False
        claim = insert(noticed).values(person=who, version=version)
        claim = claim.on_conflict_do_update(
            index_elements=["person"],
            set_={"version": version, "at": func.now()},
            where=noticed.c.version != version,
        )
        async with self._turns, self._database.transaction() as connection:
            idle_ms = round(2000 * self._showing_s)
            await connection.execute(text(f"set local idle_in_transaction_session_timeout = {idle_ms}"))
            if await connection.scalar(claim.returning(literal(True))) is None:
                return False
            async with asyncio.timeout(self._showing_s):
                await show()
        return True

    async def _has_seen(self, who: str, version: str) -> bool:
        seen = noticed.select().where(noticed.c.person == who, noticed.c.version == version)
        async with self._database.transaction() as connection:
            return (await connection.execute(seen)).first() is not None


async def forget(connection: AsyncConnection, people: Collection[str]) -> int:
    """Delete that these people, by their pseudonyms, were told; how many of them had been. Should they ask again, they
    are told again."""
    return (await connection.execute(noticed.delete().where(noticed.c.person.in_(people)))).rowcount
