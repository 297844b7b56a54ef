"""From an event of the inbox to what Slack shows: the same story as at the console, told so that it can be resumed.

Everything here may be run again: the placeholder is looked up before a second one is posted, the finished message is
stored before it is set, and setting it twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from bot.ahead import ShowAhead
from bot.answer import Deps, answer
from bot.domain import Question, QuestionFault, Room
from bot.drafts import Show
from bot.inbox import Claimed, Inbox
from bot.privately import more_alone
from bot.slack import shown
from bot.slack.again import Again
from bot.slack.blocks import AGAIN, ALONE, LATER, Message, answered, notice, offered, told
from bot.slack.commands import Commands
from bot.slack.copies import MaskedCopies
from bot.slack.events import question_text
from bot.slack.faults import SlackFault
from bot.slack.home import Home
from bot.slack.hooks import Around, Back, Notify, no_notice, nobody_is_away, nothing_around
from bot.slack.opinions import Opinions
from bot.slack.optout_blocks import is_choice
from bot.slack.people import SlackPeople
from bot.slack.place import Place
from bot.slack.post import SlackDoor
from bot.slack.posted import Posted, Standing
from bot.slack.review_blocks import is_review
from bot.slack.reviewing import Reviewing
from bot.small_talk import SmallTalk, small_talk
from bot.waiting import AWAY
from bot.words import Language, both, spoken
from retrieval.errors import Fault
from retrieval.label import NOTHING_SENSITIVE, Label

_log = logging.getLogger(__name__)
_THANKED = "heart"


class OpenedFault(Fault):
    """Somebody from outside came into a room while its question was being answered."""

    again = True


@dataclass(frozen=True, slots=True)
class Answering:
    """The worker's `handle` and `give_up`. bot_user: our own user id; team: our workspace's; longest: characters of a
    question; posted: where answers stand; streaming: whether drafts are Slack's own streams; around: reads what is
    attached, and the thread. copies: makes masked copies of messages; None: there are none. notify: before the first
    answer. machine: says below each answer what made it, by language. home: None where there is no Home tab. back:
    whether any of these models answers again. reviewing: None: nobody reviews here."""

    inbox: Inbox
    door: SlackDoor
    people: SlackPeople
    deps: Deps
    commands: Commands
    bot_user: str
    team: str
    longest: int
    posted: Posted
    streaming: bool = False
    around: Around = nothing_around
    copies: MaskedCopies | None = None
    notify: Notify = no_notice
    machine: Mapping[Language, str] = field(default_factory=dict)
    home: Home | None = None
    back: Back = nobody_is_away
    reviewing: Reviewing | None = None
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
            "shortcut": self._copied,
            "home": self._at_home,
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
                tongue = spoken(question_text(event.body["text"], self.bot_user))
                place = self._place(claimed)
                await place.set(await place.taken(tongue), notice(tongue, "apology"))
            elif event.kind in ("action", "shortcut"):
                await self._click_given_up(claimed)
            elif event.kind == "home" and self.home:
                await self.home.give_up(claimed)
            elif claimed.placeholder is not None:
                says = both("withdrawn" if event.kind == "deleted" else "apology")
                await self.door.update(event.channel, claimed.placeholder, told(says))
        except SlackFault as fault:
            if fault.retry:
                raise
            _log.warning("event %d: nobody could be told: %s", claimed.id, fault)

    async def _message(self, claimed: Claimed) -> str:
        body = claimed.event.body
        # Whoever took it in may not have known.
        if not body.get("addressed", True) and not await self.inbox.follows(claimed.event):
            return "ignored"
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
                await place.set(
                    await place.taken(tongue), told(both("file_hint")) if body.get("files") else notice(tongue, "hint")
                )
                return "hinted"
        await self.notify(claimed, tongue)
        return await self._carried(claimed, self._place(claimed), text)

    async def _thanked(self, claimed: Claimed) -> None:
        """A courtesy: where Slack takes no reaction an apology would only surprise."""
        try:
            await self.door.react(claimed.event.channel, claimed.event.body["ts"], _THANKED)
        except SlackFault as fault:
            if fault.retry:
                raise
            _log.warning("event %d: %s", claimed.id, fault)

    async def _outdated(self, claimed: Claimed) -> bool:
        """Whether it was edited or deleted since, so that nothing of it is to be shown; what came of an earlier
        attempt already stands somewhere, and is finished."""
        if claimed.placeholder is not None or not await self.inbox.later(claimed, claimed.event.body["ts"]):
            return False
        return claimed.attempt == 1 or await self._place(claimed).begun() is None

    async def _withdrawn(self, claimed: Claimed) -> bool:
        event = claimed.event
        return event.kind == "message" and "deleted" in await self.inbox.later(claimed, event.body["ts"])

    def _place(self, claimed: Claimed) -> Place:
        body = claimed.event.body
        thread = body["thread_ts"] or body["ts"]
        return Place(claimed, self.inbox, self.door, claimed.event.channel, thread, self.team, self.streaming)

    async def _carried(self, claimed: Claimed, place: Place, text: str, known: Label = NOTHING_SENSITIVE) -> str:
        """From the placeholder to the final text, which is stored before it is shown: an attempt that comes after a
        crash shows it as it is, where it still may. known: of the text, from where it was asked before. The outcome."""
        tongue = spoken(text)
        ts = await place.taken(tongue, stream=True)

        async def show(sentences: str) -> None:
            if not await self._withdrawn(claimed):
                await place.drafted(ts, sentences, tongue)

        async def show_ahead(before: int) -> None:
            if not await self._withdrawn(claimed):
                await place.waits(ts, before, tongue)

        question, message = None, shown.stored(claimed)
        if message is None or not await self._still_shown(claimed, place):
            try:
                question = await self._question(claimed, place, ts, text, known)
                message = await self._answered(claimed, question, show, show_ahead)
            except QuestionFault:
                long = len(text) > self.longest
                message = notice(tongue, "too_long", longest=f"{self.longest:,}") if long else notice(tongue, "hint")
            await shown.store(self.inbox, claimed, message)
        if await self._withdrawn(claimed):
            return await self._taken_away(claimed, place.channel, ts)
        rests_on = await self.deps.records.rests_on(claimed.question)
        standing = Standing(place.channel, ts, claimed.question, rests_on)
        await self.posted.stands(standing, claimed.event.body["user"])
        await place.set(ts, message)
        if place.unsure or claimed.attempt > 1:
            self.again.plan(partial(self._once_more, claimed, standing, message))
        if question is not None and claimed.attempt == 1:
            await self._offer(question, place)
        return "answered"

    async def _still_shown(self, claimed: Claimed, place: Place) -> bool:
        """Whether everybody who is present now may read what an earlier attempt's stored answer was made from."""
        documents = await self.deps.records.rests_on(claimed.question)
        room = await self.people.room(place.channel)
        readers = await self.people.readers(claimed.event.body["user"], room, fresh=True)
        present = await self.deps.search.present(documents, readers)
        rules = self.deps.rules()
        ceiling = rules.shown_in(room).ceiling
        return all(id in present and rules.document_label(present[id]).level <= ceiling for id in documents)

    async def _question(self, claimed: Claimed, place: Place, ts: str, text: str, known: Label) -> Question:
        """Raises QuestionFault."""
        asked = Question.asked(
            text,
            asker=claimed.event.body["user"],
            room=await self.people.room(place.channel),
            thread=f"{place.channel}/{place.thread or ts}",
            longest=self.longest,
            id=claimed.question,
            carried=known,
        )
        # Fetched only for a question that is taken.
        asked = replace(asked, asked_at=datetime.fromtimestamp(float(claimed.event.ts), UTC))
        return await self.around(asked, place, ts)

    async def _answered(self, claimed: Claimed, question: Question, show: Show, show_ahead: ShowAhead) -> Message:
        """Raises OpenedFault."""

        async def show_here(sentences: str) -> None:
            await self._as_closed(question.room)
            await show(sentences)

        deps = replace(self.deps, records=self.deps.records.fenced(partial(self.inbox.holds, claimed)))
        given = await answer(question, deps, show_here, show_ahead)
        await self._as_closed(question.room)
        tongue = spoken(question.text)
        return answered(given, tongue, self.machine.get(tongue, ""))

    async def _as_closed(self, room: Room) -> None:
        """The room's ceiling is the one of when it was asked in, and with people from outside there is another. Asked
        right after a look at the readers, so it rests on what that look has brought."""
        if not (await self.people.room(room.id)).is_as_closed_as(room):
            raise OpenedFault("Somebody from outside may be in the room now: its question is answered anew.")

    async def _once_more(self, claimed: Claimed, shown: Standing, message: Message) -> None:
        """Over a draft that came late: of an attempt that was stopped and went on, or of unknown outcome."""
        ours = await self.inbox.shown_by(claimed.event.channel, shown.ts) == claimed.id
        if ours and await self.posted.may_stand(shown):
            await self.door.update(shown.channel, shown.ts, message)

    async def _offer(self, question: Question, place: Place) -> None:
        """Tell the asker, and nobody else, that more may be read in a direct message. It may get lost: the answer is
        there already."""
        if question.room.kind == "dm":
            return
        try:
            if await more_alone(question, await self.people.alone(question.asker), self.deps):
                message = offered(question.id, spoken(question.text))
                await self.door.ephemeral(place.channel, question.asker, message, place.thread)
        except Fault as fault:
            _log.info("nobody was told that there is more: %s", fault)

    async def _alone(self, claimed: Claimed) -> str:
        """What was asked in a room, answered again for its asker in a direct message."""
        body = claimed.event.body
        asked = await self._asked(body["answer"], body["user"])
        if asked is None:
            await self._respond(body, "alone_again", "ko")
            return "gone"
        text, known = asked
        channel = await self.door.direct(body["user"])
        if claimed.attempt == 1:
            try:
                await self._respond(body, "alone_there", spoken(text))
            except SlackFault as fault:
                _log.info("event %d: nobody was told where the answer comes: %s", claimed.id, fault)
        place = Place(claimed, self.inbox, self.door, channel, None, self.team)
        return await self._carried(claimed, place, text, known)

    async def _once_again(self, claimed: Claimed) -> str:
        """A question whose answer was withdrawn, asked again by its asker where it stood."""
        body = claimed.event.body
        asked = await self._asked(body["answer"], body["user"])
        if asked is None:
            await self._respond(body, "again_yourself", "ko")
            return "gone"
        thread = body["thread_ts"] or body["message_ts"]
        place = Place(claimed, self.inbox, self.door, claimed.event.channel, thread, self.team)
        return await self._carried(claimed, place, *asked)

    async def _later(self, claimed: Claimed) -> str:
        """A question that was only quoted, answered by a model once one of those that were away is back."""
        body = claimed.event.body
        question, *away = body["answer"].split()
        asked = await self._asked(question, body["user"])
        thread = body["thread_ts"] or body["message_ts"]
        place = Place(claimed, self.inbox, self.door, claimed.event.channel, thread, self.team)
        if asked is None:
            if claimed.placeholder is None:
                await self._respond(body, "again_yourself", "ko")
            else:
                await place.set(claimed.placeholder, notice("ko", "again_yourself"))
            return "gone"
        if shown.stored(claimed) is None and not await self.back(away):
            if claimed.placeholder is None:
                tongue = spoken(asked[0])
                await place.set(await place.taken(tongue), notice(tongue, "later"))
            return AWAY
        return await self._carried(claimed, place, *asked)

    async def _asked(self, question: str, user: str) -> tuple[str, Label] | None:
        try:
            return await self.deps.records.asked(UUID(question), user)
        except ValueError:
            return None

    async def _respond(self, body: Mapping[str, str | None], sentence: str, tongue: Language) -> None:
        if address := body["response_url"]:
            await self.door.respond(address, notice(tongue, sentence))

    async def _at_home(self, claimed: Claimed) -> str:
        return await self.home.handle(claimed) if self.home else "ignored"

    async def _deleted(self, claimed: Claimed) -> str:
        event = claimed.event
        ts = await self.inbox.placeholder_of(event.channel, event.body["ts"])
        if ts is None:
            return "ignored"
        await self.inbox.placed(claimed, ts)  # so that no answer is set once more over what is put there
        return await self._taken_away(claimed, event.channel, ts)

    async def _taken_away(self, claimed: Claimed, channel: str, ts: str) -> str:
        """Where Slack does not let us delete, as a workspace can settle for everybody, nothing of the answer stays."""
        try:
            await self.door.remove(channel, ts)
        except SlackFault as fault:
            if fault.retry:
                raise
            _log.warning("event %d: %s", claimed.id, fault)
            await self.door.update(channel, ts, told(both("withdrawn")))
        await self.posted.gone(channel, ts)
        return "withdrawn"

    async def _clicked(self, claimed: Claimed) -> str:
        body = claimed.event.body
        if body["action"] == ALONE:
            return await self._alone(claimed)
        if is_choice(body["action"]):
            return await self.commands.opted(claimed)
        if body["action"] == AGAIN:
            return await self._once_again(claimed)
        if body["action"] == LATER:
            return await self._later(claimed)
        if is_review(body["action"]):
            return await self.reviewing.clicked(claimed) if self.reviewing else "ignored"
        return await Opinions(self.door, self.deps).clicked(claimed)

    async def _click_given_up(self, claimed: Claimed) -> None:
        """Where its answer would stand, or else to its person where they clicked."""
        body = claimed.event.body
        if not claimed.readable:
            return
        if claimed.placeholder is None:
            await self._respond(body, "apology", "ko")
        else:
            here = body["action"] in (AGAIN, LATER)
            channel = claimed.event.channel if here else await self.door.direct(body["user"])
            await self.door.update(channel, claimed.placeholder, notice("ko", "apology"))

    async def _copied(self, claimed: Claimed) -> str:
        return await self.copies.copied(claimed) if self.copies is not None else "ignored"

    async def _given(self, claimed: Claimed) -> str:
        if self.copies is not None and "copy" in claimed.event.body:
            return await self.copies.restored(claimed)
        if "review" in claimed.event.body:
            return await self.reviewing.given(claimed) if self.reviewing else "ignored"
        return await Opinions(self.door, self.deps).given(claimed)
