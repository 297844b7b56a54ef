"""Who works at this terminal, what they may do there, and that they did it.

What reaches behind somebody's back (looking with another's eyes, reading what left, exporting what is held about a
person) needs a role of naru.toml and a reason, and leaves an entry in the audit before anything is shown. It keeps
honest people accountable; who has the key and the database needs no command of ours.
"""

from __future__ import annotations

import os
import pwd
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from admin.app import App
from bot.audit import Audit
from bot.seal import Seal
from bot.settings import Settings
from retrieval.database import Database
from retrieval.errors import Fault

Role = Literal["officer", "admin", "reviewer"]
_SECTIONS: Mapping[Role, str] = {"officer": "officers", "admin": "admins", "reviewer": "reviewers"}
_LONGEST = 500
LOOKED, SAMPLED, EXPORTED, REVIEWED = "looked_as", "sample_read", "person_exported", "operators_read"


class RoleFault(Fault):
    """Whoever works here may not do that, or has not said why."""


@dataclass(frozen=True, slots=True)
class Operator:
    """login: as the machine knows them. roles: by naru.toml; on the sample company everybody has all."""

    login: str
    roles: frozenset[Role]

    @classmethod
    def at(cls, settings: Settings) -> Operator:
        login = login_name()
        listed: Mapping[Role, tuple[str, ...]] = {
            "officer": settings.roles.officers,
            "admin": settings.roles.admins,
            "reviewer": settings.roles.reviewers,
        }
        return cls(login, frozenset(role for role, names in listed.items() if settings.sample or login in names))

    @property
    def id(self) -> str:
        return f"os:{self.login}"

    def needs(self, what: str, *roles: Role) -> None:
        """Raises RoleFault without one of the roles."""
        if not self.roles & frozenset(roles):
            lists = " or ".join(f"{_SECTIONS[role]}" for role in roles)
            raise RoleFault(f"To {what}, '{self.login}' must stand in {lists} under [roles] in naru.toml.")

    def must(self, what: str, *roles: Role, reason: str | None) -> str:
        """The reason, cleared of what surrounds it. Raises RoleFault without one of the roles, and without a reason."""
        self.needs(what, *roles)
        said = " ".join((reason or "").split())
        if not said:
            raise RoleFault(f"To {what}, say why: --reason '...'. It is kept with your name in the audit.")
        if len(said) > _LONGEST:
            raise RoleFault(f"The reason has {len(said):,} characters: say it in {_LONGEST}.")
        return said


def login_name() -> str:
    """A user of a container may have a number and no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


async def noted(
    database: Database,
    seal: Seal,
    operator: Operator,
    kind: str,
    reason: str,
    body: Mapping[str, Any],
    subject: str | None = None,
) -> None:
    """Commit that they did it. The reason is text, so it is sealed: the officer reads it by `naru report operators`.
    Raises DatabaseFault: what leaves no trace is not done."""
    id = uuid4()
    why = b64encode(seal.close(reason, reason_place(str(id)))).decode("ascii")
    async with database.transaction() as connection:
        await Audit(seal).note(
            connection, kind, {**body, "id": str(id), "reason": why}, actor=operator.id, subject=subject
        )


def reason_place(id: str) -> str:
    return f"audit_reason:{id}"


def own_eyes(settings: Settings, what: str, person: str | None) -> None:
    """One's own are those of `console.person`, and on the sample company everybody's. Raises RoleFault for others."""
    if person not in (None, settings.console.person) and not settings.sample:
        raise RoleFault(f"To {what} takes your own eyes: leave out --as, or have the other person do it.")


async def titles_only(app: App, command: str, person: str | None, reason: str | None, *, readers: bool = False) -> bool:
    """Whether somebody looks with eyes that are not theirs, and so sees titles alone; it is written down then.

    One's own are those of `console.person`, and on the sample company everybody's. readers: the eyes are no person's
    but what principals read. Raises RoleFault and DatabaseFault.
    """
    settings = app.settings
    if settings.sample or (not readers and person in (None, settings.console.person)):
        return False
    operator = Operator.at(settings)
    said = operator.must("look with others' eyes", "officer", "admin", reason=reason)
    subject = f"user:{person}" if person else None
    await noted(app.database, app.seal, operator, LOOKED, said, {"command": command}, subject)
    return True
