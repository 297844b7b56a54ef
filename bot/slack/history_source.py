"""Slack's history as a source of documents: the threads of the channels that somebody named, and what stands in no
thread by days. Of kind `slack`, and there is none unless an admin adds one.

Never read: direct messages of two or more, channels that another organisation shares (unless a source is told to take
them all the same), channels that we are not in, channels and people that have opted out of being kept. What becomes one
of these is taken out by the next run, however much it is.

The first run of a day lists a channel whole, from the newest message on, 999 at a call; those after it list the last
week, and what is older stays as it is. Only threads in which something changed are read. That a channel was listed
whole stands in the version of a document about the channel, whose uri is behind all others, so that it is written
last: what was done stays when a run is killed, and is not done again, and what was not done is not taken for done.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import partial

from bot.policy.conversation import said_by, said_in, speakers
from bot.policy.optout import OptOuts
from bot.slack.archive import Archive, Json, Self
from bot.slack.faults import SlackFault
from bot.slack.history_kind import KIND, Chosen, chosen
from bot.slack.history_place import Place, is_out, place_of
from bot.slack.transcript import (
    OMITTED,
    Transcript,
    Voices,
    by_day,
    is_loose,
    is_thread,
    thread_version,
    title,
    transcript,
    version,
)
from retrieval.index import Known
from retrieval.parse import UnreadableFault
from retrieval.passage import Principal, Said, Source, storable
from retrieval.sources import Listed, Loaded, SourceFault

_A_DAY, _A_THREAD = r"\d{4}-\d\d-\d\d", r"\d+\.\d+"
_MENTIONED = re.compile(r"<@([A-Z0-9]+)")
_ABOUT = "about"
_WEEK = 7
"""Days that each run lists; what is older only the first run of a day does."""
MOST_KEPT = 20_000_000
"""Characters of days that a run remembers from their listing; those of others are asked for once more."""
MOST_STRANGERS = 500
"""People whom a run asks for by name who are not in the workspace's list: anybody can mention thousands who are not."""
_LOOK_S = 60.0
"""For so long what a channel is counts during a run."""
_OURS = frozenset(
    ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope", "ratelimited")
)
"""What is refused to us and not to one channel."""
_OUT = frozenset(("not_in_channel", "channel_not_found"))


