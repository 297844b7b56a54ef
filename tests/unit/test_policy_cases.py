"""The policy cases that the project ships, and the numbers that are made for them."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from difflib import SequenceMatcher
from ipaddress import ip_address
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import BenchmarkFault
from benchmarks.invented import HARMLESS, SENSITIVE
from benchmarks.policy_cases import FOLDER, MATTERS, filled, matters, messy, numbers, routes, rows
from benchmarks.policy_figures import NO_VALUE
from benchmarks.shapes import SHAPES
from benchmarks.train_matters import TRAINING
from bot.policy.detect import ROUTE, find

FILES = ("matters", "messy", "routes")
SEEDS = st.integers(min_value=0)


def digits(text: str) -> list[int]:
    return [int(char) for char in text if char in "0123456789"]


def alternating(text: str, even: int, odd: int) -> int:
    return sum(digit * (odd if place % 2 else even) for place, digit in enumerate(digits(text)))


# -- numbers ---------------------------------------------------------------------------------------------------


def luhn(value: str) -> bool:
    right_to_left = digits(value)[::-1]
    return sum(d if i % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(right_to_left)) % 10 == 0


def resident(value: str, added: int) -> bool:
    each = digits(value)
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    rest = sum(digit * weight for digit, weight in zip(each[:12], weights, strict=True)) % 11
    return (each[12] - added) % 10 == (11 - rest) % 10


def mod_97(value: str) -> bool:
    turned = value[4:] + value[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def company(value: str) -> bool:
    body = digits(value)
    weighted = sum(d * w for d, w in zip(body, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False))
    return (weighted + body[8] * 5 // 10 + body[9]) % 10 == 0


CHECKS: dict[str, Callable[[str], bool]] = {
    "kr_rrn": lambda value: resident(value, 0),
    "frn": lambda value: resident(value, 2),
    "card": luhn,
    "amex": luhn,
    "card_kr": luhn,
    "iban": mod_97,
    "business": company,
    "corporate": lambda value: (alternating(value[:-1], 1, 2) + int(value[-1])) % 10 == 0,
    "isbn13": lambda value: alternating(value, 1, 3) % 10 == 0,
    "ean13": lambda value: alternating(value, 1, 3) % 10 == 0,
}


@pytest.mark.parametrize("name", CHECKS)
@given(seed=SEEDS)
def test_an_invented_number_always_passes_its_check(name: str, seed: int) -> None:
    make = SENSITIVE[name][1] if name in SENSITIVE else HARMLESS[name]
    assert CHECKS[name](make(Random(seed)))


@pytest.mark.parametrize("name", ["kr_rrn", "rrn20", "frn"])
@given(seed=SEEDS)
def test_an_invented_person_was_born_on_a_day_that_there_was(name: str, seed: int) -> None:
    value = SENSITIVE[name][1](Random(seed))
    century = 1900 if value[7] in "1256" else 2000
    date(century + int(value[:2]), int(value[2:4]), int(value[4:6]))


@given(seed=SEEDS)
def test_a_social_security_number_is_one_that_could_be_issued(seed: int) -> None:
    area, group, serial = SENSITIVE["ssn"][1](Random(seed)).split("-")
    assert 0 < int(area) < 900
    assert int(area) != 666
    assert int(group) > 0
    assert int(serial) > 0


@given(seed=SEEDS)
def test_an_invented_address_belongs_to_the_public_internet(seed: int) -> None:
    """One of a private network or of the documentation is nobody's, and need not be found."""
    assert ip_address(SENSITIVE["ip"][1](Random(seed))).is_global
    assert ip_address(SENSITIVE["ipv6"][1](Random(seed))).is_global


@pytest.mark.parametrize("name", sorted(set(SENSITIVE) - {"iban", "pem"}))
@given(seed=SEEDS)
def test_every_shape_keeps_the_digits_of_a_value(name: str, seed: int) -> None:
    value = SENSITIVE[name][1](Random(seed))
    for shape in ("bare", "spaces", "dots", "lines", "lines2", "cells", "apart", "zwsp", "slash", "endash", "spaces4"):
        assert digits(SHAPES[shape](value)) == digits(value)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_encoded_shapes_can_be_decoded(value: str) -> None:
    assert base64.b64decode(SHAPES["b64"](value)).decode() == value
    assert bytes.fromhex(SHAPES["hex"](value)).decode() == value


# -- templates -------------------------------------------------------------------------------------------------


