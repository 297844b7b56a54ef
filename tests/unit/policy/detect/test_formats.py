from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.policy.detect.formats import NAMED, TOKENS, Token

# It asks for a digit and a capital in advance, which no generator of strings can plan for.
DRAWN = [token for token in TOKENS if "(?=" not in token.pattern.pattern]


@pytest.mark.parametrize("token", DRAWN, ids=lambda token: f"{token.issuer} {token.keywords[0]}")
@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_the_gate_is_open_for_whatever_a_format_matches(token: Token, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(token.pattern, fullmatch=True))
    assert any(keyword in text for keyword in token.keywords)
    # Shorter runs and what holds a space are never shown to the table.
    assert re.fullmatch(r"[!-~]{12,}", text)


def test_the_table_knows_more_than_a_hundred_issuers_and_formats() -> None:
    assert len({token.issuer for token in TOKENS} | {named.issuer for named in NAMED}) > 100
