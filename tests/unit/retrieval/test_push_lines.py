"""What a pushed line may say, and how a stream becomes lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.intake import lines, push
from retrieval.label import Level
from retrieval.passage import EVERYONE, Principal, Rule, Source
from retrieval.pushed import Counts, PushStore
from retrieval.sources.push import Deleted, Pushed, read_line

GOOD: dict[str, Any] = {"uri": "hr/leave", "text": "연차는 15일이다."}


def line(**more: Any) -> bytes:
    return json.dumps({**GOOD, **more}).encode()


def test_all_that_a_line_may_say_is_read() -> None:
    asked = read_line(
        line(
            title=" 휴가\n규정 ",
            format="markdown",
            readers=["group:hr", "everyone"],
            level="Confidential",
            effective_from="2027-01-31",
            owner="#hr",
            link="https://hr.example/leave",
        )
    )
    assert isinstance(asked, Pushed)
    said = asked.said
    assert (asked.uri, asked.text, asked.format) == ("hr/leave", "연차는 15일이다.", "markdown")
    assert (said.title, said.level, said.owner) == ("휴가 규정", Level.CONFIDENTIAL, "#hr")
    assert said.readers == frozenset({Principal("group:hr"), EVERYONE})
    assert (said.in_force_from, said.link) == (date(2027, 1, 31), "https://hr.example/leave")
    assert read_line(line(deleted=True)) == Deleted("hr/leave")


def test_another_text_or_format_is_another_version_and_another_title_is_not() -> None:
    def version(**more: Any) -> str:
        asked = read_line(line(**more))
        assert isinstance(asked, Pushed)
        return asked.version

    assert version() == version(title="x", level="restricted")
    assert len({version(), version(text="y"), version(format="html")}) == 3


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{", r"is not JSON \(character 2\)"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"uri": "a", "uri": "b", "text": "x"}', "the same key twice"),
        (line(reader=["group:hr"]), "a key that is not known; the keys are deleted, effective_from"),
        (line(uri=""), "uri is missing"),
        (line(uri=3), "uri must be text"),
        (line(uri="a/"), "uri must not end with /"),
        (line(uri="a\nb"), "uri must be one line"),
        (line(uri="a\u202eb"), "uri must be one line"),
        (line(uri=" a"), "uri must be one line"),
        (line(uri="a" * 2000), "uri is over 1,024 bytes"),
        (line(text=None), "text is missing or empty"),
        (line(text=" \n"), "text is missing or empty"),
        (line(text="a\0b"), "text holds a NUL"),
        (b'{"uri": "a", "text": "\\ud800"}', "text holds half a character"),
        (line(text="x" * (10 * 1024 * 1024 + 1)), "text is over 10,485,760 bytes"),
        (line(format="pdf"), "format must be one of text, markdown, html"),
        (line(level="secret"), "level must be public, internal, confidential or restricted"),
        (line(level=1), "level must be text"),
        (line(readers="everyone"), "readers must be a list"),
        (line(readers=[]), "readers must be 1 to 200"),
        (line(readers=["everyone"] * 201), "readers must be 1 to 200"),
        (line(readers=["hr"]), r"each of readers must be everyone, user:\.\."),
        (line(readers=["group:h r"]), r"each of readers must be everyone"),
        (line(readers=[None]), "readers must be a list"),
        (line(effective_from="31.1.2027"), "effective_from must be a date such as"),
        (line(effective_from=20270131), "effective_from must be text"),
        (line(link="javascript:alert(1)"), "link must be an address"),
        (line(link="https://kim:pw@x.example/"), "link must be an address"),
        (line(deleted="yes"), "deleted must be true or false"),
    ],
)
def test_a_bad_line_is_told_by_what_is_wrong_with_it(bad: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_line(bad)


@given(st.dictionaries(st.sampled_from([*GOOD, "level", "readers", "link", "title"]), st.text(max_size=30)))
def test_what_is_wrong_never_repeats_what_the_line_says(told: dict[str, str]) -> None:
    marked = {key: f"⟦{value}⟧" for key, value in told.items()} | {"level": "⟦top⟧"}
    with pytest.raises(ValueError, match=r"\A[^⟦]*\Z"):
        read_line(json.dumps(marked).encode())


@given(
    own=st.sampled_from(Level),
    rule=st.none() | st.sampled_from(Level),
    pushed=st.none() | st.sampled_from(Level),
)
def test_what_is_pushed_never_lowers_a_level(own: Level, rule: Level | None, pushed: Level | None) -> None:
    """Neither that of the source nor that of the rule which matches."""
    rules = () if rule is None else (Rule("hr/*", rule, frozenset({Principal("group:hr")})),)
    source = Source("crm", "push", "", own, frozenset({EVERYONE}), rules)
    asked = read_line(line(level=pushed.name.lower()) if pushed is not None else line())
    assert isinstance(asked, Pushed)
    level, _ = source.access(asked.uri, asked.said)
    assert level >= (own if rule is None else rule)
    assert pushed is None or level >= pushed


async def streamed(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@given(content=st.binary(max_size=60).map(lambda b: b.replace(b"\r", b"\n")), size=st.integers(1, 20))
async def test_lines_are_the_same_however_the_stream_is_cut(content: bytes, size: int) -> None:
    expected = content.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert [one async for one in lines(streamed(content, size))] == expected


async def test_a_line_that_is_too_long_is_dropped_and_the_next_is_read() -> None:
    content = b"good\n" + b"x" * 100 + b"\nalso good\n" + b"y" * 100
    for size in (1, 7, 1000):
        found = [one async for one in lines(streamed(content, size), longest=10)]
        assert found == [b"good", None, b"also good", None]


class Nowhere:
    async def keep(self, source: str, documents: object, deleted: object) -> Counts:
        return Counts()


async def test_a_stream_of_nothing_but_empty_lines_lets_others_go_on() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    going = asyncio.create_task(others())
    await push(cast(PushStore, Nowhere()), "crm", streamed(b"\n" * 50_000, 50_000), whole=False)
    going.cancel()
    assert turns >= 40
