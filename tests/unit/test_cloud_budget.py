"""What a budget says in naru.toml, and what a request is counted at before it is sent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.costs import limit_name, limits_of, prices_of, state_name
from bot.cloud_budget import CloudLimits, Limit, Prices, Tokens, most_of, most_of_chat
from bot.cloud_use import Standing
from bot.config_file import Cloud
from tests.unit.test_settings import load, problems

PRICED = '[models.cloud]\nprice_in = 2.5\nprice_out = 10\ncurrency = "USD"\n'
SURE = [f"naru.toml: models.cloud.{name} is missing" for name in ("price_in", "price_out", "currency")]


def cloud(tmp_path: Path, text: str) -> Cloud:
    return load(tmp_path, text).models.cloud


def test_without_a_word_of_it_there_is_no_budget(tmp_path: Path) -> None:
    written = cloud(tmp_path, "")
    assert not limits_of(written)
    assert limits_of(written).warn_at == 0.8
    assert prices_of(written) is None


def test_a_budget_is_of_all_of_each_person_and_of_each_room(tmp_path: Path) -> None:
    lines = "tokens = 5\nmoney = 0.1\nperson_tokens = 4\nperson_money = 3\nroom_tokens = 2\nroom_money = 1\nwarn_at = 1"
    limits = limits_of(cloud(tmp_path, f"{PRICED}[models.cloud.budget]\n{lines}"))
    assert limits.of == {"all": Limit(5, 100_000), "person": Limit(4, 3_000_000), "room": Limit(2, 1_000_000)}


@pytest.mark.parametrize("name", ["money", "person_money", "room_money"])
def test_money_without_prices_is_said_at_the_start_with_what_to_add_and_where(tmp_path: Path, name: str) -> None:
    said = problems(tmp_path, f"[models.cloud.budget]\n{name} = 5\ntokens = 5")
    for one, begins in zip(said, SURE, strict=True):
        assert one.startswith(f"{begins}, though models.cloud.budget.{name} is there: set ")
        assert one.endswith(", or set the budget in tokens")
    assert "a million tokens of a prompt" in said[0]
    assert cloud(tmp_path, "[models.cloud.budget]\ntokens = 5").budget.tokens == 5


def test_one_price_alone_is_no_price(tmp_path: Path) -> None:
    said = problems(tmp_path, "[models.cloud]\nprice_in = 1")
    assert [one.partition(",")[0] for one in said] == SURE[1:]
    assert "though models.cloud.price_in is there" in said[0]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("tokens = 0", "budget.tokens must be at least 1"),
        ("tokens = 1.5", "budget.tokens must be a whole number"),
        ("money = 0", "budget.money must be more than 0"),
        ("money = nan", "budget.money must be"),
        ('money = "5 USD"', "budget.money must be a number"),
        ("warn_at = 80", "budget.warn_at must be at most 1"),
        ("daily = 5", "budget.daily is not a setting"),
    ],
)
def test_what_is_no_budget_is_said(tmp_path: Path, line: str, says: str) -> None:
    assert says in "\n".join(problems(tmp_path, f"{PRICED}[models.cloud.budget]\n{line}"))


def test_a_way_to_show_a_key_is_one_of_two(tmp_path: Path) -> None:
    assert "models.cloud.auth must be 'bearer' or 'api-key'" in problems(tmp_path, '[models.cloud]\nauth = "basic"')[0]


def test_money_is_counted_as_the_prices_are_written_and_rounded_up() -> None:
    prices = Prices(Decimal("0.15"), Decimal("0.6"), "USD")
    assert prices.micros(Tokens(1_000_000, 0)) == 150_000
    assert prices.micros(Tokens(1, 0)) == 1
    assert prices.micros(Tokens(20, 10)) == 9
    assert prices.micros(Tokens()) == 0


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_tokens_never_cost_less(prompt: int, completion: int, more: int, longer: int) -> None:
    prices = Prices(Decimal("2.5"), Decimal("10"), "USD")
    assert prices.micros(Tokens(prompt, completion)) <= prices.micros(Tokens(prompt + more, completion + longer))


@given(st.lists(st.text()))
def test_a_text_is_counted_at_no_fewer_tokens_than_it_has_bytes(texts: list[str]) -> None:
    said = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    assert most_of(texts) == said
    assert most_of_chat(texts) > said + len(texts)


def test_a_budget_is_near_from_its_share_on_and_at_its_end_once_something_did_not_fit() -> None:
    limits = CloudLimits({"person": Limit(tokens=100, micros=1000)}, 0.8)
    share = limits.limit("person").share
    assert limits.state("person", share(79, 799), 0) is None
    assert limits.state("person", share(80, 0), 0) == "near"
    assert limits.state("person", share(0, 800), 0) == "near"
    assert limits.state("person", share(0, 0), 1) == "at"
    assert limits.state("room", share(100, 1000), 1) is None


def test_a_budget_is_said_in_what_it_is_set_in() -> None:
    dollars = Prices(Decimal(1), Decimal(1), "USD")
    assert limit_name(Limit(1000, 5_000_000), dollars) == "1,000 tokens and 5.00 USD a day"
    assert limit_name(Limit(tokens=1000), None) == "1,000 tokens a day"
    assert state_name(Standing("all", 1, near=0, at=1)) == "used up"
    assert state_name(Standing("person", 1, near=2, at=1)) == "2 nearly used up and 1 used up"
