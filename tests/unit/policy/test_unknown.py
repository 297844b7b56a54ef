"""What is unknown, lost or unreadable never leaves, whatever a policy says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Attached, Room, Route, Turn
from bot.policy import detect
from bot.policy.parts import Prompt, attached_parts, question_part, thread_parts
from bot.policy.policy_file import rules_of
from bot.policy.rules import OUTSIDE, Rules, Sink, SinkName, allowed
from bot.toml_file import SettingsFault
from retrieval.label import ImportedLabel, Label, Level
from tests.builders import DM, ROOT, ask, decision_for, document, parts_of, passage, shipped_rules

SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")
UNKNOWN = Room("C1", "C1", "unknown", shared=True)


def loosest(**more: object) -> Rules:
    """All that a policy could say to open the cloud."""
    rules = shipped_rules()
    sinks = {name: replace(sink, ceiling=Level.RESTRICTED, refuse=frozenset()) for name, sink in rules.sinks.items()}
    public = dict.fromkeys(("dm", "public", "private", "shared", "guests", "unknown"), Level.PUBLIC)
    return replace(
        rules,
        sinks=sinks,
        kinds=dict.fromkeys((*detect.KINDS, detect.UNDETECTED), Level.PUBLIC),
        rooms=public,
        room_ids={"C1": Level.PUBLIC},
        ceilings=dict.fromkeys(public, Level.RESTRICTED),
        attachments=Level.PUBLIC,
        **more,  # type: ignore[arg-type]
    )


def lost(rules: Rules) -> Prompt:
    turn = Turn(None, None, Label(), ())
    return (*thread_parts([turn], {}, DM, rules), question_part(ask(), rules))


def unreadable(rules: Rules) -> Prompt:
    return (*attached_parts((Attached("a.zip", unread="x"),), 1, DM, rules), question_part(ask(), rules))


@pytest.mark.parametrize(
    "parts",
    [
        lambda rules: parts_of(ask("가 " * 150_000), rules=rules),
        lambda rules: parts_of(ask(room=UNKNOWN), rules=rules),
        lambda rules: parts_of(ask(), passage(of=document(labels=(ImportedLabel("?"),))), rules=rules),
        lost,
        unreadable,
    ],
    ids=["too long to look at", "an unknown room", "an unknown label", "a lost thread", "an unreadable file"],
)
def test_what_nobody_knows_never_goes_to_the_cloud(parts: object) -> None:
    rules = loosest()
    assert callable(parts)
    assert Route.CLOUD in decision_for(parts_of(ask(), passage(), rules=rules), rules).routes
    assert Route.CLOUD not in decision_for(parts(rules), rules).routes


@given(
    st.sampled_from(sorted(OUTSIDE)),
    st.sampled_from(list(Level)),
    st.frozensets(st.sampled_from(["card", "thread"])),
    st.text(max_size=8),
)
def test_what_is_restricted_never_leaves_whatever_the_ceiling(
    name: SinkName, ceiling: Level, refuse: frozenset[str], kind: str
) -> None:
    assert not allowed(Label.of(Level.RESTRICTED, kind, "x"), Sink(name, ceiling, refuse))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('the cloud\'s model\nceiling = "internal"', 'x\nceiling = "restricted"', "sinks.cloud.ceiling is restricted"),
        (
            'become training data\nceiling = "internal"',
            'x\nceiling = "restricted"',
            "sinks.train.ceiling is restricted",
        ),
    ],
)
def test_a_ceiling_that_would_let_out_what_is_unknown_is_refused(old: str, new: str, says: str) -> None:
    assert old in SHIPPED
    with pytest.raises(SettingsFault, match=says):
        rules_of(SHIPPED.replace(old, new).encode(), "policy.toml")


@pytest.mark.parametrize("sink", ["cloud", "slack", "train"])
def test_a_policy_that_lets_a_secret_out_by_its_level_is_refused(sink: str) -> None:
    head, _, tail = SHIPPED.partition(f"[sinks.{sink}]")
    loose = head.replace('secret = "restricted"', 'secret = "public"') + f"[sinks.{sink}]"
    with pytest.raises(SettingsFault, match=f"sinks.{sink}.refuse does not name secret"):
        rules_of((loose + tail.replace('"secret"', '"phone"', 1)).encode(), "policy.toml")
