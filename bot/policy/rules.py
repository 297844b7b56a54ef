"""What counts as how sensitive, and what may go where. Pure; policy_file.py reads policy.toml into it.

The hash of what it says stands in every Decision. Whatever it does not mention is RESTRICTED, or refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Literal
from unicodedata import normalize

from bot.domain import Room, Route
from bot.policy import conversation, detect, learnt
from bot.policy.optout import NOBODY_OUT, OptOuts, of_the_text, refuses
from bot.policy.seen import Seen
from bot.policy.terms import KIND as TERM
from bot.policy.terms import Terms
from retrieval.label import NOTHING_SENSITIVE, ImportedLabel, Label, Level, Reason
from retrieval.passage import Document, Readers

SinkName = Literal["cloud", "on_prem", "slack", "record", "train"]
SINKS: tuple[SinkName, ...] = ("cloud", "on_prem", "slack", "record", "train")
OUTSIDE: frozenset[SinkName] = frozenset({"cloud", "train"})
"""The sinks that never take what is RESTRICTED: it is the level of all that is unknown, lost, or could not be read, and
what has once left does not come back."""
ProfileName = Literal["standard", "finance", "on_prem_only", "cloud_only"]

OPINION = "second_opinion"
MASKED = "masked"
CIRCUMSTANCES = (
    "channel", "source", "thread", "label", "asker", "attached", conversation.KIND, TERM, OPINION, MASKED,
)  # fmt: skip
"""The kinds of the reasons that no detector finds: where a text stands, who asks, what it followed, what is written
on it, the company's own words, what a model thinks, and that something stands behind a placeholder."""

Levels = Mapping[str, Level]


@dataclass(frozen=True, slots=True)
class Sink:
    """A place text can go: the highest level it takes, and the kinds it refuses at any level. closed: why it takes
    nothing at all; empty: it does."""

    name: SinkName
    ceiling: Level
    refuse: frozenset[str]
    closed: str = ""

    @property
    def highest(self) -> Level:
        """The level that it takes at most, whatever its ceiling says."""
        return min(self.ceiling, Level.CONFIDENTIAL) if self.name in OUTSIDE else self.ceiling


def never(reason: Reason, sink: str) -> bool:
    """Whether no line of a policy can let a text with that reason go there."""
    return refuses(reason, sink) or conversation.refuses(reason, sink)


def allowed(label: Label, sink: Sink) -> bool:
    """Whether a text of that label may go there. Antitone: more reasons never allow more."""
    if any(never(reason, sink.name) for reason in label.reasons):
        return False
    return not sink.closed and label.level <= sink.highest and label.kinds.isdisjoint(sink.refuse)


@dataclass(frozen=True, slots=True)
class DataUse:
    """What the contract with the cloud says of the text it is sent (naru.toml, [models.cloud.data_use])."""

    training: bool
    expires: date


@dataclass(frozen=True, slots=True)
class Designation:
    """Who has allowed a financial company's texts to go to a cloud at all, and for which days, both included."""

    by: str
    on: date
    until: date
    reference: str

    def holds(self, today: date) -> bool:
        return self.on <= today <= self.until


