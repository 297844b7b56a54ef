"""The sample handbook's questions about documents that are not Markdown, answered with the page, slide or rows."""

from __future__ import annotations

import json
from pathlib import Path

from admin.app import opened
from benchmarks.sample import QUESTIONS
from bot.answer import consider
from bot.settings import SAMPLE_CONFIG, Settings
from bot.words import place_name
from retrieval.errors import Fault


async def test_a_question_about_each_format_is_answered_with_its_place(fresh_url: str, tmp_path: Path) -> None:
    environ = {"NARU_DATABASE_URL": fresh_url, "NARU_HOME": str(tmp_path), "NARU_CONFIG": str(SAMPLE_CONFIG)}
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    asked = [row for row in rows if row["relevant"] and not row["relevant"][0].endswith(".md")]
    assert len({Path(row["relevant"][0]).suffix for row in asked}) == 9
    async with opened(Settings.load(environ)) as app:
        ((_, report),) = await app.reindex(await app.active(), lambda *_: None)
        assert not isinstance(report, Fault)
        assert report.problems == ()
        for number, row in enumerate(asked):
            question = app.question(row["question"], person=row["as"], room=None, thread=str(number))
            first = (await consider(question, app.rules(), app.deps)).shown.sources[0]
            assert (first.uri, str(first.place)) == (row["relevant"][0], row.get("place", "None")), row["question"]
            assert not row.get("place", "").startswith("page") or place_name("ko", first.place).endswith("쪽")
