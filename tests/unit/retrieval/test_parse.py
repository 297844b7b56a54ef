from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.parse import MAX_HEADING, Section, UnreadableFault
from retrieval.parse.decode import MAX_TEXT
from retrieval.parse.families import parse

DOCUMENT = """---
owner: people-team
tags:
  - leave
---
# 휴가 **안내**

처음 글.

## 연차

하나의 문단
두 줄.

- 첫째
- 둘째

### 반차

| 종류 | 시간 |
|---|---|
| 오전 | 4 |

```python
# not a heading
```

## 병가
> ## 인용 안의 제목
"""


def test_a_document_becomes_its_title_and_its_sections() -> None:
    parsed = parse("hr/leave.md", DOCUMENT.encode())
    assert parsed.title == "휴가 안내"
    assert parsed.sections == (
        Section((), ("처음 글.",)),
        Section(("연차",), ("하나의 문단\n두 줄.", "- 첫째\n- 둘째")),
        Section(
            ("연차", "반차"),
            ("| 종류 | 시간 |\n|---|---|\n| 오전 | 4 |", "```python\n# not a heading\n```"),
        ),
        Section(("병가",), ("> ## 인용 안의 제목",)),
    )


def test_a_document_without_a_title_is_called_after_its_file() -> None:
    assert parse("it/vpn-wifi%20guide.md", b"## Connect\n\ntext").title == "vpn-wifi guide"


def test_a_rule_across_the_page_is_no_front_matter() -> None:
    (section,) = parse("a.md", b"---\n\nThis is text, not settings.\n\n---\n\nmore").sections
    assert section.blocks == ("---", "This is text, not settings.", "---", "more")


def test_a_paragraph_marked_as_heading_by_mistake_stays_text() -> None:
    parsed = parse("a.md", f"# T\n\n## {'word ' * 100}\n\nafter".encode())
    (section,) = parsed.sections
    assert len(section.headings[0]) == MAX_HEADING
    assert section.blocks[0].count("word") == 100


def test_a_link_definition_which_shows_nothing_is_kept() -> None:
    (section,) = parse("a.md", b"# T\n\nsee [rules]\n\n[rules]: https://rules.example\n").sections
    assert section.blocks == ("see [rules]", "[rules]: https://rules.example")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_korean_text_is_read_in_every_encoding_that_offices_have(encoding: str, line_end: str) -> None:
    content = "# 휴가\n\n연차는 15일입니다.".replace("\n", line_end).encode(encoding)
    parsed = parse("a.md", content)
    assert (parsed.title, parsed.sections) == ("휴가", (Section((), ("연차는 15일입니다.",)),))


@pytest.mark.parametrize(
    ("uri", "content", "sentence"),
    [
        ("a.md", b"", "a.md is empty."),
        ("a.md", b" \n\t\n", "a.md is empty."),
        ("a.md", b"\xef\xbb\xbf", "a.md is empty."),
        ("a.md", b"---\ntitle: x\n---\n", "a.md has a title and no text."),
        ("a.md", b"# only a title", "a.md has a title and no text."),
        ("a.md", b"text\0text", "a.md is a binary file, not text."),
        ("a.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe", "a.md is a binary file, not text."),
        ("a.md", b"\xff\xfe\x00\xd8", "a.md is not text in UTF-8, UTF-16 or CP949: save it as UTF-8."),
        ("a.md", b"\x80\x80\x80", "a.md is not text in UTF-8, UTF-16 or CP949: save it as UTF-8."),
        ("a.md", b"x" * (MAX_TEXT + 1), "a.md is over 10 MB: split it."),
        ("a.exe", b"text", "a.exe is of no kind that Naru reads: export it as PDF, or take it out of the source."),
    ],
)
def test_what_cannot_be_read_is_one_sentence(uri: str, content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFault) as fault:
        parse(uri, content)
    assert str(fault.value) == sentence


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd_to_be_read_or_refused(content: bytes) -> None:
    try:
        parsed = parse("a.md", content)
    except UnreadableFault:
        return
    assert "\0" not in parsed.title + "".join(block for section in parsed.sections for block in section.blocks)


LINES = st.sampled_from(
    ["text", "# H1", "## H2", "- item", "  more", "", "> quote", "```", "| a | b |", "|---|---|", "===", "[x]: /y"]
)


@given(st.lists(LINES, max_size=25))
def test_a_line_of_the_body_is_never_lost(lines: list[str]) -> None:
    body = "\n".join(lines)
    try:
        parsed = parse("a.md", body.encode())
    except UnreadableFault:
        return
    kept = parsed.title + "".join(text for section in parsed.sections for text in (*section.headings, *section.blocks))
    for line in ("text", "item", "quote", "| a | b |", "[x]: /y"):
        # A reference that is defined shows as its text, without the brackets.
        shown = line.replace("[", "").replace("]", "")
        assert kept.count(line) >= body.count(line) or line in parsed.title or shown in parsed.title
