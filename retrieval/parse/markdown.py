"""Markdown (CommonMark with tables) to sections. Blocks stay as written: models read Markdown well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.parse import MAX_HEADING, Parsed, Section

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?:(?:[\w.-]+[ \t]*:.*|[ \t]+.*|-[ \t].*|#.*|[ \t]*)\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)


def parse_markdown(name: str, text: str) -> Parsed:
    """The title is the first heading of level 1, or `name`. Every line of the body is in one block."""
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    lines = body.split("\n")
    title: str | None = None
    path: list[tuple[int, str]] = []
    blocks: list[str] = []
    sections: list[Section] = []

    def close() -> None:
        if blocks or path:
            sections.append(Section(tuple(heading for _, heading in path), tuple(blocks)))
            blocks.clear()

    for level, start, end, heading in _pieces(lines, body):
        source = "\n".join(lines[start:end]).strip("\n")
        if level == 0 or not heading:
            blocks.append(source)
            continue
        close()
        path = [above for above in path if above[0] < level]
        if level == 1 and title is None:
            title = heading
        else:
            path.append((level, heading))
        if len(heading) == MAX_HEADING:
            blocks.append(source)
    close()
    return Parsed(title or name[:MAX_HEADING], tuple(sections), front=front[0] if front else "")


def _pieces(lines: list[str], body: str) -> Iterator[tuple[int, int, int, str]]:
    """(level, first line, line after the last, heading): level 1 to 6 is a heading, 0 another block."""
    cursor = 0
    tokens = _MARKDOWN.parse(body)
    for index, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0:
            continue
        start, end = token.map
        # What makes no token (a link's definition) is still text of the document.
        if any(line.strip() for line in lines[cursor:start]):
            yield 0, cursor, start, ""
        if token.type == "heading_open":
            yield int(token.tag[1]), start, end, _plain(tokens[index + 1])
        else:
            yield 0, start, end, ""
        cursor = end
    if any(line.strip() for line in lines[cursor:]):
        yield 0, cursor, len(lines), ""


def _plain(inline: Token) -> str:
    text = "".join(child.content or " " * child.type.endswith("break") for child in inline.children or ())
    return " ".join(text.split())[:MAX_HEADING]
