"""Each model in each trouble, as first choice, with the other one allowed and not: there is an answer or the passages,
and what may not leave has not left. `python -m benchmarks fallback` says how long it takes with the real timeouts."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path

from benchmarks.trouble import ANSWERS_ALL_THE_SAME, CASES, Case, Seen, expected, tried
from bot.config_file import Models
from bot.domain import Route
from tests.integration.company import Company, company
from tests.integration.in_slack import DOCUMENTS

QUESTION = "연차는 며칠 전에 올리나요?"
KEPT = "시니어 엔지니어 급여 밴드가 어떻게 되나요?"
HASTY = {"first_token_timeout_s": 0.6, "total_timeout_s": 4.0, "attempts": 2}
ONE_CALL = {"wrong key", "model missing"}


async def test_whatever_a_model_does_somebody_answers_and_nothing_strays(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        by_trouble = defaultdict[str, list[Case]](list)
        for case in CASES:
            by_trouble[case.trouble].append(case)
        for cases in by_trouble.values():
            for seen in await asyncio.gather(*(_tried(naru, case) for case in cases)):
                _holds(seen)


async def _tried(naru: Company, case: Case) -> Seen:
    models = naru.app.settings.models
    hasty: Models = models.model_copy(
        update={
            "cloud": models.cloud.model_copy(update=HASTY),
            "on_prem": models.on_prem.model_copy(update=HASTY),
        }
    )
    return await tried(naru.app, case, hasty, 1.0, QUESTION, KEPT)


def _holds(seen: Seen) -> None:
    case = seen.case
    assert seen.answer.route is expected(seen), case
    assert not seen.strayed, case
    assert seen.answer.known, case
    assert any(says in seen.answer.text for says in ("3영업일", "구천만")), case
    assert seen.seconds < 8, case
    calls = seen.calls[case.shore]
    if case.trouble in ANSWERS_ALL_THE_SAME | ONE_CALL:
        assert calls == 1, case
    assert calls <= 5, case
    if case.other and seen.answer.route is not case.shore:
        assert [route for route, _ in seen.answer.tried] == [case.shore], case
    elif seen.answer.route is Route.QUOTE:
        # The room may know why already: that is said once, and the button stands below each.
        assert case.shore in seen.answer.away, case