def test_the_same_template_always_becomes_the_same_text() -> None:
    assert filled("연락처 {phone}") == filled("연락처 {phone}")
    assert filled("연락처 {phone}").spans[0].written != filled("전화 {phone}").spans[0].written


def test_a_filled_slot_is_what_its_span_says() -> None:
    message = filled("{kr_rrn:lines} 와 {card:wide}, {n4}호 ${DB}")
    assert [span.kind for span in message.spans] == ["kr_rrn", "card"]
    assert [message.text[span.start : span.end] for span in message.spans] == [s.written for s in message.spans]
    assert re.search(r", [1-9][0-9]{3}호 \$\{DB\}$", message.text)


@pytest.mark.parametrize("template", ["{kr_rnn}", "{phone:sideways}"])
def test_a_slot_that_nothing_fills_is_a_fault(template: str) -> None:
    with pytest.raises(BenchmarkFault, match=r"sideways|kr_rnn"):
        filled(template)


def test_values_of_one_slot_differ() -> None:
    assert len({message.text for message in numbers("card", "bare")}) == 50


# -- the files -------------------------------------------------------------------------------------------------


def test_there_are_as_many_cases_as_the_figures_speak_of() -> None:
    sensitive, near = matters()
    assert (len(sensitive), len(near)) == (301, 301)
    for messages in (sensitive, near):
        counts = Counter(message.group for message in messages)
        assert counts.keys() == set(MATTERS)
        assert min(counts.values()) >= 42
    holding = [message for message in messy() if message.spans]
    assert len(holding) >= 200
    assert len(messy()) - len(holding) >= 120


def test_two_of_three_matters_are_korean() -> None:
    for field in ("kind", "near"):
        languages = Counter(row["language"] for row in rows("matters") if field in row)
        assert languages["ko"] / languages.total() == pytest.approx(0.65, abs=0.02)


def test_what_is_measured_is_not_what_was_learned_from() -> None:
    lines = (line for file in TRAINING.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines())
    learned = {bare_words(json.loads(line)["text"]) for line in lines}
    assert len(learned) > 4_000
    assert not learned & {bare_words(row["text"]) for row in rows("matters")}


def test_a_case_is_in_the_language_that_it_says() -> None:
    """The product names of a Korean sentence may be Latin, never the other way round."""
    assert [
        row["text"]
        for row in rows("matters")
        if bool(re.search("[가-힣]", row["text"])) is not (row["language"] in ("ko", "mixed"))
    ] == []


def test_messy_messages_hold_every_kind_and_harmless_ones_none() -> None:
    kinds = {span.kind for message in messy() for span in message.spans}
    assert kinds == {kind for kind, _ in SENSITIVE.values()}
    assert all(bool(message.spans) is (message.group != "harmless") for message in messy())


def test_routes_name_a_side_and_a_reason() -> None:
    counts = Counter(f"{side} {message.group}" for message, side in routes())
    assert counts["never_cloud privacy"] == 6
    assert counts["never_cloud injection"] == 5
    assert counts["cloud frontier"] == 5
    assert counts["cloud everyday"] >= 30
    assert {side for _, side in routes()} == {"cloud", "never_cloud"}


def bare_words(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def test_no_case_stands_twice_and_no_neighbour_is_a_case() -> None:
    seen = Counter(bare_words(row["text"]) for name in FILES for row in rows(name))
    assert [text for text, times in seen.items() if times > 1 and text] == []


def near_duplicates(texts: list[str]) -> Iterator[tuple[str, str]]:
    for a, b in combinations(texts, 2):
        alike = SequenceMatcher(None, a, b, autojunk=False)
        if alike.real_quick_ratio() > 0.8 and alike.quick_ratio() > 0.8 and alike.ratio() > 0.8:
            yield a, b


@pytest.mark.parametrize("kind", MATTERS)
def test_no_case_is_another_one_with_a_word_changed(kind: str) -> None:
    texts = [bare_words(row["text"]) for row in rows("matters") if kind in (row.get("kind"), row.get("near"))]
    assert list(near_duplicates(texts)) == []


@pytest.mark.parametrize("name", FILES)
def test_the_files_hold_nothing_that_a_scanner_would_flag(name: str) -> None:
    """What is sensitive in them is made when it is read."""
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    flagged = [
        (line[:40], finding.kind)
        for line in text.splitlines()
        for finding in find(line)
        if finding.score >= ROUTE and finding.kind not in NO_VALUE
    ]
    assert flagged == []
    assert re.findall(r"[0-9]{7,}|(?=[A-Za-z+/]*[0-9])[A-Za-z0-9+/]{24,}", text) == []
