"""A line that nothing can match is refused, and one that matches nothing today is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from admin.policy import remarks
from bot.policy.policy_file import rules_of
from bot.policy.rules import Designation, Rules
from bot.policy.unmatched import There
from bot.toml_file import SettingsFault
from retrieval.label import Level
from tests.builders import ROOT, shipped_rules

SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")
IDS = "is no room's id, so it matches no room"


def read(table: str, name: str, value: str = "restricted") -> Rules:
    line = f"'{name}' = \"{value}\"\n"
    header = f"[{table}]"
    given = f"\n{header}"
    text = SHIPPED.replace(given, f"{given}\n{line}#", 1) if given in SHIPPED else f"{SHIPPED}{given}\n{line}"
    return rules_of(text.encode(), "policy.toml")


@pytest.mark.parametrize(
    ("table", "name", "says"),
    [
        *(
            (table, name, IDS)
            for table in ("rooms.ids", "sinks.slack.rooms.ids")
            for name in ("hr-board", "c012ab3cd", "#C012AB3CD", "<#C012AB3CD|hr>", " C012AB3CD", "U012AB3CD", "")
        ),
        *(
            (f"{where}.{table}", "hr-*", "without * or brackets")
            for where in ("rooms", "sinks.slack.rooms")
            for table in ("names", "prefixes")
        ),
        ("rooms.names", "C012AB3CD", "belongs under ids"),
        ("rooms.prefixes", "#C012AB3CD", "belongs under ids"),
        ("rooms.names", "<#C012AB3CD|hr>", "without * or brackets"),
        ("rooms.names", "h" * 81, "no name has more than 80"),
        ("sources.uris", "", "it is empty"),
        ("sources.uris", "hr/* ", "a space at an end"),
        ("sources.uris", "hr/", 'write "hr/*"'),
        ("sources.uris", "/hr/*", 'write "hr/*"'),
        ("sources.uris", "hr\\*", "parted by /"),
        ("roles", "legal", "must be everyone, user:"),
        ("roles", "user:u012ab", 'in capitals, "user:U012AB"'),
        ("roles", "channel:C012AB3CD", "a channel is no one's role"),
    ],
)
def test_a_line_that_can_match_nothing_is_refused(table: str, name: str, says: str) -> None:
    with pytest.raises(SettingsFault) as raised:
        read(table, name)
    assert says in str(raised.value)


@pytest.mark.parametrize("name", ["hr-*", "<#C012AB3CD|hr>"])
def test_a_route_of_no_room_is_refused(name: str) -> None:
    with pytest.raises(SettingsFault, match="matches no room"):
        read("routes.rooms", name, "on_prem")


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("rooms.ids", "C012AB3CD"),
        ("rooms.ids", "C1"),
        ("rooms.ids", "D-U1"),
        ("rooms.names", "인사-평가_2026"),
        ("rooms.names", "#design2026"),
        ("rooms.prefixes", "hr-"),
        ("sources.uris", "hr/salary.md"),
        ("sources.uris", "https://wiki.example/hr/"),
        ("sources.uris", "hr/[ab]*"),
        ("roles", "user:U012AB"),
        ("roles", "user:kim"),
        ("roles", "email:A.B@c.example"),
    ],
)
def test_a_line_that_can_match_something_is_taken(table: str, name: str) -> None:
    read(table, name)


ODD: Mapping[str, tuple[Rules, There, str]] = {
    "idle name": (
        replace(shipped_rules(), room_names={"general": Level.PUBLIC}),
        There(),
        'rooms.names."general" changes nothing',
    ),
    "idle ceiling": (
        replace(shipped_rules(), ceiling_prefixes={"g": Level.RESTRICTED}),
        There(),
        'sinks.slack.rooms.prefixes."g" changes nothing',
    ),
    "folder": (
        replace(shipped_rules(), uris={"hr": Level.RESTRICTED}),
        There(),
        'sources.uris."hr" matches the document of exactly that path, and no folder',
    ),
    "no document": (
        replace(shipped_rules(), uris={"hr/*": Level.RESTRICTED}),
        There(uris=frozenset({"it/1.md"})),
        'sources.uris."hr/*" matches no document that is indexed',
    ),
    "room": (
        replace(shipped_rules(), room_ids={"C9": Level.RESTRICTED}),
        There(rooms=frozenset({"C1"})),
        "rooms.ids.C9 names a room in which nobody has asked yet",
    ),
    "role": (
        replace(shipped_rules(), roles={"group:legall": Level.RESTRICTED}),
        There(principals=frozenset({"group:legal"})),
        'roles."group:legall" is nobody\'s, says the directory',
    ),
    "designation": (
        replace(shipped_rules(), designation=Designation("CISO", date(2026, 1, 1), date(9999, 1, 1), "x")),
        There(),
        "designation.until is more than five years after it begins",
    ),
    "refuses nothing": (
        replace(
            shipped_rules(),
            sinks={
                **shipped_rules().sinks,
                "record": replace(shipped_rules().sinks["record"], refuse=frozenset()),
            },
        ),
        There(),
        "sinks.record refuses no kind",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_a_line_that_looks_odd_is_told(name: str) -> None:
    rules, there, says = ODD[name]
    assert [one for one in remarks(rules, None, there) if says in one]


def test_of_the_shipped_policy_and_of_lines_that_match_nothing_is_told() -> None:
    there = There(frozenset({"C1"}), frozenset({"HR/1.md"}), frozenset({"group:legal"}))
    rules = replace(
        shipped_rules(),
        uris={"hr/*": Level.RESTRICTED},
        room_ids={"C1": Level.RESTRICTED},
        roles={"group:legal": Level.RESTRICTED},
        room_names={"hr": Level.RESTRICTED},
    )
    assert list(remarks(rules, None, there)) == []
