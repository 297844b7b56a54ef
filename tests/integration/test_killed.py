"""Killed at every await of the way in and of the worker, then resumed: nothing is lost, nothing answered twice."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from retrieval.database import Database
from tests.integration.events import run

ROOT = Path(__file__).parent.parent.parent


async def kills(scenario: str, url: str, folder: Path) -> list[dict[str, Any]]:
    command = (sys.executable, "-m", "tests.integration.mortal", scenario, url, str(folder))
    child = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await child.communicate()
    assert child.returncode == 0, err.decode()
    found = [json.loads(line) for line in out.splitlines()]
    assert [each["killed"] for each in found] == [True] * (len(found) - 1) + [False]
    return found


@pytest.mark.parametrize("scenario", ["put", "put-while-the-database-is-away"])
async def test_an_event_whose_writer_is_killed_anywhere_is_one_row(
    scenario: str, fresh_url: str, tmp_path: Path
) -> None:
    found = await kills(scenario, fresh_url, tmp_path)
    assert len(found) > 4
    assert [each["rows"].count(True) for each in found] == [1] * len(found)
    assert len(found[-1]["rows"]) == len(found)


async def test_events_whose_worker_is_killed_anywhere_are_all_answered_once_and_in_order(
    fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    await run(
        fresh_database,
        "create table runs (question uuid)",
        "create table answers (id bigint generated always as identity, question uuid primary key, ts text)",
    )
    found = await kills("work", fresh_url, tmp_path)
    assert len(found) > 50
    for each in found:
        assert each["states"] == [["done", "answered", f"{ts}1"] for ts in ("10.0", "20.0", "30.0")]
        assert sorted(each["answers"]) == ["10.0", "20.0", "30.0"]
        assert each["answers"].index("10.0") < each["answers"].index("20.0")
        assert max(each["runs"]) <= 2
