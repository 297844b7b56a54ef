"""Blocks and properties of Notion as Markdown. Pure: what they hold was fetched before.

https://developers.notion.com/reference/block and .../reference/page-property-values
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.parse.grid import table
from retrieval.sources.api import Object, dig, text

_NEVER_TEXT = re.compile(r"^([ \t]*)(#{1,6}(?=[ \t]|$)|`{3,}|~{3,}|(?:-+|=+)[ \t]*$)", re.MULTILINE)
_HEADINGS = {f"heading_{level}": "#" * (level + 1) for level in range(1, 5)}
"""Below the page's title, which is no block of it."""
_LISTS = {"bulleted_list_item", "numbered_list_item", "to_do"}
_FILES = {"image", "video", "audio", "file", "pdf"}
_ADDRESSES = {"bookmark", "embed", "link_preview"}
_CHANGING = {"last_edited_time", "last_edited_by", "button", "title"}
"""Properties that say nothing of a row's content, or that stand elsewhere."""
_ID = re.compile(r"[0-9a-f]{32}")

Titles = Mapping[str, str]
"""Of pages, by id."""


@dataclass(frozen=True, slots=True)
class Block:
    """told: as Notion gives it."""

    told: Object
    children: Sequence[Block] = ()

    @property
    def kind(self) -> str:
        return text(self.told, "type")


def markdown(blocks: Iterable[Block], titles: Titles) -> str:
    """The blocks in their order, with an empty line between what is no list."""
    written: list[str] = []
    number, before = 0, ""
    for block in blocks:
        number = number + 1 if block.kind == before == "numbered_list_item" else 1
        if (one := _block(block, number, titles)).strip():
            between = "\n" if block.kind == before and block.kind in _LISTS else "\n\n"
            written.append(f"{between if written else ''}{one}")
            before = block.kind
    return "".join(written)


def properties(told: object, titles: Titles) -> str:
    """The properties of a row as a list; nothing of those that are empty."""
    if not isinstance(told, Mapping):
        return ""
    lines = []
    for name, one in told.items():
        kind = text(one, "type")
        value = "" if kind in _CHANGING else " ".join(_value(kind, dig(one, kind), titles).split())
        if value:
            lines.append(f"- {' '.join(str(name).split())}: {value}")
    return "\n".join(lines)


def title_of(page: Object) -> str:
    """Of a page, or of a row: the one property of type title."""
    told = dig(page, "properties")
    for one in told.values() if isinstance(told, Mapping) else ():
        if text(one, "type") == "title":
            return " ".join(plain(dig(one, "title")).split())
    return ""


def plain(rich: object) -> str:
    """Rich text without links and marks."""
    return "".join(text(one, "plain_text") for one in _objects(rich))


def inline(rich: object) -> str:
    """Rich text as Markdown. A mention says what it names."""
    parts = []
    for one in _objects(rich):
        said, address = text(one, "plain_text"), text(one, "href")
        if text(one, "type") == "equation":
            said = f"${text(one, 'equation', 'expression') or said}$"
        elif dig(one, "annotations", "code") is True and said.strip():
            said = f"`{said}`"
        elif text(one, "type") == "text" and address.startswith(("http://", "https://")) and said.strip() != address:
            said = f"[{said}]({address})"
        parts.append(said)
    return "".join(parts)


def link_of(id: str) -> str:
    """Where people open a page."""
    bare = id.replace("-", "")
    return f"https://www.notion.so/{bare}" if _ID.fullmatch(bare) else "https://www.notion.so/"


