"""Small things that many tests need, with every value that a test does not care about filled in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from bot.directory import Directory, Listed, Members, Person, Terms
from bot.domain import Question, Room, Route
from bot.lists_file import READING
from bot.policy.decide import Decision, decide
from bot.policy.detect import Lists
from bot.policy.parts import Prompt, passage_parts, question_part, thread_parts
from bot.policy.policy_file import load_rules
from bot.policy.rules import DataUse, Rules
from retrieval.label import Level
from retrieval.passage import EVERYONE, Document, Passage, Principal

ROOT = Path(__file__).parent.parent
DM = Room("D-U1", "DM", "dm")
TERMS = DataUse(training=False, expires=date(2035, 12, 31))
TODAY = date(2026, 11, 22)


def directory(*people: Person, terms: Terms | None = None, rooms: tuple[Members, ...] = ()) -> Directory:
    """As of TODAY."""
    return Directory(Listed(people, rooms), terms or Terms(), TODAY)


def no_directory() -> Directory:
    """Of a company that has none: everything about people is Slack's to say."""
    return directory()


def shipped_rules() -> Rules:
    """The policy.toml that the project ships, with terms in force: the cloud takes up to INTERNAL."""
    return load_rules(ROOT / "policy.toml").under(TERMS, TODAY)


def rrn(serial: str = "123456") -> str:
    """A resident registration number with a right checksum. Put together here, so that none stands in the code."""
    digits = "900101" + serial
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    check = (11 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11) % 10
    return f"{digits[:6]}-{digits[6:]}{check}"


def api_key() -> str:
    return "sk-" + "proj-" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7" * 2


def ask(text: str = "연차는 며칠인가요?", *, room: Room = DM, asker: str = "U1", thread: str = "t") -> Question:
    return Question(uuid4(), text, asker, room, thread, datetime(2026, 11, 22, tzinfo=UTC))


def document(id: int = 1, level: Level = Level.PUBLIC, *, title: str = "휴가 규정", **more: object) -> Document:
    values: dict[str, object] = {
        "id": id,
        "source": "handbook",
        "uri": f"hr/{id}.md",
        "title": title,
        "level": level,
        "readers": frozenset({EVERYONE}),
        "link": f"https://handbook.example/hr/{id}.md",
        "owner": "#ask-hr",
    }
    return Document(**{**values, **more})  # type: ignore[arg-type]


def passage(
    text: str = "연차는 15일입니다.",
    *,
    of: Document | None = None,
    heading: str = "연차",
    id: int = 1,
    confidence: float = 0.8,
) -> Passage:
    return Passage(id, of or document(), heading, text, score=10.0, confidence=confidence)


def parts_of(question: Question, *passages: Passage, rules: Rules | None = None) -> Prompt:
    rules = rules or shipped_rules()
    numbered = (part for n, p in enumerate(passages, 1) for part in passage_parts(n, p, rules))
    return (*thread_parts((), {}, DM, rules), *numbered, question_part(question, rules))


def decision_for(parts: Prompt, rules: Rules | None = None, room: Room = DM) -> Decision:
    return decide(parts, room, rules or shipped_rules(), UUID(int=1))


def group(name: str) -> frozenset[Principal]:
    return frozenset({Principal(f"group:{name}")})


def read_again(lists: Callable[[], Lists]) -> Lists:
    """What is listed once what has changed is read."""
    lists()
    for thread in threading.enumerate():
        if thread.name == READING:
            thread.join()
    return lists()


CLOUD_FIRST = (Route.CLOUD, Route.ON_PREM, Route.QUOTE)
