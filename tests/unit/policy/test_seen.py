"""What was looked at is not looked at again, until something looks differently; and no text is kept."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from bot.policy import detect
from bot.policy.detect.finding import Finding
from bot.policy.detect.segment import Segment
from bot.policy.seen import Seen
from tests.growth import assert_text_costs_its_length
from tests.unit.policy.detect.samples import EMAIL


@dataclass
class Listed:
    """A list of one name, which counts how often it is looked for; it fails while `broken`."""

    name: str
    epoch: str = "1"
    looks: list[str] = field(default_factory=list)
    broken: bool = False

    def find(self, segment: Segment) -> Iterable[Finding]:
        self.looks.append(segment.text)
        if self.broken:
            raise OSError
        at = segment.text.find(self.name)
        return [Finding("person", at, at + len(self.name), 0.9, "listed")] if at >= 0 else []


def test_the_same_text_is_looked_at_once() -> None:
    seen, listed = Seen(), Listed("홍길동")
    assert {seen.kinds("홍길동의 연차", listed) for _ in range(3)} == {frozenset({"person"})}
    assert len(listed.looks) == 1


@pytest.mark.parametrize("row", ["| {0} | {1} | {2} |\n", "항목 {0}\n{1} 값은 {2} 입니다\n"])
def test_a_long_table_of_figures_takes_what_its_length_takes(row: str) -> None:
    """Its square would be ten times as much."""
    text = "".join(row.format(1_000 + n * 7, 100_000 + n * 31, 10 + n) for n in range(7_000))[: detect.MAX_CHARACTERS]
    assert_text_costs_its_length(lambda text: Seen().kinds(text, detect.NO_LISTS), text)


def test_neighbours_are_looked_at_once_in_each_order() -> None:
    seen, listed = Seen(), Listed("홍길동")
    assert "person" in seen.across(["홍길", "동"], listed, typed=False)
    assert "person" in seen.across(["홍길", "동"], listed, typed=False)
    assert "person" not in seen.across(["동", "홍길"], listed, typed=False)
    assert len(listed.looks) == 2


def test_texts_that_are_cut_elsewhere_are_other_neighbours() -> None:
    seen, listed = Seen(), Listed("홍길동")
    for texts in (["가나", "다"], ["가", "나다"], ["가", "나", "다"]):
        seen.across(texts, listed, typed=False)
    assert len(listed.looks) == 3


def test_another_epoch_of_the_lists_looks_again() -> None:
    seen = Seen()
    assert seen.kinds("홍길동의 연차", Listed("임꺽정")) == frozenset()
    assert seen.kinds("홍길동의 연차", Listed("홍길동", epoch="2")) == {"person"}
    assert seen.kinds("홍길동의 연차", Listed("임꺽정", epoch="3")) == frozenset()


def test_a_failure_is_looked_at_again() -> None:
    seen, listed = Seen(), Listed("홍길동", broken=True)
    assert detect.UNDETECTED in seen.kinds("홍길동", listed)
    listed.broken = False
    assert seen.kinds("홍길동", listed) == {"person"}


def test_what_was_not_asked_for_in_a_while_is_forgotten_first() -> None:
    seen, listed = Seen(most=2), Listed("홍길동")
    for text in ("하나", "둘", "하나", "셋", "하나"):
        seen.kinds(text, listed)
    assert listed.looks == ["하나", "둘", "셋"]
    seen.kinds("둘", listed)
    assert listed.looks[-1] == "둘"


def test_no_text_is_kept() -> None:
    seen = Seen()
    seen.kinds(f"연락처는 {EMAIL}", detect.NO_LISTS)
    seen.across([EMAIL[:5], EMAIL[5:]], detect.NO_LISTS, typed=True)
    reached: list[object] = [seen]
    for thing in reached:
        if isinstance(thing, str | bytes):
            assert EMAIL[:5] not in str(thing)
        elif not isinstance(thing, type) and len(reached) < 1000:
            reached += [each for each in gc.get_referents(thing) if not isinstance(each, type)]
    assert any(isinstance(thing, bytes) for thing in reached)


@pytest.mark.parametrize("text", ["\ud800\udfff", "\ud800 홍길동", "‮홍길동‬", ""])
def test_any_text_has_a_place(text: str) -> None:
    seen, listed = Seen(), Listed("홍길동")
    first, looks = seen.kinds(text, listed), len(listed.looks)
    assert seen.kinds(text, listed) == first
    assert len(listed.looks) == looks


def test_a_text_that_is_too_long_is_refused_without_a_look() -> None:
    listed = Listed("홍길동")
    assert detect.UNDETECTED in Seen().kinds("가" * 1_000_000, listed)
    assert detect.UNDETECTED in Seen().across(["가" * 150_000, "나" * 150_000], listed, typed=True)
    assert listed.looks == []
