"""Amounts, times, dates and counts in a text, in one unit each, so that two of them can be compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.dates import find_dates

_N = r"[0-9][0-9,]*+(?:\.[0-9]++)?"
_SCALE = {"억": 100_000_000, "천만": 10_000_000, "백만": 1_000_000, "만": 10_000, "천": 1_000, "백": 100}
_SCALED = re.compile(rf"({_N})\s?(억|천만|백만|만|천|백)?")
_KOREAN = {w: n for n, w in enumerate(["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"], 1)}
_ENGLISH = {
    w: n for n, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
_UNITS = {
    "영업일": "working day",
    "일": "day",
    "주일": "week",
    "주": "week",
    "개월": "month",
    "달": "month",
    "년": "year",
    "시간": "hour",
    "분": "minute",
    "초": "second",
    "명": "person",
    "인": "person",
    "회": "time",
    "번": "time",
    "개": "piece",
    "건": "case",
    "곳": "place",
    "군데": "place",
    "장": "sheet",
    "쪽": "page",
    "세": "age",
    "자": "letter",
    "working days": "working day",
    "business days": "working day",
    "days": "day",
    "weeks": "week",
    "months": "month",
    "years": "year",
    "hours": "hour",
    "hrs": "hour",
    "minutes": "minute",
    "mins": "minute",
    "min": "minute",
    "seconds": "second",
    "people": "person",
    "times": "time",
    "characters": "letter",
    "pages": "page",
    "km": "km",
    "gb": "gb",
    "tb": "tb",
    "mb": "mb",
    "%": "%",
    "퍼센트": "%",
    "percent": "%",
}
_UNITS |= {name[:-1]: unit for name, unit in _UNITS.items() if name.isascii() and name.endswith("s") and len(name) > 3}
_UNIT = "|".join(re.escape(name) for name in sorted(_UNITS, key=len, reverse=True))
_BEGIN = r"(?<![0-9.,A-Za-z~-])"
_QUANTITY = re.compile(
    rf"{_BEGIN}(?:"
    rf"(?P<won>(?:{_N}\s?(?:억|천만|백만|만|천|백)?\s?){{1,3}}원)(?![가-힣]*율)|(?:₩\s?|KRW\s?)(?P<won2>{_N})"
    rf"|(?P<won3>{_N})\s?(?:won|KRW)\b|(?:[$]|USD\s?)(?P<usd>{_N})|(?P<usd2>{_N})\s?(?:달러|USD|dollars?)"
    rf"|€\s?(?P<eur>{_N})|(?P<eur2>{_N})\s?(?:유로|euros?|EUR)"
    r"|(?P<day>(?:1[0-2]|[1-9])월\s?(?:3[01]|[12][0-9]|[1-9])일)"
    r"|(?P<clock>(?:2[0-4]|1?[0-9])시(?!간)(?:\s?(?:[1-5]?[0-9]분|반))?|(?:2[0-3]|[01]?[0-9]):[0-5][0-9](?![0-9:]))"
    rf"|(?P<number>{_N})\s?-?(?P<unit>{_UNIT})(?![A-Za-z])"
    rf"|(?P<word>{'|'.join(_ENGLISH)})\s(?P<unit2>{_UNIT})(?![A-Za-z])"
    rf")|(?<![가-힣])(?P<korean>{'|'.join(_KOREAN)})\s?(?P<unit3>번|달|주|시간|명|개|곳|군데|장)(?![가-힣]*(?:안|지원))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """text: as written, at [start, end). kind: what it can be compared with. value: equal for what says the same."""

    text: str
    start: int
    end: int
    kind: str
    value: str


def quantities(text: str) -> Iterator[Quantity]:
    """What a text counts or dates, in order; a part of a longer number, a range or a name is none."""
    end = 0
    dates = [(d.start, d.end, "date", f"{d.first} {d.last}") for d in find_dates(text)]
    others = [(m.start(), m.end(), *_read(m)) for m in _QUANTITY.finditer(text)]
    for start, stop, kind, value in sorted([*dates, *others], key=lambda one: (one[0], -one[1])):
        if start >= end:
            yield Quantity(text[start:stop].strip(), start, stop, kind, value)
            end = stop


def _read(match: re.Match[str]) -> tuple[str, str]:
    for group, kind in (
        ("won2", "won"),
        ("won3", "won"),
        ("usd", "usd"),
        ("usd2", "usd"),
        ("eur", "eur"),
        ("eur2", "eur"),
    ):
        if match[group]:
            return kind, _plain(match[group])
    if match["won"]:
        parts = _SCALED.findall(match["won"])
        return "won", f"{sum(float(n.replace(',', '')) * _SCALE.get(scale, 1) for n, scale in parts):.12g}"
    if match["day"]:
        return "day of the year", "-".join(re.findall(r"\d+", match["day"]))
    if match["clock"]:
        hour, minute = (*re.findall(r"\d+", match["clock"].replace("반", "30")), "0")[:2]
        return "clock", f"{int(hour)}:{int(minute):02}"
    if match["number"]:
        return _UNITS[match["unit"].lower()], _plain(match["number"])
    if match["word"]:
        return _UNITS[match["unit2"].lower()], str(_ENGLISH[match["word"].lower()])
    return _UNITS[match["unit3"]], str(_KOREAN[match["korean"]])


def _plain(number: str) -> str:
    return f"{float(number.replace(',', '')):.12g}"
