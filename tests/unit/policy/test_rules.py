"""policy.toml: what it says, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import KINDS
from bot.policy.policy_file import load_rules
from bot.policy.rules import Sink, allowed
from bot.toml_file import SettingsFault
from retrieval.label import Label, Level
from tests.builders import ROOT, shipped_rules

SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")


def problems(tmp_path: Path, text: str) -> str:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsFault) as raised:
        load_rules(path)
    return str(raised.value)


def test_a_refused_kind_is_refused_at_any_level() -> None:
    sink = Sink("cloud", Level.RESTRICTED, frozenset({"card"}))
    assert not allowed(Label.of(Level.PUBLIC, "card", "question"), sink)
    assert allowed(Label.of(Level.PUBLIC, "phone", "question"), sink)


def test_a_level_above_the_ceiling_is_refused_whatever_its_kind() -> None:
    sink = Sink("cloud", Level.INTERNAL, frozenset())
    assert allowed(Label.of(Level.INTERNAL, "source", "passage 1"), sink)
    assert not allowed(Label.of(Level.CONFIDENTIAL, "source", "passage 1"), sink)


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_policy_keeps_everything_that_a_detector_finds_off_the_cloud(kind: str) -> None:
    rules = shipped_rules()
    assert kind in rules.kinds, "a detector's kind has its line in policy.toml"
    for level in Level:
        assert not allowed(Label.of(level, kind, "question"), rules.sinks["cloud"])


@given(st.dictionaries(st.text(max_size=8), st.sampled_from(list(Level)), max_size=4), st.text(max_size=8))
def test_a_kind_that_is_not_named_is_never_less_than_restricted(kinds: dict[str, Level], kind: str) -> None:
    named = replace(shipped_rules(), kinds=kinds)
    assert named.kind_level(kind) is kinds.get(kind, Level.RESTRICTED)


def test_there_is_no_policy_to_fall_back_to(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="a policy is needed"):
        load_rules(tmp_path / "none.toml")
    assert "sinks is missing" in problems(tmp_path, "[kinds]\n")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kr_rrn = "restricted"', 'kr_rrn = "secret"', "kinds.kr_rrn must be public, internal"),
        ('ceiling = "internal"', "ceiling = 1", "sinks.cloud.ceiling must be public"),
        ('refuse = ["kr_rrn"', 'refuse = "kr_rrn" #', "sinks.cloud.refuse must be a list"),
        ('prefer = "cloud"', 'prefer = "quote"', "routes.prefer must be 'cloud' or 'on_prem'"),
        ("[sinks.on_prem]", "[sinks.onprem]", "sinks.on_prem is missing"),
        ('shared = "restricted"', "", "rooms.shared is missing"),
        ("[kinds]", "[kinds", "is not valid TOML"),
        (
            'refuse = ["kr_rrn"',
            'refuse = ["kr_rnn"',
            "refuse names 'kr_rnn', which is no kind; did you mean kr_rrn?",
        ),
        ("phone =", "fone =", "kinds.fone is no kind; did you mean phone?"),
        ("[sinks.slack.rooms]", "[sinks.slack.room]", "sinks.slack.room is not a setting; did you mean rooms?"),
        (
            "[sinks.slack.rooms]",
            '[sinks.slack.rooms]\npubic = "internal"',
            "sinks.slack.rooms.pubic is not a setting; did you mean public?",
        ),
        (
            "[sinks.slack.rooms.ids]",
            "[sinks.slack.rooms.ids]\nC1 = 1 #",
            "sinks.slack.rooms.ids.C1 must be public, internal",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert says in problems(tmp_path, SHIPPED.replace(old, new, 1))


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    told = problems(tmp_path, SHIPPED.replace('dm = "internal"', 'dm = "cosy"').replace("[routes]", "[roads]"))
    assert len(told.splitlines()) == 3
