"""The answer of a process that parses is believed in nothing but its form."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.parse import MAX_HEADING, Parsed, Section
from retrieval.parse.refusals import REFUSALS, Refusal
from retrieval.parse.wire import LENGTH, Unread, WireError, answer, answers, frame, outcome, request, requested
from retrieval.passage import Place

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
PLACE = st.none() | st.builds(Place, st.sampled_from(["page", "slide", "row"]), st.integers(1, 99), st.integers(1, 99))
SECTION = st.builds(
    Section, st.lists(TEXT, max_size=3).map(tuple), st.lists(TEXT, min_size=1, max_size=3).map(tuple), PLACE
)
PARSED = st.builds(Parsed, TEXT, st.lists(SECTION, max_size=4).map(tuple), st.lists(st.integers(1, 9)).map(tuple))


@given(PARSED)
def test_a_document_arrives_as_it_was_sent(parsed: Parsed) -> None:
    frame = answer(parsed)
    assert LENGTH.unpack(frame[: LENGTH.size])[0] == len(frame) - LENGTH.size
    assert outcome(frame[LENGTH.size :]) == parsed


@given(st.sampled_from(sorted(REFUSALS)), st.integers(1, 999))
def test_a_refusal_arrives_as_it_was_sent(cause: str, number: int) -> None:
    numbers = dict.fromkeys(("mb", "pages", "thousands", "parts", "seconds", "status"), number)
    with pytest.raises(Refusal) as refusal:
        outcome(answer(Refusal(cause, **numbers))[LENGTH.size :])
    assert str(refusal.value.fault("a")) == str(Refusal(cause, **numbers).fault("a"))


UNREAD = st.builds(Unread, st.text(max_size=9), st.sampled_from([".md", ".txt"]), st.binary(max_size=30))


@given(st.lists(UNREAD, max_size=5))
def test_several_documents_are_asked_for_as_they_are(documents: list[Unread]) -> None:
    asked = request(documents)
    (head,) = LENGTH.unpack_from(asked)
    contents = asked[LENGTH.size + head + LENGTH.size :]
    assert list(requested(asked[LENGTH.size : LENGTH.size + head], contents)) == documents


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_each_of_several_has_its_own_answer(said: list[bytes]) -> None:
    assert answers(b"".join(map(frame, said)), len(said)) == said


@given(st.lists(st.binary(max_size=30), max_size=5), st.binary(min_size=1, max_size=9), st.integers(0, 6))
def test_answers_of_another_number_or_cut_short_are_never_taken(said: list[bytes], more: bytes, number: int) -> None:
    whole = b"".join(map(frame, said))
    if number != len(said):
        with pytest.raises(WireError):
            answers(whole, number)
    with pytest.raises(WireError):
        answers(whole + LENGTH.pack(len(more) + 1) + more, len(said) + 1)
    with pytest.raises(WireError):
        answers(whole + more[:3], len(said))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["page", "broken"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "sections", "pictures", "cause", "numbers"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.binary(max_size=200) | JSON.map(lambda said: json.dumps(said).encode()))
def test_nothing_else_is_ever_taken_for_a_document(payload: bytes) -> None:
    try:
        parsed = outcome(payload)
    except (WireError, Refusal):
        return
    assert outcome(answer(parsed)[LENGTH.size :]) == parsed


def said(**changes: Any) -> bytes:
    sections = [[["가"], ["글"], ["page", 1, 1]]]
    whole = {"title": "제목", "sections": sections, "pictures": [], "front": "", "labels": [["비밀", ""]]}
    return json.dumps(whole | changes).encode()


@pytest.mark.parametrize(
    "payload",
    [
        pickle.dumps(Parsed("제목", ())),
        b"[" * 100_000,
        said(title="a\0b"),
        said(title=7),
        said(title=""),
        said(title="a" * (MAX_HEADING + 1)),
        said(sections=[[[], [], None]]),
        said(sections=[[["가"], ["\0"], None]]),
        said(sections=[[["가"], ["글"], ["folder", 1, 1]]]),
        said(sections=[[["가"], ["글"], ["page", -1, 1]]]),
        said(sections=[[["가"], ["글"], ["page", True, 1]]]),
        said(sections="글"),
        said(pictures=["1"]),
        said(front="a\0b"),
        said(labels=[["", ""]]),
        said(labels=[["a\0b", ""]]),
        said(labels="비밀"),
        said().replace(b"\\uae00", b"\\ud800"),
        b'{"cause": "a sentence of its own, with the text of a document", "numbers": {}}',
        b'{"cause": "scanned", "numbers": {}}',
        b'{"cause": "scanned", "numbers": {"pages": "the text of a document"}}',
    ],
)
def test_a_process_that_lies_is_not_believed(payload: bytes) -> None:
    assert outcome(said()).title == "제목"
    with pytest.raises(WireError):
        outcome(payload)
