"""Reviewing in Slack: who may, what they are shown there, and that they hear of what waits."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from admin.app import App, directory_now
from admin.review import Reviewer, approve, discard, gone, queue
from bot.check import masked
from bot.learning import Candidate, Pair, Waiting
from bot.policy.rules import Rules
from bot.privately import ALONE
from bot.slack.people import SlackPeople
from bot.toml_file import SettingsFault
from bot.words import both, spoken
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

EVERY_S = 3600.0
_USER = re.compile(r"<?@?(?P<id>[UW][A-Z0-9]+)>?")

Tell = Callable[[str, str, str], Awaitable[bool]]
"""Says a text to somebody, by their id, once for each key."""


@dataclass(frozen=True, slots=True)
class SlackReviews:
    """bot/slack/reviewing.py's Reviews. Admins review everything that they may read; the owner of a source, by their
    Slack id or address in its `owner`, what rests on their sources alone."""

    app: App
    people: SlackPeople

    async def of(self, user: str) -> SlackBench | None:
        admin, owned = await self.people.is_admin(user), await self._owned(user)
        if not admin and not owned:
            return None
        reviewer = Reviewer(user, await self.people.alone(user))
        return SlackBench(self.app, reviewer, None if admin else owned)

    async def owners(self) -> frozenset[str]:
        """Those whom a source names as its owner and who are in Slack."""
        owners = {source.owner for source in await self.app.active() if source.owner}
        return frozenset(user for owner in owners if (user := self._user(owner)))

    async def _owned(self, user: str) -> frozenset[str]:
        return frozenset(one.name for one in await self.app.active() if one.owner and self._user(one.owner) == user)

    def _user(self, owner: str) -> str | None:
        """Whom the owner of a source is in Slack; None for a channel, a team, or somebody unknown."""
        if match := _USER.fullmatch(owner.strip()):
            return match["id"]
        try:
            person = directory_now(self.app.settings, self.app.people).found(owner.strip()) if "@" in owner else None
        except SettingsFault:
            return None
        return person.id if person else None


@dataclass(frozen=True, slots=True)
class SlackBench:
    """sources: what is reviewed rests on these alone; None: on any."""

    app: App
    reviewer: Reviewer
    sources: frozenset[str] | None

    async def waiting(self) -> Sequence[Waiting]:
        found = (await queue(self.app, self.reviewer)).waiting
        rules = self.app.rules()
        ceiling = rules.shown_in(ALONE).ceiling
        return [_in_slack(one, rules) for one in found if self._theirs(one) and one.level <= ceiling]

    async def approve(self, id: str, pair: Pair | None) -> bool:
        await self._check(id)
        return await approve(self.app, self.reviewer, id, pair)

    async def discard(self, id: str) -> None:
        await self._check(id)
        await discard(self.app, self.reviewer, id)

    def _theirs(self, one: Waiting) -> bool:
        return self.sources is None or bool(one.documents and {d.source for d in one.documents} <= self.sources)

    async def _check(self, id: str) -> None:
        """Raises ReviewFault for what is not theirs to decide, as for what is not there."""
        if all(one.id != id for one in await self.waiting()):
            raise gone(id)


def _in_slack(one: Waiting, rules: Rules) -> Waiting:
    """With what Slack is not shown taken out of its texts."""
    sink, said = rules.shown_in(ALONE), one.candidate

    def hide(text: str | None) -> str | None:
        return None if text is None else masked(text, sink, rules, spoken(said.asked))

    approvals = tuple(
        replace(each, pair=Pair(hide(each.pair.question) or "", hide(each.pair.answer) or ""))
        for each in said.approvals
    )
    candidate: Candidate = replace(
        said,
        asked=hide(said.asked) or "",
        answered=hide(said.answered),
        better=hide(said.better),
        reason=hide(said.reason),
        approvals=approvals,
    )
    return replace(one, candidate=candidate)


async def remind(reviews: SlackReviews, tell: Tell) -> None:
    """For ever: the owners of sources hear once a week that something waits for them."""
    while True:
        try:
            for user in sorted(await reviews.owners()):
                bench = await reviews.of(user)
                if bench and (left := len(await bench.waiting())):
                    year, week, _ = datetime.now(UTC).isocalendar()
                    await tell(user, f"review {user} {year}-{week}", both("review_waits", left=str(left)))
        except Fault as fault:
            _log.warning("the reviewers were not told what waits: %s", fault)
        await asyncio.sleep(EVERY_S)
