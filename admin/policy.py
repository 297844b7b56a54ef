"""What a policy would decide: for a text, for a file of cases. Nothing is searched, sent or kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args
from uuid import UUID

from bot.domain import Question, Room, RoomKind, Route
from bot.policy import detect
from bot.policy.decide import Decision, decide
from bot.policy.mask import Placeholders
from bot.policy.parts import Prompt, findings, joined, masked_parts, passage_parts, question_part
from bot.policy.policy_file import unmentioned
from bot.policy.profiles import ALWAYS, taken_kinds
from bot.policy.rules import Rules, Sink, allowed
from bot.policy.unmatched import NOT_KNOWN, There, odd
from retrieval.errors import Fault
from retrieval.label import ImportedLabel, Level
from retrieval.passage import Document, Passage, Source

_NOBODY = UUID(int=0)
_MOST_WRONG = 20
EXPECTED = ("cloud", "masked", "never_cloud", "on_prem", "quote", "refuse")


class CasesFault(Fault):
    """A file of cases that cannot be read."""


@dataclass(frozen=True, slots=True)
class Explained:
    """parts: what was looked at. findings: of the text as it was given."""

    parts: Prompt
    findings: tuple[detect.Finding, ...]
    decision: Decision


def explained(
    text: str, room: Room, rules: Rules, source: Source | None = None, labels: Iterable[str] = ()
) -> Explained:
    """source: the text is a passage of one of its documents, otherwise it is a question. labels: that this carries."""
    asked = Question(_NOBODY, "" if source else text, "", room, "", datetime.now(UTC))
    parts: Prompt = (question_part(asked, rules),)
    if source is not None:
        carried = tuple(map(ImportedLabel, labels))
        document = Document(0, source.name, "", "", source.level, source.readers, labels=carried)
        parts = (*passage_parts(1, Passage(0, document, "", text, 1.0, 1.0), rules), *parts)
    found = tuple(one for _, one in findings(text, rules))
    return Explained(parts, found, _decided(parts, room, rules))


def _decided(parts: Prompt, room: Room, rules: Rules) -> Decision:
    """As for the first question of a thread."""
    decision = decide(parts, room, rules, _NOBODY)
    if Route.CLOUD in decision.routes or not allowed(rules.at_best(decision.label), rules.sinks["cloud"]):
        return decision
    return decide(parts, room, rules, _NOBODY, masking=masked_parts(parts, rules, Placeholders()))


def unknown_source(name: str) -> Source:
    """One of which nothing was said."""
    return Source(name, "unknown", "", Level.RESTRICTED, frozenset())


# -- a file of cases ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """A line of the file: a question, where it is asked, and what the policy must make of it. kinds: that must be found
    in it. line: from 1."""

    line: int
    text: str
    room: Room
    expect: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Failure:
    """why: never the text."""

    case: Case
    why: str


def read_cases(path: Path) -> tuple[Case, ...]:
    """Raises CasesFault where the file cannot be read, has no case in it, or has a line that is none."""
    try:
        with path.open("rb") as lines:
            found = tuple(cases(lines))
    except OSError as error:
        raise CasesFault(f"{path} cannot be read ({error.strerror}): give a file of JSON lines.") from None
    if not found:
        raise CasesFault(f"{path} has no case in it, so nothing was tried: write one JSON object on a line.")
    return found


def cases(lines: Iterable[bytes]) -> Iterator[Case]:
    """Raises CasesFault with the first lines that are no cases."""
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _case(number, line)
            except ValueError as error:
                wrong.append(f"Line {number} of the cases {error}.")
    if wrong:
        more = [f"And {len(wrong) - _MOST_WRONG} more."] if len(wrong) > _MOST_WRONG else []
        raise CasesFault("\n".join([*wrong[:_MOST_WRONG], *more]))


def _case(number: int, line: bytes) -> Case:
    try:
        said = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("is not JSON in UTF-8") from None
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        raise ValueError('must be an object with a "text" that is text')
    if unknown := sorted(said.keys() - {"text", "room", "expect", "kinds", "id"}):
        raise ValueError(f"has a key that is not known ({unknown[0]}); the keys are text, room, expect, kinds, id")
    if said.get("expect") not in EXPECTED:
        raise ValueError(f'must have an "expect" of {", ".join(EXPECTED)}')
    kinds = said.get("kinds", [])
    if not isinstance(kinds, list) or not set(kinds) <= {*detect.KINDS, "term"}:
        raise ValueError('has "kinds" that are no list of kinds; `naru policy check` lists them')
    return Case(number, said["text"], room_of(said.get("room", "dm")), said["expect"], frozenset(kinds))


def room_of(said: object) -> Room:
    """A room by its kind (dm, public, private, shared, guests, unknown), by its id, or as an object with id, name,
    kind, shared and guests. Raises ValueError."""
    if isinstance(said, str):
        if said in get_args(RoomKind):
            return Room("", "", cast(RoomKind, said), shared=said == "unknown")
        if said in ("shared", "guests"):
            return Room("", "", "public", shared=True, guests_only=said == "guests")
        return Room(said, "", "public")
    if not isinstance(said, Mapping) or said.get("kind", "public") not in get_args(RoomKind):
        raise ValueError(
            f'has a "room" that is none: give a kind ({", ".join(get_args(RoomKind))}), an id, or an object'
        )
    guests, shared = bool(said.get("guests")), bool(said.get("shared"))
    kind = cast(RoomKind, said.get("kind", "public"))
    return Room(str(said.get("id", "")), str(said.get("name", "")), kind, shared or guests, guests and not shared)


def failures(found: Iterable[Case], rules: Rules) -> Iterator[Failure]:
    """Those that the policy does not meet."""
    for case in found:
        result = explained(case.text, case.room, rules)
        if missing := case.kinds - joined(result.parts, rules).kinds:
            yield Failure(case, f"{', '.join(sorted(missing))} was not found")
        elif not _met(case.expect, result.decision):
            hidden = ", masked" if result.decision.verdict("cloud").masked else ""
            yield Failure(case, f"goes to {' → '.join(result.decision.routes)}{hidden}")


def _met(expect: str, decision: Decision) -> bool:
    """Of a text that is masked for the cloud only what is not sensitive goes there."""
    there, masked = Route.CLOUD in decision.routes, bool(decision.verdict("cloud").masked)
    match expect:
        case "cloud":
            return there
        case "masked":
            return there and masked
        case "never_cloud":
            return masked or not there
    first = next(route for route in decision.routes if not (masked and route is Route.CLOUD))
    return first.value == expect


# -- what is worth knowing of a policy that can be used --------------------------------------------------------------


def remarks(rules: Rules, sources: Iterable[str] | None, there: There = NOT_KNOWN) -> Iterator[str]:
    """sources: the names in naru.toml; None: not known. there: what else exists."""
    if silent := unmentioned(rules):
        yield f"It says nothing of {', '.join(silent)}: they count as restricted."
    for sink in rules.sinks.values():
        if sink.closed:
            yield f"Nothing goes to {sink.name}: {sink.closed}."
        elif sink.name != "on_prem":
            yield from _taken(rules, sink)
    if rules.shadow:
        yield "Shadow mode is on: everything is decided and recorded, and no model is called."
    if sources is not None:
        tables: dict[str, Mapping[str, object]] = {
            "sources.names": rules.sources,
            "routes.sources": rules.prefer_sources,
            "domain_models.sources": rules.model_sources,
        }
        for table, names in tables.items():
            for name in sorted(names.keys() - set(sources)):
                yield f"{table}.{name} names a source that naru.toml does not have: it changes nothing."
    yield from (f"{key} {says}." for key, says in odd(rules, there))
    for term in sorted(term for term in rules.terms.levels if len(term) < 2):
        yield f'The term "{term}" is one character: it is found in many texts.'


def _taken(rules: Rules, sink: Sink) -> Iterator[str]:
    taken = sorted(ALWAYS & taken_kinds(rules, sink))
    if not sink.refuse:
        yield f"sinks.{sink.name} refuses no kind: only the levels keep anything from it."
    elif taken:
        yield f"sinks.{sink.name} takes {', '.join(taken)}: unique identifiers and secrets are best refused."
