"""policy.toml, reviewed like code: read, looked through for what cannot be meant, and read again when it changes."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal, TypeVar

from pydantic import Field, Strict

from bot.domain import Route
from bot.policy import detect, terms
from bot.policy.detect import learned
from bot.policy.mask import TYPES
from bot.policy.profiles import contradictions, profiled
from bot.policy.rules import CIRCUMSTANCES, SINKS, Designation, ProfileName, Rules, Sink, one_spelling
from bot.policy.terms import Terms
from bot.policy.unmatched import never_a_name, never_a_role, never_a_room, never_a_uri, never_an_id
from bot.toml_file import LevelName, Problem, Section, SettingsFault, Text, hint, model_of, parse_toml, read_bytes
from retrieval.label import Level

_log = logging.getLogger(__name__)

MISSING = "a policy is needed, and none is assumed"
_RACY_S = 2.0
"""A file that is as young as this may be written again within the same tick of its clock."""

_MODEL = re.compile(r"[A-Za-z0-9/.][A-Za-z0-9._/:@+-]{0,199}")

V = TypeVar("V")
Levels = dict[str, LevelName]
Model = Literal["cloud", "on_prem"]
Said = Annotated[Text, Field(pattern=r"\S")]


class _SinkTable(Section):
    ceiling: LevelName
    refuse: Annotated[frozenset[str], Strict(False)] = frozenset()


class _CeilingTable(Section):
    dm: LevelName | None = None
    public: LevelName | None = None
    private: LevelName | None = None
    shared: LevelName | None = None
    guests: LevelName | None = None
    ids: Levels = Field(default_factory=dict)
    names: Levels = Field(default_factory=dict)
    prefixes: Levels = Field(default_factory=dict)


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
    guests: LevelName | None = None
    ids: Levels = Field(default_factory=dict)
    names: Levels = Field(default_factory=dict)
    prefixes: Levels = Field(default_factory=dict)


class _SourceTable(Section):
    names: Levels = Field(default_factory=dict)
    uris: Levels = Field(default_factory=dict)


class _RouteTable(Section):
    prefer: Model
    small_talk: Model | None = None
    rooms: dict[str, Model] = Field(default_factory=dict)
    sources: dict[str, Model] = Field(default_factory=dict)


class _DomainModelTable(Section):
    rooms: dict[str, Text] = Field(default_factory=dict)
    sources: dict[str, Text] = Field(default_factory=dict)


class _AttachmentTable(Section):
    level: LevelName = Level.RESTRICTED


class _MaskingTable(Section):
    kinds: Annotated[frozenset[str], Strict(False)] = frozenset()


class _DesignationTable(Section):
    by: Said
    on: date
    until: date
    reference: Said


class _PolicyFile(Section):
    profile: ProfileName = "standard"
    shadow: bool = False
    kinds: Levels
    terms: Levels = Field(default_factory=dict)
    rooms: _RoomTable
    sources: _SourceTable = _SourceTable()
    labels: Levels = Field(default_factory=dict)
    roles: Levels = Field(default_factory=dict)
    sinks: _SinkTables
    routes: _RouteTable
    domain_models: _DomainModelTable = _DomainModelTable()
    attachments: _AttachmentTable = _AttachmentTable()
    masking: _MaskingTable = _MaskingTable()
    designation: _DesignationTable | None = None


def load_rules(path: Path) -> Rules:
    """Read policy.toml; raises SettingsFault with every problem at once. There is no policy to fall back to, and none
    is kept without the weights that its kinds are found by: raises WeightsFault."""
    learned.model()
    return rules_of(read_bytes(path, MISSING), str(path))


def rules_of(content: bytes, where: str) -> Rules:
    """What a policy.toml of that content says; raises SettingsFault. where: the file, in sentences."""
    file = model_of(_PolicyFile, parse_toml(content, where), where)
    problems = [*_unknown_kinds(file, where), *_twice(file, where), *_unusable(file, where)]
    rules = profiled(_rules(file))
    problems += (Problem(where, key, says) for key, says in contradictions(rules))
    if problems:
        raise SettingsFault(*problems)
    return rules


def _rules(file: _PolicyFile) -> Rules:
    shown = file.sinks.slack.rooms
    by_match = {"ids", "names", "prefixes"}
    return Rules(
        kinds=file.kinds,
        rooms=file.rooms.model_dump(exclude=by_match, exclude_none=True),
        room_ids=file.rooms.ids,
        room_names=_in_one_spelling(file.rooms.names),
        room_prefixes=_in_one_spelling(file.rooms.prefixes),
        sinks={name: Sink(name, getattr(file.sinks, name).ceiling, getattr(file.sinks, name).refuse) for name in SINKS},
        ceilings=shown.model_dump(exclude=by_match, exclude_none=True),
        ceiling_ids=shown.ids,
        ceiling_names=_in_one_spelling(shown.names),
        ceiling_prefixes=_in_one_spelling(shown.prefixes),
        sources=file.sources.names,
        uris=file.sources.uris,
        labels=_in_one_spelling(file.labels),
        roles={name.lower() if name.startswith("email:") else name: level for name, level in file.roles.items()},
        terms=Terms({terms.plain(term): level for term, level in file.terms.items()}),
        prefer=Route(file.routes.prefer),
        small_talk=Route(file.routes.small_talk) if file.routes.small_talk else None,
        prefer_rooms={_room(name): Route(model) for name, model in file.routes.rooms.items()},
        prefer_sources={name: Route(model) for name, model in file.routes.sources.items()},
        model_rooms={_room(name): model for name, model in file.domain_models.rooms.items()},
        model_sources=file.domain_models.sources,
        attachments=file.attachments.level,
        masking=file.masking.kinds,
        profile=file.profile,
        designation=Designation(**file.designation.model_dump()) if file.designation else None,
        shadow=file.shadow,
    )


def _in_one_spelling(table: Mapping[str, V]) -> dict[str, V]:
    return {one_spelling(name): value for name, value in table.items()}


def _room(name: str) -> str:
    """Ids are as Slack writes them, in capitals; names are compared without regard to case."""
    return name if name.isupper() and name.isalnum() else one_spelling(name)


def _unknown_kinds(file: _PolicyFile, where: str) -> Iterator[Problem]:
    """A misspelt kind refuses nothing: it is as wrong as a misspelt key."""
    for kind in sorted(file.kinds.keys() - set(detect.KINDS)):
        yield Problem(where, f"kinds.{kind}", f"is no kind{hint(kind, list(detect.KINDS))}")
    for kind in sorted(file.masking.kinds - TYPES.keys()):
        why = (
            "which nobody may put back: it stays in the building"
            if kind == "secret"
            else "which has no value that a placeholder could stand for"
            if kind in (*detect.KINDS, *CIRCUMSTANCES)
            else f"which is no kind{hint(kind, list(TYPES))}"
        )
        yield Problem(where, "masking.kinds", f"names '{kind}', {why}")
    known = [*detect.KINDS, *CIRCUMSTANCES]
    for name in SINKS:
        for kind in sorted(getattr(file.sinks, name).refuse - set(known)):
            yield Problem(where, f"sinks.{name}.refuse", f"names '{kind}', which is no kind{hint(kind, known)}")


def _twice(file: _PolicyFile, where: str) -> Iterator[Problem]:
    """Names that differ to TOML and to nobody else: which of the two levels would count?"""
    spelled: dict[str, tuple[Mapping[str, object], Callable[[str], str]]] = {
        "rooms.names": (file.rooms.names, one_spelling),
        "rooms.prefixes": (file.rooms.prefixes, one_spelling),
        "sinks.slack.rooms.names": (file.sinks.slack.rooms.names, one_spelling),
        "sinks.slack.rooms.prefixes": (file.sinks.slack.rooms.prefixes, one_spelling),
        "routes.rooms": (file.routes.rooms, _room),
        "domain_models.rooms": (file.domain_models.rooms, _room),
        "labels": (file.labels, one_spelling),
        "terms": (file.terms, terms.plain),
    }
    for key, (table, spelling) in spelled.items():
        first: dict[str, str] = {}
        for name in table:
            own = spelling(name)
            if not own:
                yield Problem(where, f'{key}."{name}"', "names nothing: write a letter or a digit at least")
            elif own in first:
                yield Problem(
                    where, f'{key}."{name}"', f'is there twice, first as "{first[own]}": leave one of them out'
                )
            first.setdefault(own, name)


def _unusable(file: _PolicyFile, where: str) -> Iterator[Problem]:
    if len(file.terms) > terms.MOST:
        text = f"has {len(file.terms):,} terms, and {terms.MOST:,} are read: longer lists belong into a list of names"
        yield Problem(where, "terms", text)
    for table in ("rooms", "sources"):
        for name, model in getattr(file.domain_models, table).items():
            if not _MODEL.fullmatch(model):
                says = f"is '{model}', which is no name of a model: write letters, digits and . _ - / : @ + only"
                yield Problem(where, f'domain_models.{table}."{name}"', says)
    yield from _unmatched(file, where)


def _unmatched(file: _PolicyFile, where: str) -> Iterator[Problem]:
    """Lines that nothing can ever match: whoever wrote them believes that a place is closed."""
    shown = file.sinks.slack.rooms
    lines: tuple[tuple[str, Iterable[str], Callable[[str], str]], ...] = (
        ("rooms.ids", file.rooms.ids, never_an_id),
        ("rooms.names", file.rooms.names, never_a_name),
        ("rooms.prefixes", file.rooms.prefixes, never_a_name),
        ("sinks.slack.rooms.ids", shown.ids, never_an_id),
        ("sinks.slack.rooms.names", shown.names, never_a_name),
        ("sinks.slack.rooms.prefixes", shown.prefixes, never_a_name),
        ("routes.rooms", file.routes.rooms, never_a_room),
        ("domain_models.rooms", file.domain_models.rooms, never_a_room),
        ("sources.uris", file.sources.uris, never_a_uri),
        ("roles", file.roles, never_a_role),
    )
    for key, names, never in lines:
        yield from (Problem(where, f'{key}."{name}"', says) for name in names if (says := never(name)))


@dataclass(frozen=True, slots=True)
class Version:
    """A policy that came into force. hash: of its rules. at: when it was read."""

    content: bytes
    hash: str
    at: datetime


class PolicyFile:
    """The policy of a file, read again whenever the file has changed.

    While what stands there cannot be used, the last one that could stays in force, and `problem` says so: a comma too
    many must neither open anything nor stop the company's answers. Raises SettingsFault where there never was one.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._lock = Lock()  # looks come from several threads
        self._fault: SettingsFault | None = None
        self._stamp = self._stamp_now()
        content = read_bytes(path, MISSING)
        self._rules = rules_of(content, str(path))
        self._seen = self._in_force = hashlib.sha256(content).digest()
        self._versions = [self._version(content)]

    def __call__(self) -> Rules:
        """The last version that could be used."""
        with self._lock:
            self._look()
            return self._rules

    def versions(self) -> tuple[Version, ...]:
        """Each that came into force since this process began, in order."""
        with self._lock:
            self._look()
            return tuple(self._versions)

    def problem(self) -> str | None:
        """What is wrong with the file as it is now, and what that means; None: nothing."""
        with self._lock:
            self._look()
            if self._fault is None:
                return None
            return f"{self._fault}\n{self._meaning()}"

    def notice(self) -> str | None:
        """The same in one sentence for people who may not read the file: a term of it can be a secret itself."""
        with self._lock:
            self._look()
            return None if self._fault is None else self._shortened(self._fault)

    def _look(self) -> None:
        stamp = self._stamp_now()
        settled = stamp is not None and self._clock() - max(stamp[0], stamp[2]) / 1e9 > _RACY_S
        if stamp == self._stamp and (settled or stamp is None):
            return
        self._stamp = stamp
        try:
            content = read_bytes(self.path, MISSING)
        except SettingsFault as fault:
            self._seen = b""
            self._failed(fault)
            return
        self._take(content, hashlib.sha256(content).digest())

    def _take(self, content: bytes, digest: bytes) -> None:
        if digest == self._in_force:
            self._fault = None  # for a while it was away, or another
        elif digest != self._seen:
            try:
                self._rules = rules_of(content, str(self.path))
            except SettingsFault as fault:
                self._failed(fault)
            else:
                self._in_force, self._fault = digest, None
                self._versions.append(self._version(content))
                _log.warning("%s was read again: the policy is %s now", self.path, self._rules.hash[:12])
        self._seen = digest

    def _failed(self, fault: SettingsFault) -> None:
        if self._fault is None or self._fault.problems != fault.problems:
            _log.error("%s", self._shortened(fault))
        self._fault = fault

    def _shortened(self, fault: SettingsFault) -> str:
        count, them = len(fault.problems), "it" if len(fault.problems) == 1 else "them"
        problems = "1 problem" if count == 1 else f"{count} problems"
        return f"{self.path.name} has {problems}: `naru policy check` lists {them}. {self._meaning()}"

    def _meaning(self) -> str:
        return f"The policy before it stays in force (hash {self._rules.hash[:12]})."

    def _version(self, content: bytes) -> Version:
        return Version(content, self._rules.hash, datetime.now(UTC))

    def _stamp_now(self) -> tuple[int, int, int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        # The third is set by no program: `cp -p` and `touch -r` give a file the time of another.
        return status.st_mtime_ns, status.st_size, status.st_ctime_ns, status.st_ino


def unmentioned(rules: Rules) -> tuple[str, ...]:
    """The kinds that detectors find and the policy says nothing of: they count as restricted."""
    return tuple(sorted(set(detect.KINDS) - rules.kinds.keys()))
