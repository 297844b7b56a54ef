"""What is left of a run of chaos, held against what was asked."""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import Any

from sqlalchemy import text

from admin.audit.head import HeadFile
from benchmarks.in_slack import Office
from benchmarks.leaks import leaks
from bot.audit import Audit, Wanted, read
from bot.audit_chain import Verified
from bot.seal import Seal
from retrieval.database import Database
from tests.standins.slack import Message

MARK = re.compile(r"\(Q(\d+)\)")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """lost: questions without an answer. twice: with more than one. orphans: posts of ours that no question owns,
    and that are no notice, or one too many. differs: questions whose answer is shown otherwise than it is stored,
    or is another's. out_of_order: questions finished after a later one of their thread that had come in later, too.
    tampered: what `naru audit verify` finds wrong among `audited` entries. leaked: lines of the logs and entries of
    the audit in which the detectors find something, or one of the `planted` secrets that were asked with.
    apologies: answered by nothing better. slowest_s: from the arrival to the end, waiting for the update budget
    included."""

    lost: int
    twice: int
    orphans: int
    differs: int
    out_of_order: int
    tampered: int
    audited: int
    leaked: int
    logged: int
    planted: int
    events: int
    seed: int
    kills: int
    stops: int
    power_cuts: int
    apologies: int
    model_calls: int
    slowest_s: float
    seconds: float

    @property
    def ok(self) -> bool:
        answers = self.lost or self.twice or self.orphans or self.differs or self.out_of_order
        return not (answers or self.tampered or self.leaked)


async def judged(
    here: Office, asked: Sequence[Message], tell: Tell, secrets: Sequence[str], said: Sequence[str], **how: Any
) -> Found:
    """What all of it has come to. secrets: each was asked with. said: the lines of all logs. how: what was done."""
    async with here.database.transaction() as connection:
        inbox = (await connection.execute(text("select * from inbox where kind = 'message'"))).all()
        versions = list(await connection.scalars(text("select distinct version from noticed")))
        stored = {str(id) for id in await connection.scalars(text("select id from answer"))}
    rows = {row.key: row for row in inbox}
    audit = await _verified(here)
    planted = [word for secret in secrets for word in secret.split()]
    leaked = leaks([*said, *await _entries(here.database)], planted)
    for problem in (*audit.problems, *leaked):
        tell(str(problem))
    posts = _posts(here)
    lost = twice = orphans = differs = 0
    slowest_s = 0.0
    for number, question in enumerate(asked):
        key = f"{question.channel}/{question.ts}"
        mine, row = posts.pop(_mark(key), []), rows.get(key)
        answers = [post for post in mine if _is_answer(post)]
        lost += not answers
        twice += len(answers) > 1
        orphans += sum(1 for post in mine if row is None or post.ts != row.placeholder)
        wrong = [found for post in answers if (found := _differs(post, number, stored))]
        differs += bool(wrong)
        for each in wrong:
            tell(f"{each} (attempts: {row.attempt if row else 0})")
        if row is not None and row.done_at is not None:
            slowest_s = max(slowest_s, (row.done_at - row.received_at).total_seconds())
    for person, version in product(here.people, versions):
        notices = posts.pop(_mark(f"notice/{version}/{person.id}"), [])
        orphans += max(0, len(notices) - 1)
    orphans += sum(len(left) for left in posts.values())
    return Found(
        lost=lost,
        twice=twice,
        orphans=orphans,
        differs=differs,
        out_of_order=out_of_order(inbox),
        tampered=len(audit.problems),
        audited=audit.entries,
        leaked=len(leaked),
        logged=len(said),
        planted=len(planted),
        apologies=sum(row.outcome != "answered" for row in inbox),
        slowest_s=round(slowest_s, 1),
        **how,
    )


async def _verified(here: Office) -> Verified:
    """With what the killed processes wrote and did not seal any more."""
    audit = Audit(Seal(base64.b64decode((here.home / "key").read_bytes())))
    await audit.seal(here.database)
    return await audit.verified(here.database, HeadFile(here.home).line())


async def _entries(database: Database) -> list[str]:
    told: list[str] = []
    after = 0
    while entries := await read(database, Wanted(after=after)):
        told += (json.dumps(entry.data(), ensure_ascii=False) for entry in entries)
        after = entries[-1].id
    return told


def _posts(here: Office) -> dict[str, list[Message]]:
    """What the bot has in the workspace, by the mark of the question that it was posted for."""
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for channel in here.slack.workspace.channels.values():
        for post in here.slack.shown(channel):
            if post.user == here.slack.workspace.bot.id:
                found[(post.metadata or {}).get("event_payload", {}).get("key", "")].append(post)
    return found


def _mark(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _is_answer(post: Message) -> bool:
    """Only what is answered has buttons."""
    return any(block["type"] == "actions" for block in post.blocks)


def _differs(post: Message, number: int, stored: set[str]) -> str | None:
    """How it is not what is stored for this question, if so."""
    shown = json.dumps(post.blocks)
    if any(int(mark) != number for mark in MARK.findall(shown)):
        return f"Q{number} shows the answer to another question"
    return None if any(id in shown for id in stored) else f"Q{number} shows an answer that is not the stored one"


def out_of_order(inbox: Sequence[Any]) -> int:
    """How many were finished after a later one of their thread which had come in later, too."""
    threads: defaultdict[str, list[Any]] = defaultdict(list)
    for row in inbox:
        if row.done_at is not None:
            threads[row.thread].append(row)
    return sum(
        any(a.ts < b.ts and a.received_at < b.received_at and a.done_at > b.done_at for b in rows)
        for rows in threads.values()
        for a in rows
    )
