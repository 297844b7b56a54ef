"""Pages of Confluence in its storage format: XHTML with elements of its own (`ac:`, `ri:`), as HTML to html.py.

It is read as stored, and not as shown: what a page includes of other pages is theirs, and their readers'. A <title>
before it is the page's own, which is no part of it there; its headings lie below that.
"""

from __future__ import annotations

import re
from html import escape
from html.entities import html5
from typing import Any

from lxml import etree

from retrieval.parse import Parsed, html
from retrieval.parse.decode import decode
from retrieval.parse.refusals import Refusal

Element = Any

_NAMESPACES = {"ac": "http://atlassian.com/content", "ri": "http://atlassian.com/resource/identifier"}
_AC, _RI = (f"{{{_NAMESPACES[name]}}}" for name in ("ac", "ri"))
_ENTITY = re.compile(r"<!\[CDATA\[.*?\]\]>|&([A-Za-z][A-Za-z0-9]{1,30});", re.DOTALL)
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DROPPED = frozenset(
    {"parameter", "task-id", "placeholder", "emoticon", "adf-attribute", "adf-node", "plain-text-body"}
)
_INCLUDING = frozenset({"include", "excerpt-include", "toc", "children", "pagetree", "recently-updated"})
_INLINE = frozenset({"link", "link-body", "plain-text-link-body", "inline-comment-marker", "adf-mark", "task-status"})
_BELOW = {"title": "h1"} | {f"h{level}": f"h{level + 1}" for level in range(1, 6)}
_DEEPEST = 200


def parse(name: str, content: bytes) -> Parsed:
    """Raises Refusal."""
    text = decode(content)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refusal("entities")
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    root = etree.fromstring(f"<root {spaces}>{_ENTITY.sub(_character, text)}</root>".encode(), parser)
    if root is None:
        raise Refusal("broken")
    if any("depth" in error.message.lower() for error in parser.error_log):
        raise Refusal("too_deep")
    return html.parse(name, f"<html><body><main>{_inside(root, _DEEPEST)}</main></body></html>".encode())


def _character(found: re.Match[str]) -> str:
    """XML knows five names of characters, HTML two thousand; in CDATA they are none."""
    name = found[1]
    return found[0] if name is None or name in _XML else html5.get(f"{name};", found[0])


def _inside(element: Element, room: int) -> str:
    if room == 0:
        raise Refusal("too_deep")
    parts = [escape(element.text or "")]
    for child in element:
        if isinstance(child.tag, str):  # comments have a function for a tag
            parts.append(_html(child, room - 1))
        parts.append(escape(child.tail or ""))
    return "".join(parts)


def _html(element: Element, room: int) -> str:
    tag = etree.QName(element).localname
    if element.tag.startswith(_RI):
        return ""
    if not element.tag.startswith(_AC):
        return _plain(tag, element, room)
    match tag:
        case "structured-macro" | "macro":
            return _macro(element, room)
        case "link":
            return f"<span>{_inside(element, room) or escape(_target(element))}</span>"
        case "task":
            done = "".join(element.findtext(f"{_AC}task-status") or "") == "complete"
            body = element.find(f"{_AC}task-body")
            return f"<li>{'[x]' if done else '[ ]'} {'' if body is None else _inside(body, room)}</li>"
        case "task-list":
            return f"<ul>{_inside(element, room)}</ul>"
        case "image":
            caption = element.find(f"{_AC}caption")
            return "" if caption is None else f"<div>{_inside(caption, room)}</div>"
        case _ if tag in _DROPPED:
            return ""
    around = "span" if tag in _INLINE else "div"
    return f"<{around}>{_inside(element, room)}</{around}>"


def _plain(tag: str, element: Element, room: int) -> str:
    tag = _BELOW.get(tag, tag)
    if tag == "time" and element.get("datetime") and not (element.text or "").strip():
        return escape(element.get("datetime"))
    if tag in ("br", "hr", "col"):
        return f"<{tag}>"
    kept = "".join(
        f' {name}="{escape(element.get(name))}"' for name in ("colspan", "rowspan", "start") if element.get(name)
    )
    return f"<{tag}{kept}>{_inside(element, room)}</{tag}>"


def _macro(element: Element, room: int) -> str:
    name = element.get(f"{_AC}name", "")
    if name in _INCLUDING:
        return ""
    told = {one.get(f"{_AC}name", ""): (one.text or "").strip() for one in element.findall(f"{_AC}parameter")}
    if name in ("status", "jira"):
        return f"<span>{escape(told.get('title') or told.get('key') or '')}</span>"
    title = f"<p><strong>{escape(told['title'])}</strong></p>" if told.get("title") else ""
    text = element.find(f"{_AC}plain-text-body")
    body = element.find(f"{_AC}rich-text-body")
    code = "" if text is None else f"<pre>{escape(''.join(text.itertext()))}</pre>"
    return f"<div>{title}{code}{'' if body is None else _inside(body, room)}</div>"


def _target(element: Element) -> str:
    """What a link without words of its own is shown as."""
    for child in element:
        for name in ("content-title", "filename", "space-key"):
            if isinstance(child.tag, str) and child.get(f"{_RI}{name}"):
                return str(child.get(f"{_RI}{name}"))
    return ""
