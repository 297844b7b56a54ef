"""People are spoken to in the language that they have Slack in."""

from __future__ import annotations

import pytest

from bot.slack.locales import Locales
from tests.unit.slack.company import TEAM, Company, Person, refusal


@pytest.mark.parametrize(
    ("locale", "tongue"), [("ko-KR", "ko"), ("ko", "ko"), ("en-US", "en"), ("ja-JP", "en"), (None, "ko"), ("", "ko")]
)
async def test_korean_is_for_who_has_slack_in_it_or_where_slack_does_not_say(locale: str | None, tongue: str) -> None:
    found = Company(Person("U1", locale=locale))
    locales = Locales(found, TEAM, clock=lambda: 1000.0)
    assert [await locales.of("U1") for _ in range(2)] == [tongue, tongue]
    assert found.calls["users.info"] == 1


async def test_where_slack_fails_it_is_korean() -> None:
    found = Company(Person("U1", locale="en-US"))
    found.fails["users.info"] = refusal("internal_error")
    assert await Locales(found, TEAM, clock=lambda: 1000.0).of("U1") == "ko"