def _block(block: Block, number: int, titles: Titles) -> str:
    kind, told = block.kind, dig(block.told, block.kind)
    words, inner = inline(dig(told, "rich_text")), block.children
    if kind in _HEADINGS:
        heading = " ".join(words.split())
        return _joined(f"{_HEADINGS[kind]} {heading}" if heading else "", markdown(inner, titles))
    if kind in _LISTS:
        done = "[x] " if dig(told, "checked") is True else "[ ] "
        mark = {"bulleted_list_item": "- ", "numbered_list_item": f"{number}. "}.get(kind, f"- {done}")
        return _indented(mark, _text(words), markdown(inner, titles))
    if kind in ("quote", "callout"):
        icon = text(told, "icon", "emoji")
        body = _joined(_text(f"{icon} {words}" if icon else words), markdown(inner, titles))
        return "\n".join(f"> {line}" if line else ">" for line in body.split("\n")) if body else ""
    if kind == "code":
        return _joined(_fenced(plain(dig(told, "rich_text")), text(told, "language")), inline(dig(told, "caption")))
    if kind == "table":
        return _table(inner)
    return _joined(_small(kind, told, block, titles) or _text(words), markdown(inner, titles))


def _small(kind: str, told: object, block: Block, titles: Titles) -> str:
    """What is one line. Files are named and not linked: their addresses are keys that expire."""
    if kind in ("child_page", "child_database"):
        return f"[{text(told, 'title') or 'Untitled'}]({link_of(text(block.told, 'id'))})"
    if kind == "link_to_page":
        id = text(told, text(told, "type"))
        return f"[{titles.get(id, 'Notion')}]({link_of(id)})"
    if kind == "equation":
        return f"$${text(told, 'expression')}$$"
    if kind == "divider":
        return "***"
    if kind in _FILES:
        return inline(dig(told, "caption")) or text(told, "name")
    if kind in _ADDRESSES:
        caption, address = inline(dig(told, "caption")), text(told, "url")
        return f"[{caption}]({address})" if caption and address else address
    return ""


def _text(words: str) -> str:
    """Words that somebody typed make no heading and open no code."""
    return _NEVER_TEXT.sub(r"\1\\\2", words.strip())


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def _indented(mark: str, words: str, inner: str) -> str:
    space = "  " if mark.startswith("-") else " " * len(mark)
    lines = [*words.split("\n"), *(inner.split("\n") if inner else ())]
    return "\n".join((mark if n == 0 else space if line else "") + line for n, line in enumerate(lines))


def _fenced(code: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{'' if language == 'plain text' else language}\n{code}\n{fence}"


def _table(rows: Sequence[Block]) -> str:
    cells = [
        [" ".join(inline(cell).split()) for cell in found]
        for row in rows
        if isinstance(found := dig(row.told, "table_row", "cells"), list)
    ]
    return table(cells) if cells else ""


def _value(kind: str, told: object, titles: Titles) -> str:
    match kind:
        case "rich_text" | "text":
            return inline(told)
        case "select" | "status":
            return text(told, "name")
        case "multi_select" | "people" | "files":
            return ", ".join(filter(None, (text(one, "name") for one in _objects(told))))
        case "created_by":
            return text(told, "name")
        case "checkbox" | "boolean":
            return {True: "yes", False: "no"}.get(told, "") if isinstance(told, bool) else ""
        case "date":
            first, last = text(told, "start"), text(told, "end")
            return f"{first} → {last}" if last else first
        case "relation":
            return ", ".join(filter(None, (titles.get(text(one, "id"), "") for one in _objects(told))))
        case "formula":
            inner = text(told, "type")
            return _value(inner, dig(told, inner), titles)
        case "rollup":
            inner = text(told, "type")
            return ", ".join(_of_rollup(told, titles)) if inner == "array" else _value(inner, dig(told, inner), titles)
        case "unique_id":
            prefix, number = text(told, "prefix"), text(told, "number")
            return f"{prefix}-{number}" if prefix and number else number
        case "verification":
            return text(told, "state")
    return str(told) if isinstance(told, str | int | float) and not isinstance(told, bool) else ""


def _of_rollup(told: object, titles: Titles) -> Iterator[str]:
    for one in _objects(dig(told, "array")):
        kind = text(one, "type")
        if found := plain(dig(one, "title")) if kind == "title" else _value(kind, dig(one, kind), titles):
            yield found


def _objects(told: object) -> list[Object]:
    return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
