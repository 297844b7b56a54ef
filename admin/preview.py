"""What a policy would make of what is there: the documents, a sample of their texts, recent questions. Counts only."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.domain import Room, Route
from bot.policy import detect
from bot.policy.decide import routes_of
from bot.policy.parts import found_in
from bot.policy.profiles import meaning
from bot.policy.rules import Rules, allowed
from bot.records import Records
from bot.settings import Settings
from retrieval import sample as stored
from retrieval.database import Database
from retrieval.label import Label, Reason
from retrieval.sample import Known

DM = Room("", "", "dm")
"""Documents are looked at as if somebody asked for them in a direct message."""
PAUSE_S = 0.05
"""After each chunk of texts: others are being answered meanwhile."""
_WAYS = (Route.CLOUD, Route.ON_PREM, Route.QUOTE, Route.REFUSE)
_MOST_REASONS = 5
_MOST_LINES = 5
_NOTHING = "Nothing is indexed and nothing was asked yet: `naru run` or `naru source reindex` reads the sources."


@dataclass(slots=True)
class Group:
    """Things of one kind, counted. lines: of those that a single line keeps from the cloud, by that line."""

    name: str
    number: int = 0
    ways: Counter[Route] = field(default_factory=Counter)
    against: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)

    def count(self, routes: tuple[Route, ...], lines: Iterable[str]) -> None:
        """lines: what keeps it from the cloud."""
        self.number += 1
        self.ways[next((way for way in _WAYS if way in routes), Route.REFUSE)] += 1
        if Route.CLOUD not in routes:
            keeping = set(lines)
            self.against.update(keeping)
            if len(keeping) == 1:
                self.lines.update(keeping)

    def shares(self) -> list[str]:
        """Beside the numbers: one document of a few is a large share."""
        return [f"{self.ways[way]:,} ({self.ways[way] / self.number:.0%})" if self.ways[way] else "-" for way in _WAYS]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        return self.against.most_common(_MOST_REASONS)


@dataclass(frozen=True, slots=True)
class Preview:
    groups: tuple[Group, ...]
    notes: tuple[str, ...]

    @property
    def ways_out(self) -> tuple[str, ...]:
        """The lines that keep most things from the cloud by themselves alone, the one that keeps most first."""
        lines = sum((group.lines for group in self.groups), Counter[str]())
        return tuple(
            f"{line}: it alone keeps {count:,} of these from the cloud."
            for line, count in lines.most_common(_MOST_LINES)
        )

    def data(self) -> dict[str, Any]:
        """As JSON shows it."""
        groups = [
            {
                "name": one.name,
                "number": one.number,
                **{way.value: one.ways[way] for way in _WAYS},
                "against_cloud": dict(one.against.most_common()),
            }
            for one in self.groups
        ]
        return {"groups": groups, "ways_out": list(self.ways_out), "notes": list(self.notes)}


def connected(settings: Settings) -> frozenset[Route]:
    """The shores that have a model."""
    shores = {Route.CLOUD: settings.models.cloud, Route.ON_PREM: settings.models.on_prem}
    return frozenset(route for route, shore in shores.items() if shore.base_url is not None and shore.model is not None)


async def preview(
    database: Database,
    records: Records,
    base: Rules,
    rules: Rules,
    connected: Collection[Route],
    sample: int,
    questions: int,
) -> Preview:
    """base: the policy without the cloud's terms, which may lower it to what `rules` say. connected: the shores that
    have a model. sample: passages of each source; questions: the most recent ones."""
    look = _Look(base, rules)
    groups: dict[str, Group] = {}

    def group(name: str) -> Group:
        return groups.setdefault(name, Group(name))

    async for one in stored.documents(database):
        known = _known(rules, one)
        group(f"documents of {one.source}").count(look.routes(known, known), look.lines(known, one))
    async for chunk in stored.texts(database, sample):
        for text in chunk:
            label = _known(rules, text.document) | found_in(text.text, "passage", rules, document=True)
            group(f"texts of {text.document.source}").count(look.routes(label, label), look.lines(label, text.document))
        await asyncio.sleep(PAUSE_S)
    async for label, shown in records.recent(questions):
        now = _relevelled(label, rules)
        routes = look.asked(now) if shown else (Route.REFUSE,)
        group("recent questions").count(routes, look.lines(now))
    notes = tuple(_notes(rules, connected, sample, questions)) if groups else (_NOTHING,)
    return Preview(tuple(groups[name] for name in sorted(groups)), notes)


def _notes(rules: Rules, connected: Collection[Route], sample: int, questions: int) -> Iterator[str]:
    yield (
        "Documents are counted by what their source, their labels and the policy say of them; texts, up to "
        f"{sample:,} of each source, also by what is found in them. Both as if somebody who may read them asked in a "
        f"direct message. Questions: the {questions:,} most recent ones."
    )
    if Route.CLOUD not in connected:
        yield "No cloud model is connected: nothing goes there yet, whatever the column says."
    if Route.ON_PREM not in connected:
        yield "No model in the building is connected: what only it may see is quoted."
    if rules.shadow:
        yield "Shadow mode is on: nothing is sent to any model."
    if said := meaning(rules):
        yield said


def _known(rules: Rules, one: Known) -> Label:
    return rules.known_of(one.label, one.source, one.uri, one.labels)


def _relevelled(label: Label, rules: Rules) -> Label:
    """What was found then counts as it does now; what was known of room and documents stays."""
    return Label(
        frozenset(
            Reason(rules.kind_level(one.kind), one.kind, one.origin) if one.kind in detect.KINDS else one
            for one in label.reasons
        )
    )


@dataclass(frozen=True, slots=True)
class _Look:
    base: Rules
    rules: Rules

    def routes(self, label: Label, shown: Label) -> tuple[Route, ...]:
        """Asked for in a direct message. What can be hidden counts as hidden."""
        label |= self.rules.room_label(DM)
        return routes_of(label, shown, DM, self.rules, masked=self.rules.at_best(label))

    def asked(self, label: Label) -> tuple[Route, ...]:
        masked = allowed(self.rules.at_best(label), self.rules.sinks["cloud"])
        ways = (way for way in _WAYS[:2] if allowed(label, self.rules.sink(way)) or (masked and way is Route.CLOUD))
        return (*ways, Route.QUOTE)

    def lines(self, label: Label, document: Known | None = None) -> Iterator[str]:
        """The lines of policy.toml or naru.toml that keep such a label from the cloud. document: which it is of; its
        question then comes from a direct message."""
        cloud, before = self.rules.sinks["cloud"], self.base.sinks["cloud"]
        if document is not None:
            label |= self.rules.room_label(DM)
        if cloud.closed:
            yield f"profile ({cloud.closed})"
            return
        if cloud.ceiling < before.ceiling and any(cloud.ceiling < r.level <= before.ceiling for r in label.reasons):
            yield "[models.cloud.data_use] in naru.toml"
        for reason in label.reasons:
            if reason.kind in self.rules.masking:
                continue
            if reason.kind in before.refuse:
                yield f'sinks.cloud.refuse, "{reason.kind}"'
            elif reason.level > before.ceiling:
                yield from self._line(reason, document)

    def _line(self, reason: Reason, document: Known | None) -> Iterator[str]:
        """What gives a reason a level above the ceiling."""
        match reason.kind:
            case "label" if document is not None:
                for one in document.labels:
                    if self.rules.imported(one) > self.base.sinks["cloud"].ceiling:
                        yield f'labels."{one.name or one.id}"'
            case "source" if document is not None and reason.level == document.level:
                yield f'naru.toml, source {document.source}, level "{reason.level.name.lower()}"'
            case "source" if document is not None:
                yield f"sources, the floor of {document.source}"
            case "channel":
                yield f"rooms, {reason.origin}"
            case kind if kind in detect.KINDS:
                yield f"kinds.{kind}"
            case _:
                yield f"{reason.kind} ({reason.origin})"


async def quoted_only(database: Database, rules: Rules) -> AsyncIterator[str]:
    """For each source the share of its documents that no model would ever see, where there is one."""
    counted: dict[str, Group] = {}
    look = _Look(rules, rules)
    async for one in stored.documents(database):
        known = _known(rules, one)
        counted.setdefault(one.source, Group(one.source)).count(look.routes(known, known), ())
    for name, group in sorted(counted.items()):
        without = group.ways[Route.QUOTE] + group.ways[Route.REFUSE]
        if without:
            yield f"{name}: {without / group.number:.0%} of {group.number:,} documents"
