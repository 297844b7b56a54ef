"""Opting out, wired, and whom an operator means."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.audit import Audit
from bot.blast import Blast
from bot.directory import Directory
from bot.forgetting import Forgetting
from bot.opting_out import OptingOut, OptOutFault
from bot.optouts import Register
from bot.receipts import Receipts
from bot.seal import Seal
from bot.subjects import Subject
from retrieval.database import Database

_SLACK_USER = re.compile(r"[UW][A-Z0-9]{6,}")
_SLACK_ROOM = re.compile(r"[CGD][A-Z0-9]{6,}")


def opting_out(database: Database, seal: Seal, register: Register, forgetting: Forgetting) -> OptingOut:
    return OptingOut(
        database,
        register,
        Receipts(seal),
        Audit(seal),
        Blast(database, seal),
        forgetting,
        forgetting.unlearn,
        forgetting.lift,
    )


def subject_of(said: str, also: Sequence[str], directory: Directory, sources: Collection[str]) -> Subject:
    """Whom `user:ID`, `room:ID`, `source:NAME` or `person:NAME` means. Raises OptOutFault for somebody unknown: an
    opt-out that was mistyped would be thought to bind."""
    kind, _, name = said.partition(":")
    name = name.strip()
    if also and kind != "person":
        raise OptOutFault("--also is for a person who is not in Slack: the others are told apart by their ids.")
    match kind:
        case "person" if name:
            return Subject("person", name, tuple(also))
        case "user" if person := directory.found(name):
            return Subject("user", person.id)
        case "user" if _SLACK_USER.fullmatch(name):
            return Subject("user", name)
        case "user":
            raise OptOutFault(f"'{name}' is nobody of the directory and no Slack id: `naru people list` shows who is.")
        case "room":
            found = [room.id for room in directory.rooms if name.lstrip("#") in (room.id, room.name)]
            if found or _SLACK_ROOM.fullmatch(name):
                return Subject("room", found[0] if found else name)
            raise OptOutFault(f"'{name}' is no room of the directory and no Slack id of one.")
        case "source":
            if name in sources:
                return Subject("source", name)
            raise OptOutFault(f"There is no source '{name}'; there is {', '.join(sorted(sources)) or 'none'}.")
    raise OptOutFault(f"'{kind}' says nobody: begin with user:, room:, source: or person:, for example user:U012AB3CD.")
