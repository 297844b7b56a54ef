"""`naru report costs` and what `naru status` says of it, as a person or a program asks."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.integration.test_cli import Naru, data, naru, reason, variables

__all__ = ["naru", "variables"]

PRICED = """
[models.cloud]
price_in = 2.5
price_out = 10.0
currency = "USD"
[models.cloud.budget]
tokens = 1000000
person_money = 1.0
"""
KIM, LEE = "a" * 32, "b" * 32
ROWS = [
    # day, scope, key, requests, estimated, refused, prompt, completion, micros
    ("2026-11-01", "all", "", 3, 1, 0, 9000, 900, 31_500),
    ("2026-11-01", "person", KIM, 1, 0, 0, 1000, 100, 3_500),
    ("2026-11-01", "person", LEE, 2, 1, 0, 8000, 800, 28_000),
    ("2026-11-01", "room", "C1", 3, 1, 0, 9000, 900, 31_500),
    ("2026-11-02", "all", "", 1, 0, 2, 1000, 100, 3_500),
    ("2026-11-02", "person", KIM, 1, 0, 2, 1000, 100, 3_500),
    ("2026-12-01", "all", "", 9, 9, 9, 9, 9, 9),
]


@pytest.fixture
def used(tmp_path: Path, fresh_url: str) -> None:
    (tmp_path / "naru.toml").write_text(PRICED, encoding="utf-8")
    with psycopg.connect(fresh_url) as database:
        database.cursor().executemany("insert into cloud_use values (%s, %s, %s, %s, %s, %s, %s, %s, %s)", ROWS)


def test_the_report_adds_up_by_day_by_person_and_by_room(naru: Naru, used: None) -> None:
    found = data(naru("report", "costs", "--period", "2026-11", "--json"))
    assert found["currency"] == "USD"
    assert [(one["day"], one["requests"], one["money"]) for one in found["days"]] == [
        ("2026-11-01", 3, 0.0315),
        ("2026-11-02", 1, 0.0035),
    ]
    assert [(one["person"], one["requests"], one["prompt_tokens"]) for one in found["people"]] == [
        (LEE, 2, 8000),
        (KIM, 2, 2000),
    ]
    assert [(one["room"], one["estimated"]) for one in found["rooms"]] == [("C1", 1)]
    assert (found["total"]["money"], found["total"]["passed_over"]) == (0.035, 2)


@pytest.mark.parametrize(("by", "says"), [("day", "2026-11-01"), ("person", LEE[:12]), ("room", "C1")])
def test_for_people_it_is_a_table_of_what_they_ask_for(naru: Naru, used: None, by: str, says: str) -> None:
    done = naru("report", "costs", "--period", "2026-11", "--by", by)
    assert done.returncode == 0, done.stderr
    for one in (says, "total", "10,000", "1,000", "0.04 USD"):
        assert one in done.stdout
    assert LEE not in done.stdout


def test_without_any_use_it_says_so_and_a_period_that_is_none_is_refused(naru: Naru, used: None) -> None:
    assert "asked nothing" in naru("report", "costs", "--period", "2026-10").stdout
    assert "is no period" in reason(naru("report", "costs", "--period", "last week"))


def test_status_says_todays_use_and_how_the_budgets_stand(naru: Naru, used: None, fresh_url: str) -> None:
    with psycopg.connect(fresh_url) as database:
        database.execute("update cloud_use set day = (now() at time zone 'Asia/Seoul')::date where day = '2026-11-02'")
    said = data(naru("status", "--json"))["cloud today"]
    assert (said["requests"], said["tokens"], said["money"], said["passed over"]) == (1, 1100, "0.00 USD", 2)
    assert said["budget for all"] == "1,000,000 tokens a day"
    assert said["standing for one person"] == "1 used up"
    assert "cloud today" in naru("status").stdout


def test_money_without_prices_is_said_by_the_first_command(naru: Naru, tmp_path: Path) -> None:
    (tmp_path / "naru.toml").write_text("[models.cloud.budget]\nmoney = 5\n", encoding="utf-8")
    said = reason(naru("status"))
    assert "models.cloud.price_in is missing, though models.cloud.budget.money is there: set what a million" in said
