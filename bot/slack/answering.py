"""From an event of the inbox to what Slack shows: the same story as at the console, told so that it can be resumed.

Everything here may be run again: the placeholder is looked up before a second one is posted, the finished message is
stored before it is set, and setting it twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from bot.answer import Deps, answer
from bot.domain import Feedback, Question, QuestionFault
from bot.drafts import Show
from bot.inbox import Claimed, Inbox
from bot.slack import shown
from bot.slack.again import Again
from bot.slack.blocks import GOOD, Message, answered, feedback_form, notice, told
from bot.slack.commands import Commands
from bot.slack.events import question_text
from bot.slack.faults import SlackFault
from bot.slack.people import SlackPeople
from bot.slack.place import Place
from bot.slack.post import SlackDoor
from bot.small_talk import SmallTalk, small_talk
from bot.words import Language, both, say, spoken

_log = logging.getLogger(__name__)
_THANKED = "heart"


@dataclass(frozen=True, slots=True)
class Answering:
    """The worker's `handle` and `give_up`. bot_user: our own user id; team: our workspace's; longest: characters of a
    question; streaming: whether drafts are Slack's own streams."""

    inbox: Inbox
    door: SlackDoor
    people: SlackPeople
    deps: Deps
    commands: Commands
    bot_user: str
    team: str
    longest: int
    streaming: bool = False
    again: Again = field(default_factory=Again)

    async def handle(self, claimed: Claimed) -> str:
        """Do what the event asks for; returns the outcome, a word. A place that is gone ends it: trying again would
        not bring it back. Raises what another attempt may mend."""
        kinds: Mapping[str, Callable[[Claimed], Awaitable[str]]] = {
            "message": self._message,
            "deleted": self._deleted,
            "command": self.commands.handle,
            "action": self._clicked,
            "view": self._given,
        }
        try:
            return await kinds[claimed.event.kind](claimed)
        except SlackFault as fault:
            if not fault.gone:
                raise
            _log.info("event %d: %s", claimed.id, fault)
            return "gone"

    async def give_up(self, claimed: Claimed) -> None:
        """Tell the asker that there is no answer, where there is a place to say so."""
        event = claimed.event
        try:
            if event.kind == "command":
                await self.commands.give_up(claimed)
            elif event.kind == "message" and claimed.readable:
                place = self._place(claimed)
                await place.set(await place.taken("ko"), notice("ko", "apology"))
            elif claimed.placeholder is not None:
                says = both("withdrawn") if event.kind == "deleted" else say("ko", "apology")
                await self.door.update(event.channel, claimed.placeholder, told(says))
        except SlackFault as fault:
            if fault.again:
                raise
            _log.warning("event %d: nobody could be told: %s", claimed.id, fault)

    async def _message(self, claimed: Claimed) -> str:
        body = claimed.event.body
        if await self._outdated(claimed):
            return "outdated"
        text = question_text(body["text"], self.bot_user)
        tongue = spoken(text)
        match small_talk(text):
            case SmallTalk.THANKS:
                await self._thanked(claimed)
                return "thanked"
            case SmallTalk.NOTHING:
                place = self._place(claimed)
                await place.set(await place.taken(tongue), notice(tongue, "hint"))
                return "hinted"
        place = self._place(claimed)
        ts = await place.taken(tongue, stream=True)

        async def show(sentences: str) -> None:
            if not await self._withdrawn(claimed):
                await place.drafted(ts, sentences, tongue)

        message = shown.stored(claimed) or await self._answered(claimed, text, tongue, show)
        if await self._withdrawn(claimed):
            return await self._taken_away(claimed, ts)
        await place.set(ts, message)
        if place.unsure or claimed.attempt > 1:
            self.again.plan(partial(self._once_more, claimed, ts, message))
        return "answered"

    async def _thanked(self, claimed: Claimed) -> None:
        """A courtesy: where Slack takes no reaction an apology would only surprise."""
        try:
            await self.door.react(claimed.event.channel, claimed.event.body["ts"], _THANKED)
        except SlackFault as fault:
            if fault.again:
                raise
            _log.warning("event %d: %s", claimed.id, fault)

    async def _outdated(self, claimed: Claimed) -> bool:
        """Whether it was edited or deleted since, so that nothing of it is to be shown; what came of an earlier
        attempt already stands somewhere, and is finished."""
        if claimed.placeholder is not None or not await self.inbox.later(claimed, claimed.event.body["ts"]):
            return False
        return claimed.attempt == 1 or await self._place(claimed).begun() is None

    async def _withdrawn(self, claimed: Claimed) -> bool:
        return "deleted" in await self.inbox.later(claimed, claimed.event.body["ts"])

    def _place(self, claimed: Claimed) -> Place:
        return Place(claimed, self.inbox, self.door, self.team, self.streaming)

    async def _once_more(self, claimed: Claimed, ts: str, message: Message) -> None:
        """Over a draft that came late: of an attempt that was stopped and went on, or of unknown outcome."""
        if await self.inbox.shown_by(claimed.event.channel, ts) == claimed.id:
            await self.door.update(claimed.event.channel, ts, message)

    async def _answered(self, claimed: Claimed, text: str, tongue: Language, show: Show) -> Message:
        """The finished message, stored before it is shown: an attempt that comes after a crash shows it as it is."""
        body, channel = claimed.event.body, claimed.event.channel
        try:
            question = Question.asked(
                text,
                asker=body["user"],
                room=await self.people.room(channel),
                thread=f"{channel}/{body['thread_ts'] or body['ts']}",
                longest=self.longest,
                id=claimed.question,
            )
            deps = replace(self.deps, records=self.deps.records.fenced(partial(self.inbox.holds, claimed)))
            message = answered(await answer(question, deps, show), tongue)
        except QuestionFault:
            long = len(text) > self.longest
            message = notice(tongue, "too_long", longest=f"{self.longest:,}") if long else notice(tongue, "hint")
        await shown.store(self.inbox, claimed, message)
        return message

    async def _deleted(self, claimed: Claimed) -> str:
        event = claimed.event
        ts = await self.inbox.placeholder_of(event.channel, event.body["ts"])
        if ts is None:
            return "ignored"
        await self.inbox.placed(claimed, ts)  # so that no answer is set once more over what is put there
        return await self._taken_away(claimed, ts)

    async def _taken_away(self, claimed: Claimed, ts: str) -> str:
        """Where Slack does not let us delete, as a workspace can settle for everybody, nothing of the answer stays."""
        try:
            await self.door.remove(claimed.event.channel, ts)
        except SlackFault as fault:
            if fault.again:
                raise
            _log.warning("event %d: %s", claimed.id, fault)
            await self.door.update(claimed.event.channel, ts, told(both("withdrawn")))
        return "withdrawn"

    async def _clicked(self, claimed: Claimed) -> str:
        body = claimed.event.body
        verdict = "good" if body["action"] == GOOD else "bad"
        if not await self._keep(body, verdict):
            if body["response_url"]:
                await self.door.respond(body["response_url"], notice("ko", "gone"))
            return "gone"
        if verdict == "bad" and body["trigger_id"] and claimed.attempt == 1:
            await self.door.open_view(body["trigger_id"], feedback_form(UUID(body["answer"]), "ko"))
        elif body["response_url"]:
            await self.door.respond(body["response_url"], notice("ko", "thanks"))
        return "recorded"

    async def _given(self, claimed: Claimed) -> str:
        return "recorded" if await self._keep(claimed.event.body, "bad") else "gone"

    async def _keep(self, body: Mapping[str, str | None], verdict: str) -> bool:
        """Keep what somebody thinks of an answer; False: there is no such answer any more."""
        try:
            about = UUID(body["answer"] or "")
        except ValueError:
            return False
        said = Feedback(
            about,
            str(body["user"]),
            "good" if verdict == "good" else "bad",
            reason=body.get("reason"),
            better=body.get("better"),
        )
        return await self.deps.records.give(said, self.deps.rules())
