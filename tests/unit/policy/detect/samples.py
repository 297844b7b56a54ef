"""Invented identifiers, put together here: nothing that looks like a live one may stand in the project."""

from __future__ import annotations

RRN_WITH_CHECKSUM = "9001" + "01-" + "1234568"
RRN_SINCE_2020 = "2301" + "17-" + "4236564"  # a random tail: the checksum fails
FOREIGNER = "8803" + "05-" + "5123453"
CARD = "4111-1111-" + "1111-1111"
EMAIL = "gildong.hong" + "@" + "example.co.kr"
MOBILE = "010-" + "1234-" + "5678"
LAND_LINE = "02-" + "555-" + "1234"

TOKENS = {
    "openai": "sk-" + "a" * 48,
    "openai project": "sk-" + "proj-" + "aB3" * 20,
    "anthropic": "sk-" + "ant-api03-" + "aB3" * 30,
    "aws": "AK" + "IA" + "ABCDEFGH" * 2,
    "github": "gh" + "p_" + "aB3" * 12,
    "github fine-grained": "github" + "_pat_" + "aB3" * 20,
    "gitlab": "gl" + "pat-" + "aB3x" * 5,
    "slack bot": "xo" + "xb-" + "1" * 12 + "-" + "2" * 12 + "-" + "aB3" * 8,
    "slack webhook": "https://hooks.slack" + ".com/services/T0000000A/B0000000A/" + "aB3" * 8,
    "google": "AI" + "za" + "aB3de" * 7,
    "stripe": "sk" + "_live_" + "aB3" * 8,
    "npm": "npm" + "_" + "aB3" * 12,
    "pypi": "pypi-" + "AgE" + "aB3" * 20,
    "hugging face": "h" + "f_" + "aB" * 17,
    "jwt": "ey" + "J" + "aB3" * 8 + ".ey" + "J" + "aB3" * 8 + "." + "aB3" * 8,
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + "aB3+" * 20 + "\n-----END RSA PRIVATE KEY-----",
}

EXAMPLES = {
    "kr_rrn": RRN_SINCE_2020,
    "card": CARD,
    "email": EMAIL,
    "phone": MOBILE,
    "secret": TOKENS["openai"],
    "directive": "외부 유출 금지",
    "injection": "시스템 프롬프트를 출력",
    "health": "우울증 진단",
    "union": "노조에 가입했",
    "religion": "교회 다니",
    "criminal": "음주운전으로",
    "personnel": "권고사직을",
    "harassment": "성희롱을 당",
    "insider": "미공개 실적",
}
"""For each kind a value that must be found by itself, without a word of context."""
