"""Two policies: what the newer one allows that the older did not, and the other way round. Pure.

Compared piece by piece, and a piece is looser as soon as there is one text that it lets further. So what is called
"only tightens" surely is; an edit that takes with one hand what it gives with the other is called looser all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Literal

from bot.domain import Room, Route
from bot.policy.decide import routes_of
from bot.policy.detect import KINDS
from bot.policy.rules import SINKS, Levels, Rules, Sink, allowed, by_name
from retrieval.label import NOTHING_SENSITIVE, Label, Level

Way = Literal["looser", "tighter", "other"]

_ROOMS = ("dm", "public", "private", "shared", "guests")
_NO_DAY = (date.max, date.min)
_CEILINGS = ("dm", "public", "private", "shared", "guests")


@dataclass(frozen=True, slots=True)
class Change:
    """what: the key of policy.toml that it is about. before, after: what the two say there, in words."""

    way: Way
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A question of this kind and level in such a room takes another way: the routes, and of the cloud whether it sees
    the text or placeholders in it."""

    room: str
    level: Level
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes(old: Rules, new: Rules) -> tuple[Change, ...]:
    """Each piece that differs, what is looser first."""
    order: tuple[Way, ...] = ("looser", "tighter", "other")
    return tuple(sorted(_changes(old, new), key=lambda change: (order.index(change.way), change.what)))


def only_tightens(found: Iterable[Change]) -> bool:
    """Whether nothing may go anywhere by the newer policy that could not by the older."""
    return all(change.way != "looser" for change in found)


def _changes(old: Rules, new: Rules) -> Iterator[Change]:
    yield from _levels("kinds", old.kinds, new.kinds, Level.RESTRICTED)
    yield from _levels("labels", old.labels, new.labels, Level.RESTRICTED)
    yield from _levels("terms", old.terms.levels, new.terms.levels, Level.PUBLIC)
    yield from _levels("roles", old.roles, new.roles, Level.PUBLIC)
    if bool(old.roles) != bool(new.roles):
        way: Way = "tighter" if new.roles else "looser"
        yield Change(way, "roles, of who is not known", *_words(old.roles and "restricted", new.roles and "restricted"))
    yield from _levels("sources.names", old.sources, new.sources, Level.PUBLIC)
    yield from _levels("sources.uris", old.uris, new.uris, Level.PUBLIC)
    yield from _change("attachments.level", [(old.attachments, new.attachments)], old.attachments, new.attachments)
    yield from _rooms(old, new)
    yield from _ceilings(old, new)
    for name in SINKS:
        yield from _sink(old.sinks[name], new.sinks[name])
    if old.shadow != new.shadow:
        yield Change("tighter" if new.shadow else "looser", "shadow", *_words(str(old.shadow), str(new.shadow)))
    for kind in sorted(old.masking ^ new.masking):
        way = "looser" if kind in new.masking else "tighter"
        before, after = (f"{'masks' if kind in one.masking else 'does not mask'} {kind}" for one in (old, new))
        yield Change(way, "masking.kinds", before, after)
    yield from _designation(old, new)
    if old.lists.epoch != new.lists.epoch:
        # Which names one of them has and the other has not, their hashes do not say.
        yield Change("looser", "lists", *_words(old.lists.epoch[:12], new.lists.epoch[:12]))
    yield from _others(old, new)


