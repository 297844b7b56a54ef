"""A piece is read with the title and the heading over it, and never with another document."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Attached
from bot.policy.parts import Prompt, attached_parts, found_in, joined, passage_parts
from retrieval.label import Level
from retrieval.split import Piece
from tests.builders import DM, document, passage, shipped_rules

RULES = replace(shipped_rules(), attachments=Level.PUBLIC)
CASE = ("인사위원회 회의록", "박지훈 대리 건", "해임 의결.")


def written(title: str, heading: str, text: str, number: int = 1) -> Prompt:
    of = document(number, title=title)
    return passage_parts(number, passage(text, of=of, heading=heading, id=number), RULES)


def attached(title: str, heading: str, text: str) -> Prompt:
    return attached_parts([Attached(title, (Piece((heading,) if heading else (), text),))], 1, DM, RULES)


@pytest.mark.parametrize("parts", [written(*CASE), attached(*CASE)], ids=["a passage", "an attached piece"])
def test_what_a_piece_is_about_is_found_over_its_heading(parts: Prompt) -> None:
    assert not any("personnel" in part.label.kinds for part in parts)
    assert "personnel" in joined(parts, RULES).kinds


def test_a_piece_without_a_heading_is_read_with_its_title() -> None:
    assert "personnel" in joined(attached("인사위원회 회의록", "", "박지훈 대리 건"), RULES).kinds


@given(st.permutations(["안내", "안내", "인사위원회 회의록"]), st.permutations(["기록", "기록", "박지훈 대리 건"]))
def test_what_two_documents_say_is_never_one_matter(first: list[str], second: list[str]) -> None:
    assert "personnel" in found_in("인사위원회 회의록\n박지훈 대리 건", "one text", RULES).kinds
    for number, other in ((1, written), (0, attached)):
        prompt = (*written(first[0], first[1], first[2], number), *other(second[0], second[1], second[2]))
        assert "personnel" not in joined(prompt, RULES).kinds
