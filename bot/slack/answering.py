"""From an event of the inbox to what Slack shows: the same story as at the console, told so that it can be resumed.

Everything here may be run again: the placeholder is looked up before a second one is posted, the finished message is
stored before it is set, and setting it twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from bot.answer import Deps, answer
from bot.domain import Feedback, Question, QuestionFault, Room
from bot.inbox import Claimed, Inbox
from bot.people import People
from bot.slack import shown
from bot.slack.blocks import GOOD, Message, answered, feedback_form, notice, told
from bot.slack.commands import Commands
from bot.slack.events import question_text
from bot.slack.faults import SlackFault
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.small_talk import SmallTalk, small_talk
from bot.words import Language, spoken
from retrieval.passage import Readers

_log = logging.getLogger(__name__)
_THANKED = "heart"


@dataclass(frozen=True, slots=True)
class Answering:
    """The worker's `handle` and `give_up`. bot_user: our own user id; longest: characters of a question."""

    inbox: Inbox
    door: SlackDoor
    people: SlackPeople
    deps: Deps
    commands: Commands
    bot_user: str
    longest: int

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
            elif event.kind == "message":
                placeholder = await self._placeholder(claimed, "ko")
                await self.door.update(event.channel, placeholder, notice("ko", "apology"))
        except SlackFault as fault:
            if fault.again:
                raise
            _log.warning("event %d: nobody could be told: %s", claimed.id, fault)

    async def _message(self, claimed: Claimed) -> str:
        body, channel = claimed.event.body, claimed.event.channel
        text = question_text(body["text"], self.bot_user)
        tongue = spoken(text)
        match small_talk(text):
            case SmallTalk.THANKS:
                await self.door.react(channel, body["ts"], _THANKED)
                return "thanked"
            case SmallTalk.NOTHING:
                placeholder = await self._placeholder(claimed, tongue)
                await self.door.update(channel, placeholder, notice(tongue, "hint"))
                return "hinted"
        placeholder = await self._placeholder(claimed, tongue)
        message = shown.stored(claimed) or await self._answered(claimed, text, tongue)
        await self.door.update(channel, placeholder, message)
        return "answered"

    async def _answered(self, claimed: Claimed, text: str, tongue: Language) -> Message:
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
            deps = replace(self.deps, people=_WhileOurs(self.deps.people, self.inbox, claimed))
            message = answered(await answer(question, deps), tongue)
        except QuestionFault as fault:
            message = told(str(fault))
        await shown.store(self.inbox, claimed, message)
        return message

    async def _placeholder(self, claimed: Claimed, tongue: Language) -> str:
        """Where the answer stands: as stored, that of the question before its edit, or one of its own."""
        if claimed.placeholder is not None:
            return claimed.placeholder
        event, body = claimed.event, claimed.event.body
        ts = await self.inbox.placeholder_of(event.channel, body["ts"]) if body["edited"] else None
        if ts is None:
            thread, looking = body["thread_ts"] or body["ts"], notice(tongue, "looking")
            return await shown.placeholder(self.inbox, self.door, claimed, event.channel, thread, looking)
        await self.inbox.placed(claimed, ts)
        return ts

    async def _deleted(self, claimed: Claimed) -> str:
        event = claimed.event
        ts = await self.inbox.placeholder_of(event.channel, event.body["ts"])
        if ts is None:
            return "ignored"
        await self.door.remove(event.channel, ts)
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


@dataclass(frozen=True, slots=True)
class _WhileOurs:
    """People for one attempt. They are asked afresh right before an answer is stored: the last moment to notice that
    another attempt has the event, whose stored answer must stay the one that is shown."""

    people: People
    inbox: Inbox
    claimed: Claimed

    async def readers(self, asker: str, room: Room, *, fresh: bool = False) -> Readers:
        """Raises Fenced, DatabaseFault."""
        readers = await self.people.readers(asker, room, fresh=fresh)
        if fresh:
            await self.inbox.renew(self.claimed)
        return readers
