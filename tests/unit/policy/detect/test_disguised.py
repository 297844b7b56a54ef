"""What a person or a model still reads, the detectors read too: digits of any script and shape, numbers in words, marks
that turn the writing, and markup around each digit."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, find
from tests.unit.policy.detect.samples import CARD, FOREIGNER, MOBILE, RRN_WITH_CHECKSUM

VALUES = {"kr_rrn": RRN_WITH_CHECKSUM, "phone": MOBILE, "card": CARD}
SINO = "공일이삼사오육칠팔구"


def written(digits: str) -> Callable[[str], str]:
    return lambda value: "".join(digits[int(char)] if char.isdigit() else char for char in value)


def best(text: str, kind: str) -> float:
    return max((one.score for one in find(text) if one.kind == kind), default=0.0)


DISGUISES: dict[str, Callable[[str], str]] = {
    "in circles": written("⓪①②③④⑤⑥⑦⑧⑨"),
    "in black circles": written("⓿❶❷❸❹❺❻❼❽❾"),
    "in brackets": written("0⑴⑵⑶⑷⑸⑹⑺⑻⑼"),
    "with dots": written("🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐"),
    "raised": written("⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "mathematical": written("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    "in Korean words": written(SINO),
    "in Korean words with 다시": lambda value: written(SINO)(value).replace("-", " 다시 "),
    "in Korean words with 에": lambda value: written(SINO)(value).replace("-", "에 "),
    "in Chinese numerals": written("〇一二三四五六七八九"),
    "turned around": lambda value: f"\u202e{value[::-1]}\u202c",
    "turned to the end": lambda value: f"\u202e{value[::-1]}",
    "in hidden ASCII": lambda value: "".join(chr(0xE0000 + ord(char)) for char in value),
    "with half characters": "\ud800".join,
    "with marks between": "\u200f".join,
    "with overrides between": "\u202e\u202d".join,
    "with bold digits": lambda value: "".join(f"*{char}*" for char in value),
    "with tags around each digit": lambda value: "".join(f"<b>{char}</b>" for char in value),
    "cut by a tag": lambda value: f"<span>{value[:6]}</span><span class='x'>{value[6:]}</span>",
    "with Cyrillic О for 0": lambda value: value.replace("0", "О"),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("kind", VALUES)
def test_a_disguise_that_people_read_never_hides_an_identifier(kind: str, disguise: str) -> None:
    assert best(f"참고로 {DISGUISES[disguise](VALUES[kind])} 확인", kind) >= ROUTE


DECIMALS = [chr(code) for code in range(0x11000) if unicodedata.category(chr(code)) == "Nd"]
SETS = ["".join(DECIMALS[at : at + 10]) for at in range(0, len(DECIMALS) - 9, 10)]


@given(st.sampled_from([one for one in SETS if [unicodedata.decimal(c) for c in one] == list(range(10))]), st.data())
def test_digits_of_no_script_hide_an_identifier(script: str, data: st.DataObject) -> None:
    """Also where every digit is of another script."""
    other = data.draw(st.sampled_from(SETS))
    mixed = "".join(
        char if not char.isdigit() else (script if data.draw(st.booleans()) else other)[int(char)] for char in FOREIGNER
    )
    assert best(mixed, "kr_rrn") >= MASK


@pytest.mark.parametrize("particle", ["이에요", "입니다", "이고", " 이 번호", "으로", ""])
def test_a_particle_behind_a_dictated_number_is_no_digit(particle: str) -> None:
    spoken = written(SINO)(MOBILE).replace("-", " ")
    assert best(f"번호는 {spoken}{particle}", "phone") >= MASK


def test_a_number_in_english_words_is_found() -> None:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    spoken = " ".join(words[int(char)] for char in MOBILE if char.isdigit())
    assert best(f"my phone is {spoken}", "phone") >= MASK


@pytest.mark.parametrize(
    "text",
    [
        "이 일이 이 사이에 오구 간 일이 사 구 팔 일이다",
        "일일이 다 이야기하지 않아도 이 일이 삼사일 걸린다",
        "one two three, and nobody else",
        "2**10 * 3**4 = 82944",
        "‮שלום עולם‬ 연차 규정",
    ],
)
def test_words_that_only_sound_like_digits_are_no_identifier(text: str) -> None:
    assert [one.kind for one in find(text)] == []


@pytest.mark.parametrize("brackets", ["()", "[]"])
def test_a_password_in_brackets_is_found(brackets: str) -> None:
    opening, closing = brackets[0], brackets[1]
    value = "Vodt" + "#DxM" + "Fd186"
    text = f"비밀번호: {opening}{value}{closing}입니다"
    (found,) = find(text)
    assert text[found.start : found.end] == value
