from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, find
from tests.unit.policy.detect.samples import SSN


def score(text: str, kind: str = "us_ssn") -> float:
    return max((f.score for f in find(text) if f.kind == kind), default=0.0)


@pytest.mark.parametrize("separator", ["-", " ", ".", " - ", "–", ""])
def test_a_social_security_number_is_found_near_its_word_however_it_is_written(separator: str) -> None:
    assert score(f"my SSN is {SSN.replace('-', separator)}") >= MASK
    assert score(f"SSN#{SSN.replace('-', separator)}") >= MASK


def test_hyphens_are_enough_and_bare_digits_are_not() -> None:
    assert score(SSN) >= MASK
    assert score(SSN.replace("-", "")) == 0
    assert score(SSN.replace("-", " ")) == 0


@given(st.from_regex("(?:000|666|9[0-9]{2})-[0-4][0-9]-[0-9]{4}|[0-8][0-9]{2}-00-[0-9]{4}", fullmatch=True))
def test_an_area_or_a_group_that_is_never_issued_needs_the_word(value: str) -> None:
    assert score(value) == 0
    assert score(f"social security {value}") >= ROUTE


def test_a_taxpayer_number_is_found_too() -> None:
    assert score("912-" + "71-" + "1234") >= MASK


@pytest.mark.parametrize("text", ["dashboard 222324157", "3-2-4 formation", "uuid a123-45-6789b", "12123-45-6789"])
def test_a_piece_of_something_longer_is_no_social_security_number(text: str) -> None:
    assert score(text) == 0


def test_a_number_that_is_called_something_else_still_stays_on_prem() -> None:
    assert ROUTE <= score(f"part number {SSN}") < MASK
