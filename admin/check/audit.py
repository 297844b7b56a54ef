"""The audit: who could change it, and whether it still has what its copy says."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy import text

from admin import schema
from admin.audit.head import HeadFault, HeadFile
from admin.check.finding import Finding, fail, of, ok
from admin.check.scene import Scene
from admin.key import kept_key
from bot.audit import Audit
from bot.seal import Seal


async def audit(scene: Scene) -> AsyncIterator[Finding]:
    if scene.database is None or await schema.problem(scene.database) is not None:
        return
    async with scene.database.transaction() as connection:
        can = (await connection.execute(_CAN)).one()
    yield of_role(can.superuser or can.owner, can.guarded, embedded=scene.settings.database_url is None)
    kept = kept_key(scene.settings)
    try:
        line = HeadFile(scene.settings.home).line()
    except HeadFault as fault:
        yield of(fault)
        return
    if kept is None or line is None:
        return
    if await Audit(Seal(kept)).knows(scene.database, line):
        yield ok("It has the last seal that this machine has a copy of; `naru audit verify` looks at all of it.")
    else:
        yield fail(
            "It has lost the last seal that this machine has a copy of: its end was cut off, or it is another one.",
            "Run `naru audit verify`, and keep the database as it is.",
        )


def of_role(master: bool, guarded: bool, *, embedded: bool) -> Finding:
    """Who can change the audit. master: Naru's role owns the tables or may do everything. guarded: the triggers are
    there and on."""
    if not guarded:
        return fail(
            "Nothing keeps the audit from being changed: a trigger of it is gone or switched off.",
            "Run `naru audit verify`, then let the owner of the tables switch it on, or restore a backup.",
        )
    if not master:
        return ok("Naru's role can add to it and read it, and nothing else; the role that owns the tables can do more.")
    who = "whoever gets at the data directory" if embedded else "whoever connects with Naru's own role"
    return ok(
        f"Its triggers refuse changes and deletions; {who} can switch them off, and what they change then "
        "`naru audit verify` finds, unless they have the key and audit.head too."
    )


_CAN = text(
    """
    select coalesce((select rolsuper from pg_roles where rolname = current_user), false) as superuser,
           (select pg_has_role(relowner, 'member') from pg_class where oid = 'audit'::regclass) as owner,
           (select count(*) = 3 from pg_trigger
              where tgname in ('audit_writing', 'audit_only_added_to', 'audit_seal_only_added_to')
                and tgrelid in ('audit'::regclass, 'audit_seal'::regclass) and tgenabled in ('O', 'A')) as guarded
    """
)
