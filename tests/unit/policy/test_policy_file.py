"""policy.toml is read again when it changes, and one that cannot be used changes nothing."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from bot.domain import Route
from bot.policy.policy_file import PolicyFile, rules_of
from bot.policy.rules import Rules
from bot.toml_file import SettingsFault
from retrieval.label import Level
from tests.builders import ROOT

SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")
STRICTER = SHIPPED.replace('email = "internal"', 'email = "restricted"', 1)


def rules(more: str = "", *changes: tuple[str, str]) -> Rules:
    return rules_of(edited(more, *changes).encode(), "policy.toml")


def edited(more: str = "", *changes: tuple[str, str]) -> str:
    """The shipped policy with `more` at its top (keys) or end (tables), each change made once."""
    text = SHIPPED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text + "\n" + more if more.startswith("[") else more + "\n" + text


def problems(more: str = "", *changes: tuple[str, str]) -> str:
    with pytest.raises(SettingsFault) as raised:
        rules(more, *changes)
    return str(raised.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "policy.toml"
    file.write_text(SHIPPED, encoding="utf-8")
    return file


def rewrite(path: Path, text: str, seconds: int = 10) -> None:
    """As an editor does, `seconds` later, whatever the clock of the disk can tell apart."""
    path.write_text(text, encoding="utf-8")
    at = path.stat().st_mtime_ns + seconds * 10**9
    os.utime(path, ns=(at, at))


def test_a_change_counts_from_the_next_question_on(path: Path) -> None:
    policy = PolicyFile(path)
    before = policy()
    rewrite(path, STRICTER)
    assert policy().kind_level("email") is Level.RESTRICTED
    assert policy().hash != before.hash
    assert policy.problem() is None


@pytest.mark.parametrize(
    "bad",
    ["", "[kinds", SHIPPED.replace("[routes]", "[roads]"), 'profile = "finance"\n' + SHIPPED, "\ud800", None],
    ids=["empty", "no TOML", "misspelt", "contradictory", "no UTF-8", "gone"],
)
def test_one_that_cannot_be_used_keeps_the_old_one_and_says_so(
    bad: str | None, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    policy = PolicyFile(path)
    before = policy()
    if bad is None:
        path.unlink()
    else:
        path.write_bytes(bad.encode("utf-8", "surrogatepass"))
        os.utime(path, ns=(1, 1))
    with caplog.at_level(logging.ERROR):
        assert policy() == before
        assert policy() == before
    assert f"stays in force (hash {before.hash[:12]})" in (policy.problem() or "")
    assert len(caplog.records) == 1, "said once, not at each question"
    rewrite(path, STRICTER)
    assert policy.problem() is None
    assert policy().kind_level("email") is Level.RESTRICTED


def test_what_is_told_outside_of_the_file_names_no_term(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    policy = PolicyFile(path)
    rewrite(path, SHIPPED + '\n[terms]\n"달빛호" = "hidden"\n')
    policy()
    assert "달빛호" in (policy.problem() or "")
    assert "달빛호" not in (policy.notice() or "") + caplog.text
    assert "has 1 problem: `naru policy check`" in (policy.notice() or "")


def test_a_second_write_within_one_tick_of_the_clock_is_seen(path: Path) -> None:
    policy = PolicyFile(path)
    stamp = path.stat().st_mtime_ns
    for text in (STRICTER, STRICTER.replace('"restricted"        # API', '"restricted"        # api')):
        path.write_text(text.ljust(len(STRICTER)), encoding="utf-8")
        os.utime(path, ns=(stamp, stamp))
        assert policy().kind_level("email") is Level.RESTRICTED


def test_one_that_was_away_for_a_moment_has_no_problem_any_more(path: Path) -> None:
    policy = PolicyFile(path)
    before = policy()
    for meanwhile in (None, "[kinds", "kinds = 1"):
        path.unlink()
        if meanwhile is not None:
            rewrite(path, meanwhile)
        assert policy.problem() is not None
        rewrite(path, SHIPPED)
        assert (policy.problem(), policy.notice()) == (None, None)
        assert policy() is before


def test_what_is_wrong_now_is_said_and_not_what_was_wrong_before(path: Path) -> None:
    policy = PolicyFile(path)
    for _ in range(2):
        rewrite(path, "[kinds")
        assert "is not valid TOML" in (policy.problem() or "")
        path.unlink()
        assert "does not exist" in (policy.problem() or "")


@pytest.mark.parametrize(
    "value", ["[" * 5000 + "]" * 5000, "{a=" * 5000, "1" * 5000], ids=["lists", "tables", "number"]
)
def test_what_the_parser_cannot_bear_is_a_problem_like_any_other(value: str, path: Path) -> None:
    policy = PolicyFile(path)
    before = policy()
    rewrite(path, f"x = {value}\n{SHIPPED}")
    assert policy() is before
    assert "is not valid TOML" in (policy.problem() or "")
    assert "has 1 problem" in (policy.notice() or "")


def test_an_edit_of_the_same_length_that_keeps_the_files_time_is_seen(path: Path) -> None:
    os.utime(path, (10**9, 10**9))
    clock = [path.stat().st_ctime + 60]
    policy = PolicyFile(path, clock=lambda: clock[0])
    policy()
    path.write_text(SHIPPED.replace('"internal"', '"RESTRICT"', 1), "utf-8")
    os.utime(path, (10**9, 10**9))
    assert policy.problem() is not None


def test_without_a_policy_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="a policy is needed"):
        PolicyFile(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('profile = "bank"', "profile must be 'standard', 'finance', 'on_prem_only' or 'cloud_only'"),
        ("shadow = 1", "shadow must be true or false"),
        ("shaddow = true", "shaddow is not a setting; did you mean shadow?"),
        ('[terms]\n"달빛" = "secret"', "terms.달빛 must be public, internal"),
        (
            '[terms]\n"달빛 호" = "internal"\n"달빛  호" = "public"',
            'terms."달빛  호" is there twice, first as "달빛 호"',
        ),
        ('[terms]\n"--" = "internal"', 'terms."--" names nothing'),
        ('[roles]\n"legal" = "internal"', 'roles."legal" must be everyone, user:..'),
        ('[labels]\n"Secret" = "internal"\n"secret" = "public"', 'labels."secret" is there twice, first as "Secret"'),
        ('[rooms.names]\n"#hr" = "internal"\n"HR" = "public"', 'rooms.names."HR" is there twice, first as "#hr"'),
        ('[rooms.ids]\nC1 = "internal"', "is not valid TOML"),  # the table is there already
        ('[sources]\nhandbook = "internal"', "sources.handbook is not a setting; there are names, uris"),
        ('[routes.rooms]\nC1 = "quote"', "routes.rooms.C1 must be 'cloud' or 'on_prem'"),
        ("[designation]\nby = 3", "designation.by must be text"),
        ('[designation]\nby = " "', "designation.by must not be blank"),
        (
            '[designation]\nby = "a"\non = 2026-01-01\nuntil = 2025-01-01\nreference = "x"',
            "for the profile finance only",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(more: str, says: str) -> None:
    assert says in problems(more)


DESIGNATED = '[designation]\nby = "CISO"\non = 2026-01-01\nuntil = 2030-12-31\nreference = "IT-26-7"\n'
CLOUD_PUBLIC = ('ceiling = "internal"', 'ceiling = "public"')
ON_PREM_FIRST = ('prefer = "cloud"', 'prefer = "on_prem"')


@pytest.mark.parametrize(
    ("more", "changes", "says"),
    [
        ('profile = "finance"', (), "sinks.cloud.ceiling is internal, and the profile finance without a designation"),
        (
            'profile = "finance"',
            (CLOUD_PUBLIC,),
            "routes.prefer is cloud, and the profile finance without a designation",
        ),
        ('profile = "on_prem_only"', (), "sinks.cloud.ceiling is internal, and the profile on_prem_only sends nothing"),
        ('profile = "on_prem_only"', (CLOUD_PUBLIC,), "routes.prefer is cloud, and the profile on_prem_only"),
        (
            'profile = "on_prem_only"',
            (CLOUD_PUBLIC, ON_PREM_FIRST, ("[sinks.on_prem]              #", '[sinks.on_prem]\nrefuse = ["phone"] #')),
            "sinks.on_prem.refuse names 'phone', and under the profile on_prem_only there is no other model",
        ),
        ('profile = "cloud_only"', (), "sinks.on_prem.ceiling is restricted, and the profile cloud_only sends nothing"),
        (
            'profile = "cloud_only"',
            (('ceiling = "restricted"', 'ceiling = "public"'), ON_PREM_FIRST),
            "routes.prefer is on_prem, and the profile cloud_only",
        ),
        ("", (CLOUD_PUBLIC,), "sinks.cloud.ceiling is public, and no room is below internal: nothing would ever pass"),
        (DESIGNATED, (), "designation is for the profile finance only"),
    ],
)
def test_what_contradicts_itself_is_refused_with_a_sentence(
    more: str, changes: tuple[tuple[str, str], ...], says: str
) -> None:
    assert says in problems(more, *changes)


def test_a_policy_says_what_its_tables_say() -> None:
    said = rules(
        '[rooms.names]\n"#HR-Desk" = "restricted"\n[rooms.prefixes]\nhr- = "confidential"\n'
        '[sources.names]\nwiki = "confidential"\n[sources.uris]\n"hr/*" = "restricted"\n'
        '[labels]\n"대외비" = "confidential"\n[roles]\n"group:legal" = "confidential"\n'
        '[terms]\n"달빛호" = "confidential"\n[routes.rooms]\nC1 = "on_prem"\n[routes.sources]\nwiki = "on_prem"\n'
    )
    assert said.room_names == {"hr-desk": Level.RESTRICTED}
    assert said.room_prefixes == {"hr-": Level.CONFIDENTIAL}
    assert (said.sources, said.uris) == ({"wiki": Level.CONFIDENTIAL}, {"hr/*": Level.RESTRICTED})
    assert (said.labels, said.roles) == ({"대외비": Level.CONFIDENTIAL}, {"group:legal": Level.CONFIDENTIAL})
    assert said.prefer_rooms == {"C1": Route.ON_PREM}
    assert said.terms.levels == {"달빛호": Level.CONFIDENTIAL}
