"""HWP 5 and HWPX, by way of Markdown. The reader of both is there for x86-64 Linux, macOS and Windows only."""

from __future__ import annotations

import re

from retrieval.parse import Parsed
from retrieval.parse.markdown import parse_markdown
from retrieval.parse.outline import sensible
from retrieval.parse.refusals import Refusal

try:
    import unhwp
except (ImportError, OSError):  # OSError: no library for this machine
    unhwp = None

_PICTURE = re.compile(r"!\[[^\]]*\]\(assets/[^)]*\)")
_BREAK = re.compile(r"<br ?/?>")
_EMPTY_ROW = re.compile(r"^\|(\s*\|)+\n", re.MULTILINE)
_TOP = re.compile(r"^# ", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,5} )", re.MULTILINE)
_UNTITLED = re.compile(r"^(#{1,6}) +(?=[^\w\n]*\d{0,4}[^\w\n]*$)", re.MULTILINE)


def parse(name: str, content: bytes) -> Parsed:
    if unhwp is None:
        raise Refusal("no_hwp")
    try:
        with unhwp.parse_bytes(content) as document:
            markdown, title = document.markdown, sensible(document.title or "")
    except unhwp.UnhwpError as error:
        causes = {unhwp.ErrorKind.ENCRYPTED: "password", unhwp.ErrorKind.DISTRIBUTION_RESTRICTED: "distribution"}
        raise Refusal(causes.get(error.kind, "broken")) from None
    text = _text_only(markdown)
    if len(_TOP.findall(text)) > 1:  # chapters: none of them is the title of the whole
        text = _HEADING.sub(r"#\1", text)
    return parse_markdown(title or name, text)


def _text_only(markdown: str) -> str:
    """Without pictures, rows of empty cells, and headings that are no more than a page's number."""
    text = _BREAK.sub(" ", _PICTURE.sub("", markdown))
    return _UNTITLED.sub("", _EMPTY_ROW.sub("", text))