@dataclass(frozen=True)
class Rules:
    """policy.toml as the policy reads it.

    kinds: the level of what a detector finds. rooms: the level of a room by its kind; room_ids: of one room, instead;
    room_names, room_prefixes: by the name that it has, which can only raise, because whoever may rename a room could
    lower it. ceilings, ceiling_*: the highest level that is shown in a room, in the same way; only `shown_in` reads
    them. sources, uris: floors of a document's level, by its source and by globs of its uri. labels: the level of the
    labels that documents carry. roles: what an asker's principal adds to the question. terms: the company's own words.
    prefer: which of the allowed shores comes first; small_talk, prefer_rooms (by id or name), prefer_sources: the same
    for some questions. model_rooms (by id or name), model_sources: which of the on-prem models answers there, by the
    name that its server knows. shadow: everything is decided and recorded, and no model is called. lists: the names
    that the company lists, which come from elsewhere. attachments: of a file that comes with a question. masking: the
    kinds that a placeholder may stand for where the cloud takes the rest. opt_outs: who has opted out of what. seen:
    what was found before; it says nothing, so it is not in the hash.
    """

    kinds: Levels
    rooms: Levels
    room_ids: Levels
    sinks: Mapping[SinkName, Sink]
    ceilings: Levels
    ceiling_ids: Levels
    prefer: Route
    lists: detect.Lists = detect.NO_LISTS
    attachments: Level = Level.RESTRICTED
    masking: frozenset[str] = frozenset()
    room_names: Levels = field(default_factory=dict)
    room_prefixes: Levels = field(default_factory=dict)
    ceiling_names: Levels = field(default_factory=dict)
    ceiling_prefixes: Levels = field(default_factory=dict)
    sources: Levels = field(default_factory=dict)
    uris: Levels = field(default_factory=dict)
    labels: Levels = field(default_factory=dict)
    roles: Levels = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    small_talk: Route | None = None
    prefer_rooms: Mapping[str, Route] = field(default_factory=dict)
    prefer_sources: Mapping[str, Route] = field(default_factory=dict)
    model_rooms: Mapping[str, str] = field(default_factory=dict)
    model_sources: Mapping[str, str] = field(default_factory=dict)
    profile: ProfileName = "standard"
    designation: Designation | None = None
    shadow: bool = False
    opt_outs: OptOuts = NOBODY_OUT
    seen: Seen = field(default_factory=Seen, compare=False, repr=False)

    def kind_level(self, kind: str) -> Level:
        return Level.RESTRICTED if kind == detect.UNDETECTED else self.kinds.get(kind, Level.RESTRICTED)

    def sink(self, shore: Route) -> Sink:
        """The sink behind a route that calls a model."""
        return self.sinks["cloud" if shore is Route.CLOUD else "on_prem"]

    # -- rooms -----------------------------------------------------------------------------------------------

    def shown_in(self, room: Room) -> Sink:
        """The `slack` sink of that room. Its ceiling is the room's by its id, else by its kind, else the sink's own; a
        room of unknown kind shows PUBLIC text only. Its name, and people from outside, can only lower it."""
        slack = self.sinks["slack"]
        by_kind = Level.PUBLIC if room.kind == "unknown" else self.ceilings.get(room.kind, slack.ceiling)
        lowest = [self.ceiling_ids.get(room.id, by_kind)]
        lowest += by_name(room.name, self.ceiling_names, self.ceiling_prefixes)
        if room.shared:
            shared = self.ceilings.get("shared", slack.ceiling)
            guests = self.ceilings.get("guests", shared)
            lowest.append(guests if room.guests_only else min(shared, guests))
        return replace(slack, ceiling=min(lowest))

    def room_label(self, room: Room) -> Label:
        """A room's level: by its id, else by its kind. Its name, and people from outside, can only raise it. One of
        unknown kind is RESTRICTED whatever its id: nobody knows who is in it."""
        by_kind = self.rooms.get(room.kind, Level.RESTRICTED)
        highest = [Level.RESTRICTED if room.kind == "unknown" else self.room_ids.get(room.id, by_kind)]
        highest += by_name(room.name, self.room_names, self.room_prefixes)
        if room.shared:
            shared = self.rooms.get("shared", Level.RESTRICTED)
            guests = self.rooms.get("guests", shared)
            highest.append(guests if room.guests_only else max(shared, guests))
        # A direct message's id stands for a person, and reasons are kept: it is not named.
        where = "direct message" if room.kind == "dm" else f"room {room.id}"
        return Label.of(max(highest), "channel", where) | self.opt_outs.of_room(room.id)

    # -- what is hidden ---------------------------------------------------------------------------------------

    def may_be_hidden(self, reason: Reason) -> bool:
        """Whether it goes where a placeholder stands for what it is about; of who has opted out, for their name."""
        return reason.kind in self.masking or (of_the_text(reason) and "person" in self.masking)

    def at_best(self, label: Label) -> Label:
        """What is left of a label where everything that can be hidden is: never less than a masked text really has."""
        left = frozenset(reason for reason in label.reasons if not self.may_be_hidden(reason))
        return Label(left) | Label.of(Level.INTERNAL, MASKED, MASKED)

    # -- documents -------------------------------------------------------------------------------------------

    def document_label(self, document: Document) -> Label:
        """What is known of a document before its text is read: what its source says, what this policy says of the
        source at least, and what the labels say that it carries."""
        return self.known_of(document.label, document.source, document.uri, document.labels)

    def known_of(self, said: Label, source: str, uri: str, labels: Iterable[ImportedLabel]) -> Label:
        floor = max(
            [
                self.sources.get(source, Level.PUBLIC),
                *(level for glob, level in self.uris.items() if matches(uri, glob)),
            ]
        )
        label = said
        if floor > said.level:
            label |= Label.of(floor, "source", f"floor of the policy, source {source}")
        carried = [self._carried(one, source) for one in labels]
        return Label.join([label, *carried, self.opt_outs.of_source(source)])

    def _carried(self, one: ImportedLabel, source: str) -> Label:
        if room := conversation.room_of(one):
            return self.room_label(room) | Label.of(Level.PUBLIC, conversation.KIND, f"source {source}")
        if speaker := conversation.speaker_of(one):
            return self.opt_outs.of_user(speaker)
        if learnt.is_ours(one):
            return learnt.opted_out(one, self.opt_outs)
        return Label.of(self.imported(one), "label", f"label of a document, source {source}")

    def unsaid(self, document: Document) -> bool:
        """Whether it holds what somebody said who has opted out of being kept since, or was said in a room that has:
        until the next run has taken it out, nobody is given it."""
        if not any(map(conversation.is_ours, document.labels)):
            return False
        told = self.known_of(NOTHING_SENSITIVE, "", "", filter(conversation.is_ours, document.labels))
        return any(refuses(reason, "record") for reason in told.reasons)

    def attached_label(self, labels: Iterable[ImportedLabel], origin: str) -> Label:
        """What is known of a file that came with a question before its text is read."""
        carried = [Label.of(self.imported(one), "label", f"label of {origin}") for one in labels]
        return Label.join([Label.of(self.attachments, "attached", origin), *carried])

    def imported(self, label: ImportedLabel) -> Level:
        """The level of a label that a document carries, by its id and its name, the stricter of the two; one that
        policy.toml does not know is RESTRICTED, but for those of our own."""
        if conversation.is_ours(label) or learnt.is_ours(label):
            return Level.PUBLIC
        known = [self.labels[key] for key in map(one_spelling, (label.id, label.name)) if key and key in self.labels]
        return max(known, default=Level.RESTRICTED)

    # -- people and routes -----------------------------------------------------------------------------------

    def asker_label(self, own: Readers) -> Label:
        """What it says of a question who asks it. own: by what the asker reads where nobody else is present; nothing:
        nobody knows who that is."""
        if not self.roles:
            return NOTHING_SENSITIVE
        if not own.principals:
            return Label.of(Level.RESTRICTED, "asker", "role not known")
        levels = [self.roles[name] for name in own.principals & self.roles.keys()]
        return Label.of(max(levels), "asker", "role") if levels else NOTHING_SENSITIVE

    def preferred(self, room: Room, sources: Collection[str], *, small_talk: bool) -> Route:
        """Which of the allowed shores comes first. sources: of the passages; where they differ, on-prem."""
        if small_talk and self.small_talk is not None:
            return self.small_talk
        by_room = self.prefer_rooms.get(room.id) or self.prefer_rooms.get(one_spelling(room.name))
        if by_room is not None:
            return by_room
        by_source = {self.prefer_sources[name] for name in sources if name in self.prefer_sources}
        return Route.ON_PREM if Route.ON_PREM in by_source else next(iter(by_source), self.prefer)

    def domain_model(self, room: Room, sources: Collection[str]) -> str | None:
        """Which of the on-prem models answers, the room's before the sources'; None: the base model. sources: of all
        that the answer may rest on, empty for what is of none; where their models differ, it is the base."""
        by_room = self.model_rooms.get(room.id) or self.model_rooms.get(one_spelling(room.name))
        by_source = {self.model_sources.get(name) for name in sources}
        return by_room or (by_source.pop() if len(by_source) == 1 else None)

    @property
    def domain_models(self) -> frozenset[str]:
        """All that this policy names."""
        return frozenset({*self.model_rooms.values(), *self.model_sources.values()})

    # -- what stands in no line of it ------------------------------------------------------------------------

    def under(self, terms: DataUse | None, today: date) -> Rules:
        """These rules under the cloud's own terms: where they are missing, have expired, or allow training, only
        PUBLIC text may go there. And on that day: a designation that does not hold opens nothing."""
        cloud = self.sinks["cloud"]
        if terms is None or terms.training or today > terms.expires:
            cloud = replace(cloud, ceiling=min(cloud.ceiling, Level.PUBLIC))
        if self.designation is not None and not self.designation.holds(today):
            days = f"{self.designation.on} to {self.designation.until}"
            cloud = replace(cloud, closed=f"the designation holds from {days} only")
        return self if cloud == self.sinks["cloud"] else replace(self, sinks={**self.sinks, "cloud": cloud})

    @cached_property
    def hash(self) -> str:
        """SHA-256 over everything these rules say, the cloud's terms included: the same hash, the same decisions."""
        named = ("lists", "opt_outs", "seen")
        said = {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.name not in named}
        said |= {"lists": self.lists.epoch, "opt_outs": self.opt_outs.epoch}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def one_spelling(name: str) -> str:
    """A name as it is compared: macOS decomposes Hangul, and people put a # before a room and do not mind case."""
    return normalize("NFC", name).strip().removeprefix("#").casefold()


def by_name(name: str, names: Levels, prefixes: Levels) -> Iterator[Level]:
    """The levels of what a room's name matches. The keys are in one spelling already."""
    own = one_spelling(name)
    if own in names:
        yield names[own]
    yield from (level for prefix, level in prefixes.items() if own.startswith(prefix))


def matches(uri: str, glob: str) -> bool:
    """Whether a document's path is one of a pattern of [sources.uris]: in any case, `*` goes over folders too."""
    return fnmatchcase(normalize("NFC", uri).casefold(), normalize("NFC", glob).casefold())


def _plain(value: Any) -> Any:
    """As JSON has it, in one way only."""
    match value:
        case Level():
            return value.name
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case frozenset():
            return sorted(value)
    return {one.name: _plain(getattr(value, one.name)) for one in fields(value)} if is_dataclass(value) else value
