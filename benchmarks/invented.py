"""Numbers and tokens that belong to nobody, with right checksums, made when they are needed: none stands in a file."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from random import Random

Make = Callable[[Random], str]

BASE62 = string.ascii_letters + string.digits


def digits(r: Random, n: int) -> str:
    """n digits, the first of which is not 0."""
    return str(r.randrange(1, 10)) + "".join(str(r.randrange(10)) for _ in range(n - 1)) if n else ""


def chosen(r: Random, alphabet: str, n: int) -> str:
    return "".join(r.choice(alphabet) for _ in range(n))


def weighted(body: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(body, weights, strict=False))


def luhn_digit(body: str) -> str:
    """ISO/IEC 7812-1 annex B."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    return str(-(doubled + sum(map(int, body[-2::-2]))) % 10)


def _birth(r: Random, first: int, last: int) -> tuple[str, int]:
    year = r.randrange(first, last + 1)
    return f"{year % 100:02}{r.randrange(1, 13):02}{r.randrange(1, 29):02}", year


def kr_rrn(r: Random) -> str:
    """주민등록번호 as issued until October 2020: the last digit by weights 2..9, 2..5 mod 11."""
    born, year = _birth(r, 1950, 2015)
    body = born + str(r.randrange(1, 3) + 2 * (year >= 2000)) + f"{r.randrange(100_000):05}"
    check = (11 - weighted(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return f"{body[:6]}-{body[6:]}{check}"


def rrn20(r: Random) -> str:
    """Issued since October 2020: the six last digits are random."""
    born, _ = _birth(r, 2021, 2025)
    return f"{born}-{r.randrange(3, 5)}{r.randrange(1_000_000):06}"


def frn(r: Random) -> str:
    """외국인등록번호: like 주민등록번호, with 2 added to the check digit."""
    born, year = _birth(r, 1960, 2005)
    body = born + str(r.randrange(5, 7) + 2 * (year >= 2000)) + f"{r.randrange(100_000):05}"
    check = ((11 - weighted(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10 + 2) % 10
    return f"{body[:6]}-{body[6:]}{check}"


def licence(r: Random) -> str:
    """Region (11 to 26, or 28), year of issue, serial, two check digits whose rule is not published."""
    return f"{r.choice([*range(11, 27), 28])}-{r.randrange(26):02}-{digits(r, 6)}-{r.randrange(100):02}"


def passport(r: Random) -> str:
    """As issued since December 2021: letter, three digits, letter, four digits."""
    return f"{r.choice('MSRODG')}{digits(r, 3)}{r.choice('ABCDEFGH')}{digits(r, 4)}"


def passport_old(r: Random) -> str:
    return f"{r.choice('MSROD')}{digits(r, 8)}"


def business(r: Random) -> str:
    """사업자등록번호: weights 1 3 7 1 3 7 1 3 5, and the tens of five times the ninth digit."""
    body = digits(r, 3) + f"{r.randrange(1, 90):02}" + f"{r.randrange(10_000):04}"
    total = weighted(body, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(body[8]) * 5 // 10
    return f"{body[:3]}-{body[3:5]}-{body[5:]}{-total % 10}"


def corporate(r: Random) -> str:
    """법인등록번호: weights 1 2 1 2 ... over twelve digits; register office, kind of company, serial."""
    body = "1101" + r.choice(("11", "21", "31")) + f"{r.randrange(1, 1_000_000):06}"
    return f"{body[:6]}-{body[6:]}{-weighted(body, (1, 2) * 6) % 10}"


def customs(r: Random) -> str:
    """개인통관고유부호: P and twelve digits."""
    return f"P{digits(r, 12)}"


def _grouped(*lengths: int, start: str = "") -> Make:
    def make(r: Random) -> str:
        body = start + digits(r, sum(lengths) - len(start))
        ends = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
        return "-".join(body[a:b] for a, b in pairwise(ends))

    return make


def _card(prefix: str, length: int, *groups: int) -> Make:
    def make(r: Random) -> str:
        body = prefix + digits(r, length - 1 - len(prefix))
        number, pieces = body + luhn_digit(body), []
        for group in groups:
            pieces.append(number[:group])
            number = number[group:]
        return "-".join(pieces)

    return make


def email(r: Random) -> str:
    name = r.choice(("haneul.seo", "jw_park", "minji.k", "d.lee93", "sales-kr", "yoon+naru", "choi1020"))
    return f"{name}@{r.choice(('example.com', 'mail.example.org', 'example.co.kr', 'hr.example.net'))}"


def iban(r: Random) -> str:
    """ISO 13616: two check digits by mod 97 over the account, then country and zeros as numbers."""
    country, length = r.choice((("DE", 18), ("FR", 23), ("BE", 12)))
    account = digits(r, length)
    as_number = int(account + "".join(str(ord(letter) - 55) for letter in country) + "00")
    return f"{country}{98 - as_number % 97:02}{account}"


def ssn(r: Random) -> str:
    """Areas 001 to 665 and 667 to 899; neither group nor serial is all zeros."""
    area = r.choice([*range(1, 666), *range(667, 900)])
    return f"{area:03}-{r.randrange(1, 100):02}-{r.randrange(1, 10_000):04}"


def us_phone(r: Random) -> str:
    return f"({r.choice((212, 415, 617, 512))}) {r.randrange(200, 1000)}-{r.randrange(10_000):04}"


def ip(r: Random) -> str:
    """Of the public internet: what is private or for documentation belongs to nobody."""
    return f"{r.choice((58, 61, 112, 121, 175, 211))}.{r.randrange(1, 255)}.{r.randrange(256)}.{r.randrange(1, 255)}"


def jwt(r: Random) -> str:
    def piece(claims: Mapping[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")

    head, claims = {"alg": "HS256", "typ": "JWT"}, {"sub": digits(r, 8), "iat": int(digits(r, 9))}
    return f"{piece(head)}.{piece(claims)}.{chosen(r, BASE62 + '-_', 43)}"


def password(r: Random) -> str:
    """A dozen characters of every class, ending in a digit, so that a particle behind it is no part of it."""
    word = chosen(r, string.ascii_lowercase, 4).capitalize()
    return f"{word}{r.choice('!@#^*')}{chosen(r, BASE62, 5)}{digits(r, 3)}"


def pem(r: Random) -> str:
    body = "\n".join(chosen(r, BASE62 + "+/", 64) for _ in range(6))
    return f"-----BEGIN {'RSA PRIVATE'} KEY-----\n{body}\n-----END {'RSA PRIVATE'} KEY-----"


def _isbn(start: str) -> Make:
    """GTIN: weights 1 3 1 3 ..., for books and for goods."""

    def make(r: Random) -> str:
        body = start + digits(r, 12 - len(start))
        return f"{body}{-weighted(body, (1, 3) * 6) % 10}"

    return make


SENSITIVE: Mapping[str, tuple[str, Make]] = {
    "kr_rrn": ("kr_rrn", kr_rrn),
    "rrn20": ("kr_rrn", rrn20),
    "frn": ("kr_rrn", frn),
    "licence": ("kr_driver_licence", licence),
    "passport": ("kr_passport", passport),
    "passport_old": ("kr_passport", passport_old),
    "business": ("kr_business", business),
    "corporate": ("kr_corporate", corporate),
    "customs": ("kr_customs", customs),
    "kb_account": ("kr_account", _grouped(6, 2, 6)),
    "shinhan_account": ("kr_account", _grouped(3, 3, 6, start="110")),
    "woori_account": ("kr_account", _grouped(4, 3, 6, start="1002")),
    "hana_account": ("kr_account", _grouped(3, 6, 5)),
    "nh_account": ("kr_account", _grouped(3, 4, 4, 2, start="301")),
    "ibk_account": ("kr_account", _grouped(3, 6, 2, 3)),
    "kakao_account": ("kr_account", _grouped(4, 2, 7, start="3333")),
    "toss_account": ("kr_account", _grouped(4, 4, 4, start="1000")),
    "phone": ("phone", lambda r: f"010-{digits(r, 4)}-{digits(r, 4)}"),
    "line": ("phone", lambda r: f"{r.choice(('02', '031', '051'))}-{digits(r, 3)}-{digits(r, 4)}"),
    "voip": ("phone", lambda r: f"070-{digits(r, 4)}-{digits(r, 4)}"),
    "phone82": ("phone", lambda r: f"+82-10-{digits(r, 4)}-{digits(r, 4)}"),
    "us_phone": ("phone", us_phone),
    "card": ("card", _card("4", 16, 4, 4, 4, 4)),
    "amex": ("card", _card("37", 15, 4, 6, 5)),
    "card_kr": ("card", _card("9410", 16, 4, 4, 4, 4)),
    "email": ("email", email),
    "iban": ("iban", iban),
    "ssn": ("us_ssn", ssn),
    "ip": ("ip", ip),
    "ipv6": ("ip", lambda r: f"2406:da12:{r.randrange(1, 4096):x}::{r.randrange(1, 65536):x}"),
    "latlon": ("coordinates", lambda r: f"37.{digits(r, 6)}, 127.{digits(r, 6)}"),
    "aws": ("secret", lambda r: "AKIA" + chosen(r, string.ascii_uppercase + "234567", 16)),
    "github": ("secret", lambda r: "ghp_" + chosen(r, BASE62, 36)),
    "gitlab": ("secret", lambda r: "glpat-" + chosen(r, BASE62, 20)),
    "slack": ("secret", lambda r: f"xoxb-{digits(r, 12)}-{digits(r, 12)}-{chosen(r, BASE62, 24)}"),
    "openai": ("secret", lambda r: "sk-proj-" + chosen(r, BASE62, 48)),
    "google": ("secret", lambda r: "AIza" + chosen(r, BASE62, 35)),
    "stripe": ("secret", lambda r: "sk_live_" + chosen(r, BASE62, 24)),
    "npm": ("secret", lambda r: "npm_" + chosen(r, BASE62, 36)),
    "jwt": ("secret", jwt),
    "pem": ("secret", pem),
    "password": ("secret", password),
    "db_url": ("secret", lambda r: f"postgresql://app:{chosen(r, BASE62, 14)}@db.example.com:5432/hr"),
}
"""By the name in a template: the kind that is to be found, and how a value is made."""

HARMLESS: Mapping[str, Make] = {
    "epoch": lambda r: f"17{digits(r, 8)}",
    "epoch_ms": lambda r: f"17{digits(r, 11)}",
    "uuid": lambda r: "-".join(chosen(r, "0123456789abcdef", n) for n in (8, 4, 4, 4, 12)),
    "isbn13": _isbn("97889"),
    "ean13": _isbn("880"),
}
RUNS: Mapping[str, Callable[[Random, int], str]] = {
    "n": digits,
    "d": lambda r, n: f"{r.randrange(10, 29):0{n}}",
    "x": lambda r, n: chosen(r, "0123456789abcdef", n),
    "X": lambda r, n: chosen(r, string.ascii_uppercase + string.digits, n),
    "w": lambda r, n: chosen(r, BASE62, n),
}
"""{n8}: eight digits; d: a day or an hour; x: hexadecimal; X: capitals and digits; w: letters and digits."""
