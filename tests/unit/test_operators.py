"""Who may do what at a terminal: a role of naru.toml, and a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.operators import Operator, RoleFault, login_name
from bot.settings import Settings

ROLES = st.frozensets(st.sampled_from(["officer", "admin"]))


def settings(folder: Path, text: str) -> Settings:
    (folder / "policy.toml").touch()
    (folder / "naru.toml").write_text(text, encoding="utf-8")
    return Settings.load({"NARU_HOME": str(folder)}, folder)


@given(held=ROLES, wanted=ROLES, reason=st.none() | st.text(max_size=20))
def test_nobody_ever_does_anything_without_one_of_its_roles_and_a_reason(
    held: frozenset[str], wanted: frozenset[str], reason: str | None
) -> None:
    operator = Operator("kim", held)  # type: ignore[arg-type]
    may = bool(held & wanted) and bool(reason and reason.split())
    try:
        operator.must("look", *wanted, reason=reason)  # type: ignore[arg-type]
    except RoleFault:
        assert not may
    else:
        assert may


def test_roles_are_those_that_naru_toml_gives_to_this_machines_name(tmp_path: Path) -> None:
    named = f'[roles]\nofficers = ["somebody-else"]\nadmins = ["{login_name()}"]\n'
    assert Operator.at(settings(tmp_path, named)).roles == {"admin"}
    assert Operator.at(settings(tmp_path, "")).roles == frozenset()


def test_on_the_sample_company_everybody_has_every_role(tmp_path: Path) -> None:
    assert Operator.at(settings(tmp_path, "sample = true")).roles == {"officer", "admin", "reviewer"}


def test_what_is_missing_is_said_with_where_to_write_it() -> None:
    with pytest.raises(RoleFault, match=r"'kim' must stand in officers under \[roles\] in naru.toml"):
        Operator("kim", frozenset({"admin"})).must("read what left", "officer", reason="why")
    with pytest.raises(RoleFault, match="--reason"):
        Operator("kim", frozenset({"officer"})).must("read what left", "officer", reason="  ")
    with pytest.raises(RoleFault, match="600 characters"):
        Operator("kim", frozenset({"officer"})).must("read what left", "officer", reason="가" * 600)


def test_a_reason_is_one_line() -> None:
    assert Operator("kim", frozenset({"officer"})).must("look", "officer", reason=" a\n b\t ") == "a b"
