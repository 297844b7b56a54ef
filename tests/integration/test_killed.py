"""Killed at every await of the way in and of the worker, then resumed: nothing is lost, nothing answered twice."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from retrieval.database import Database
from tests.integration.events import run
from tests.integration.mortal import each_of

ROOT = Path(__file__).parent.parent.parent
REINDEXED = 5
"""Kills of a re-index; NARU_TEST_EVERY_AWAIT=1 kills at every await, which takes minutes."""


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


async def reindexed(scenario: str, url: str, deaths: Sequence[int | None]) -> list[dict[str, Any]]:
    command = (sys.executable, "-m", "tests.integration.mortal_reindex", scenario, url, json.dumps(deaths))
    child = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await child.communicate()
    assert child.returncode == 0, err.decode()
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("scenario", ["by-hand", "job"])
async def test_a_re_index_that_is_killed_anywhere_is_searchable_throughout_and_completed_by_the_next(
    scenario: str, fresh_url: str
) -> None:
    told, whole = await reindexed(scenario, fresh_url, [None])
    steps = told["steps"]
    assert steps > 40
    number = steps if os.environ.get("NARU_TEST_EVERY_AWAIT") else REINDEXED
    for each in await reindexed(scenario, fresh_url, [k * steps // number for k in range(number)]):
        assert each["index"] == whole["index"]
        assert each["again"] == whole["again"]
        assert each["state"] == "done"
        old_or_new = [["edited.md: 연차는 오래된 규정입니다."], ["edited.md: 연차는 새로운 규정입니다."]]
        assert each["found"]["연차"] in old_or_new
        assert each["found"]["보안"] == ["kept.md: 보안 문서는 그대로입니다."]
        assert each["found"]["장비"] == ["broken.md: 장비 문서는 깨집니다."]
        # What is for HR alone after the run was everyone's before it, and is never anything else.
        assert each["found"]["급여"] in ([], ["open/moved.md: 급여 문서는 옮겨집니다."])
        assert each["found"]["평가"] in ([], ["told.md: 평가 문서는 읽는 사람이 바뀝니다."])
        assert each["found"]["출장"] in ([], ["gone.md: 출장은 사라지는 문서입니다."])


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
    assert len(found) > 50 // each_of("work")
    for each in found:
        assert each["states"] == [["done", "answered", f"{ts}1"] for ts in ("10.0", "20.0", "30.0")]
        assert sorted(each["answers"]) == ["10.0", "20.0", "30.0"]
        assert each["answers"].index("10.0") < each["answers"].index("20.0")
        assert max(each["runs"]) <= 2
