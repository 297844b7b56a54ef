"""The doctor's sentences: for each thing that can be wrong one, with what to do; and none of them raises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from admin.check import Check, check
from admin.check.clocks import compared
from admin.check.database import of_room, of_server
from admin.check.documents import empty_groups
from admin.check.finding import Finding, Status, of, ok, warn
from admin.check.machine import of_home
from admin.check.models import of_domain_models, of_pace, of_terms
from admin.check.scene import Machine, Scene
from admin.embedded import MIB
from bot.directory_table import load_directory
from bot.policy.rules import DataUse
from bot.settings import Salvaged
from retrieval.database import DatabaseFault, Server
from retrieval.errors import Fault
from retrieval.label import Level
from retrieval.passage import Principal, Source

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SERVER = Server(18, "UTF8", "0.8.5", "0.8.5", True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vector_available": None, "vector_installed": None}, "has no pgvector 0.8 or newer"),
        ({"vector_installed": "0.7.4"}, "pgvector 0.7.4 is too old"),
        ({"major": 15}, "PostgreSQL 15 is too old"),
        ({"encoding": "SQL_ASCII"}, "encoding is SQL_ASCII"),
        ({"vector_installed": None, "may_create_vector": False}, "may not create the extension pgvector"),
    ],
)
def test_a_server_that_lacks_something_is_told_apart_and_mended(change: dict[str, object], says: str) -> None:
    assert of_server(SERVER).status is Status.OK
    found = of_server(replace(SERVER, **change))  # type: ignore[arg-type]
    assert found.status is Status.FAIL
    assert says in found.sentence
    assert found.fix


@pytest.mark.parametrize(
    ("agreed", "status", "says"),
    [
        (None, Status.WARN, "only public text may go"),
        (DataUse(False, TODAY - timedelta(days=1)), Status.WARN, "expired on 2026-11-21"),
        (DataUse(False, TODAY + timedelta(days=10)), Status.WARN, "expires on 2026-12-02"),
        (DataUse(True, date(2035, 1, 1)), Status.WARN, "train on what we send"),
        (DataUse(False, date(2035, 1, 1)), Status.OK, "holds until 2035-01-01"),
    ],
)
def test_the_clouds_terms_say_what_they_mean(agreed: DataUse | None, status: Status, says: str) -> None:
    found = of_terms(agreed, TODAY)
    assert (found.status, says in found.sentence) == (status, True), found


@pytest.mark.parametrize(
    ("free", "size", "status"),
    [(100, 10, Status.FAIL), (500, 10, Status.WARN), (5000, 9000, Status.WARN), (50_000, 9000, Status.OK)],
)
def test_a_database_that_runs_out_of_room_is_told_before_it_stops(free: int, size: int, status: Status) -> None:
    assert of_room(size * MIB, free * MIB, Path("/srv")).status is status


def test_a_full_disk_and_a_home_that_is_a_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is not a folder" in of_home(tmp_path / "file" / "below", lambda _: 1 << 40).sentence
    assert "is full: 10 MB are free" in of_home(tmp_path / "home", lambda _: 10 * MIB).sentence
    assert of_home(tmp_path / "home", lambda _: 1 << 40).status is Status.OK


@pytest.mark.parametrize(
    ("off_s", "status"), [(0, None), (2, None), (-2, None), (30, Status.WARN), (-30, Status.WARN), (301, Status.FAIL)]
)
def test_a_clock_that_is_off_is_a_warning_until_signatures_are_refused(off_s: int, status: Status | None) -> None:
    found = list(compared("Slack's", NOW + timedelta(seconds=off_s), NOW))
    assert [one.status for one in found] == ([status] if status else [])


def test_a_server_that_lists_no_models_is_not_said_to_lack_one() -> None:
    assert list(of_domain_models(("hr-small",), None)) == list(of_domain_models((), ("base",))) == []
    assert [one.status for one in of_domain_models(("a", "b"), ("b",))] == [Status.WARN]


def test_a_slow_model_is_told_before_it_is_given_up() -> None:
    assert [one.status for one in of_pace("The cloud model", 9.0, 15.0)] == [Status.WARN]
    assert [one.status for one in of_pace("The cloud model", 1.0, 15.0)] == [Status.OK]


def test_a_group_that_may_read_and_that_nobody_is_in_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text('people = [{id = "U1", name = "a", groups = ["hr"]}]\n', encoding="utf-8")
    readers = frozenset({Principal("group:hr"), Principal("group:legal")})
    listed = load_directory(tmp_path / "people.toml", date(2026, 11, 1))
    found = list(empty_groups(listed, [Source("law", "files", "/", Level.PUBLIC, readers)]))
    assert ["group:legal" in one.sentence for one in found] == [True]


def test_a_fault_is_what_is_wrong_and_what_to_do() -> None:
    assert of(DatabaseFault("It is away: start it")) == Finding(Status.FAIL, "It is away.", "Start it.")
    assert of(Fault("It is away")) == Finding(Status.FAIL, "It is away.")


async def test_a_check_that_hangs_or_crashes_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    secret = "question" + "-text"

    async def hangs(_: Scene) -> AsyncIterator[Finding]:
        yield ok("It began.")
        await asyncio.sleep(60)

    async def crashes(_: Scene) -> AsyncIterator[Finding]:
        raise KeyError(secret)
        yield ok("never")

    async def refuses(_: Scene) -> AsyncIterator[Finding]:
        raise Fault("It is away: start it.")
        yield ok("never")

    async def works(_: Scene) -> AsyncIterator[Finding]:
        yield warn("It works.")

    checks = [Check("a", hangs, within_s=0.01), Check("b", crashes), Check("c", refuses), Check("d", works)]
    salvaged = Salvaged.load({"NARU_HOME": str(tmp_path / "home")}, tmp_path)
    report = await check(salvaged, Machine(), checks)
    assert [(area, one.status) for area, one in report.findings] == [
        ("a", Status.OK),
        ("a", Status.FAIL),
        ("b", Status.FAIL),
        ("c", Status.FAIL),
        ("d", Status.WARN),
    ]
    assert "within 0.01 s" in report.findings[1][1].sentence
    assert "KeyError" in report.findings[2][1].sentence
    assert secret not in str(report)
    assert not (tmp_path / "home").exists(), "a check makes nothing"


def test_the_exit_status_counts_warnings_only_when_asked() -> None:
    from admin.check import Report

    assert Report((("a", ok("x")), ("a", warn("y")))).worst() == 0
    assert Report((("a", ok("x")), ("a", warn("y")))).worst(strict=True) == 1
    assert Report((("a", of(Fault("x"))),)).worst() == 1