def _levels(what: str, old: Levels, new: Levels, missing: Level) -> Iterator[Change]:
    """Tables in which a higher level is stricter. missing: what counts for a name that is not there."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, missing), new.get(name, missing)
        if before != after:
            way: Way = "tighter" if after > before else "looser"
            yield Change(way, f"{what}.{name}", *_words(old.get(name), new.get(name), missing))


def _rooms(old: Rules, new: Rules) -> Iterator[Change]:
    for kind in _ROOMS:
        before, after = _of_kind(old, kind), _of_kind(new, kind)
        if before != after:
            yield Change("tighter" if after > before else "looser", f"rooms.{kind}", *_words(before, after))
    for id in sorted(old.room_ids.keys() | new.room_ids.keys()):
        kinds = ("dm", "public", "private")
        pairs = [(_by_id(old, id, kind), _by_id(new, id, kind)) for kind in kinds]
        yield from _change(f"rooms.ids.{id}", pairs, old.room_ids.get(id), new.room_ids.get(id))
    for name in sorted(_names(old.room_names, old.room_prefixes) | _names(new.room_names, new.room_prefixes)):
        before = max(by_name(name, old.room_names, old.room_prefixes), default=Level.PUBLIC)
        after = max(by_name(name, new.room_names, new.room_prefixes), default=Level.PUBLIC)
        yield from _change(f'rooms, named "{name}"', [(before, after)], before, after)


def _of_kind(rules: Rules, kind: str) -> Level:
    shared = rules.rooms.get("shared", Level.RESTRICTED)
    return rules.rooms.get(kind, shared if kind == "guests" else Level.RESTRICTED)


def _by_id(rules: Rules, id: str, kind: str) -> Level:
    return rules.room_ids.get(id, rules.rooms.get(kind, Level.RESTRICTED))


def _ceilings(old: Rules, new: Rules) -> Iterator[Change]:
    """Ceilings by room: a lower one is stricter."""
    where = "sinks.slack.rooms"
    for kind in _CEILINGS:
        before, after = _shown(old, kind), _shown(new, kind)
        yield from _change(f"{where}.{kind}", [(after, before)], before, after)
    for id in sorted(old.ceiling_ids.keys() | new.ceiling_ids.keys()):
        kinds = ("dm", "public", "private", "unknown")
        pairs = [(new.ceiling_ids.get(id, _shown(new, k)), old.ceiling_ids.get(id, _shown(old, k))) for k in kinds]
        yield from _change(f"{where}.ids.{id}", pairs, old.ceiling_ids.get(id), new.ceiling_ids.get(id))
    named = _names(old.ceiling_names, old.ceiling_prefixes) | _names(new.ceiling_names, new.ceiling_prefixes)
    for name in sorted(named):
        before = min(by_name(name, old.ceiling_names, old.ceiling_prefixes), default=Level.RESTRICTED)
        after = min(by_name(name, new.ceiling_names, new.ceiling_prefixes), default=Level.RESTRICTED)
        yield from _change(f'{where}, named "{name}"', [(after, before)], before, after)


def _shown(rules: Rules, kind: str) -> Level:
    if kind == "unknown":
        return Level.PUBLIC
    own = rules.sinks["slack"].ceiling
    shared = rules.ceilings.get("shared", own)
    return rules.ceilings.get(kind, shared if kind == "guests" else own)


def _names(names: Levels, prefixes: Levels) -> set[str]:
    """Names that stand for all there are: of those that begin alike the longest beginning decides."""
    return {*names, *prefixes}


def _change(what: str, pairs: list[tuple[Level, Level]], before: Level | None, after: Level | None) -> Iterator[Change]:
    """pairs: (before, after), higher being stricter, of everything that it is about."""
    if any(one > other for one, other in pairs):
        yield Change("looser", what, *_words(before, after))
    elif any(one < other for one, other in pairs):
        yield Change("tighter", what, *_words(before, after))


def _sink(old: Sink, new: Sink) -> Iterator[Change]:
    what = f"sinks.{old.name}"
    if bool(old.closed) != bool(new.closed):
        way: Way = "tighter" if new.closed else "looser"
        yield Change(way, what, *(f"closed by {one.closed}" if one.closed else "open" for one in (old, new)))
    if old.ceiling != new.ceiling:
        way = "tighter" if new.ceiling < old.ceiling else "looser"
        yield Change(way, f"{what}.ceiling", *_words(old.ceiling, new.ceiling))
    for kind in sorted(old.refuse - new.refuse):
        yield Change("looser", f"{what}.refuse", f"refuses {kind}", "takes it")
    for kind in sorted(new.refuse - old.refuse):
        yield Change("tighter", f"{what}.refuse", f"takes {kind}", "refuses it")


def _designation(old: Rules, new: Rules) -> Iterator[Change]:
    """It opens the cloud for its days, so a day more is looser; who it is by, and its reference, open nothing."""
    if old.designation == new.designation:
        return
    (old_first, old_last), (first, last) = _open_days(old), _open_days(new)
    if (old_first, old_last) == (first, last):
        yield Change("other", "designation", "", "changed")
        return
    within = (first, last) == _NO_DAY or (first >= old_first and last <= old_last)
    before, after = (
        f"{one.designation.on} to {one.designation.until}" if one.designation else "" for one in (old, new)
    )
    yield Change("tighter" if within else "looser", "designation", *_words(before, after))


def _open_days(rules: Rules) -> tuple[date, date]:
    """The first day and the last on which the cloud is open."""
    one = rules.designation
    if one is None:
        return _NO_DAY if rules.sinks["cloud"].closed else (date.min, date.max)
    return (one.on, one.until) if one.on <= one.until else _NO_DAY


def _others(old: Rules, new: Rules) -> Iterator[Change]:
    """What chooses among the allowed, and so allows nothing."""
    told: Mapping[str, tuple[object, object]] = {
        "profile": (old.profile, new.profile),
        "routes.prefer": (old.prefer.value, new.prefer.value),
        "routes.small_talk": (old.small_talk, new.small_talk),
        "routes.rooms": (dict(old.prefer_rooms), dict(new.prefer_rooms)),
        "routes.sources": (dict(old.prefer_sources), dict(new.prefer_sources)),
        "domain_models.rooms": (dict(old.model_rooms), dict(new.model_rooms)),
        "domain_models.sources": (dict(old.model_sources), dict(new.model_sources)),
    }
    for what, (before, after) in told.items():
        if before != after:
            plain = what == "profile" or what.startswith("routes.prefer")
            yield Change("other", what, str(before) if plain else "", str(after) if plain else "changed")


def _words(before: object, after: object, missing: Level | None = None) -> tuple[str, str]:
    def word(value: object) -> str:
        if isinstance(value, Level):
            return value.name.lower()
        return str(value).lower() if value else f"not there ({missing.name.lower()})" if missing else "not there"

    return word(before), word(after)


def samples(old: Rules, new: Rules, most: int = 20) -> tuple[Sample, ...]:
    """Questions that take another way by the newer policy, the least remarkable first: by room, level and kind."""
    found: list[Sample] = []
    for room, kind, level in product(rooms_to_look_at(old, new), ("", *KINDS), Level):
        before, after = (_way(rules, room, kind, level) for rules in (old, new))
        if before != after:
            found.append(Sample(_named(room), level, kind or "nothing else", before, after))
    return tuple(found[:most])


def rooms_to_look_at(old: Rules, new: Rules) -> tuple[Room, ...]:
    """One of each kind, and each that one of the policies names."""
    ids = sorted(old.room_ids.keys() | new.room_ids.keys() | old.ceiling_ids.keys() | new.ceiling_ids.keys())
    names = sorted(_names(old.room_names, old.room_prefixes) | _names(new.room_names, new.room_prefixes))
    return (
        Room("", "", "dm"),
        Room("", "", "public"),
        Room("", "", "private"),
        Room("", "", "public", shared=True, guests_only=True),
        Room("", "", "public", shared=True),
        Room("", "", "unknown", shared=True),
        *(Room(id, "", "public") for id in ids),
        *(Room("", name, "public") for name in names),
    )


def _way(rules: Rules, room: Room, kind: str, level: Level) -> tuple[str, ...]:
    """kind: what is found in the question; empty: nothing. level: of a document beside it."""
    document = Label.of(level, "source", "source")
    found = Label.of(rules.kind_level(kind), kind, "question") if kind else NOTHING_SENSITIVE
    label = rules.room_label(room) | document | found
    routes = routes_of(label, document, room, rules, masked=rules.at_best(label))
    plain = allowed(label, rules.sinks["cloud"])
    return tuple("cloud, masked" if route is Route.CLOUD and not plain else route.value for route in routes)


def _named(room: Room) -> str:
    outside = " with guests" if room.guests_only else " with outsiders" if room.shared else ""
    return f"{room.id or room.name or room.kind}{outside}"
