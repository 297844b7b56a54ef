"""The key that seals text at rest: there, private, and the right one."""

from __future__ import annotations

from collections.abc import AsyncIterator

from admin import schema
from admin.check.finding import Finding, fail, ok, skip, warn
from admin.check.scene import Scene
from admin.key import kept_key, key_file
from bot.records import opens
from bot.seal import Seal


async def key(scene: Scene) -> AsyncIterator[Finding]:
    path = key_file(scene.settings)
    if scene.settings.key is None and path.exists():
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            yield fail(f"{path} holds the key and others may read it (mode {mode:o}).", f"Run `chmod 600 {path}`.")
    kept = kept_key(scene.settings)
    if kept is None:
        yield skip("There is no key yet: the first start makes one.")
        return
    seal = Seal(kept)
    whose = "NARU_KEY" if scene.settings.key is not None else str(path)
    if scene.database is None or await schema.problem(scene.database) is not None:
        yield skip(f"There is a key ({seal.fingerprint}); whether it is the right one, only the database tells.")
        return
    match await opens(scene.database, seal):
        case True:
            yield ok(f"The key {seal.fingerprint} in {whose} opens what was sealed last.")
        case False:
            yield fail(
                f"The key {seal.fingerprint} in {whose} does not open what was sealed last: it is another one.",
                f"Put the right one into {whose}; without it, earlier questions and answers are lost.",
            )
        case None:
            yield ok(f"There is a key ({seal.fingerprint}), and nothing is sealed yet.")
    if scene.settings.key is None:
        yield warn(f"The key is in {path} only.", "Keep a copy elsewhere: no backup brings it along by itself.")
