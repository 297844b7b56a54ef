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
LICENCE = "11-12-" + "345678-" + "90"
PASSPORT = "M123" + "A4567"
PASSPORT_UNTIL_2021 = "M1234" + "5678"
CUSTOMS = "P12" + "3456789012"
BUSINESS = "123-45-" + "67891"
CORPORATE = "110111-" + "0062432"
ACCOUNT = "110-123-" + "456789"
IBAN = "GB82 WEST " + "1234 5698 " + "7654 32"
SSN = "123-45-" + "6789"
IP = "93.184." + "215.14"
PLACE = "37.5665, " + "126.9780"

EXAMPLES = {
    "kr_rrn": RRN_SINCE_2020,
    "card": CARD,
    "kr_driver_licence": LICENCE,
    "kr_passport": PASSPORT,
    "kr_customs": CUSTOMS,
    "kr_business": BUSINESS,
    "kr_corporate": CORPORATE,
    "kr_account": ACCOUNT,
    "iban": IBAN,
    "us_ssn": SSN,
    "email": EMAIL,
    "phone": MOBILE,
    "ip": IP,
    "coordinates": PLACE,
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
"""For each kind a value that must be found by itself, or behind its word in CONTEXT."""

CONTEXT = {"kr_customs": "통관부호 ", "kr_account": "신한은행 "}
"""What has too plain a form to be masked without a word."""
