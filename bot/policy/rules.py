"""policy.toml: what counts as how sensitive, and what may go where.

The file is reviewed like code; the hash of what it says stands in every Decision. Whatever it does not mention is
RESTRICTED, or refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Strict

from bot.domain import Room, Route
from bot.policy import detect
from bot.toml_file import LevelName, Problem, Section, SettingsFault, hint, read_file
from retrieval.label import Label, Level

SinkName = Literal["cloud", "on_prem", "slack", "record", "train"]
SINKS: tuple[SinkName, ...] = ("cloud", "on_prem", "slack", "record", "train")


_CIRCUMSTANCES = ("channel", "source", "thread", "attached")
"""The kinds of the reasons that no detector finds: where a text stands, and what it followed."""


@dataclass(frozen=True, slots=True)
class Sink:
    """A place text can go: the highest level it takes, and the kinds it refuses at any level."""

    name: SinkName
    ceiling: Level
    refuse: frozenset[str]


def allowed(label: Label, sink: Sink) -> bool:
    """Whether a text of that label may go there. Antitone: more reasons never allow more."""
    return label.level <= sink.ceiling and label.kinds.isdisjoint(sink.refuse)


@dataclass(frozen=True, slots=True)
class DataUse:
    """What the contract with the cloud says of the text it is sent (naru.toml, [models.cloud.data_use])."""

    training: bool
    expires: date


@dataclass(frozen=True)
class Rules:
    """policy.toml as the policy reads it.

    kinds: the level of what a detector finds. rooms: the level of a room by its kind; room_ids: of one room.
    ceilings: the highest level that is shown in a kind of room; ceiling_ids: in one room; only `shown_in` reads them.
    prefer: which of the allowed shores comes first. lists: the names that the company lists, which come from elsewhere.
    attachments: the level of a file that comes with a question.
    """

    kinds: Mapping[str, Level]
    rooms: Mapping[str, Level]
    room_ids: Mapping[str, Level]
    sinks: Mapping[SinkName, Sink]
    ceilings: Mapping[str, Level]
    ceiling_ids: Mapping[str, Level]
    prefer: Route
    lists: detect.Lists = detect.NO_LISTS
    attachments: Level = Level.RESTRICTED

    def kind_level(self, kind: str) -> Level:
        return self.kinds.get(kind, Level.RESTRICTED)

    def sink(self, shore: Route) -> Sink:
        """The sink behind a route that calls a model."""
        return self.sinks["cloud" if shore is Route.CLOUD else "on_prem"]

    def shown_in(self, room: Room) -> Sink:
        """The `slack` sink of that room. Its ceiling is the room's by its id, else by its kind, else the sink's own; a
        room of unknown kind shows PUBLIC text only. People from outside can only lower it."""
        slack = self.sinks["slack"]
        by_kind = Level.PUBLIC if room.kind == "unknown" else self.ceilings.get(room.kind, slack.ceiling)
        ceiling = self.ceiling_ids.get(room.id, by_kind)
        if room.shared:
            ceiling = min(ceiling, self.ceilings.get("shared", slack.ceiling))
        return replace(slack, ceiling=ceiling)

    def room_label(self, room: Room) -> Label:
        """A room's level: by its id, else by its kind; unknown is RESTRICTED. People from outside can only raise."""
        level = self.room_ids.get(room.id, self.rooms.get(room.kind, Level.RESTRICTED))
        if room.shared:
            level = max(level, self.rooms.get("shared", Level.RESTRICTED))
        # A direct message's id stands for a person, and reasons are kept: it is not named.
        where = "direct message" if room.kind == "dm" else f"room {room.id}"
        return Label.of(level, "channel", where)

    def under(self, terms: DataUse | None, today: date) -> Rules:
        """These rules under the cloud's own terms: where they are missing, have expired, or allow training, only
        PUBLIC text may go there."""
        if terms is not None and not terms.training and today <= terms.expires:
            return self
        cloud = self.sinks["cloud"]
        lowered = replace(cloud, ceiling=min(cloud.ceiling, Level.PUBLIC))
        return replace(self, sinks={**self.sinks, "cloud": lowered})

    @property
    def hash(self) -> str:
        """SHA-256 over everything these rules say, the cloud's terms included: the same hash, the same decisions."""
        said = {
            "kinds": {kind: level.name for kind, level in self.kinds.items()},
            "rooms": {room: level.name for room, level in self.rooms.items()},
            "room_ids": {room: level.name for room, level in self.room_ids.items()},
            "sinks": {s.name: [s.ceiling.name, sorted(s.refuse)] for s in self.sinks.values()},
            "ceilings": {room: level.name for room, level in self.ceilings.items()},
            "ceiling_ids": {room: level.name for room, level in self.ceiling_ids.items()},
            "prefer": self.prefer.value,
            "lists": self.lists.epoch,
            "attachments": self.attachments.name,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class _SinkTable(Section):
    ceiling: LevelName
    refuse: Annotated[frozenset[str], Strict(False)] = frozenset()


class _CeilingTable(Section):
    dm: LevelName | None = None
    public: LevelName | None = None
    private: LevelName | None = None
    shared: LevelName | None = None
    ids: dict[str, LevelName] = Field(default_factory=dict)


class _SlackTable(_SinkTable):
    rooms: _CeilingTable = _CeilingTable()


class _SinkTables(Section):
    cloud: _SinkTable
    on_prem: _SinkTable
    slack: _SlackTable
    record: _SinkTable
    train: _SinkTable


class _RoomTable(Section):
    dm: LevelName
    public: LevelName
    private: LevelName
    shared: LevelName
    ids: dict[str, LevelName] = Field(default_factory=dict)


class _RouteTable(Section):
    prefer: Literal["cloud", "on_prem"]


class _AttachmentTable(Section):
    level: LevelName = Level.RESTRICTED


class _PolicyFile(Section):
    kinds: dict[str, LevelName]
    rooms: _RoomTable
    sinks: _SinkTables
    routes: _RouteTable
    attachments: _AttachmentTable = _AttachmentTable()


def load_rules(path: Path) -> Rules:
    """Read policy.toml; raises SettingsFault with every problem at once. There is no policy to fall back to."""
    file = read_file(path, _PolicyFile, "a policy is needed, and none is assumed")
    problems = tuple(_unknown_kinds(file, str(path)))
    if problems:
        raise SettingsFault(*problems)
    return Rules(
        kinds=file.kinds,
        rooms=file.rooms.model_dump(exclude={"ids"}),
        room_ids=file.rooms.ids,
        sinks={name: Sink(name, getattr(file.sinks, name).ceiling, getattr(file.sinks, name).refuse) for name in SINKS},
        ceilings=file.sinks.slack.rooms.model_dump(exclude={"ids"}, exclude_none=True),
        ceiling_ids=file.sinks.slack.rooms.ids,
        prefer=Route(file.routes.prefer),
        attachments=file.attachments.level,
    )


def _unknown_kinds(file: _PolicyFile, where: str) -> Iterator[Problem]:
    """A misspelt kind refuses nothing: it is as wrong as a misspelt key."""
    for kind in sorted(file.kinds.keys() - set(detect.KINDS)):
        yield Problem(where, f"kinds.{kind}", f"is no kind{hint(kind, list(detect.KINDS))}")
    known = [*detect.KINDS, *_CIRCUMSTANCES]
    for name in SINKS:
        for kind in sorted(getattr(file.sinks, name).refuse - set(known)):
            yield Problem(where, f"sinks.{name}.refuse", f"names '{kind}', which is no kind{hint(kind, known)}")
