"""What particles, brackets, full width, zero width and markup change in what is found: they must change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from benchmarks.invented import SENSITIVE
from benchmarks.policy_figures import Find
from benchmarks.shapes import SHAPES
from bot.policy.detect import ROUTE

PARTICLES = (
    "은", "는", "이", "가", "을", "를", "과", "와", "에게", "한테",
    "으로", "로", "의", "도", "만", "께서", "이라고", "입니다", "님께", "까지",
)  # fmt: skip
DISGUISES: Mapping[str, Callable[[str], str]] = {
    "bracket": lambda value: f"({value})",
    "full width": SHAPES["wide"],
    "zero width": SHAPES["zwsp"],
    "markup": lambda value: f"*{value}*",
}
PARTICLE = "a particle"
WORDS: Mapping[str, str] = {
    "kr_rrn": "주민번호",
    "kr_driver_licence": "면허번호",
    "kr_passport": "여권번호",
    "kr_business": "사업자번호",
    "kr_corporate": "법인등록번호",
    "kr_customs": "통관부호",
    "kr_account": "국민은행 계좌",
    "card": "카드번호",
    "phone": "전화",
    "email": "메일",
    "iban": "IBAN",
    "us_ssn": "SSN",
    "ip": "서버 IP",
    "coordinates": "좌표",
    "secret": "비밀번호:",
}
"""What each kind of value is called."""
LISTED = {
    "person": ("김서연", "남궁민수", "제갈한별", "Jonas Lindqvist", "이루다"),
    "customer": ("한빛정밀", "Northwind Traders", "나래물산", "㈜다온테크", "새봄 제약"),
    "project": ("은하수프로젝트", "Blue Heron", "프로젝트 갈매기", "미리내", "Tidepool"),
}


@dataclass(frozen=True, slots=True)
class Disguised:
    """A value in a disguise with a particle behind it: whether it is found without the disguise, and as it stands.
    A particle is a disguise too."""

    kind: str
    disguise: str
    plain: bool
    found: bool


def values(seed: int = 5) -> Iterator[tuple[str, str]]:
    """(kind, value) of every kind of number and token but a key of many lines."""
    return ((kind, make(Random(f"{seed}:{name}"))) for name, (kind, make) in SENSITIVE.items() if name != "pem")


def disguised(find: Find) -> Iterator[Disguised]:
    for kind, value in values():
        alone = _found(find, kind, _sentence(kind, value, ""))
        for particle in PARTICLES:
            plain = _found(find, kind, _sentence(kind, value, particle))
            yield Disguised(kind, PARTICLE, alone, plain)
            for name, disguise in DISGUISES.items():
                yield Disguised(kind, name, plain, _found(find, kind, _sentence(kind, disguise(value), particle)))


def recall_of_names(find: Find, listed: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """(found, tried) over particles, spacing and width. listed: kinds and names; find: what knows them."""
    told = [
        _found(find, kind, f"어제 {written}{particle} 이야기했어요")
        for kind, name in listed
        for written in dict.fromkeys((name, name.replace(" ", ""), _spaced(name), SHAPES["wide"](name), name.upper()))
        for particle in ("", *PARTICLES)
    ]
    return sum(told), len(told)


def _spaced(name: str) -> str:
    """With the space elsewhere: after the first two syllables of a long name, after the first of a short one."""
    letters = name.replace(" ", "")
    at = 1 if len(letters) < 4 else 2
    return f"{letters[:at]} {letters[at:]}" if not letters.isascii() else name


def _sentence(kind: str, value: str, particle: str) -> str:
    return f"{WORDS[kind]} {value}{particle} 확인 부탁드립니다"


def _found(find: Find, kind: str, text: str) -> bool:
    return any(finding.kind == kind and finding.score >= ROUTE for finding in find(text))