class HistoryFault(SourceFault):
    """Slack's history cannot be listed. again: as for every Fault."""

    def __init__(self, sentence: str, *, again: bool = False) -> None:
        super().__init__(sentence)
        self.again = again


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run begins with. today: until its end, also behind midnight: what it listed, it listed for that day."""

    us: Self
    today: date
    names: dict[str, str]
    known: Mapping[str, Known]


class SlackHistory:
    """Reads one source. known: what the index holds of it. opt_outs: as of now. pseudonym: bot/seal.py. zone: of the
    company's days. clock: seconds since 1970."""

    def __init__(
        self,
        source: Source,
        archive: Archive,
        *,
        known: Callable[[], Awaitable[Mapping[str, Known]]],
        opt_outs: Callable[[], Awaitable[OptOuts]],
        pseudonym: Callable[[str], str],
        zone: tzinfo,
        clock: Callable[[], float] = time.time,
        most_kept: int = MOST_KEPT,
    ) -> None:
        values = KIND.checked(source.options)
        self._source = source
        self._archive = archive
        self._known = known
        self._opt_outs = opt_outs
        self._pseudonym = pseudonym
        self._zone = zone
        self._clock = clock
        self._chosen = {one.id: one for one in chosen(str(values["channels"]))}
        self._days, self._shared = int(values["days"]), bool(values["shared"])
        self._run: _Run | None = None
        self._bodies: dict[str, tuple[float, Json]] = {}
        self._texts: dict[str, Transcript] = {}
        self._may_keep = most_kept
        self._strangers = 0
        self._troubles: dict[str, str] = {}

    async def list(self) -> AsyncIterator[Listed]:
        run = await self._begun()
        left_out = await self._left_out()
        places = deque[Place]()
        for one in self._chosen.values():
            part = f"{one.id}/"
            try:
                place = await self._place(one, run.us, left_out)
            except SlackFault as fault:
                self._troubles[part] = self._trouble(one.id, fault)
                yield Listed(part)
                continue
            if place.barred is None:
                places.append(place)
                continue
            self._troubles[part] = place.barred
            yield Listed(part, withdrawn=True)
        for place in places:
            async for listed in self._whole(place, run, left_out):
                yield listed

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        if uri.endswith("/"):
            raise UnreadableFault(self._troubles.get(uri, f"{uri} is a channel, and no document."), "closed")
        run, left_out = await self._begun(), await self._left_out()
        id, _, name = uri.partition("/")
        if id not in self._chosen:
            raise UnreadableFault(f"{uri} lies outside of what this source may read.", "link")
        try:
            place = await self._place(self._chosen[id], run.us, left_out)
            if place.barred is not None:
                raise UnreadableFault(place.barred, "closed")
            found, opening = await self._read(uri, name, place, run, left_out)
        except SlackFault as fault:
            raise UnreadableFault(self._trouble(id, fault), "away") from fault
        if found is None:  # as a problem it would keep its last good version
            found = Transcript(OMITTED, opening or OMITTED, frozenset(), "")
        carried = tuple(map(said_by, sorted(map(self._pseudonym, found.speakers))))
        said = self._said(place, run.us, opening or found.title, name if opening else found.first)
        return Loaded(storable(found.text).encode(), None, ".txt", replace(said, carried=carried))

    # -- listing -----------------------------------------------------------------------------------------------

    async def _begun(self) -> _Run:
        if self._run is None:
            try:
                us = await self._archive.who()
                self._run = _Run(us, self._today(), await self._archive.people(), await self._known())
            except SlackFault as fault:
                raise HistoryFault(f"Slack's history cannot be read: {fault}", again=fault.again) from fault
        return self._run

    async def _left_out(self) -> OptOuts:
        """Raises HistoryFault where nobody can say who has opted out: then nothing is read, and nothing deleted."""
        now = await self._opt_outs()
        if not now.known:
            raise HistoryFault("It is not known who has opted out, so no history is read.", again=True)
        return now

    async def _whole(self, place: Place, run: _Run, left_out: OptOuts) -> AsyncIterator[Listed]:
        """A channel, and what is held of it no longer. Where it cannot be listed to its end, what is missing stays."""
        listed: set[str] = set()
        try:
            since = self._since(place, run)
            async for document in self._of_channel(place, run, left_out, since):
                listed.add(document.uri)
                yield document
            for document in self._older(place, run, left_out, since):
                listed.add(document.uri)
                yield document
            yield self._about(place, run)
        except SlackFault as fault:
            self._troubles[place.part] = self._trouble(place.channel.id, fault)
            yield Listed(place.part)
        for uri in self._to_withdraw(place.part, run.known, left_out) - listed:
            yield Listed(uri, withdrawn=True)

    def _since(self, place: Place, run: _Run) -> float:
        """From when on a channel is listed now."""
        about = run.known.get(f"{place.part}{_ABOUT}")
        if about is None or not (about.version or "").startswith(self._whole_today(run)):
            return self._oldest(run)
        return max(self._oldest(run), self._bounds(run.today - timedelta(days=_WEEK))[0])

    def _whole_today(self, run: _Run) -> str:
        return version(run.today, self._days)

    def _older(self, place: Place, run: _Run, left_out: OptOuts, since: float) -> Iterator[Listed]:
        """What is held from before that time, as it is; read again where somebody's words have to go."""
        for uri, known in run.known.items():
            name = uri.removeprefix(place.part)
            if not uri.startswith(place.part) or not self._oldest(run) <= self._time_of(name) < since:
                continue
            gone = any(is_out(left_out, one) for one in speakers(known.said.carried))
            told = self._said(place, run.us, known.said.title or known.title, "")
            yield Listed(uri, None if gone else known.version, replace(told, link=known.said.link))

    def _about(self, place: Place, run: _Run) -> Listed:
        said = self._said(place, run.us, f"#{place.channel.name}", "")
        return Listed(f"{place.part}{_ABOUT}", f"{self._whole_today(run)}/{version(place.about)}", said)

    async def _of_channel(self, place: Place, run: _Run, left_out: OptOuts, since: float) -> AsyncIterator[Listed]:
        """Each thread where it is met; each day once all of it was."""
        voices, written = self._voices(run, left_out), date.max
        day = deque[Json]()
        async for message in self._archive.messages(place.channel.id, since):
            await self._learn([message], run)
            if is_thread(message):
                if not voices.to_us(message):
                    yield self._thread(message, place, run, voices)
            elif is_loose(message):
                (at,) = by_day([message], self._zone)
                if at != written and day:
                    for listed in self._days_of(day, place, run, voices):
                        yield listed
                    day.clear()
                day.append(message)
                written = at
        for listed in self._days_of(day, place, run, voices):
            yield listed

    def _thread(self, first: Json, place: Place, run: _Run, voices: Voices) -> Listed:
        uri = f"{place.channel.id}/{first['ts']}"
        known = run.known.get(uri)
        gone = sorted(one for one in speakers(known.said.carried) if voices.left_out(one)) if known else []
        named = title(first, place.channel.name, voices, self._zone)
        said = self._said(place, run.us, named, first["ts"])
        return Listed(uri, thread_version(first, (*gone, named), run.today), said)

    def _days_of(self, messages: Iterable[Json], place: Place, run: _Run, voices: Voices) -> Iterator[Listed]:
        for day, said in by_day(messages, self._zone).items():
            whole = transcript(said, place.channel.name, voices, self._zone)
            if whole is None:
                continue
            uri = f"{place.channel.id}/{day.isoformat()}"
            listed = Listed(
                uri,
                version(whole.text, whole.title, *sorted(whole.speakers)),
                self._said(place, run.us, whole.title, whole.first),
            )
            known = run.known.get(uri)
            is_read = known is None or known.version != listed.version or known.unread
            if is_read and len(whole.text) <= self._may_keep:
                self._texts[uri] = whole
                self._may_keep -= len(whole.text)
            yield listed

    def _to_withdraw(self, part: str, known: Mapping[str, Known], left_out: OptOuts) -> set[str]:
        """What is held of those who have opted out since."""
        return {
            uri
            for uri, one in known.items()
            if uri.startswith(part) and any(is_out(left_out, id) for id in speakers(one.said.carried))
        }

    # -- one document ------------------------------------------------------------------------------------------

    async def _read(
        self, uri: str, name: str, place: Place, run: _Run, left_out: OptOuts
    ) -> tuple[Transcript | None, str]:
        """What it says, and for a thread what it is called."""
        voices, channel = self._voices(run, left_out), place.channel
        if name == _ABOUT:
            return Transcript(place.about, f"#{channel.name}", place.authors, ""), ""
        if re.fullmatch(_A_DAY, name):
            kept = self._texts.pop(uri, None)
            self._may_keep += len(kept.text) if kept else 0
            if kept is not None and not any(map(voices.left_out, kept.speakers)):
                return kept, ""
            began, ended = self._bounds(date.fromisoformat(name))
            messages = [one async for one in self._archive.messages(channel.id, began, ended) if is_loose(one)]
            opening = None
        elif re.fullmatch(_A_THREAD, name):
            messages = await self._archive.thread(channel.id, name)
            opening = messages[0] if messages else None
            if opening is None or voices.to_us(opening):
                return None, ""
        else:
            raise UnreadableFault(f"{uri} is neither a thread nor a day.", "link")
        await self._learn(messages, run)
        in_order = sorted(messages, key=lambda one: float(one["ts"]))
        return transcript(in_order, channel.name, voices, self._zone, opening=opening), (
            title(opening, channel.name, voices, self._zone) if opening else ""
        )

    def _said(self, place: Place, us: Self, title: str, ts: str) -> Said:
        """Of a private channel the readers are its members, and of one that others share too, whatever the source's
        settings say; of a public one, whom those name."""
        channel = place.channel
        alone = channel.kind != "public" or channel.connected
        room = replace(channel.room(()), shared=channel.connected, guests_only=False)
        return Said(
            title=title,
            level=place.level,
            readers=frozenset({Principal(f"channel:{channel.id}")}) if alone else None,
            link=f"{us.url}archives/{channel.id}/p{ts.replace('.', '')}" if us.url and ts else None,
            labels=(said_in(room),),
        )

    # -- what may be read --------------------------------------------------------------------------------------

    async def _place(self, one: Chosen, us: Self, left_out: OptOuts) -> Place:
        known = self._bodies.get(one.id)
        if known is None or time.monotonic() - known[0] > _LOOK_S:
            try:
                body = await self._archive.channel(one.id)
            except SlackFault as fault:
                if fault.code not in _OUT:
                    raise
                body = {"is_private": True, "is_member": False}
            self._bodies[one.id] = known = time.monotonic(), body
        return place_of(one, known[1], us.team, left_out, shared=self._shared)

    def _trouble(self, id: str, fault: SlackFault) -> str:
        """Of one channel; raises HistoryFault for what would be so in each."""
        if fault.code in _OURS:
            raise HistoryFault(f"Slack's history cannot be read: {fault}", again=fault.again) from fault
        return f"The channel {id} cannot be read now ({fault.code}): what is held of it stays."

    # -- people and days ---------------------------------------------------------------------------------------

    def _voices(self, run: _Run, left_out: OptOuts) -> Voices:
        def name(id: str) -> str:
            return run.names.get(id, id)

        return Voices(run.us.bot_user, name, partial(is_out, left_out))

    async def _learn(self, messages: Iterable[Json], run: _Run) -> None:
        """What those are called who are not in the workspace's list."""
        for message in messages:
            said = _MENTIONED.findall(message.get("text") or "")
            for id in {*said, str(message.get("user") or run.us.bot_user)} - run.names.keys():
                self._strangers += 1
                run.names[id] = await self._archive.person(id) if self._strangers <= MOST_STRANGERS else id

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), self._zone).date()

    def _time_of(self, name: str) -> float:
        """When a document begins; nan for what is neither a thread nor a day."""
        if re.fullmatch(_A_DAY, name):
            return self._bounds(date.fromisoformat(name))[0]
        return float(name) if re.fullmatch(_A_THREAD, name) else float("nan")

    def _oldest(self, run: _Run) -> float:
        """The beginning of a day, so that none is read in part."""
        return self._bounds(run.today - timedelta(days=self._days))[0]

    def _bounds(self, day: date) -> tuple[float, float]:
        begin = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        after = day + timedelta(days=1)
        end = datetime(after.year, after.month, after.day, tzinfo=self._zone)
        return begin.timestamp(), end.timestamp() - 1e-6
