"""Headings and blocks in reading order to sections. Pure."""

from __future__ import annotations

import re

from retrieval.parse import MAX_HEADING, Parsed, Section
from retrieval.passage import Place

_NO_TITLE = re.compile(
    r"(microsoft (word|powerpoint|excel) - .*|untitled.*|no ?title|제목 ?없음|무제|document\d*|presentation\d*|"
    r"(powerpoint|ppt) (presentation|프레젠테이션)|slide ?\d*|슬라이드 ?\d*|문서\d*|"
    r".*\.(docx?|hwpx?|pptx?|xlsx?|pdf|indd|ai|html?))",
    re.IGNORECASE,
)
_TITLE = 150
"""Characters; a longer "title" is a sentence that a program put there."""


class Outline:
    """Fed from the top of a document to its end."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._blocks: list[str] = []
        self._sections: list[Section] = []
        self._place: Place | None = None
        self._said = True  # whether the last heading stands in a section already

    def heading(self, level: int, text: str) -> None:
        """level: 1 is the highest. One too long to be a heading is text as well; an empty one ends those above it."""
        line = " ".join(text.split())
        self._close()
        self._path = [above for above in self._path if above[0] < level]
        if not line:
            return
        self._path.append((level, line[:MAX_HEADING]))
        self._said = False
        if len(line) > MAX_HEADING:
            self.block(text)

    def block(self, text: str) -> None:
        """A paragraph, a list, a table."""
        if text.strip():
            self._blocks.append(text.strip("\n"))

    def place(self, place: Place) -> None:
        """What follows stands there; the headings go on."""
        if self._blocks:
            self._close()
        self._place = place

    def parsed(self, name: str, title: str = "") -> Parsed:
        """title: what the file itself calls it; where that says nothing, a first and only heading of the highest level
        is the title, and `name` where there is none."""
        self._close()
        top = {section.headings[:1] for section in self._sections}
        only = next(iter(top)) if len(top) == 1 else ()
        if only and sensible(title) in ("", only[0]):
            return Parsed(only[0], _below(self._sections))
        return Parsed(sensible(title) or name[:MAX_HEADING], tuple(self._sections))

    def _close(self) -> None:
        if self._blocks or not self._said:
            headings = tuple(heading for _, heading in self._path)
            self._sections.append(Section(headings, tuple(self._blocks), self._place))
        self._blocks = []
        self._said = True


def sensible(title: str) -> str:
    """The title on one line, or nothing if it is what programs write where people wrote none."""
    line = " ".join(title.split())
    usable = 1 < len(line) <= _TITLE and line.isprintable() and not _NO_TITLE.fullmatch(line)
    return line if usable and any(character.isalpha() for character in line) else ""


def _below(sections: list[Section]) -> tuple[Section, ...]:
    """Without their common first heading, which is the title."""
    kept = (Section(section.headings[1:], section.blocks, section.place) for section in sections)
    return tuple(section for section in kept if section.headings or section.blocks)
