"""Our Markdown-ish text as Slack's mrkdwn. Pure.

Everything is escaped first, so that no mention, broadcast or link in a text can work: the only `<` that Slack sees
are those that `link` writes. Formats: docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

SECTION = 3000
"""Characters that the text of one section may have: docs.slack.dev/reference/block-kit/blocks/section-block."""
_LINE = 1200
"""A line that is longer once converted is broken, so that a section can always be filled with whole lines."""

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_RULER = re.compile(r"\s*([-*_])(?:[ \t]*\1){2,}\s*")
_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_ITEM = re.compile(r"(?P<indent>\s*)[-*+]\s+")
_CELLS = re.compile(r"(?<!\\)\|")
_INLINE = re.compile(
    r"(?P<code>`[^`]+`)"
    r"|\*{2,3}(?=\S)(?P<bold>[^*]+)(?<=\S)\*{2,3}"
    r"|__(?=\S)(?P<strong>[^_]+)(?<=\S)__"
    r"|~~(?=\S)(?P<strike>[^~]+)(?<=\S)~~"
    r"|(?<![\w*])\*(?=\S)(?P<italic>[^*]+)(?<=\S)\*(?![\w*])"
)
_MARKS = {"bold": "*", "strong": "*", "strike": "~", "italic": "_"}
_UNSAFE = {"<": "%3C", ">": "%3E", "|": "%7C", '"': "%22", "`": "%60"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of mrkdwn; code stands between fences."""

    text: str
    code: bool = False


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str | None, label: str) -> str:
    """The label as a link, or as plain text where the address is none that Slack can open."""
    words = escape(" ".join(label.split()))
    if url is None or not re.fullmatch(r"https?://\S+", url, re.IGNORECASE):
        return words
    safe = escape("".join(_UNSAFE.get(character, character) for character in url))
    # Slack ends the address at the first bar, and a label of nothing shows the address.
    return f"<{safe}|{words.replace('|', '｜')}>" if words.strip() else words


def sections(lines: Iterable[Line], most: int) -> tuple[tuple[str, ...], bool]:
    """The lines as texts of at most 3,000 characters each and `most` together; and whether some were left out."""
    done: list[str] = []
    open_lines: list[Line] = []
    size = used = 0
    for line in lines:
        fences = 8 if line.code and not (open_lines and open_lines[-1].code) else 0
        cost = len(line.text) + 1 + fences
        if used + size + cost > most:
            return _closed(done, open_lines), True
        if size + cost > SECTION:
            done, used = [*done, _rendered(open_lines)], used + size
            open_lines, size, cost = [], 0, len(line.text) + 1 + 8 * line.code
        open_lines.append(line)
        size += cost
    return _closed(done, open_lines), False


def mrkdwn(text: str) -> Iterator[Line]:
    """Headings and bold, lists, quotes, code; tables become code, because Slack's text has none."""
    raw = text.splitlines()
    at = 0
    while at < len(raw):
        if fence := _FENCE.match(raw[at]):
            end = _end_of_code(raw, at, fence[1])
            yield from _code(raw[at + 1 : end])
            end += 1
        elif (end := _end_of_table(raw, at)) > at:
            yield from _code(_table(raw[at], *raw[at + 2 : end]))
        else:
            yield from _prose(raw[at])
            end = at + 1
        at = end


def _closed(done: list[str], open_lines: list[Line]) -> tuple[str, ...]:
    # Slack refuses a text without a visible character.
    return tuple(text for text in (*done, _rendered(open_lines)) if text.strip())


def _rendered(lines: list[Line]) -> str:
    groups = (
        (code, "\n".join(line.text for line in group)) for code, group in groupby(lines, key=lambda line: line.code)
    )
    return "\n".join(f"```\n{text}\n```" if code else text for code, text in groups).strip("\n")


def _end_of_code(raw: list[str], at: int, fence: str) -> int:
    """The line that closes the code; a fence that is left open holds the rest."""
    closing = (n for n in range(at + 1, len(raw)) if raw[n].strip().startswith(fence) and not raw[n].strip(f" {fence}"))
    return next(closing, len(raw))


def _end_of_table(raw: list[str], at: int) -> int:
    """The line after the table that begins here, or `at`."""
    if "|" not in raw[at] or at + 1 == len(raw) or "|" not in raw[at + 1] or not _DELIMITER.fullmatch(raw[at + 1]):
        return at
    return next((n for n in range(at + 2, len(raw)) if "|" not in raw[n]), len(raw))


def _table(*rows: str) -> Iterator[str]:
    cells = [[_plain(cell) for cell in _CELLS.split(row.strip().strip("|"))] for row in rows]
    widths = [max(map(_width, column)) for column in _columns(cells)]
    for row in cells:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False))
        yield "  ".join(padded).rstrip()


def _columns(cells: list[list[str]]) -> list[list[str]]:
    most = max(map(len, cells))
    return [[row[n] for row in cells if n < len(row)] for n in range(most)]


def _plain(cell: str) -> str:
    return re.sub(r"\*\*|`|\\(?=\|)", "", cell).strip()


def _width(text: str) -> int:
    """Hangul is two columns wide."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _code(raw: Iterable[str]) -> Iterator[Line]:
    for line in raw:
        for piece in _pieces(line.replace("```", "'''"), escape):
            yield Line(piece, code=True)


def _prose(raw: str) -> Iterator[Line]:
    raw = raw.rstrip().replace("```", "'''")
    first = rest = ""
    if _RULER.fullmatch(raw):
        raw = ""
    elif heading := _HEADING.match(raw):
        title = raw[heading.end() :].replace("*", "").strip("# ")
        raw = f"**{title}**" if title else ""
    elif quote := _QUOTE.match(raw):
        first = rest = "> "
        raw = raw[quote.end() :]
    elif item := _ITEM.match(raw):
        first = item["indent"] + "• "
        raw = raw[item.end() :]
    for number, piece in enumerate(_pieces(raw, _inline)):
        yield Line((rest if number else first) + piece)


def _pieces(raw: str, convert: Callable[[str], str]) -> Iterator[str]:
    """The converted text, in halves where it is too long; broken before it is converted, so that no escape is cut."""
    converted = convert(raw)
    if len(converted) <= _LINE:
        yield converted
        return
    middle = len(raw) // 2
    space = raw.rfind(" ", middle // 2, middle)
    middle = space if space > 0 else middle
    yield from _pieces(raw[:middle], convert)
    yield from _pieces(raw[middle:], convert)


def _inline(text: str) -> str:
    escaped = escape(text)

    def marked(match: re.Match[str]) -> str:
        kind = match.lastgroup or "code"
        inner = match[0] if kind == "code" else _MARKS[kind] + match[kind] + _MARKS[kind]
        # Slack reads a mark only beside a character that is no letter, and in Korean a particle follows at once.
        before, after = escaped[match.start() - 1 : match.start()], escaped[match.end() : match.end() + 1]
        return ("\u200b" if before.isalnum() else "") + inner + ("\u200b" if after.isalnum() else "")

    return _INLINE.sub(marked, escaped)
