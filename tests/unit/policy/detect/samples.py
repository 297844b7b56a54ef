"""Invented identifiers, put together here: nothing that looks like a live one may stand in the project."""

from __future__ import annotations

from tests.unit.policy.detect.tokens import TOKENS

RRN_WITH_CHECKSUM = "9001" + "01-" + "1234568"
RRN_SINCE_2020 = "2301" + "17-" + "4236564"  # a random tail: the checksum fails
FOREIGNER = "8803" + "05-" + "5123453"
CARD = "4111-1111-" + "1111-1111"
EMAIL = "gildong.hong" + "@" + "example.co.kr"
MOBILE = "010-" + "1234-" + "5678"
LAND_LINE = "02-" + "555-" + "1234"

EXAMPLES = {
    "kr_rrn": RRN_SINCE_2020,
    "card": CARD,
    "email": EMAIL,
    "phone": MOBILE,
    "secret": TOKENS["openai"],
}
"""For each kind a value that must be found by itself, without a word of context."""
